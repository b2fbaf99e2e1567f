"""What projects have in common: reasons are spelled, ranked, symmetric, and never a flood."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.office.projects.conftest import fiche
from zinneke.office.projects import alike
from zinneke.office.projects.alike import Spot, Words, match
from zinneke.office.projects.values import Data, Fiche, Partner

OTHERS = [
    fiche(key=f"filler-{n}", name={"en": f"{word} {word}ish"})
    for n, word in enumerate(("beehive", "opera", "tunnel", "library", "museum", "harbour"))
]


def one(*fiches: Fiche, spots: dict[str, Spot] | None = None) -> alike.Match:
    (found,) = match([*fiches, *OTHERS], spots or {})
    return found


def test_the_same_data_component_supplier_and_partner_are_reasons() -> None:
    a = fiche(key="a", name={"en": "Alpha"}, uses=(Data(key="stops"),), components=("fidus",), suppliers=("ACME",), partners=(Partner(name="VUB"),))
    b = fiche(key="b", name={"en": "Omega"}, uses=(Data(key="stops"),), components=("fidus",), suppliers=("ACME",), partners=(Partner(name="VUB"),))
    assert {why.kind for why in one(a, b).reasons} == {"data", "component", "supplier", "partner"}


def test_one_producing_what_the_other_uses_is_said_as_such() -> None:
    found = one(fiche(key="a", name={"en": "Alpha"}, gives=(Data(name="counts"),)), fiche(key="b", name={"en": "Omega"}, uses=(Data(name="counts"),)))
    assert [(why.kind, why.what) for why in found.reasons] == [("feeds", "counts")]


def test_the_same_place_within_a_hundred_metres_is_a_reason() -> None:
    a, b = fiche(key="a", name={"en": "Alpha"}), fiche(key="b", name={"en": "Omega"})
    spots = {"a": Spot(4.35, 50.85, 0), "b": Spot(4.35, 50.85, 0)}
    assert one(a, b, spots=spots).reasons[0].kind == "place"
    assert not match([a, b, *OTHERS], {**spots, "b": Spot(4.36, 50.85, 0)})


def test_nearly_the_same_words_make_a_duplicate_also_across_languages() -> None:
    a = fiche(key="a", name={"fr": "Partage de vélos et de trottinettes électriques"})
    b = fiche(key="b", name={"fr": "Partage de trottinettes et de vélos électriques"})
    assert one(a, b).duplicate
    c = fiche(key="c", name={"fr": "wifi public FIDUS IRISnet"})
    d = fiche(key="d", name={"nl": "openbare wifi FIDUS IRISnet"})
    assert one(c, d).reasons[0].kind == "words"


def test_what_everybody_shares_is_no_reason() -> None:
    crowd = [
        fiche(key=f"p{n}", name={"en": word}, components=("irisnet",))
        for n, word in enumerate(["beehive", "opera", "tunnel", "library", "museum", "harbour", "fountain", "cinema"])
    ]
    assert not match(crowd, {})


def test_no_project_drowns_and_pairs_come_weightiest_first() -> None:
    crowd = [fiche(key=f"p{n:02}", name={"en": "Smart parking sensors in streets"}) for n in range(30)]
    found = match(crowd, {})
    held = Counter(key for each in found for key in (each.one, each.other))
    assert max(held.values()) <= alike.MOST and [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def works(key: str, builder: str, start: date, end: date) -> Fiche:
    return fiche(key=key, kind="works", name={"fr": f"Rue {key}"}, suppliers=(builder,), start=start, end=end)


def test_works_in_one_street_within_a_year_are_pointed_out_unless_planned_together() -> None:
    spots = {key: Spot(4.38, 50.86, 80) for key in "abcd"}
    water = works("a", "VIVAQUA", date(2027, 1, 1), date(2027, 3, 1))
    later = works("b", "SIBELGA", date(2027, 6, 1), date(2027, 7, 1))
    together = works("c", "STIB", date(2027, 1, 1), date(2027, 3, 1))
    far = works("d", "COLT", date(2029, 6, 1), date(2029, 7, 1))
    found = match([water, later, together, far], spots)
    assert {(each.one, each.other) for each in found} == {("a", "b"), ("b", "c")}
    assert [why.what for why in found[0].reasons if why.kind == "time"] == ["92"]


@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=20), min_size=2, max_size=5))
def test_likeness_is_symmetric_and_between_nothing_and_one(names: list[str]) -> None:
    texts = Words([fiche(key=f"k{n}", name={"en": name}) for n, name in enumerate(names)])
    assert 0 <= texts.cosine(0, 1) <= 1 + 1e-9 and texts.cosine(0, 1) == texts.cosine(1, 0)
