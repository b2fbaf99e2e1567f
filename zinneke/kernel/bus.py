"""How the processes of one city tell one another: what a bus can do, whichever carries it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol


class Bus(Protocol):
    """Carries words between nodes. What is told may be lost, so that whoever hears it looks it up as well; what is handed over is not."""

    @property
    def connected(self) -> bool:
        """Say whether others can be reached now."""

    @property
    def largest(self) -> int:
        """Return how many bytes a payload may have."""

    def start(self) -> None:
        """Begin; whoever is not there yet is tried again and again."""

    def stop(self) -> None:
        """Finish what is being done, and leave."""

    def tell(self, word: str, payload: bytes = b"") -> None:
        """Tell every other node, without waiting."""

    def hear(self, word: str, call: Callable[[bytes], None]) -> None:
        """Call with what other nodes tell, in the order in which it came."""

    def on_return(self, call: Callable[[], None]) -> None:
        """Call whenever others can be reached again: what was told meanwhile was missed."""

    def ask(self, word: str, payload: bytes, wait: float) -> bytes | None:
        """Return what whoever answers to this word says, None when nobody does within `wait` seconds."""

    def answer(self, word: str, call: Callable[[bytes], bytes]) -> None:
        """Answer those who ask."""

    def hand(self, queue: str, payload: bytes) -> bytes:
        """Hand work over and return what its worker says of it once it is done. The same work comes again when a worker dies over it.

        Raises `Problem` 503 when it could not be handed over, or nobody did it in time; then it may yet be done.
        """

    def work(self, queue: str, call: Callable[[Sequence[bytes]], Sequence[bytes | None]]) -> None:
        """Do what is handed over: `call` takes what came together and says what became of each; what it says None of comes again."""


class Alone:
    """The bus of a house of one process: nobody else is there."""

    connected, largest = True, 1_000_000

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Leave."""

    def tell(self, word: str, payload: bytes = b"") -> None:
        """Tell nobody."""

    def hear(self, word: str, call: Callable[[bytes], None]) -> None:
        """Hear nobody."""

    def on_return(self, call: Callable[[], None]) -> None:
        """Nobody goes away."""

    def ask(self, word: str, payload: bytes, wait: float) -> bytes | None:
        """Ask nobody."""
        return None

    def answer(self, word: str, call: Callable[[bytes], bytes]) -> None:
        """Nobody asks."""

    def hand(self, queue: str, payload: bytes) -> bytes:
        """There is nobody to hand work to."""
        raise NotImplementedError("work is handed over where ZINNEKE_BUS_URL is set")

    def work(self, queue: str, call: Callable[[Sequence[bytes]], Sequence[bytes | None]]) -> None:
        """Nobody hands work over."""
