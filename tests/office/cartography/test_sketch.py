"""Sketches: coordinated, bounded, and worth nothing without the key."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.office.cartography.sketch import choose, containment, hashes_of, merge, resemblance, sketch

KEY, OTHER = b"a key of the run, thirty-two byte", b"another key, thirty-two bytes too"


def test_a_small_set_is_exact() -> None:
    small, large = sketch([str(n) for n in range(100)], KEY), sketch([str(n) for n in range(50, 400)], KEY)
    assert small.level == 0 and small.size == 100
    assert containment(small, large).share == 0.5
    assert resemblance(small, large).share == 50 / 400


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_of_large_sets_lies_in_its_interval(share: float) -> None:
    one = sketch(pa.array([f"value {n}" for n in range(60_000)]), KEY)
    other = sketch(pa.array([f"value {n}" for n in range(int(60_000 * (1 - share)), 160_000)]), KEY)
    found = containment(one, other)
    assert found.low - 0.01 <= share <= found.high + 0.01 and found.high - found.low < 0.12
    assert abs(one.size - 60_000) < 6_000


def test_a_small_set_finds_its_values_in_a_large_one() -> None:
    large = sketch(pa.array([f"value {n}" for n in range(200_000)]), KEY)
    assert containment(sketch([f"value {n}" for n in range(2_000)], KEY), large).sample >= 15


def test_no_value_can_be_confirmed_without_the_key() -> None:
    secret = "85.07.30-033.28"
    told = sketch([secret, "another"], KEY)
    assert secret.encode() not in told.hashes
    for candidate, key in itertools.product([secret, secret.lower(), "85073003328"], [OTHER, b"0" * 16, secret.encode() + b"........"]):
        assert not np.isin(hashes_of(sketch([candidate], key)), hashes_of(told)).any()
    assert np.isin(hashes_of(sketch([secret], KEY)), hashes_of(told)).all()
    assert KEY not in told.hashes and KEY.hex() not in told.key


def test_sketches_under_different_keys_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different keys"):
        containment(sketch(["a"], KEY), sketch(["a"], OTHER))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        sketch(["a"], b"short")


def test_nothing_is_known_of_an_empty_column() -> None:
    empty = sketch(pa.array([None, None], pa.string()), KEY)
    assert empty.size == 0 and containment(empty, empty).sample == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), max_size=60), st.lists(st.text(), max_size=60))
def test_small_sets_of_any_text_are_compared_exactly(one: list[str], other: list[str]) -> None:
    one, other = [t.encode("utf-8", "replace").decode() for t in one], [t.encode("utf-8", "replace").decode() for t in other]
    mine, theirs = set(one), set(other)
    found = containment(sketch(one, KEY), sketch(other, KEY))
    assert found.sample == len(mine)
    assert found.share == (len(mine & theirs) / len(mine) if mine else 0.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=40))
def test_the_choice_depends_on_the_text_alone(texts: list[str]) -> None:
    together = choose(pa.array(texts), KEY)
    assert [choose(pa.array([text]), KEY)[0] for text in texts] == together.tolist()
    assert choose(pa.array(["before", *texts])[1:], KEY).tolist() == together.tolist()


def test_the_union_of_sketches_is_the_sketch_of_the_union() -> None:
    whole = sketch([str(n) for n in range(300)], KEY)
    parts = merge([sketch([str(n) for n in range(200)], KEY), sketch([str(n) for n in range(100, 300)], KEY)])
    assert parts == whole and merge([]) is None
