"""The chart that a dataset gets by itself: one that a citizen understands, and that says what it draws."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from zinneke.foundations.tables.values import ColumnSpec
from zinneke.web import axes, dataset_ways

pytestmark = pytest.mark.django_db

COUNTS = "year,name_fr,region,inhabitants,green\n" + "\n".join(
    f"{year},C{n},{'north' if n % 2 else 'south'},{1000 + n * 10 + year % 10},{n}" for year in (2018, 2019, 2020) for n in range(20)
)
INHABITANTS = ColumnSpec("inhabitants", unit="1", label={"en": "Inhabitants"})


def caption(read: Callable[..., str], key: str, query: str = "") -> str:
    found = re.search(r'class="chart-sentence">([^<]*)<', read(f"/en/data/{key}/{query}"))
    return unescape(found[1]) if found else ""


def test_inhabitants_with_a_year_are_summed_by_year(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish("people", COUNTS, columns=(INHABITANTS,))
    assert caption(read, "people") == "Sum of “Inhabitants” by year, from 2018 to 2020. Highest: 22,080, in 2019."
    assert Client().get("/en/data/people/chart.csv").content.decode().splitlines()[:2] == ["year,Inhabitants", "2018,22060.0"]


def test_millions_beside_an_axis_are_written_short_so_that_they_fit() -> None:
    assert axes.labels([0, 5e6, 1e7], "fr") == ["0", "5\xa0M", "10\xa0M"]
    assert axes.labels([0, 500, 1000], "nl") == ["0", "500", "1.000"]


@pytest.mark.parametrize("unit", ["%", "Cel", "ug/m3", "/km2"])
def test_shares_and_concentrations_by_year_have_a_mean(publish: Callable[..., Any], read: Callable[..., str], unit: str) -> None:
    publish("green", COUNTS, columns=(ColumnSpec("inhabitants", drop=True), ColumnSpec("green", unit=unit, label={"en": "Green"})))
    assert caption(read, "green").startswith("Mean of “Green” by year")


def test_the_same_people_are_not_counted_again_for_each_year(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish("people", COUNTS, columns=(INHABITANTS,))
    assert caption(read, "people", "?figure=region").startswith("Mean of “Inhabitants” by “Region”")


def test_the_total_of_a_year_is_not_added_to_its_months(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    rows = [(year, month, 120 if month == 0 else 10) for year in (2020, 2021) for month in range(13)]
    publish("permits", "year,month,permits\n" + "\n".join(",".join(map(str, row)) for row in rows))
    assert "Highest: 120, in 2020." in caption(read, "permits")


def test_victims_of_a_day_are_summed_and_free_places_are_not(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    lines = [f"2024-01-{day:02},{n},{10 + n}" for day in range(1, 21) for n in range(3)]
    columns = (ColumnSpec("victims", unit="1"), ColumnSpec("free", unit="1"))
    publish("days", "date,victims,free\n" + "\n".join(lines), columns=columns)
    assert caption(read, "days").startswith("Sum of “victims” by day")
    assert caption(read, "days", "?figure=free").startswith("Mean of “free” by day")


def test_each_named_thing_shows_its_figure_and_not_that_it_is_one_row(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    text = "id,name,places\n" + "\n".join(f"{n},Park {n},{n * 10}" for n in range(1, 41))
    publish("parks", text, columns=(ColumnSpec("name", label={"en": "Name"}), ColumnSpec("places", unit="1", label={"en": "Places"})))
    assert caption(read, "parks") == "“Places” of each “Name”. Highest: Park 40 (400). The 15 largest of 40 are shown."


def test_a_table_of_names_or_codes_alone_has_no_chart(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish("codes", "nis,name,lon,lat\n" + "\n".join(f"{21000 + n},N{n},4.{n},50.8" for n in range(10, 60)))
    assert 'id="chart"' not in read("/en/data/codes/")


def test_no_figure_is_a_code_a_place_or_a_part_of_a_date(publish: Callable[..., Any]) -> None:
    text = "id,x,y,lon,lat,position.lat,CD_RGN_REFNIS,DT_HOUR,last_update,size\n" + "\n".join(
        f"{n},{n}.5,{n}.5,4.3,50.8,50.8,{n % 3},{n % 24},{n % 9},{n % 7}" for n in range(40)
    )
    version = publish("mixed", text).version
    assert [column.name for column in dataset_ways.figures(version)] == ["size"]


def test_common_columns_have_words_in_each_language_beside_their_raw_name(publish: Callable[..., Any], read: Callable[..., str]) -> None:
    publish()
    for language, words in (("fr", "Latitude"), ("nl", "Breedtegraad"), ("en", "Latitude")):
        html = read(f"/{language}/data/trees/")
        assert re.search(rf"<span>{words}</span><br><code>lat</code>", html)
    publish("own", "lat_name,name_fr,name\na,b,c\nd,e,f", columns=(ColumnSpec("name", label={"en": "Ours"}),))
    html = read("/en/data/own/")
    assert "<span>Ours</span><br><code>name</code>" in html.replace(' lang="en"', "")
    assert "Name (fr)</span><br><code>name_fr</code>" in html


def test_a_dataset_elsewhere_shows_its_form_by_name(listed: str, read: Callable[..., str]) -> None:
    assert '<span class="tag">CSV</span>' in read(f"/fr/data/{listed}/")
