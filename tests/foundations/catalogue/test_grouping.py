"""Datasets in groups: what numpy counts is what is counted by hand, whatever the keys, and keys of any number do not run together."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from zinneke.foundations.catalogue import grouping, store
from zinneke.foundations.catalogue.grouping import Figure, Key
from zinneke.foundations.catalogue.selecting import is_like
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.catalogue.wanted import EVERYTHING
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


def some() -> list[DatasetRow]:
    chance = random.Random(4)
    return [
        DatasetRow(
            uri=f"urn:{number}",
            key=f"d{number}",
            title={"en": f"Dataset {number}"},
            publisher=Publisher(name := chance.choice("abc"), {"en": name.upper()}) if number % 5 else None,
            themes=tuple(chance.sample(("ENVI", "TRAN", "HEAL"), chance.randint(0, 3))),
            keywords={"en": tuple(chance.sample(("x", "y", "z"), chance.randint(0, 2)))},
            distributions=tuple(Distribution(format=each, url=f"https://e.org/{number}.{each}") for each in chance.sample(("csv", "json"), 1)),
            modified=datetime(2023, chance.choice((1, 12)), 31, 23, 30, tzinfo=UTC) if number % 3 else None,
        )
        for number in range(60)
    ]


def test_several_keys_and_figures_are_those_that_are_counted_by_hand() -> None:
    rows = some()
    store.set_datasets(SYSTEM, rows, "test")
    due: Counter[tuple[str | None, str | None, int | None]] = Counter()
    for row in rows:
        year = row.modified.astimezone(BRUSSELS).year if row.modified else None
        for key in product([row.publisher.key if row.publisher else None], row.themes or [None], [year]):
            due[key] += 1
    keys = [Key("publisher"), Key("theme"), Key("modified", "year")]
    found = store.group(SYSTEM, EVERYTHING, keys, [Figure("count"), Figure("distinct", "format"), Figure("max", "modified")], "Europe/Brussels")
    assert {row[:3]: row[3] for row in found} == due
    for publisher, theme, year, _count, formats, last in found:
        meant = [
            each for each in rows
            if (each.publisher.key if each.publisher else None) == publisher
            and (theme in each.themes if theme else not each.themes)
            and (each.modified.astimezone(BRUSSELS).year if each.modified else None) == year
        ]  # fmt: skip
        assert formats == len({each.distributions[0].format for each in meant})
        assert last == max((each.modified for each in meant if each.modified), default=None)


def test_as_many_keys_as_there_are_do_not_run_together() -> None:
    store.set_datasets(SYSTEM, some(), "test")
    fields = ("publisher", "theme", "licence", "format", "level", "commune", "source", "language", "keyword", "modified", "changed", "seen")
    keys = [Key(each) for each in fields] * 3  # type: ignore[arg-type]
    found = store.group(SYSTEM, EVERYTHING, [*keys, Key("versioned")], [Figure("count")])
    assert sum(row[-1] for row in found) >= 60 and all(row[0] == row[12] == row[24] for row in found)


def test_nothing_is_one_group_without_keys_and_none_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = [Figure("count"), Figure("mean", "quality"), Figure("min", "modified"), Figure("distinct", "keyword")]
    assert store.group(SYSTEM, EVERYTHING, [], figures) == [(0, None, None, 0)]
    assert store.group(SYSTEM, EVERYTHING, [Key("theme")], figures) == []
    store.set_datasets(SYSTEM, some(), "test")
    monkeypatch.setattr(grouping, "MOST_GROUPS", 3)
    with pytest.raises(Problem, match="too many"):
        store.group(SYSTEM, EVERYTHING, [Key("theme"), Key("keyword")], figures)


def test_too_many_pairs_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    store.set_datasets(SYSTEM, some(), "test")
    assert store.group(SYSTEM, EVERYTHING, [], [Figure("count")]) == [(60,)]
    monkeypatch.setattr(grouping, "MOST_PAIRS", 70)
    monkeypatch.setattr(grouping.np, "repeat", None)
    with pytest.raises(Problem, match="too many"):
        store.group(SYSTEM, EVERYTHING, [Key("theme")], [Figure("count")])


def test_the_spread_of_many_groups_is_that_of_each() -> None:
    rng = np.random.default_rng(4)
    groups, numbers = rng.integers(0, 40, 300), rng.integers(0, 100, 300)
    for figure, of in (
        (Figure("median", "quality"), np.median),
        (Figure("percentile", "quality", 0.83), lambda part: np.quantile(part, 0.83)),
        (Figure("percentile", "quality", 1.0), np.max),
        (Figure("stddev", "quality"), np.std),
    ):
        found = grouping._spread(numbers, groups, 42, figure)
        assert found[40:] == [None, None]
        assert found[:40] == pytest.approx([float(of(numbers[groups == each])) for each in range(40)])
        assert grouping._spread(numbers[:0], groups[:0], 2, figure) == [None, None]


def test_a_title_is_read_once_however_many_parts_it_is_compared_with() -> None:
    assert not is_like("a" * 400, "%" + "a%" * 40 + "b", False, False)
    assert is_like("a" * 400 + "b", "%" + "a%" * 40 + "b", False, False)
    parts = ("a%b_c%d", "axbbyczd", "axbcd"), ("%ab%ab%", "abab", "aba"), ("a\\%%", "a%x", "ax"), ("%a", "aa", "ab"), ("_%_", "xy", "x")
    for like, yes, no in parts:
        assert is_like(yes, like, False, False) and not is_like(no, like, False, False), like
