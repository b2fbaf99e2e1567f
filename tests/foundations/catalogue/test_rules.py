"""Quality is a sum of stated criteria, and every lost point comes with advice."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from zinneke.foundations.catalogue.rules import CRITERIA, assess, freshness, score
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GOOD = DatasetRow(
    uri="http://example.org/1",
    title={"fr": "Arbres", "nl": "Bomen"},
    description={"fr": "Les arbres de la commune, avec leur espèce et leur hauteur.", "nl": "De bomen van de gemeente, met hun soort en hoogte."},
    keywords={"fr": ("arbre", "nature", "espèce")},
    themes=("ENVI",),
    publisher=Publisher("jette", {"fr": "Jette"}),
    licence="cc-by-4.0",
    modified=datetime(2026, 11, 20, tzinfo=UTC),
    frequency="weekly",
    page="https://example.org",
    communes=("21010",),
    start="2020-01-01",
    distributions=(Distribution(format="csv", url="https://example.org/a.csv"),),
)


def test_the_points_add_up_to_a_hundred() -> None:
    assert sum(points for _key, points, _earn, _words in CRITERIA) == 100


def test_a_good_description_has_all_points_and_needs_no_advice() -> None:
    assert assess(GOOD, NOW) == (100, ())


def test_an_empty_description_has_no_points_and_advice_for_each_criterion_in_every_language() -> None:
    total, advice = assess(DatasetRow(uri="http://example.org/2", title={}), NOW)
    assert total == 0 and len(advice) == len(CRITERIA)
    assert all(set(each.advice) == {"fr", "nl", "en"} and all(each.advice.values()) for each in advice)


def test_the_score_is_what_the_advice_leaves() -> None:
    row = msgspec.structs.replace(GOOD, licence="other", title={"fr": "Arbres"})
    total, advice = assess(row, NOW)
    assert total == score(row, NOW) == 100 - sum(each.points - each.earned for each in advice)


def test_freshness_keeps_to_the_declared_frequency() -> None:
    old = datetime(2026, 9, 1, tzinfo=UTC)
    assert freshness(GOOD, NOW)[0] == "current"
    assert freshness(msgspec.structs.replace(GOOD, modified=old), NOW)[0] == "late"
    assert freshness(msgspec.structs.replace(GOOD, modified=old, frequency="annual"), NOW)[0] == "current"
    assert freshness(msgspec.structs.replace(GOOD, modified=old, frequency="never"), NOW)[0] == "final"
    assert freshness(msgspec.structs.replace(GOOD, modified=old, frequency=""), NOW)[0] == "dated"
    assert freshness(msgspec.structs.replace(GOOD, modified=None), NOW)[0] == "unknown"
