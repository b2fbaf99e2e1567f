"""What became of a load: how much was new, changed or the same, and what could not be taken, why and where."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be taken: where (file, row, column, byte), what is wrong, and what to do about it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Counts:
    """The tally of a load. Faults are kept up to a hundred, and counted beyond."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, where: str, what: str) -> None:
        """Note one thing that could not be taken."""
        self.refused += 1
        if len(self.faults) < 100:
            self.faults.append(Fault(where, what))

    def __iadd__(self, other: Counts) -> Counts:
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.faults += other.faults[: max(0, 100 - len(self.faults))]
        return self
