"""What is missing: blanks between any two of theme, commune, administration and period; and what peers publish, whatever their language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.office.cartography import store
from zinneke.office.cartography.coverage import AXES, PERIODS, Covering, Survey, cross, periods
from zinneke.office.cartography.loading import read_map
from zinneke.office.cartography.peers import Piece, lacking

KNOWN = {"theme": ("ENVI", "TRAN"), "commune": ("21004", "21015"), "administration": ("ours", "idle"), "period": PERIODS}
BIKES = Covering(("TRAN",), ("21004",), ("ours",), ("2015", "2020"))
TREES = Covering(("ENVI",), (), ("ours",), ())


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2016-05-01", "2021", ("2015", "2020")),
        ("1998", "2001-01", ("before", "2000")),
        ("", "", ()),
        ("2022", "", ("2020",)),
        ("2021", "2004", ("2000", "2005", "2010", "2015", "2020")),
        ("soon", "x", ()),
    ],
)
def test_the_periods_that_a_dataset_touches(start: str, end: str, expected: tuple[str, ...]) -> None:
    assert periods(start, end) == expected


def test_blanks_are_counted_and_what_says_nothing_stands_apart() -> None:
    found = cross(Survey(datasets=(BIKES, TREES)), "theme", "commune", KNOWN, {})
    assert found.rows == ("ENVI", "TRAN") and found.columns == ("21004", "21015", "")
    assert found.counts == ((0, 0, 1), (1, 0, 0)) and found.blanks == 3


def test_an_administration_that_publishes_nothing_is_a_row_of_blanks() -> None:
    found = cross(Survey(datasets=(BIKES, TREES)), "administration", "theme", KNOWN, {})
    assert found.counts == ((1, 1), (0, 0)) and found.blanks == 2


def test_two_axes_are_narrowed_by_the_others() -> None:
    found = cross(Survey(datasets=(BIKES, TREES)), "theme", "administration", KNOWN, {"period": "2020", "commune": "21004"})
    assert found.datasets == 1 and found.counts == ((0, 0), (1, 0))


@settings(max_examples=30)
@given(st.lists(st.builds(Covering, *(st.lists(st.sampled_from(KNOWN[axis]), max_size=2, unique=True).map(tuple) for axis in AXES)), max_size=8))
def test_of_any_datasets_the_cells_hold_each_as_often_as_it_stands_in_them(datasets: list[Covering]) -> None:
    found = cross(Survey(datasets=tuple(datasets)), "theme", "period", KNOWN, {})
    assert sum(map(sum, found.counts)) == sum(max(1, len(each.theme)) * max(1, len(each.period)) for each in datasets)


OURS = [Piece("fountains", {"fr": "Fontaines d’eau potable"}), Piece("trees", {"fr": "Arbres remarquables"}), Piece("noise", {"nl": "Geluidskaart"})]


def test_what_a_peer_publishes_in_another_language_is_no_gap_when_we_have_it() -> None:
    theirs = {
        "ghent": [Piece("g1", {"nl": "Drinkfonteinen Gent"}), Piece("g2", {"nl": "Openbare toiletten Gent"})],
        "leeds": [Piece("l1", {"en": "Noise map"})],
    }
    found = lacking(OURS, theirs, ["Gent", "Leeds"])
    assert [each.examples[0][1] for each in found] == ["g2"]


def test_the_same_subject_of_several_peers_is_one_and_stands_first() -> None:
    theirs = {
        "ghent": [
            Piece("g1", {"nl": "Openbare toiletten"}),
            Piece("g2", {"nl": "Volkstuinen lijst"}),
            Piece("g3", {"nl": "Sluikstort meldingen 2019"}),
        ],
        "lyon": [Piece("l1", {"fr": "Toilettes publiques"})],
    }
    found = lacking(OURS, theirs)
    assert found[0].peers == ("ghent", "lyon") and found[0].datasets == 2
    assert {each.peers for each in found[1:]} == {("ghent",)}


def test_nothing_is_lacking_of_nothing_and_everything_when_we_have_nothing() -> None:
    assert lacking(OURS, {}) == [] and lacking(OURS, {"ghent": []}) == []
    (all_of_it,) = lacking([], {"ghent": [Piece("g1", {"nl": "Openbare toiletten"})]})
    assert all_of_it.nearest == {} and all_of_it.resemblance == 0


LYON = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://data.lyon.example/a> a dcat:Dataset ; dct:title "Toilettes publiques"@fr .
<https://data.lyon.example/b> a dcat:Dataset ; dct:title "Fontaines à boire"@fr ."""


