"""What a city begins with: a base of ideas, the first methods, and an exercise that shows how they work. What people did since is left alone."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.db import transaction

from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.kernel.load import Counts
from zinneke.kernel.text import LANGUAGES
from zinneke.office.selection import models, store
from zinneke.office.selection.values import Cell, ExerciseRow, IdeaRow, MethodRow, OptionRow, Plan, StepRow, Texts


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ideas of one city: key, domain, year (0: not said), title or its three languages, what it is in three languages, and whose page tells more.

    The page is an address, or nothing for the city's own `site`. It is no proof: an idea stays public knowledge until somebody verified it.
    """

    name: str
    country: str
    site: str
    ideas: list[tuple[str, str, int, str | list[str], str, str, str, str]]
    source: str = ""
    source_date: date | None = None
    tags: tuple[str, ...] = ()


def _texts(words: list[str] | tuple[str, ...]) -> Texts:
    return dict(zip(LANGUAGES, words, strict=True))


def load_ideas(path: Path, options: dict[str, Any]) -> Counts:
    """Put the shipped ideas into the base; those that somebody changed since stay as they are."""
    cities = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["city"], list[City])
    rows = [
        IdeaRow(
            key=key, city=city.name, country=city.country, domain=domain, since=since or None, tags=city.tags,
            source=city.source or urlsplit(page or city.site).netloc.removeprefix("www."), source_url=page or city.site,
            source_date=city.source_date, evidence="published" if city.source else "public_knowledge",
            title={"en": title} if isinstance(title, str) else _texts(title), about=_texts(about),
        )
        for city in cities
        for key, domain, since, title, *about, page in city.ideas
    ]  # fmt: skip
    return store.set_ideas(SYSTEM, rows, loading=True)


def load_methods(path: Path, options: dict[str, Any]) -> Counts:
    """Publish the first methods, and open the example exercises with their made-up scores; what is there already stays as it is."""
    counts, given = Counts(), tomllib.loads(path.read_text(encoding="utf-8"))
    for row in msgspec.convert(given["method"], list[MethodRow]):
        known = models.Method.objects.filter(key=row.key).exists()
        _tally(counts, not known)
        if not known:
            store.add_method(SYSTEM, row, "", 0)
    for exercise in given["exercise"]:
        known = models.Exercise.objects.filter(key=exercise["key"]).exists()
        _tally(counts, not known)
        if not known:
            _open(exercise)
    for step in given["step"]:
        idea, known = store.get_idea(SYSTEM, step["key"]), models.Step.objects.filter(key=step["key"]).exists()
        _tally(counts, not known)
        if not known:
            planned = StepRow(name=idea.row.title, about=idea.row.about, domain=idea.row.domain, refers=f"idea:{idea.key}", example=True, **step)
            store.set_step(SYSTEM, planned, "Exercice / Oefening / Exercise")
    return counts


def _tally(counts: Counts, new: bool) -> None:
    counts.added += new
    counts.unchanged += not new


@transaction.atomic
def _open(exercise: dict[str, Any]) -> None:
    """Open an exercise with options, plans and the scores of evaluators who do not exist, and who say so."""
    key, method = exercise["key"], store.get_method(SYSTEM, exercise["method"], 1)
    row = ExerciseRow(
        key=key, name=exercise["name"], about=exercise["about"], method=method.key, method_version=1, example=True, first=exercise["first"]
    )  # fmt: skip
    store.add_exercise(SYSTEM, row)
    ideas = {each[0]: store.get_idea(SYSTEM, each[0]).row for each in exercise["options"]}
    store.add_options(
        SYSTEM,
        key,
        [
            OptionRow(
                key=idea, name=ideas[idea].title, about=ideas[idea].about, domain=ideas[idea].domain, refers=f"idea:{idea}",
                plan=Plan(cost=cost * 1000.0, quarters=quarters, people=people, needs=tuple(needs), against=tuple(against), must=must),
            )
            for idea, needs, against, must, cost, quarters, people, _scores in exercise["options"]
        ],
    )  # fmt: skip
    criteria = [each.key for each in method.row.criteria]
    for option, *_plan, scores in exercise["options"]:
        for number, digits in enumerate(scores.split(), 1):
            who = Actor(f"exercise:{number}", name=f"Exercice / Oefening / Exercise {number}", grants=SYSTEM.grants)
            store.set_scores(who, key, option, [Cell(name, float(digit)) for name, digit in zip(criteria, digits, strict=True)], 0)


READERS = {"ideas": load_ideas, "methods": load_methods}
