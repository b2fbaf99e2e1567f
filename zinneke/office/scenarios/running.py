"""Computing, within bounds: quick questions here, a few at once and remembered; long ones as jobs, each in a process that can be ended."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, datetime

import structlog
from django.db import close_old_connections, transaction

from zinneke.kernel.problem import Problem
from zinneke.kernel.text import Text
from zinneke.office.scenarios import child, keeping, models, rules
from zinneke.office.scenarios.declared import get_model
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Question, Result, Run, RunState

log = structlog.get_logger("scenarios")
AT_ONCE = 2
"""Quick questions computed at the same time; more of them wait for a moment, then are asked to come back."""
PATIENCE = 20.0
REMEMBERED = 64
MOST_WAITING = 10
"""Jobs that may wait for their turn; one runs at a time."""
_turn = threading.BoundedSemaphore(AT_ONCE)
_memory: OrderedDict[tuple[str, str], Result] = OrderedDict()
_lock = threading.Lock()
_job_turn = threading.Lock()
_children: dict[int, child.Child] = {}

WAITING = Text("En attente de son tour.", "Wacht op zijn beurt.", "Waiting for its turn.")
RUNNING = Text("En cours.", "Bezig.", "Under way.")
DONE = Text("Terminé.", "Klaar.", "Done.")
CANCELLED = Text(
    "Arrêté à votre demande ; rien n’a été gardé.", "Op uw vraag gestopt; er is niets bewaard.", "Stopped at your request; nothing was kept."
)
CHANGED = Text(
    "Le scénario a changé entre-temps ; relancez-le.",
    "Het scenario is intussen gewijzigd; start opnieuw.",
    "The scenario changed meanwhile; run it again.",
)
BROKEN = Text("Une erreur imprévue est survenue.", "Er deed zich een onverwachte fout voor.", "Something unforeseen went wrong.")
INTERRUPTED = Text(
    "Interrompu par un redémarrage de la plateforme. Rien n’est perdu : relancez-le.",
    "Onderbroken door een herstart van het platform. Er is niets verloren: start het opnieuw.",
    "Interrupted by a restart of the platform. Nothing is lost: run it again.",
)


def answer(model: Model, question: Question) -> Result:
    """Return the answer to a question for the model's own function, from memory when it was just asked.

    Raises `Problem` 503 when too many compute at once.
    """
    if question.engine != OWN:
        raise Problem(400, "This takes long", "Another engine is run as a job by somebody who may edit scenarios.", where="engine")
    known = (model.version, rules.digest(question))
    with _lock:
        if known in _memory:
            _memory.move_to_end(known)
            return _memory[known]
    if not _turn.acquire(timeout=PATIENCE):
        raise Problem(503, "Too many at once", "Many people are trying models at this moment. Try again in a minute.", {"Retry-After": "60"})
    try:
        found = rules.answer(model, question)
    finally:
        _turn.release()
    with _lock:
        _memory[known] = found
        while len(_memory) > REMEMBERED:
            _memory.popitem(last=False)
    return found


def run_of(row: models.Run) -> Run:
    """Return a row as a job."""
    state: RunState = row.state
    return Run(
        id=row.pk,
        scenario=row.scenario.key,
        state=state,
        done=row.done,
        total=row.total,
        said=row.said,
        asked=row.asked,
        begun=row.begun,
        ended=row.ended,
    )


def start(scenario: models.Scenario) -> Run:
    """Queue a job for a scenario, or return the one under way. Raises `Problem` 503 when too many wait, 409 without the engine."""
    model = get_model(scenario.model)
    question = keeping.scenario(scenario, whole=False).question
    engine = model.engine(question.engine)
    if question.engine != OWN and (engine is None or not child.installed(engine)):
        raise Problem(409, "Not installed", f"The engine {question.engine} is not installed here. Choose the model’s own.", where="engine")
    with transaction.atomic():
        under_way = models.Run.objects.select_for_update().filter(state__in=("waiting", "running"))
        if (mine := under_way.filter(scenario=scenario).first()) is not None:
            return run_of(mine)
        if under_way.count() >= MOST_WAITING:
            raise Problem(503, "Too many jobs", f"{MOST_WAITING} jobs are waiting already. Try again later.", {"Retry-After": "600"})
        total = engine.runs * 2 if engine else 1
        row = models.Run.objects.create(scenario=scenario, state="waiting", total=total, said=WAITING.as_dict(), asked=datetime.now(UTC))
        transaction.on_commit(lambda: threading.Thread(target=_work, args=(row.pk,), name=f"scenario-run-{row.pk}", daemon=True).start())
    return run_of(row)


def cancel(row: models.Run) -> Run:
    """End a job that waits or runs."""
    if _end(row.pk, "cancelled", CANCELLED):
        with _lock:
            if (process := _children.pop(row.pk, None)) is not None:
                process.kill()
    row.refresh_from_db()
    return run_of(row)


def _end(number: int, state: RunState, said: Text) -> bool:
    """Write how a job ended, unless it has ended already; say whether it was written."""
    under_way = models.Run.objects.filter(pk=number, state__in=("waiting", "running"))
    return bool(under_way.update(state=state, said=said.as_dict(), ended=datetime.now(UTC)))


def _work(number: int) -> None:
    """Do a job when its turn has come, in a thread of its own that waits for a process of its own."""
    with _job_turn:
        close_old_connections()
        try:
            _do(number)
        except Exception:
            log.exception("run", run=number)
            _end(
                number,
                "failed",
                Text("Une erreur imprévue est survenue.", "Er deed zich een onverwachte fout voor.", "Something unforeseen went wrong."),
            )
        finally:
            close_old_connections()


def _do(number: int) -> None:
    if not models.Run.objects.filter(pk=number, state="waiting").update(state="running", said=RUNNING.as_dict(), begun=datetime.now(UTC)):
        return
    row = models.Run.objects.select_related("scenario").get(pk=number)
    question = keeping.scenario(row.scenario, whole=False).question
    process = child.Child(question)
    with _lock:
        _children[number] = process
    try:
        ended = process.follow(lambda done, total: models.Run.objects.filter(pk=number).update(done=done, total=total))
    finally:
        with _lock:
            _children.pop(number, None)
    if ended.result is None:
        _end(number, "failed", ended.said)
        return
    with transaction.atomic():
        scenario = models.Scenario.objects.select_for_update().get(pk=row.scenario_id)
        if scenario.published or scenario.digest != rules.digest(question):
            _end(number, "failed", CHANGED)
        elif _end(number, "done", DONE):
            keeping.keep(scenario, ended.result, ended.seconds, datetime.now(UTC))
            scenario.save()


def interrupt() -> int:
    """Mark what was waiting or running in a process that is gone, and return how many jobs that were."""
    under_way = models.Run.objects.filter(state__in=("waiting", "running"))
    return int(under_way.update(state="interrupted", said=INTERRUPTED.as_dict(), ended=datetime.now(UTC)))


def end_children() -> None:
    """End the processes of the jobs under way: the server stops."""
    with _lock:
        running = list(_children.values())
    for process in running:
        process.kill()