@pytest.fixture
def published(db: None) -> None:
    def row(uri: str, title: str, publisher: str, **more: object) -> DatasetRow:
        return DatasetRow(uri=uri, title={"fr": title}, publisher=Publisher(publisher, {"fr": publisher.title()}), **more)  # type: ignore[arg-type]

    rows = [
        row("urn:a", "Fontaines d’eau potable", "city", communes=("21004",), themes=("ENVI",), start="2019"),
        row("urn:b", "Openbare toiletten", "gand", themes=("ENVI",)),
        row("urn:c", "Sectes au Moyen Âge", "elsewhere"),
    ]
    catalogue.set_datasets(SYSTEM, rows, "test")


def test_peers_come_with_the_citys_file_or_as_a_catalogue_of_their_own_and_are_compared(published: None, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('thing = []\n[[peer]]\nkey = "ghent"\ntitle = { fr = "Gand", nl = "Gent", en = "Ghent" }\npublishers = ["gand"]\n')
    read_map(path, {})
    assert store.take_peer(SYSTEM, LYON.encode(), "Lyon") == ("lyon", 2)
    found = store.compute_surveys(SYSTEM)
    assert [each.peers for each in found.lacks] == [("ghent", "lyon")], "toilets, in Dutch and in French; fountains are here"
    read_map(path, {})
    compared, peers = store.get_compared(ANONYMOUS)
    assert compared.lacks == found.lacks and [(each.key, each.datasets) for each in peers] == [("ghent", 1), ("lyon", 2)]


@pytest.mark.parametrize(("data", "name"), [(b"no catalogue", "Lyon"), (LYON.encode(), " ")])
def test_what_is_no_catalogue_or_nobodys_is_refused(db: None, data: bytes, name: str) -> None:
    with pytest.raises(Problem) as refusal:
        store.take_peer(SYSTEM, data, name)
    assert refusal.value.status == 400


def test_only_what_is_about_the_region_is_covered_and_the_page_shows_any_two_axes(published: None, client: Client) -> None:
    store.compute_surveys(SYSTEM)
    survey, when = store.get_coverage(ANONYMOUS)
    assert survey.datasets == (Covering(("ENVI",), ("21004",), ("city",), ("2015",)),) and when is not None
    page = client.get("/en/cartography/gaps/", {"rows": "administration", "columns": "period", "theme": "ENVI"}).content.decode()
    assert ">City</th>" in page and "2015–2019" in page and "○" in page
    assert client.get("/fr/cartography/gaps/", {"rows": "x", "columns": "theme", "theme": "no such"}).status_code == 200


def test_high_value_data_of_others_do_not_hide_that_the_region_has_none(published: None, client: Client) -> None:
    assert {each.region for each in store.list_high_value(ANONYMOUS)} == {None}, "not looked at yet"
    rows = [DatasetRow(uri="urn:d", title={"fr": "Qualité de l’air à Gand"}, publisher=Publisher("gand", {"fr": "Gand"}))]
    catalogue.set_datasets(SYSTEM, rows, "other")
    store.compute_surveys(SYSTEM)
    found = {each.words: (each.region, each.datasets) for each in store.list_high_value(ANONYMOUS)}
    assert found["eau"] == (1, 1) and found["qualité de l'air"] == (0, 1) and found["bruit"] == (0, 0)
    assert "Of the Region" in client.get("/en/cartography/gaps/").content.decode()


def test_the_coverage_is_had_by_machines_too(published: None, client: Client) -> None:
    store.compute_surveys(SYSTEM)
    assert client.get("/nl/cartography/peers/?peer=ghent").status_code == 200
