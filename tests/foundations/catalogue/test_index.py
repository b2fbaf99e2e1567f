"""An index in two parts answers as one built whole, and a saved one as the one that was saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.catalogue.index import Index
from zinneke.foundations.catalogue.question import understand
from zinneke.foundations.catalogue.ranking import Ranks
from zinneke.foundations.catalogue.segment import Item, build, load
from zinneke.foundations.catalogue.values import DatasetRow, Distribution
from zinneke.kernel.confidentiality import ANONYMOUS, Level, Right, reach

WORDS = ("arbre", "bomen", "air", "lucht", "parking", "luchtkwaliteit", "école")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
EVERYBODY = reach(ANONYMOUS, Right.SEE, "catalogue")


def item(number: int, title: str, level: Level = Level.PUBLIC) -> Item:
    row = DatasetRow(uri=f"u{number}", title={"fr": title}, themes=("ENVI",) if number % 2 else (), distributions=(Distribution(format="csv"),))
    return Item(number, f"k{number}", "test", row, level, "", number % 100, False)


def answers(index: Index, text: str) -> tuple[int, set[str], dict[str, dict[str, int]]]:
    found = index.search(index.mask(EVERYBODY, {}), understand(text), {}, "relevance", "fr", 100, 0, None)
    counts = {name: dict(zip(index.facets[name].values, count.tolist(), strict=True)) for name, count in found.counts.items()}
    return found.total, {index.card(each).key for each in found.documents}, {k: {v: n for v, n in c.items() if n} for k, c in counts.items()}


@settings(deadline=None, max_examples=60)
@given(st.lists(texts, max_size=8), st.dictionaries(st.integers(0, 11), texts, max_size=5), st.sets(st.integers(0, 7), max_size=3), texts)
def test_two_parts_answer_as_one(first: list[str], changed: dict[int, str], gone: set[int], asked: str) -> None:
    gone -= set(changed)
    base = build((item(number, title) for number, title in enumerate(first)), 1)
    delta = build((item(number, title) for number, title in changed.items()), 2)
    now = {number: title for number, title in {**dict(enumerate(first)), **changed}.items() if number not in gone}
    whole = build((item(number, title) for number, title in sorted(now.items())), 2)
    for text in (asked, asked[:-1], ""):
        assert answers(Index([base, delta], sorted(gone)), text) == answers(Index([whole]), text)


def test_a_saved_index_answers_the_same(tmp_path: Path) -> None:
    made = build((item(number, f"arbre {number}") for number in range(30)), 7)
    made.save(tmp_path / "kept")
    assert answers(Index([load(tmp_path / "kept", 7)]), "arbres") == answers(Index([made]), "arbres")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_an_empty_index_answers_nothing() -> None:
    assert answers(Index([build((), 0)]), "arbre")[0] == 0
    assert answers(Index([build((), 0)]), "")[0] == 0


def test_what_changed_before_1970_comes_after_what_did_later_and_as_its_quality_says() -> None:
    quality, modified = np.array([10, 90, 90]), np.array([1_700_000_000, -86_400, 1_700_000_000])
    nobody = np.zeros(3, np.bool_)
    ranks = Ranks(np.arange(3), quality, modified, nobody, nobody, {})
    assert np.argsort(-ranks.best).tolist() == [2, 1, 0]
    assert np.argsort(-Ranks(np.arange(3), quality, modified, np.array([True, False, False]), nobody, {}).best).tolist() == [0, 2, 1]


def test_an_area_opens_only_what_lies_in_it() -> None:
    from zinneke.kernel.confidentiality import Reach

    items = [Item(n, f"k{n}", "test", DatasetRow(uri=f"u{n}", title={"fr": "a"}), level, area, 0, False) for n, (level, area) in enumerate(
        [(Level.PUBLIC, ""), (Level.SHARED, "21009"), (Level.SHARED, "21010"), (Level.PERSONAL, "21009"), (Level.SHARED, "")])]  # fmt: skip
    index = Index([build(items, 1)])
    mask = index.mask(Reach((None, frozenset({"21009"}), frozenset())), {})
    assert mask.tolist() == [True, True, False, False, False]
    for held in (Reach((None, None, None)), Reach((frozenset(), frozenset(), frozenset())), Reach((frozenset({"21009"}), frozenset(), frozenset()))):
        assert index.mask(held, {}).tolist() == [held.allows(each.level, each.area) for each in items]


def test_a_segment_that_was_saved_with_other_arrays_is_not_taken_for_one_of_today(tmp_path: Path) -> None:
    build((), 1).save(tmp_path / "1")
    (tmp_path / "1" / "part.npy").unlink()
    with pytest.raises(ValueError, match="another layout"):
        load(tmp_path / "1", 1)


FORMS = ("csv", "json", "wms")


def described(number: int, title: str, forms: list[str], theme: str, old: int) -> Item:
    row = DatasetRow(
        uri=f"u{number}",
        title={"fr": title},
        themes=(theme,) if theme else (),
        modified=datetime(2024, 1, 1, tzinfo=UTC) - timedelta(days=old),
        distributions=tuple(Distribution(format=form) for form in forms),
    )
    return Item(number, f"k{number}", "test", row, Level.PUBLIC, "", number * 37 % 100, number % 5 == 0)


entries = st.lists(
    st.tuples(texts, st.lists(st.sampled_from(FORMS), max_size=2), st.sampled_from(["", "ENVI", "TRAN"]), st.integers(0, 5)), min_size=1, max_size=40
)
choices = st.dictionaries(
    st.sampled_from(["format", "theme"]), st.lists(st.sampled_from([*FORMS, "ENVI", "TRAN"]), min_size=1, max_size=2), max_size=2
)


@settings(deadline=None, max_examples=100)
@given(entries, choices, st.sampled_from(["", "arbre", "air lucht"]), st.sampled_from(["relevance", "newest", "quality", "title"]), st.integers(1, 7))
def test_pages_together_are_all_that_was_found_and_counts_leave_a_choice_of_their_own_aside(
    made: list[tuple[str, list[str], str, int]], chosen: dict[str, list[str]], asked: str, order: str, limit: int
) -> None:
    index = Index([build((described(number, *each) for number, each in enumerate(made)), 1)])
    mask, wishes = index.mask(EVERYBODY, {}), understand(asked)
    whole = index.search(mask, wishes, chosen, order, "fr", 100, 0, None)
    open_ = set(index.search(mask, wishes, {}, order, "fr", 100, 0, None).documents)
    holds = {name: {n for n in open_ if set(made[n][1] if name == "format" else [made[n][2]]) & set(values)} for name, values in chosen.items()}
    assert set(whole.documents) == open_.intersection(*holds.values())
    for name, part in (("format", 1), ("theme", 2)):
        inside = open_.intersection(*(some for other, some in holds.items() if other != name))
        had = {value: sum(value in (made[n][part] if part == 1 else [made[n][part]]) for n in inside) for value in index.facets[name].values}
        assert dict(zip(index.facets[name].values, whole.counts[name].tolist(), strict=True)) == had
    after, paged = None, []
    for _ in range(50):
        page = index.search(mask, wishes, chosen, order, "fr", limit, 0, after)
        paged += page.documents
        assert page.more == (len(paged) < whole.total)
        if not page.more:
            break
        after = page.keys[-1]
    assert paged == whole.documents
    assert index.search(mask, wishes, chosen, order, "fr", limit, 2, None).documents == whole.documents[2 : 2 + limit]
