from __future__ import annotations

from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from tests.foundations.territory import mvt
from zinneke.asgi.door import Door
from zinneke.foundations.territory import store
from zinneke.foundations.territory.routes import ROUTES
from zinneke.foundations.territory.tiles import tile_at
from zinneke.foundations.territory.values import AreaRow, PlaceRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door() -> TestClient:
    names = {"fr": "Ixelles", "nl": "Elsene"}
    store.set_areas(
        SYSTEM,
        [
            AreaRow("04000", "region", {"fr": "Région", "nl": "Gewest"}, shapely.box(4.2, 50.7, 4.6, 51)),
            AreaRow("21009", "commune", names, shapely.box(4.3, 50.8, 4.4, 50.9), "04000", ("1050",), {"area_km2": 6.4}),
            AreaRow("21004", "commune", {"fr": "Bruxelles", "nl": "Brussel", "en": "Brussels"}, shapely.box(4.4, 50.8, 4.5, 50.9), "04000"),
            AreaRow("60", "neighbourhood", {"fr": "Étangs", "nl": "Vijvers"}, shapely.box(4.3, 50.8, 4.35, 50.9), "21009"),
        ],
    )
    store.set_places(SYSTEM, "street", [PlaceRow("w1", {"fr": "Rue Gray", "nl": "Graystraat"}, shapely.LineString([(4.31, 50.83), (4.32, 50.84)]))])
    store.set_places(SYSTEM, "poi", [PlaceRow("p1", {"fr": "Musée", "nl": "Museum"}, shapely.Point(4.33, 50.83), "museum", weight=3)])
    return TestClient(Door(ROUTES, lambda headers, secure: ANONYMOUS))


def get(door: TestClient, path: str, status: int = 200) -> Any:
    answer = door.get(path)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.json()


def test_communes_are_listed_in_the_order_of_their_codes(door: TestClient) -> None:
    areas = get(door, "/api/areas")
    assert [area["code"] for area in areas] == ["21004", "21009"]
    assert areas[1]["postal_codes"] == ["1050"] and areas[1]["facts"] == {"area_km2": 6.4}
    assert [area["code"] for area in get(door, "/api/areas?kind=neighbourhood&parent=21009")] == ["60"]
    assert [area["code"] for area in get(door, "/api/areas?q=elsen")] == ["21009"]
    assert "geometry" not in areas[0]
    assert get(door, "/api/areas?geometry=true")[0]["geometry"]["type"] == "Polygon"
    assert "province" in get(door, "/api/areas?kind=province", 400)["detail"]


def test_one_area_with_or_without_its_outline(door: TestClient) -> None:
    assert get(door, "/api/areas/21009")["name"] == {"fr": "Ixelles", "nl": "Elsene"}
    outline = get(door, "/api/areas/21009?geometry=true")["geometry"]
    assert outline["type"] == "Polygon" and len(outline["coordinates"][0]) == 5
    assert get(door, "/api/areas/99999", 404)["status"] == 404


def test_where_in_degrees_and_in_lambert(door: TestClient) -> None:
    there = get(door, "/api/where?lon=4.32&lat=50.85")
    assert (there["commune"]["code"], there["neighbourhood"]["code"], there["accuracy_m"]) == ("21009", "60", 0)
    there = get(door, "/api/where?x=148855&y=170700&crs=EPSG:31370")
    assert (there["commune"]["code"], there["neighbourhood"]) == ("21009", None)
    assert there["accuracy_m"] in (0.2, 0.01)
    assert get(door, "/api/where?lon=2.35&lat=48.85")["commune"] is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lon=50.85&lat=4.35", "look swapped"),
        ("lon=4.35", "one pair"),
        ("lon=4.35&lat=50.85&x=1&y=2", "one pair"),
        ("", "one pair"),
        ("lon=400&lat=50", "not on Earth"),
        ("lon=148855&lat=170700&crs=EPSG:31370", "Give metres as x and y"),
        ("lon=nan&lat=50", "not a number"),
        ("x=1&y=2&crs=EPSG:28992", "not a coordinate system"),
        ("x=9e8&y=9e8", "not a number"),
        ("x=9e12&y=0", "<= 1"),
        ("lon=abc&lat=50", "lon"),
        ("lon=4&lat=50&z=3", "no parameter 'z'"),
    ],
)
def test_a_wrong_point_is_told_what_is_wrong(door: TestClient, query: str, words: str) -> None:
    assert words in get(door, f"/api/where?{query}", 400)["detail"]


