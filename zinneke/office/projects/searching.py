"""Finding among projects: words, filters whose choices never lead to nothing, and orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from zinneke.kernel import policy
from zinneke.kernel.finding import answers, fold
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import words
from zinneke.office.projects.values import Choice, Found, Project, Texts, Wanted

FILTERS: dict[str, Callable[[Project], tuple[str, ...]]] = {
    "domain": lambda each: tuple(dict.fromkeys((each.fiche.domain, *each.fiche.domains))),
    "challenge": lambda each: each.fiche.challenges,
    "phase": lambda each: (each.phase,),
    "owner": lambda each: (each.fiche.owner,),
    "commune": lambda each: each.fiche.communes,
}
"""The filters, and where a project stands under each."""
Names = Mapping[str, Mapping[str, Texts] | Mapping[str, str]]
"""Names of owners and communes by code, per filter."""
KNOWN: dict[str, Mapping[str, Text]] = {"domain": policy.DOMAINS, "challenge": policy.CHALLENGES, "phase": words.PHASES}


def find(projects: Iterable[Project], wanted: Wanted, names: Names, language: str) -> Found:
    """Return the projects that answer and the choices left; `names` gives names of owners and communes by code.

    A filter's choices are counted over what the other filters leave, so that choosing one never gives an empty list.
    """
    named = [each for each in projects if wanted.key in ("", each.key)]
    answering = [each for each in named if not wanted.text.strip() or says(each, wanted.text)]
    passing = {name: {each.key for each in answering if _passes(each, name, wanted)} for name in FILTERS}
    choices: dict[str, tuple[Choice, ...]] = {}
    for name, of in FILTERS.items():
        others = [each for each in answering if all(each.key in passing[other] for other in FILTERS if other != name)]
        counted = Counter(value for each in others for value in of(each))
        made = [
            Choice(value, _label(name, value, names, language), count, value == getattr(wanted, name)) for value, count in counted.items() if value
        ]
        choices[name] = tuple(sorted(made, key=lambda each: _rank(name, each)))
    chosen = [each for each in answering if all(each.key in passing[name] for name in FILTERS)]
    return Found(projects=tuple(sorted(chosen, key=lambda each: _order(each, wanted.order, language))), choices=choices)


def _passes(each: Project, name: str, wanted: Wanted) -> bool:
    value = getattr(wanted, name)
    return not value or value in FILTERS[name](each)


def _label(name: str, value: str, names: Names, language: str) -> str:
    if name in KNOWN and value in KNOWN[name]:
        return KNOWN[name][value].said_in(language)
    known = names.get(name, {}).get(value, value)
    return known if isinstance(known, str) else choose(known, language)[0]


def _rank(name: str, each: Choice) -> tuple[int, list[str]]:
    fixed = list(KNOWN.get(name, ()))
    return (fixed.index(each.value) if each.value in fixed else len(fixed), fold(each.label))


def _order(each: Project, order: str, language: str) -> tuple[object, ...]:
    name = fold(each.name_in(language))
    if order == "changed":
        return -each.changed.timestamp(), name
    if order == "end":
        return each.fiche.expected or each.fiche.end or date.max, name
    return (name,)


def says(each: Project, typed: str) -> bool:
    """Say whether every word typed begins a word of a project's name, summary, lessons or key, in any one language."""
    fiche = each.fiche
    texts = [fiche.name, fiche.summary, *(lesson.what for lesson in fiche.lessons)]
    return answers(typed, *(text_of(each) for each in texts), text_of({"en": f"{fiche.key} {fiche.owner}"}))


def text_of(texts: Texts) -> Text:
    """Return texts as a kernel text, what is missing taken from another language."""
    return Text(*(choose(texts, language)[0] for language in ("fr", "nl", "en")))


def tally(kinds: Iterable[str]) -> dict[str, int]:
    """Return how often each kind stands there, in the order of the words."""
    counted = Counter(kinds)
    return {kind: counted[kind] for kind in words.KINDS if counted[kind]}
