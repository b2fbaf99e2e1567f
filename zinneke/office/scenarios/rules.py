"""How a question is read, drawn, computed and told: pure functions over declared models."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text, same, say_number
from zinneke.office.scenarios.declaring import Draws, Floats, Input, Model, Outcome, Rows, Values
from zinneke.office.scenarios.values import Band, Bands, Difference, Figure, Question, Result, Swing

FEWEST, MOST = 100, 5_000
"""Draws that a question may ask for."""
TAILS = (5.0, 50.0, 95.0)
"""The percentiles of a band: nine draws in ten lie inside."""
DIGITS = 10
"""Significant digits of a result: what lies beyond is noise of the machine."""


def read_number(typed: str) -> float:
    """Return a number as people type it: 1 234,5 or 1.234,5 or 1234.5. Raises ValueError for anything else, also for what is not finite."""
    bare = "".join(typed.split()).replace("\u202f", "").replace("\u00a0", "")
    if "," in bare:
        whole, _, part = bare.rpartition(",")
        bare = f"{whole.replace('.', '').replace(',', '')}.{part}"
    value = float(bare)
    if not math.isfinite(value) or "_" in bare:
        raise ValueError(typed)
    return value


def fault_of(given: Input, value: float) -> Text | None:
    """Return what is wrong with a value of an input, None when it is in range."""
    if not math.isfinite(value):
        return Text("Donnez un nombre.", "Geef een getal.", "Give a number.")
    if given.whole and not value.is_integer():
        return Text("Donnez un nombre entier.", "Geef een geheel getal.", "Give a whole number.")
    if not given.low <= value <= given.high:
        low, high = say(given, given.low), say(given, given.high)
        return Text(
            f"Donnez une valeur entre {low.fr} et {high.fr}.",
            f"Geef een waarde tussen {low.nl} en {high.nl}.",
            f"Give a value between {low.en} and {high.en}.",
        )
    return None


def say(given: Input, value: float) -> Text:
    """Return a value of an input as people write it; a year or a clock time has no separators."""
    if value == given.never:
        return Text(f"jamais ({value:g})", f"nooit ({value:g})", f"never ({value:g})")
    if given.plain:
        return same(f"{value:g}")
    decimals = max(0, min(3, len(f"{value:.3f}".rstrip("0").partition(".")[2])))
    return say_number(value, decimals)


def read_values(model: Model, typed: Mapping[str, str]) -> tuple[dict[str, float], dict[str, Text]]:
    """Return what was changed, and what is wrong by input. Empty is the default; a value equal to the default is no change."""
    changed: dict[str, float] = {}
    faults: dict[str, Text] = {}
    for given in model.inputs:
        words = typed.get(given.key, "").strip()
        if not words:
            continue
        try:
            value = read_number(words[:40])
        except ValueError:
            faults[given.key] = Text("Donnez un nombre, par exemple 12,5.", "Geef een getal, bijvoorbeeld 12,5.", "Give a number, such as 12.5.")
            continue
        if fault := fault_of(given, value):
            faults[given.key] = fault
        elif value != given.default:
            changed[given.key] = value
    return changed, faults


def check(model: Model, question: Question) -> dict[str, Text]:
    """Return what is wrong with a question, by input; nothing when it can be computed."""
    faults: dict[str, Text] = {}
    for key, value in question.changed.items():
        given = next((each for each in model.inputs if each.key == key), None)
        if given is None:
            faults[key] = Text("Ce modèle n’a pas cette donnée.", "Dit model heeft dit gegeven niet.", "This model has no such input.")
        elif fault := fault_of(given, value):
            faults[key] = fault
    if not FEWEST <= question.draws <= MOST and question.engine == "own":
        faults["draws"] = Text(
            f"Demandez entre {FEWEST} et {MOST} tirages.", f"Vraag tussen {FEWEST} en {MOST} trekkingen.", f"Ask for {FEWEST} to {MOST} draws."
        )
    if not 0 <= question.seed < 2**31:
        faults["seed"] = Text(
            "La graine est un nombre entier positif.", "De kiem is een positief geheel getal.", "The seed is a whole number from 0."
        )
    try:
        rows = rows_of(model, question)
    except Problem as problem:
        faults[model.table.key if model.table else "table"] = problem.extra.get("said") or problem.said
        return faults
    return faults or dict(model.check(model.defaults() | question.changed, rows))


def rows_of(model: Model, question: Question) -> Rows:
    """Return the rows of the model's table that a question is about. Raises `Problem` 400 for rows that cannot be read."""
    if model.table is None:
        if question.rows:
            raise wrong("This model takes no table.")
        return ()
    return model.table.read(question.rows) if question.rows else model.table.default


def demand_answerable(model: Model, question: Question) -> None:
    """Refuse a question with faults. Raises `Problem` 400 naming each input."""
    if faults := check(model, question):
        told = " ".join(f"{key}: {text.en}" for key, text in faults.items())
        raise wrong(told, where=next(iter(faults)), faults={key: text.as_dict() for key, text in faults.items()})


def digest(question: Question) -> str:
    """Return what tells one question from another: SHA-256 of its canonical form."""
    plain = msgspec.to_builtins(question)
    plain["changed"] = {key: float(value) for key, value in sorted(question.changed.items())}
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def values_of(model: Model, question: Question, baseline: bool = False) -> dict[str, float]:
    """Return the value of each input: as changed, or, for the baseline, with what is decided left as it is and the same world."""
    levers = {each.key for each in model.inputs if each.lever}
    changed = {key: value for key, value in question.changed.items() if not (baseline and key in levers)}
    return model.defaults() | changed


