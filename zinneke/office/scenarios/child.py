"""A long computation in a process of its own: bounded in time and memory, followed by its progress, ended when asked."""

from __future__ import annotations

import importlib
import importlib.util
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import msgspec

from zinneke.kernel.text import Text
from zinneke.office.scenarios.declaring import Engine
from zinneke.office.scenarios.values import Question, Result

LONGEST = 300.0
"""Seconds that a job may take."""
MEMORY = 3_000_000_000
"""Bytes of address space that a job may take."""
COMMAND = (sys.executable, "-m", "zinneke.office.scenarios.child")


class Told(msgspec.Struct, frozen=True):
    """One line from the child: how far it is, or its result, or what went wrong."""

    done: int = 0
    total: int = 0
    result: Result | None = None
    fault: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its result, or a sentence that says why there is none."""

    result: Result | None
    said: Text
    seconds: float


def installed(engine: Engine) -> bool:
    """Say whether an engine's package is there, without importing it."""
    return importlib.util.find_spec(engine.needs) is not None


class Child:
    """One computation under way."""

    def __init__(self, question: Question, longest: float | None = None) -> None:
        self._question = question
        self._longest = LONGEST if longest is None else longest
        self._late = self._killed = False
        self._process = subprocess.Popen(  # noqa: S603  our own module, no words of anybody else
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def follow(self, tell: Callable[[int, int], object]) -> Ended:
        """Wait for the end, passing on progress; past its time the child is ended."""
        begun = perf_counter()
        clock = threading.Timer(self._longest, self._expire)
        clock.start()
        last = Told()
        try:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(msgspec.json.encode(self._question))
            self._process.stdin.close()
            for line in self._process.stdout:
                last = msgspec.json.decode(line, type=Told)
                if last.total:
                    tell(last.done, last.total)
            self._process.wait()
        except (BrokenPipeError, msgspec.DecodeError):
            self.kill()
            last = Told()
        finally:
            clock.cancel()
        return Ended(last.result, self._said(last), perf_counter() - begun)

    def _said(self, last: Told) -> Text:
        minutes = max(1, round(self._longest / 60))
        if self._late:
            return Text(
                f"Arrêté : le calcul n’était pas terminé après {minutes} min. Rien n’a été gardé.",
                f"Gestopt: de berekening was na {minutes} min niet klaar. Er is niets bewaard.",
                f"Ended: the computation was not finished after {minutes} min. Nothing was kept.",
            )
        if last.fault:
            return Text(last.fault["fr"], last.fault["nl"], last.fault["en"])
        return Text(
            "Le calcul s’est arrêté sans résultat, peut-être faute de mémoire.",
            "De berekening stopte zonder resultaat, misschien door te weinig geheugen.",
            "The computation ended without a result, perhaps for want of memory.",
        )

    def _expire(self) -> None:
        self._late = True
        self.kill()

    def kill(self) -> None:
        """End the child and everything that it started."""
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def main() -> int:
    """Read a question, compute it, and tell how far it is and what came of it: the child's side."""
    from zinneke.kernel.problem import Problem
    from zinneke.office.scenarios import repeating, rules
    from zinneke.office.scenarios.declared import get_model
    from zinneke.office.scenarios.values import OWN

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    try:
        model = get_model(question.model)
        result = (
            rules.answer(model, question)
            if question.engine == OWN
            else repeating.answer(model, question, lambda done, total: _tell(Told(done, total)))
        )
        _tell(Told(result=result))
    except Problem as problem:
        _tell(Told(fault=problem.said.as_dict()))
    except MemoryError:
        return 1
    return 0


def _progress(done: int, total: int) -> None:
    _tell(Told(done, total))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise SystemExit(main())
