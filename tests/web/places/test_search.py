"""What stands where among the results: what is named as typed first, parts of names behind the first data."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Distribution
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import Place, PlaceRow
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.web import finding
from zinneke.web.templatetags.pages import format_names


def place(kind: str, **name: str) -> Place:
    return Place("1", kind, name, kind, 4.3, 50.8, "21004", "")


@pytest.mark.parametrize(
    ("typed", "found", "strong"),
    [
        ("rue haute", place("street", fr="Rue Haute", nl="Hoogstraat"), True),
        ("Haute", place("street", fr="Rue Haute", nl="Hoogstraat"), True),
        ("midi", place("street", fr="Boulevard du Midi"), True),
        ("midi", place("neighbourhood", fr="Gare du Midi"), True),
        ("ixelles", place("commune", fr="Ixelles", nl="Elsene"), True),
        ("elsene", place("commune", fr="Ixelles", nl="Elsene"), True),
        ("air", place("street", fr="Avenue Air Marshal Coningham"), False),
        ("air", place("street", fr="Avenue Bel-Air"), False),
        ("air", place("poi", fr="Airwash"), False),
        ("water", place("commune", fr="Watermael-Boitsfort"), False),
        ("", place("street", fr="Rue Haute"), False),
    ],
)
def test_a_place_is_named_by_its_whole_name_and_not_by_a_part(typed: str, found: Place, strong: bool) -> None:
    assert finding.names(typed, found) is strong


def test_a_form_is_said_once_by_its_name_and_none_is_said_for_other() -> None:
    assert format_names(("xml", "xml", "other", "", "strange", "xlsx", "geojson")) == ["XML", "Excel (XLSX)", "GeoJSON"]


@pytest.mark.django_db
def test_a_part_of_a_streets_name_comes_behind_the_first_data(city: None, read: Callable[..., str]) -> None:
    point = {"type": "Point", "coordinates": [4.22, 50.82]}
    streets = (PlaceRow("s1", {"fr": "Avenue Bel-Air"}, point), PlaceRow("s2", {"fr": "Rue de l’Air"}, point))
    territory.set_places(SYSTEM, "street", streets)
    ways = tuple(Distribution(format=form, url=f"https://example.org/{n}") for n, form in enumerate(("xml", "xml", "other")))
    rows = [DatasetRow(uri=f"https://example.org/{n}", title={"fr": f"Mesures de l’air {n}"}, distributions=ways) for n in range(5)]
    catalogue.set_datasets(SYSTEM, rows, "another")
    html = read("/fr/search/?q=air")
    titles = [title for title in re.findall(r"<h2><a[^>]*>([^<]*)</a></h2>", html) if "ir" in title]
    kinds = ["data" if title.startswith("Mesures") else title for title in titles if title.startswith(("Mesures", "Avenue", "Rue"))]
    assert kinds == ["Rue de l’Air", "data", "data", "data", "Avenue Bel-Air", "data", "data"]
    assert html.count("<span>XML</span>") >= 5
    assert ">OTHER" not in html and "XML, XML" not in html