def uncertain(model: Model) -> list[Input]:
    """Return the inputs that are not known exactly."""
    return [each for each in model.inputs if each.spread is not None]


def draw(model: Model, values: Values, seed: int, draws: int) -> dict[str, Floats]:
    """Return values of each input: first the central one, then each uncertain input alone at its low and its high, then the draws.

    Each input has a stream of its own, made of the seed and its name, so that the two worlds of a question get the same draws
    and one more input changes no other. The bounds of a swing are the 5th and 95th percentile, like those of a band.
    """
    unsure = uncertain(model)
    size = 1 + 2 * len(unsure) + draws
    drawn = {given.key: np.full(size, float(values[given.key])) for given in model.inputs}
    for position, given in enumerate(unsure):
        stream = np.random.Generator(np.random.PCG64([seed, zlib.crc32(given.key.encode())]))
        at = 1 + 2 * position
        drawn[given.key][at] = triangle(given, values[given.key], np.array([0.05]))[0]
        drawn[given.key][at + 1] = triangle(given, values[given.key], np.array([0.95]))[0]
        drawn[given.key][1 + 2 * len(unsure) :] = triangle(given, values[given.key], stream.random(draws))
    return drawn


def triangle(given: Input, value: float, uniform: Floats) -> Floats:
    """Return draws of an input around a value, from uniform draws: the inverse of the triangular distribution, kept inside the range."""
    assert given.spread is not None
    low, high = sorted((value * given.spread[0], value * given.spread[1]))
    low, high = max(low, given.low), min(high, given.high)
    if high <= low:
        return np.full(len(uniform), value)
    peak = (min(max(value, low), high) - low) / (high - low)
    span = high - low
    rising = low + span * np.sqrt(uniform * peak)
    falling = high - span * np.sqrt((1 - uniform) * (1 - peak))
    return np.where(uniform < peak, rising, falling)


def answer(model: Model, question: Question) -> Result:
    """Compute a question with the model's own function. Raises `Problem` 400 for a question with faults."""
    demand_answerable(model, question)
    rows = rows_of(model, question)
    before = _computed(model, draw(model, values_of(model, question, baseline=True), question.seed, question.draws), rows)
    after = _computed(model, draw(model, values_of(model, question), question.seed, question.draws), rows)
    first = 1 + 2 * len(uncertain(model))
    main = model.outputs[0].key
    change = after[main].total - before[main].total
    return Result(
        question=question,
        digest=digest(question),
        labels=tuple(each.as_dict() for each in model.axis.labels(values_of(model, question))),
        figures=tuple(figure(each.key, before[each.key], after[each.key], first) for each in model.outputs),
        swings=_swings(model, question, change),
        central=_rounded(change[0]),
    )


def _computed(model: Model, draws: Draws, rows: Rows) -> Mapping[str, Outcome]:
    with np.errstate(all="ignore"):
        found = model.compute(draws, rows)
    for key, each in found.items():
        if not (np.isfinite(each.total).all() and np.isfinite(each.series).all()):
            raise wrong(f"With these inputs {key} cannot be computed: it is not finite. Choose less extreme values.", where=key)
    return found


def figure(output: str, before: Outcome, after: Outcome, first: int = 0) -> Figure:
    """Return an output's figure from its draws, those from `first` on."""
    change = after.total[first:] - before.total[first:]
    base = before.total[first:]
    some = np.abs(base) > 1e-12
    return Figure(
        output=output,
        baseline=_band(base),
        scenario=_band(after.total[first:]),
        change=_band(change),
        relative=_band(change[some] / base[some] * 100) if some.all() else None,
        before=_bands(before.series[first:]),
        after=_bands(after.series[first:]),
    )


def _band(draws: Floats) -> Band:
    low, mid, high = (_rounded(each) for each in np.percentile(draws, TAILS))
    return Band(mid, low, high)


def _bands(series: Floats) -> Bands:
    low, mid, high = np.percentile(series, TAILS, axis=0)
    return Bands(*(tuple(_rounded(each) for each in edge) for edge in (mid, low, high)))


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{DIGITS}g}") + 0.0


def _swings(model: Model, question: Question, change: Floats) -> tuple[Swing, ...]:
    values = values_of(model, question)
    found = []
    for position, given in enumerate(uncertain(model)):
        at_low, at_high = (triangle(given, values[given.key], np.array([share]))[0] for share in (0.05, 0.95))
        low, high = change[1 + 2 * position], change[2 + 2 * position]
        found.append(Swing(given.key, _rounded(at_low), _rounded(at_high), _rounded(low), _rounded(high)))
    return tuple(sorted(found, key=lambda each: -abs(each.high - each.low)))


def differences(was: Result, found: Result) -> tuple[Difference, ...]:
    """Return each figure over the whole that came out otherwise than it was, in the last digits that are kept."""
    told = []
    for then in was.figures:
        now = found.figure(then.output)
        for part in ("baseline", "scenario", "change"):
            old, new = getattr(then, part), getattr(now, part) if now else None
            for edge in ("mid", "low", "high"):
                a, b = getattr(old, edge), getattr(new, edge) if new else math.nan
                if a != b and not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
                    told.append(Difference(then.output, f"{part}.{edge}", a, b))
    return tuple(told)
