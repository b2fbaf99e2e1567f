"""The words in which a model is declared: data and one pure function, that know nothing of the web, of storage or of one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zinneke.kernel.text import Text

Floats = NDArray[np.float64]
Draws = Mapping[str, Floats]
"""A value of each input for each draw: arrays of one length."""
Values = Mapping[str, float]
Row = tuple[Any, ...]
Rows = tuple[Row, ...]
Faults = Mapping[str, Text]
"""What is wrong, by the key of the input, as a sentence; a table's faults under its own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A number that a model takes. A `lever` is what is decided, and differs from the baseline; the rest is how the world is, in both alike.

    `low` and `high` bound what is accepted, in `unit` (UCUM). `spread` are the factors on the value between which the truth lies
    (drawn from a triangle that peaks at the value); None: known exactly. `group` is the heading under which a form shows it.
    `plain` numbers are years, written without separators; `never` is the year that means never; a `countable` one may be counted in a dataset.
    """

    key: str
    name: Text
    unit: str
    default: float
    low: float
    high: float
    group: Text
    lever: bool = False
    whole: bool = False
    plain: bool = False
    spread: tuple[float, float] | None = None
    about: Text | None = None
    source: Text | None = None
    countable: bool = False
    never: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A figure that a model gives. `better` is the direction that is hoped for; the first output of a model is the one its answer speaks of."""

    key: str
    name: Text
    unit: str
    better: Literal["less", "more", "neither"] = "less"
    decimals: int = 0
    whole: Text | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something held to be true, and who says so."""

    says: Text
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A set of changes that is worth a name."""

    key: str
    name: Text
    about: Text
    values: Values


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model's table: its name in the file, and what it means."""

    key: str
    name: Text
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that a model takes beside its numbers. `read` turns CSV into rows and raises `Problem` 400 with a sentence; `write` is its inverse."""

    key: str
    name: Text
    about: Text
    source: Text
    columns: tuple[Column, ...]
    default: Rows
    read: Callable[[str], Rows]
    write: Callable[[Rows], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One output for each draw: along the model's axis (draws × steps), and over the whole of it (draws)."""

    series: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class Axis:
    """Along what outputs run. `labels` gives the words of the steps for given values; years and months are drawn as time, the rest as columns."""

    kind: Literal["year", "month", "hour", "period"]
    name: Text
    labels: Callable[[Values], tuple[Text, ...]]


def no_faults(values: Values, rows: Rows) -> Faults:
    """Find nothing wrong between inputs."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A declared model. `compute` takes the draws and the rows of the table and returns an `Outcome` for each output, the same for the same draws.

    `check` says what is wrong between inputs that are each in range. `engines` are other ways to compute the same outputs, slower and optional:
    each names a function `(values, rows, seed) -> {output: total}` as `module:function`, run in a process of its own.
    """

    key: str
    version: str
    icon: str
    domain: str
    name: Text
    question: Text
    how: Text
    blind: tuple[Text, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    axis: Axis
    assumptions: tuple[Assumption, ...]
    compute: Callable[[Draws, Rows], Mapping[str, Outcome]]
    check: Callable[[Values, Rows], Faults] = no_faults
    table: Table | None = None
    presets: tuple[Preset, ...] = ()
    engines: tuple[Engine, ...] = ()
    draws: int = 1000
    whole: Text = field(default_factory=lambda: Text("au total", "in totaal", "in all"))

    def input(self, key: str) -> Input:
        """Return an input by its key. Raises KeyError."""
        return next((each for each in self.inputs if each.key == key), None) or _missing(key)

    def defaults(self) -> dict[str, float]:
        """Return the default of every input."""
        return {each.key: each.default for each in self.inputs}

    def groups(self) -> dict[Text, list[Input]]:
        """Return the inputs by their heading, in the order of declaration."""
        found: dict[Text, list[Input]] = {}
        for each in self.inputs:
            found.setdefault(each.group, []).append(each)
        return found

    def engine(self, key: str) -> Engine | None:
        """Return another engine by its key, None for the model's own function."""
        return next((each for each in self.engines if each.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Another way to compute a model: a program that may not be installed. Its uncertainty is the spread between seeds.

    `needs` is the Python package that brings it and `extra` how it is installed; `outputs` are the outputs it gives, over `whole`;
    `runs` how many seeds.
    """

    key: str
    name: Text
    about: Text
    function: str
    needs: str
    extra: str
    outputs: tuple[str, ...]
    whole: Text
    runs: int = 5


def _missing(key: str) -> Input:
    raise KeyError(key)