def test_many_points_at_once_with_the_faults_among_them(door: TestClient) -> None:
    answer = door.post("/api/where", json={"points": [[4.32, 50.85], [4.45, 50.85], [50.85, 4.35], [None, 50], [2.35, 48.85]]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["communes"] == ["21009", "21004", "", "", ""]
    assert body["neighbourhoods"] == ["60", "", "", "", ""]
    assert body["outside"] == 3
    assert [fault["where"] for fault in body["faults"]] == ["point 2", "point 3"]
    assert door.post("/api/where", json={"points": []}).json()["communes"] == []
    lambert = {"points": [[148855, 170700]], "crs": "EPSG:31370"}
    assert door.post("/api/where", json=lambert).json()["communes"] == ["21009"]


def test_a_hundred_thousand_points_are_answered_and_one_more_is_refused(door: TestClient) -> None:
    body = door.post("/api/where", json={"points": [[4.32, 50.85]] * 100_000}).json()
    assert len(body["communes"]) == 100_000 and body["outside"] == 0
    assert door.post("/api/where", json={"points": [[4.32, 50.85]] * 100_001}).status_code == 400


@pytest.mark.parametrize(
    "body", [{"points": [[4.32]]}, {"points": [["a", 1]]}, {"points": 3}, {}, {"points": [], "more": 1}, {"points": [], "crs": "X"}]
)
def test_a_malformed_list_of_points_is_refused(door: TestClient, body: Any) -> None:
    assert door.post("/api/where", json=body).status_code == 400


def test_places_by_name_and_in_a_box(door: TestClient) -> None:
    (place,) = get(door, "/api/places?q=graystr&lang=nl")["places"]
    assert (place["kind"], place["area"], place["detail"]["communes"]) == ("street", "21009", ["21009"])
    assert [place["key"] for place in get(door, "/api/places?bbox=4.3,50.8,4.4,50.9")["places"]] == ["p1", "w1"]
    assert [place["key"] for place in get(door, "/api/places?area=21009&kind=poi&category=museum")["places"]] == ["p1"]
    assert get(door, "/api/places?q=rue&kind=commune&kind=poi")["places"] == []


@pytest.mark.parametrize(
    "query",
    ["", "q=%20", "bbox=1,2,3", "bbox=5,50,4,51", "bbox=a,b,c,d", "bbox=nan,50,5,51", "q=a&limit=0", "q=a&lang=de", "kind=a&kind=b&area=1"],
)
def test_a_wrong_question_about_places_is_refused(door: TestClient, query: str) -> None:
    assert get(door, f"/api/places?{query}", 400)["detail"]


def test_coordinates_are_transformed_with_their_accuracy(door: TestClient) -> None:
    there = get(door, "/api/transform?x=4.3525&y=50.8467&from=EPSG:4326&to=EPSG:3812")
    assert (there["x"], there["y"]) == ([648855.0356], [670699.9451])
    back = get(door, "/api/transform?x=148855.4&x=150000&y=170699.7&y=170000&from=EPSG:31370")
    assert back["x"][0] == pytest.approx(4.3525, abs=1e-4) and len(back["y"]) == 2
    assert back["accuracy_m"] in (0.2, 0.01) and "Lambert 72" in back["operation"]
    assert "each point needs both" in get(door, "/api/transform?x=1&x=2&y=1&from=4326&to=3812", 400)["detail"]
    assert "cannot be transformed" in get(door, "/api/transform?x=9e8&y=1&from=31370", 400)["detail"]
    assert get(door, "/api/transform?y=1&from=31370", 400)


def test_a_tile_of_the_base_map_is_cached_by_its_mark(door: TestClient) -> None:
    x, y = tile_at(4.35, 50.85, 12)
    answer = door.get(f"/tiles/base/12/{x}/{y}.mvt")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    decoded = mvt.decode(answer.content)
    assert {"region", "communes", "neighbourhoods", "labels"} <= set(decoded)
    communes = {feature.properties["name"] for feature in decoded["communes"].features}
    assert "Ixelles / Elsene" in communes
    again = door.get(f"/tiles/base/12/{x}/{y}.mvt", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    store.set_areas(SYSTEM, [AreaRow("21009", "commune", {"fr": "Ailleurs"}, shapely.box(4.3, 50.8, 4.4, 50.9))])
    changed = door.get(f"/tiles/base/12/{x}/{y}.mvt", headers={"If-None-Match": answer.headers["etag"]})
    assert changed.status_code == 200 and b"Ailleurs" in changed.content


def test_an_empty_tile_has_no_body_and_an_impossible_one_is_refused(door: TestClient) -> None:
    answer = door.get("/tiles/base/12/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    for path in ("/tiles/base/3/8/0.mvt", "/tiles/base/23/0/0.mvt", "/tiles/base/a/0/0.mvt", "/tiles/base/3/-1/0.mvt"):
        get(door, path, 400)
