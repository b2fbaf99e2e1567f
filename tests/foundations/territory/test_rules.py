from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.territory.basemap import names
from zinneke.foundations.territory.finder import Finder
from zinneke.foundations.territory.locator import Locator
from zinneke.foundations.territory.rules import coordinate_faults, normalise, one_slip_away, search_text

BOX = (4.24, 50.76, 4.48, 50.92)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("Chaussée d'Ixelles", "chaussee d ixelles"),
        ("Sint-Jans-Molenbeek", "sint jans molenbeek"),
        ("Rue du Cœur", "rue du coeur"),
        ("  É  ", "e"),
        ("STRASSE ß", "strasse ss"),
        ("\u202eIxelles", "ixelles"),
        ("'\"%;--", ""),
    ],
)
def test_names_are_compared_without_accents_case_or_signs(name: str, compared: str) -> None:
    assert normalise(name) == compared


@given(st.text(max_size=40))
def test_comparing_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert "|" not in once and "  " not in once


@given(st.text(alphabet="abcdefghij", min_size=3, max_size=9), st.data())
def test_any_single_slip_is_forgiven(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    slip = data.draw(
        st.sampled_from([word[:at] + word[at + 1 :], word[:at] + "x" + word[at:], word[:at] + "x" + word[at + 1 :], word[:at] + word[at] + word[at:]])
    )
    assert slip == word or word in set(one_slip_away(slip))


def finder() -> Finder:
    areas = [("1", "commune", search_text({"fr": "Forest", "nl": "Vorst"}), 4.32, 50.81, "1")]
    places = [
        (1, "street", search_text({"fr": "Avenue de la Forêt", "nl": "Boslaan"}), 4.36, 50.80, "2", 1.5),
        (2, "street", search_text({"fr": "Rue de Forest", "nl": "Vorststraat"}), 4.33, 50.81, "1", 0.3),
        (3, "poi", search_text({"fr": "Forest National", "nl": "Vorst Nationaal"}), 4.326, 50.81, "1", 2.0),
        (4, "poi", search_text({"fr": "Forest", "nl": "Forest"}), 4.40, 50.85, "1", 0.0),
        (5, "poi", search_text({"fr": "Forest", "nl": "Forest"}), 4.4001, 50.8501, "1", 0.0),
        (6, "street", search_text({"fr": "Rue de Forest", "nl": "Vorststraat"}), 4.20, 50.70, "", 9.0),
    ]
    return Finder(areas, places)


def test_the_name_itself_comes_first_then_beginnings_then_words_and_outside_last() -> None:
    assert finder().find("forest", frozenset(), 10) == [("area", "1"), ("place", 3), ("place", 4), ("place", 2), ("place", 6)]


def test_the_same_place_twice_is_shown_once_and_a_limit_is_kept() -> None:
    found = finder().find("forest", frozenset({"poi"}), 10)
    assert ("place", 5) not in found
    assert len(finder().find("forest", frozenset(), 2)) == 2
    assert finder().find("forest", frozenset(), 0) == []


def test_unfinished_misspelt_and_absent_words() -> None:
    search = finder()
    assert search.find("vors", frozenset(), 1) == [("area", "1")]
    assert search.find("bolsaan", frozenset(), 1) == [("place", 1)]
    assert search.find("foret av", frozenset(), 5) == [("place", 1)]
    assert search.find("nothing like it", frozenset(), 5) == []
    assert search.find("forest", frozenset({"nonsense"}), 5) == []
    assert Finder([], []).find("forest", frozenset(), 5) == []


@given(st.text(max_size=60), st.integers(0, 20))
def test_whatever_is_typed_is_answered(text: str, limit: int) -> None:
    assert len(finder().find(text, frozenset(), limit)) <= limit


coordinates = st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=20)


@given(coordinates)
def test_a_point_in_the_region_is_never_a_fault_and_a_number_that_is_none_always(pairs: list[tuple[float, float]]) -> None:
    lon, lat = np.array(pairs).T
    told = {fault.where for fault in coordinate_faults(lon, lat, BOX)}
    for at, (x, y) in enumerate(pairs):
        good = BOX[0] <= x <= BOX[2] and BOX[1] <= y <= BOX[3]
        wrong = not (np.isfinite(x) and np.isfinite(y)) or abs(x) > 180 or abs(y) > 90
        if good or wrong:
            assert (f"point {at}" in told) == wrong


def test_faults_stop_at_a_hundred() -> None:
    assert len(coordinate_faults(np.full(5000, np.nan), np.zeros(5000), None)) == 100


@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(-1, 2)), max_size=50))
def test_neighbours_share_a_border_and_every_point_has_at_most_one(pairs: list[tuple[float, float]]) -> None:
    locator = Locator([("b", shapely.box(1, 0, 2, 1)), ("a", shapely.box(0, 0, 1, 1))])
    lon, lat = np.array(pairs, np.float64).reshape(-1, 2).T
    found = locator.find(lon, lat)
    for (x, y), code in zip(pairs, found.tolist(), strict=True):
        assert code == ("a" if 0 <= x <= 1 and 0 <= y <= 1 else "b" if 1 < x <= 2 and 0 <= y <= 1 else "")
    assert Locator([]).find(lon, lat).tolist() == [""] * len(pairs) and Locator([]).box is None


def test_a_tile_has_a_name_for_every_reader() -> None:
    assert names({"fr": "Uccle", "nl": "Ukkel"}) == {"name_fr": "Uccle", "name_nl": "Ukkel", "name": "Uccle / Ukkel"}
    assert names({"fr": "Jette", "nl": "Jette"})["name"] == "Jette"
    assert names({"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"})["name"] == "Brussels"
    assert names({"nl": "Vorst"}) == {"name_fr": "Vorst", "name_nl": "Vorst", "name": "Vorst"}
    assert names({"de": "Brüssel"})["name"] == ""
