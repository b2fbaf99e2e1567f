"""The faults of a solution's declaration, as sentences: what `zinneke check` prints and the common suite demands to be empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.solution import DOMAINS, Alert, Indicator, Profile, Solution
from zinneke.kernel.text import LANGUAGES, Text
from zinneke.kernel.units import UNITS


def faults(solution: Solution, standards: Collection[str] = ()) -> Iterator[str]:
    """Yield each fault of a declaration; `standards` are the keys of the standards that the house speaks."""
    yield from _keys(solution)
    yield from _references(solution)
    yield from _texts(solution)
    if solution.domain not in DOMAINS:
        yield f"domain {solution.domain!r} is none of {', '.join(DOMAINS)}"
    for unknown in sorted(solution.speaks - set(standards)):
        yield f"speaks {unknown!r}, a standard that the house does not have"
    for reading in solution.readings:
        if reading.unit not in UNITS:
            yield f"reading {reading.key}: unit {reading.unit!r} is not in kernel/units.py"
        if not reading.low < reading.high:
            yield f"reading {reading.key}: low must be below high"
        if not reading.means.startswith("https://") and not reading.means.startswith("http://"):
            yield f"reading {reading.key}: means must be the address of a definition"
    for indicator in solution.indicators:
        if not indicator.source:
            yield f"indicator {indicator.key} names no source"
    if any(asset.level is Level.PERSONAL for asset in solution.assets) and not solution.keep:
        yield "personal data needs a term: set keep to a number of days"


def _keys(solution: Solution) -> Iterator[str]:
    groups = {
        "asset": [asset.key for asset in solution.assets],
        "reading": [reading.key for reading in solution.readings],
        "source": [source.key for source in solution.sources],
        "layer": [layer.key for layer in solution.layers],
        "indicator": [f"{indicator.key} since {indicator.since}" for indicator in solution.indicators],
        "profile": [profile.key for profile in solution.profiles],
        "role": [role.key for role in solution.roles],
    }
    for kind, keys in groups.items():
        for key, count in Counter(keys).items():
            if count > 1:
                yield f"{kind} {key} is declared {count} times"


def _references(solution: Solution) -> Iterator[str]:
    assets = {asset.key for asset in solution.assets}
    readings = {reading.key for reading in solution.readings}
    for layer in solution.layers:
        if layer.asset not in assets:
            yield f"layer {layer.key}: there is no asset {layer.asset}"
        if layer.reading not in readings:
            yield f"layer {layer.key}: there is no reading {layer.reading}"
        if [each.upto for each in layer.classes] != sorted({each.upto for each in layer.classes}):
            yield f"layer {layer.key}: classes must go up, each bound once"
    users: tuple[Indicator | Profile | Alert, ...] = (*solution.indicators, *solution.profiles, *solution.alerts)
    for thing in users:
        if thing.reading not in readings:
            yield f"{type(thing).__name__.lower()} {thing.key}: there is no reading {thing.reading}"


def _texts(solution: Solution) -> Iterator[str]:
    texts: dict[str, Text] = {"name": solution.name, "purpose": solution.purpose, "how": solution.how}
    for group in (
        solution.assets,
        solution.readings,
        solution.indicators,
        solution.profiles,
        solution.layers,
        solution.alerts,
        solution.roles,
        solution.sources,
    ):
        texts.update({f"{type(each).__name__.lower()} {each.key}": each.name for each in group})
    for where, text in texts.items():
        for language in LANGUAGES:
            if not text.said_in(language).strip():
                yield f"{where} has no text in {language}"
