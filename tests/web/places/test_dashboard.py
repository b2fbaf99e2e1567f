"""The dashboard: what it shows is what the indicators say, filters never lead to nothing, and others may frame one page only."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client

from tests.office.indicators.conftest import NORTH, PEOPLE_PER_HOME, in_force, sheet, summed, town  # noqa: F401  a fixture
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.office.indicators import store
from zinneke.office.indicators.values import Objective, Point, Waypoint
from zinneke.web import dashboard, sparkline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]


@pytest.fixture
def measured(town: None) -> None:  # noqa: F811
    promise = Objective(says={"fr": "Plus", "nl": "Meer", "en": "More"}, value=500, period="2030")
    words = {"fr": "Habitants", "nl": "Inwoners", "en": "People"}
    promised = sheet(summed("people"), name=words, domain="people", objective=promise, baseline=Waypoint("2019", 300), better="up", tolerance=50)
    in_force("people", promised)
    in_force("per-home", sheet(PEOPLE_PER_HOME, name={"fr": "Par logement", "nl": "Per woning", "en": "Per home"}, domain="living"))
    in_force("wifi", sheet(name={"fr": "Wi-Fi", "nl": "Wifi", "en": "Wi-Fi"}, domain="people"))
    in_force("secret", sheet(summed("homes"), name={"fr": "Secret", "nl": "Geheim", "en": "Secret"}, level=Level.SHARED))
    store.compute(SYSTEM)


@pytest.mark.usefixtures("measured")
def test_the_newest_figure_stands_with_its_time_its_target_and_what_is_not_measured() -> None:
    page = Client().get("/en/dashboard/").content.decode()
    assert "People" in page and "330" in page and "2020" in page and "500" in page
    assert "What is not measured" in page and "Wi-Fi" in page.split('id="missing"')[1]
    assert "Secret" not in page


@pytest.mark.usefixtures("measured")
def test_filters_count_what_they_leave_and_never_lead_to_nothing() -> None:
    found = store.list_indicators(ANONYMOUS)
    for name, choices in dashboard.choices(found, {"domain": "people"}).items():
        for each in choices:
            asked = {"domain": "people", name: each.key}
            assert len(dashboard.narrowed(found, asked)) == each.count > 0
    assert Client().get("/fr/dashboard/?domain=people&kind=no-such").status_code == 200


@pytest.mark.usefixtures("measured")
def test_a_commune_stands_beside_the_region_and_among_the_others() -> None:
    page = Client().get(f"/nl/dashboard/communes/{NORTH}/").content.decode()
    assert "Schaarbeek" in page and "2 van 2 gemeenten" in page
    assert Client().get("/nl/dashboard/communes/99999/").status_code == 404
    assert Client().get("/nl/dashboard/for/nobody/").status_code == 404


@pytest.mark.usefixtures("measured")
def test_every_figure_can_be_taken_away_as_a_table_and_as_a_report() -> None:
    rows = list(csv.DictReader(io.StringIO(Client().get("/en/dashboard/dashboard.csv").content.decode())))
    assert {row["key"]: row["value"] for row in rows}["people"] == "330.0"
    assert "secret" not in {row["key"] for row in rows}
    assert Client().get("/fr/dashboard/report.pdf").content.startswith(b"%PDF")


def test_no_spreadsheet_runs_what_somebody_wrote_into_an_indicator(town: None) -> None:  # noqa: F811
    risky = {"fr": "=1+1", "nl": "@SUM(1)", "en": "=HYPERLINK(1)"}
    in_force("people", sheet(summed("people"), name=risky, source={"en": "+32 2"}, domain="people"))
    (row,) = csv.DictReader(io.StringIO(Client().get("/en/dashboard/dashboard.csv").content.decode()))
    assert (row["name"], row["source"]) == ("'=HYPERLINK(1)", "'+32 2")


@pytest.mark.usefixtures("measured")
def test_only_the_page_that_is_made_for_it_may_be_framed_by_others() -> None:
    embedded, page = Client().get("/en/dashboard/embed/people/"), Client().get("/en/dashboard/")
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"] and "X-Frame-Options" not in embedded.headers
    assert page.headers["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert Client().get("/en/dashboard/embed/secret/").status_code == 404


def test_the_page_of_whoever_leads_is_for_whoever_leads() -> None:
    assert Client().get("/en/dashboard/manager/").status_code in (302, 401)


def test_a_small_course_lifts_its_line_at_a_gap_and_needs_two_values() -> None:
    def point(year: int, value: float | None) -> Point:
        return Point(str(year), date(year, 1, 1), value)

    assert sparkline.draw([point(2020, 1.0)]) is None
    drawn = sparkline.draw([point(2019, 1.0), point(2020, None), point(2021, 2.0), point(2022, 2.0)])
    assert drawn is not None and drawn.line.count("M") == 2
    flat = sparkline.draw([point(2019, 3.0), point(2020, 3.0)], target=3.0)
    assert flat is not None and "nan" not in flat.line
