"""Features: pages that fit together, boxes and shapes in four systems, and an answer for whatever cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.standards.ogc.conftest import BASE, TREES, get
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Published, Spec
from zinneke.foundations.territory.crs import transform
from zinneke.kernel.confidentiality import SYSTEM, Level

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/ogc/collections/trees/items"


def test_every_link_leads_somewhere_and_to_what_it_says(trees: Published) -> None:
    seen: set[str] = set()
    todo = ["/ogc", "/ogc/collections/trees", f"{ITEMS}?limit=2", "/ogc/collections/trees/tiles", "/ogc/collections/trees/tiles/WebMercatorQuad"]
    while todo:
        address = todo.pop()
        answer = get(address)
        assert answer.status == 200, address
        for link in answer.json.get("links", []):
            href = link["href"]
            if href in seen or link.get("templated") or not href.startswith(f"{BASE}/ogc"):
                continue
            seen.add(href)
            there = get(href)
            assert there.status == 200, (address, href)
            assert link.get("type", "").partition(";")[0] in there.type or "f=html" in href, (href, there.type)
            if "json" in there.type and "/api" not in href:
                todo.append(href)
    assert len(seen) > 20


def test_pages_follow_one_another_and_count_what_matched(trees: Published) -> None:
    first = get(f"{ITEMS}?limit=2")
    assert first.type == "application/geo+json" and first.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    pages, address = [], f"{ITEMS}?limit=2"
    while address:
        page = get(address).json
        assert page["numberMatched"] == 5 and page["numberReturned"] == len(page["features"])
        pages.append(page)
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    found = [each["id"] for page in pages for each in page["features"]]
    assert found == ["1.1", "1.2", "1.3", "1.4", "1.5"] and len(pages) == 3
    assert 'rel="next"' in first.headers["Link"]
    assert pages[2]["features"][0]["geometry"] is None


def test_an_item_keeps_its_address_when_the_next_version_is_published(publish: Callable[..., Published]) -> None:
    publish()
    before = get(f"{ITEMS}/1.3").json
    publish(TREES.replace("Orme", "Elm"))
    assert get(f"{ITEMS}/1.3").json == before and before["properties"]["name"] == "Orme 'gris'"
    assert get(f"{ITEMS}/2.3").json["properties"]["name"] == "Elm 'gris'"
    assert get("/ogc/collections/trees@1").json["version"] == "1" and "Orme 'gris'" in get("/ogc/collections/trees@1/items").names
    assert get("/ogc/collections/trees@3/items").status == get("/ogc/collections/trees@x").status == 404


@pytest.mark.parametrize(("code", "flipped"), [(4326, True), (3857, False), (31370, False), (3812, False)])
def test_a_box_and_the_shapes_in_it_may_be_in_another_system(trees: Published, code: int, flipped: bool) -> None:
    (x0, x1), (y0, y1) = transform([4.355, 4.375], [50.848, 50.865], 4326, code)
    box = (y0, x0, y1, x1) if flipped else (x0, y0, x1, y1)
    answer = get(f"{ITEMS}?bbox={','.join(f'{each:.6f}' for each in box)}&bbox-crs={EPSG}{code}&crs={EPSG}{code}")
    assert answer.names == ["chene", "Orme 'gris'"] and answer.headers["Content-Crs"] == f"<{EPSG}{code}>"
    x, y = (float(each[0]) for each in transform([4.36], [50.85], 4326, code))
    assert answer.json["features"][0]["geometry"]["coordinates"] == pytest.approx([y, x] if flipped else [x, y], abs=0.001)
    assert get(f"{ITEMS}/1.2?crs={EPSG}{code}").json["geometry"] == answer.json["features"][0]["geometry"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bbox=4.355,50.848,4.375,50.865", ["chene", "Orme 'gris'"]),
        ("bbox=4.355,50.848,0,4.375,50.865,100", ["chene", "Orme 'gris'"]),
        ("datetime=2024-06-01T10:00:00Z", ["chene"]),
        ("datetime=2024-06-01", ["chene"]),
        ("datetime=2024-06-01/2024-07-01", ["chene", "Orme 'gris'"]),
        ("datetime=2024-07-15/..", ["100%_pur"]),
        ("datetime=/2024-05-20", ["Chêne"]),
        ("datetime=../..", ["Chêne", "chene", "Orme 'gris'", "100%_pur", None]),
        ("alive=false", ["Orme 'gris'", None]),
        ("height=12", ["Orme 'gris'"]),
        ("planted=2005-11-20", ["chene"]),
        ("name=chene&alive=true", ["chene"]),
        ("sortby=-height&limit=2", ["Chêne", "Orme 'gris'"]),
        ("sortby=%2Bheight&limit=1", ["chene"]),
    ],
)
def test_items_are_narrowed_and_sorted(trees: Published, asked: str, found: list[str | None]) -> None:
    assert get(f"{ITEMS}?{asked}").names == found


def test_only_the_properties_that_are_asked_for_are_given(trees: Published) -> None:
    assert get(f"{ITEMS}?properties=height,alive&limit=1").json["features"][0]["properties"] == {"height": 21.5, "alive": True}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("bbox=1,2,3", "four numbers"),
        ("bbox=a,b,c,d", "is no box"),
        ("bbox=nan,50,5,51", "four numbers|corners|not on Earth"),
        ("bbox=50,4.3,51,4.4,9,9,9", "four numbers"),
        ("bbox=4.4,50.8,4.3,50.9", "swapped, or it crosses"),
        ("bbox=4.3,150,4.4,151", "not on Earth"),
        (f"bbox=9e99,0,9e99,1&bbox-crs={EPSG}31370", "four numbers"),
        (f"bbox=1e8,1e8,2e8,2e8&bbox-crs={EPSG}31370", "says nothing"),
        ("bbox=1,2,3,4&bbox-crs=EPSG:2154", "not a coordinate system"),
        ("crs=urn:x", "not a coordinate system"),
        ("datetime=yesterday", "is not a date"),
        ("datetime=2024-02-30", "is not a date"),
        ("datetime=2024-02-01/2024-01-01", "ends before it begins"),
        ("datetime=1/2/3", "no moment and no interval"),
        ("datetime=9999-12-31", "beyond the years"),
        ("limit=-1", "whole number"),
        ("limit=x", "whole number"),
        ("colour=red", "no parameter and no property 'colour'"),
        ("q=oak", "other collections"),
        ("height=tall", "no decimal"),
        ("properties=colour", "There is no column 'colour'"),
        ("sortby=colour", "There is no column 'colour'"),
        ("sortby=geometry", "no order"),
        ("f=gml", "no form of this answer"),
        ("after=xyz", "not given out here"),
        ("limit=1&limit=2", "given twice"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_parameter(trees: Published, asked: str, says: str) -> None:
    answer = get(f"{ITEMS}?{asked}")
    assert answer.status == 400 and answer.type == "application/problem+json"
    assert re.search(says, answer.json["detail"]), answer.json


def test_whoever_opens_an_address_in_a_browser_gets_a_page_in_their_language(trees: Published) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for path in (
        "/ogc",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/trees",
        ITEMS,
        f"{ITEMS}/1.1",
        "/ogc/collections/trees/queryables",
    ):
        page = get(path, language="fr", accept=browser)
        assert page.type.startswith("text/html") and b'<html lang="fr"' in page.body and b"<h1>" in page.body, path
        assert get(path, accept="*/*").type.endswith("json")
    assert b"<script" not in get(f"{ITEMS}?f=html").body
    assert "Page suivante" in get(f"{ITEMS}?limit=1&f=html", language="fr").body.decode()


def test_what_is_written_in_data_is_never_markup(publish: Callable[..., Published]) -> None:
    publish('name,seen,lat,lon\n"<script>alert(1)</script>",2024-01-01T00:00:00Z,50.8,4.3\n')
    page = get(f"{ITEMS}?f=html&name={quote('<script>alert(1)</script>')}").body
    assert b"<script>" not in page and b"&lt;script&gt;" in page


def test_a_table_without_shapes_has_items_without_geometry(publish: Callable[..., Published]) -> None:
    publish("n,seen\n1,2024-01-01T00:00:00Z\n", "plain")
    assert get("/ogc/collections/plain/items").json["features"][0]["geometry"] is None
    assert get("/ogc/collections/plain/items?bbox=1,2,3,4").status == 400
    assert get("/ogc/collections/plain/tiles").status == 404


def test_a_closed_column_is_in_no_answer(publish: Callable[..., Published]) -> None:
    publish(columns=(ColumnSpec("height", level=Level.PERSONAL),))
    for path in ("", "/schema", "/queryables", "/sortables", "/items", "/items/1.1", "/tiles/WebMercatorQuad"):
        assert b"height" not in get(f"/ogc/collections/trees{path}").body, path
    assert get(f"{ITEMS}?height=12").status == get(f"{ITEMS}?properties=height").status == get(f"{ITEMS}?sortby=height").status == 400


def test_properties_are_described_with_type_title_and_unit(publish: Callable[..., Published]) -> None:
    publish(columns=(ColumnSpec("height", unit="m", label={"fr": "Hauteur", "nl": "Hoogte", "en": "Height"}),))
    answer = get("/ogc/collections/trees/queryables", language="nl")
    assert answer.type == "application/schema+json" and answer.json["additionalProperties"] is False
    found = answer.json["properties"]
    assert found["height"] == {"type": "number", "title": "Hoogte", "x-ogc-unit": "m", "x-ogc-unitLang": "UCUM"}
    assert found["geometry"] == {"x-ogc-role": "primary-geometry", "format": "geometry-point-or-multipoint"}
    assert found["seen"]["format"] == "date-time" and found["seen"]["x-ogc-role"] == "primary-instant" and found["planted"]["format"] == "date"
    assert "geometry" not in get("/ogc/collections/trees/sortables").json["properties"]


def test_the_interface_describes_itself_and_lists_only_what_it_has(trees: Published) -> None:
    api = get("/ogc/api")
    assert api.json["openapi"] == "3.0.3" and api.type.endswith("version=3.0")
    assert set(api.json["paths"]) >= {"/collections", "/collections/{collectionId}/items"}
    assert api.json["servers"] == [{"url": f"{BASE}/ogc"}]
    assert "height" in [each.get("name") for each in api.json["paths"]["/collections/trees/items"]["get"]["parameters"]]
    extent = get("/ogc/collections/trees").json["extent"]
    assert extent["spatial"]["bbox"] == [[4.3525, 50.8467, 4.38, 50.87]]
    assert extent["temporal"]["interval"][0][0].startswith("2024-05-01")


def test_the_description_names_only_what_may_be_written_without_quotes(trees: Published) -> None:
    tables.publish(SYSTEM, "odd", b"a b,addr:street,In,ok\n1,x,2,3\n", Spec())
    told = [each.get("name") for each in get("/ogc/api").json["paths"]["/collections/odd/items"]["get"]["parameters"]]
    assert [name for name in told if name] == ["addr:street", "ok"]
