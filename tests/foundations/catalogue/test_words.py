"""Words are compared without accents, plurals and slips of the finger; queries are understood in three languages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.catalogue.concepts import CONCEPTS
from zinneke.foundations.catalogue.question import LONGEST, MOST, understand
from zinneke.foundations.catalogue.words import distance, fold, slug, stem, words

plain = st.text(alphabet="abcde", max_size=8)


def test_accents_and_ligatures_are_folded() -> None:
    assert fold("ŒUVRE Élève ß Łódź") == "oeuvre eleve ss lodz"
    assert words("Qualité de l’air (PM₂.₅)") == ["qualite", "de", "l", "air", "pm2", "5"]


def test_plurals_meet_their_singular() -> None:
    for one, many in (("boom", "bomen"), ("arbre", "arbres"), ("tree", "trees"), ("straat", "straten"), ("canal", "canaux"), ("bus", "bussen")):
        assert stem(one) == stem(many), (one, many)


@given(plain, plain)
def test_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    far = distance(left, right, 2)
    assert far == distance(right, left, 2)
    assert (far == 0) == (left == right)
    assert 0 <= far <= 3


def test_a_swap_of_neighbours_is_one_slip() -> None:
    assert distance("lcuht", "lucht", 2) == 1
    assert distance("parkng", "parking", 2) == 1


@given(st.text(max_size=300))
def test_a_slug_is_safe_in_an_address(text: str) -> None:
    made = slug(text)
    assert made == "" or (made.isascii() and made == made.lower() and set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"))
    assert not made.startswith("-") and not made.endswith("-") and len(made) <= 80


def test_a_concept_is_understood_in_every_language() -> None:
    wishes = [understand(text) for text in ("qualité de l'air", "luchtkwaliteit", "Air Quality")]
    every = [{wish[0].stems, *wish[0].others} for wish in wishes]
    assert all(len(wish) == 1 for wish in wishes)
    assert every[0] == every[1] == every[2]


def test_the_table_of_concepts_is_large_enough_and_clean() -> None:
    assert len(CONCEPTS) >= 150
    assert all(phrase for concept in CONCEPTS for phrase in concept)


@given(st.text(max_size=2000))
def test_anything_typed_is_understood_within_bounds(text: str) -> None:
    assert len(understand(text)) <= MOST


def test_a_very_long_query_is_cut() -> None:
    assert len(understand("a1b2 " * 10_000)) == 1
    assert LONGEST < 10_000
