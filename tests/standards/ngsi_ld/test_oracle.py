"""Questions answered alike by the engine and by going through everything by hand."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyproj import Geod
from shapely.geometry import shape
from starlette.testclient import TestClient

from zinneke.foundations.observations import register
from zinneke.foundations.observations.attributes import changes, fitting
from zinneke.foundations.observations.attributes.values import Linked, Wanted
from zinneke.standards.ngsi_ld import contexts, query

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = "2026-03-01T10:00:00Z"
VALUES: list[Any] = [1, 2, 2.5, -3, "a", "ab", "2", True, False, [1, "a"], {"x": {"y": 2}}, {"x": "a"}, None]
CITY: list[dict[str, Any]] = []
for number, value in enumerate(VALUES * 3):
    entity: dict[str, Any] = {"id": f"urn:ngsi-ld:T:{number:02}", "type": ["T", "U"] if number % 4 == 0 else "T" if number % 2 else "U"}
    if value is not None:
        entity["plain"] = {"type": "Property", "value": value, "about": {"type": "Property", "value": number % 5}}
    if number % 3:
        entity["measured"] = {
            "type": "Property",
            "value": VALUES[(number * 5) % 11],
            "observedAt": MOMENT,
            "about": {"type": "Property", "value": number % 4},
        }
    if number % 5:
        spot = {"type": "Point", "coordinates": [4.30 + number / 400, 50.80 + (number * 7 % 13) / 200]}
        entity["location"] = {"type": "GeoProperty", "value": spot}
    if number % 2:
        entity["title"] = {"type": "LanguageProperty", "languageMap": {"fr": "abc"[number % 3], "nl": ["a", "ab"]}}
    entity["scope"] = ["/B/C" if number % 2 else "/B", f"/X/{'abc'[number % 3]}/Z"]
    CITY.append(entity)
NAMES = ("plain", "measured", "missing")
operand = some.one_of(some.sampled_from(["1", "2", "2.5", "-3", "true", "false", '"a"', '"ab"', '"2"', "a", "0", "3", MOMENT]))
INNER = ("plain.about", "measured.about", "plain[x.y]", "plain[x]", "measured[x.y]", "measured.observedAt", "measured.unitCode")
LANGUAGES = ("title[fr]", "title[*]", "title[nl]", "title", "plain[*]")
path = some.sampled_from([*NAMES, *INNER, *LANGUAGES])
same = some.sampled_from(["==", "!="])
sign = some.sampled_from(["==", "!=", ">", ">=", "<", "<="])
leaf = some.one_of(
    path,
    some.builds(lambda p, s, v: f"{p}{s}{v}", path, sign, operand),
    some.builds(lambda p, s, a, b: f"{p}{s}{a}..{b}", path, same, some.sampled_from(["1", "-3"]), some.sampled_from(["2", "3"])),
    some.builds(lambda p, s, v: f"{p}{s}{','.join(v)}", path, same, some.lists(operand, min_size=2, max_size=3)),
    some.builds(lambda p, s, v: f'{p}{s}"{v}"', path, some.sampled_from(["~=", "!~="]), some.sampled_from(["^a", "b$", ".", "[0-9]"])),
)
question = some.recursive(leaf, lambda inner: some.builds(lambda a, s, b: f"({a}{s}{b})", inner, some.sampled_from(";|"), inner), max_leaves=5)


def values_of(entity: dict[str, Any], path: str) -> list[Any]:
    """Return what stands at the end of a path: a list also as each of its elements, when it is kept and not measured."""
    name, _, rest = path.partition("[")
    name, _, about = name.partition(".")
    if name not in entity:
        return []
    instance = entity[name]
    if about:
        found = instance.get(about)
        found = found["value"] if isinstance(found, dict) else found
        return [] if found is None else [found]
    if name == "title":
        said = instance["languageMap"]
        return (
            [one for each in said.values() for one in (each if isinstance(each, list) else [each])] if rest == "*]" else [said.get(rest[:-1], said)]
        )
    if rest == "*]":
        return []
    found = [instance["value"]]
    if name == "plain" and isinstance(instance["value"], list):
        found += instance["value"]
    for step in rest.rstrip("]").split(".") if rest else ():
        found = [each[step] for each in found if isinstance(each, dict) and step in each]
    return found


def word(text: str) -> Any:
    if text.startswith('"'):
        return text.strip('"')
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    return {"true": True, "false": False}.get(text, text)


def same_kind(one: Any, other: Any) -> bool:
    numbers = [isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other)]
    return all(numbers) or (type(one) is type(other) and isinstance(one, str | bool))


def holds(found: Any, sign: str, value: Any) -> bool:
    if isinstance(value, tuple):
        return same_kind(found, value[0]) and value[0] <= found <= value[1]
    if found == MOMENT and value != MOMENT:
        return False  # a moment is no text
    if sign == "~=":
        return isinstance(found, str) and re.search(value, found) is not None
    if value == MOMENT:
        compared = isinstance(found, str) and found == MOMENT
        return {"==": compared, ">=": compared, "<=": compared}.get(sign, False)
    if not same_kind(found, value):
        return False
    return bool({"==": found == value, ">": found > value, ">=": found >= value, "<": found < value, "<=": found <= value}[sign])


def truth(entity: dict[str, Any], text: str) -> bool:
    if text.startswith("("):
        depth = 0
        for at, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 1 and letter in ";|" and text.count('"', 0, at) % 2 == 0:
                one, other = truth(entity, text[1:at]), truth(entity, text[at + 1 : -1])
                return (one and other) if letter == ";" else (one or other)
        return truth(entity, text[1:-1])
    match = re.fullmatch(r"([^=<>!~]+)(?:(!~=|~=|==|!=|>=|<=|>|<)(.*))?", text)
    assert match, text
    found, sign = values_of(entity, match[1]), match[2]
    if not sign:
        return bool(found)
    negated, sign = sign.startswith("!"), {"!=": "==", "!~=": "~="}.get(sign, sign)
    if ".." in match[3] and sign != "~=":
        values: list[Any] = [tuple(map(word, match[3].split("..")))]
    else:
        values = [word(each) for each in (match[3].split(",") if sign != "~=" else [match[3]])]
    any_holds = any(holds(each, sign, value) for each in found for value in values)
    return bool(found) and not any_holds if negated else any_holds


@pytest.fixture
def city(broker: TestClient) -> TestClient:
    answer = broker.post("entityOperations/create", json=CITY)
    assert answer.status_code == 201, answer.text
    return broker


def asked(broker: TestClient, **parameters: str) -> list[str]:
    answer = broker.get("entities", params={"limit": "1000", "count": "true", "format": "concise", **parameters})
    assert answer.status_code == 200, (parameters, answer.text)
    ids = [each["id"] for each in answer.json()]
    assert answer.headers["ngsild-results-count"] == str(len(ids))
    return sorted(ids)


def in_memory() -> list[Linked]:
    """Return the entities as they would be told when they are deleted."""
    known = register.current()
    things = sorted(known.things.values(), key=lambda thing: thing.key)
    return [changes.entity_of(changes._last(known, thing)) for thing in things]


SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


@SETTINGS
@given(text=question)
def test_q(city: TestClient, text: str) -> None:
    due = [each["id"] for each in CITY if truth(each, text)]
    assert asked(city, q=text) == due, text
    condition = Wanted(where=(query.read_q(text, contexts.of([], "")),))
    assert [each.id for each in in_memory() if fitting.fits(each, condition)] == due, text


SHAPES = [
    ("Point", [4.35, 50.83]),
    ("Polygon", [[[4.3, 50.8], [4.36, 50.8], [4.36, 50.84], [4.3, 50.84], [4.3, 50.8]]]),
    ("LineString", [[4.3, 50.8], [4.4, 50.86]]),
]


def test_places(city: TestClient) -> None:
    geod, (_, centre) = Geod(ellps="WGS84"), SHAPES[0]
    for distance, bound in product((500, 3000, 6000), ("maxDistance", "minDistance")):
        due = []
        for each in CITY:
            if "location" in each:
                metres = geod.inv(*centre, *each["location"]["value"]["coordinates"])[2]
                assert not math.isclose(metres, distance, rel_tol=1e-6)
                if (metres <= distance) == (bound == "maxDistance"):
                    due.append(each["id"])
        assert asked(city, georel=f"near;{bound}=={distance}", geometry="Point", coordinates=str(centre)) == due
    for relation, (geometry, coordinates) in product(("within", "intersects", "disjoint", "equals", "contains", "overlaps"), SHAPES):
        other = shape({"type": geometry, "coordinates": coordinates})
        due = [each["id"] for each in CITY if "location" in each and getattr(shape(each["location"]["value"]), relation)(other)]
        assert asked(city, georel=relation, geometry=geometry, coordinates=str(coordinates)) == due, (relation, geometry)
        around = query.read_around(relation, geometry, coordinates, "location")
        assert [each.id for each in in_memory() if fitting.fits(each, Wanted(around=around))] == due, (relation, geometry)


def test_types_ids_scopes_and_pages(city: TestClient) -> None:
    def types(each: dict[str, Any]) -> set[str]:
        return set(each["type"] if isinstance(each["type"], list) else [each["type"]])

    cases = {
        "T": lambda found: "T" in found,
        "T,U": lambda found: True,
        "(T;U)": lambda found: found == {"T", "U"},
        "T;U|U": lambda found: "U" in found,
    }
    for text, holds_for in cases.items():
        assert asked(city, type=text) == [each["id"] for each in CITY if holds_for(types(each))], text
    scopes = {
        "/B": lambda each: "/B" in each,
        "/B/#": lambda each: any(scope == "/B" or scope.startswith("/B/") for scope in each),
        "/X/+/Z": lambda each: True,
        "/X/a/#;/B": lambda each: "/X/a/Z" in each and "/B" in each,
        "/X/a/Z,/B/C": lambda each: "/X/a/Z" in each or "/B/C" in each,
        "/X": lambda each: False,
    }
    for text, fits in scopes.items():
        assert asked(city, scopeQ=text) == [each["id"] for each in CITY if fits(each["scope"])], text
    assert asked(city, idPattern=":0[1-3]$") == [f"urn:ngsi-ld:T:0{digit}" for digit in "123"]
    assert asked(city, id="urn:ngsi-ld:T:05,urn:ngsi-ld:T:99") == ["urn:ngsi-ld:T:05"]
    assert asked(city, attrs="plain,missing") == [each["id"] for each in CITY if "plain" in each]
    seen, address = [], "entities?local=true&limit=7&orderBy=id;desc"
    while address:
        answer = city.get(address)
        seen += [each["id"] for each in answer.json()]
        following = re.search(r'<([^>]*)>; rel="next"', answer.headers["link"])
        address = following[1] if following else ""
    assert seen == sorted((each["id"] for each in CITY), reverse=True)
    ordered = [each.get("measured") for each in city.get("entities?local=true&limit=1000&orderBy=measured&format=simplified").json()]
    numbers = [each for each in ordered if isinstance(each, int | float) and not isinstance(each, bool)]
    assert numbers == sorted(numbers)
    assert numbers == ordered[: len(numbers)]


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "a=="}, {"q": "a;"}, {"q": "(a"}, {"q": "a==1..x(", "type": "T"}, {"q": "~=3"}, {"q": "a>1..2"}, {"q": 'a~="["'}, {"q": "r{T}.a==1"},
        {"q": "(" * 50 + "a" + ")" * 50}, {"q": "|".join(["a"] * 200)}, {"q": "a" * 9000}, {"type": "T;"}, {"type": "T", "limit": "-1"},
        {"type": "T", "limit": "5000"}, {"type": "T", "offset": "x"}, {"scopeQ": "B"}, {"scopeQ": "/#/a"}, {"idPattern": "["},
        {"georel": "near", "geometry": "Point", "coordinates": "[4,50]"}, {"georel": "within", "geometry": "Point", "coordinates": "[4"},
        {"georel": "beside", "geometry": "Point", "coordinates": "[4,50]"}, {"georel": "within", "geometry": "Circle", "coordinates": "[4,50]"},
        {"georel": "within", "geometry": "Polygon", "coordinates": "[[[0,0],[1,1],[0,1],[1,0],[0,0]]]"}, {"georel": "within"},
        {"type": "T", "orderBy": "a;up"}, {"type": "T", "pick": "a", "attrs": "a"}, {"type": "T", "format": "xml"},
        {"type": "T", "q": "a[*.b]==1"}, {"type": "T", "options": "strange"}, {"type": "T", "join": "deep"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_a_reason(broker: TestClient, parameters: dict[str, str]) -> None:
    answer = broker.get("entities", params=parameters)
    assert answer.status_code in (400, 403), answer.text
    assert answer.json()["detail"]
    assert answer.json()["type"].rpartition("/")[2] in ("BadRequestData", "InvalidRequest", "TooComplexQuery")
