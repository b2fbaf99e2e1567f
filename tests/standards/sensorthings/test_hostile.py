"""Whatever is sent or asked, the service answers with a sentence, and a question that never ends is given up."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.standards.sensorthings.conftest import EDITOR
from tests.standards.sensorthings.test_writing import station, stream
from zinneke.foundations.observations import duck, lifecycle
from zinneke.foundations.observations.entities import sets
from zinneke.kernel.problem import Problem
from zinneke.standards.sensorthings import patching

pytestmark = pytest.mark.django_db(transaction=True)
words = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6),
    st.sampled_from(["2026-03-10T12:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-03-10T12:00:00Z/P9999999D"]),
    st.just({"@iot.id": 1}), st.just({"@iot.id": 10**20}), st.just({"@iot.id": "x"}), st.just({"type": "Point", "coordinates": [1e308, "x"]}),
    st.just({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}), st.just([[]]),
)  # fmt: skip
values = st.recursive(
    words, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)), max_leaves=4
)


def spoiled() -> st.SearchStrategy[tuple[str, Any]]:
    """Return documents that are nearly good: one or two members replaced by anything."""
    place = {"name": "a", "encodingType": "x", "location": {"type": "Point", "coordinates": [4.3, 50.8]}}
    good: dict[str, Any] = {
        "Things": station(),
        "Datastreams": stream(Thing={"@iot.id": 1}),
        "Locations": place,
        "Observations": {"result": 1, "phenomenonTime": "2026-03-10T12:00:00Z", "Datastream": {"@iot.id": 1}},
        "Sensors": {"name": "a", "encodingType": "x", "metadata": "y"},
        "HistoricalLocations": {"time": "2026-03-10T12:00:00Z", "Thing": {"@iot.id": 1}, "Locations": [place]},
        "FeaturesOfInterest": {"name": "a", "encodingType": "x", "feature": place["location"]},
    }
    names = st.sampled_from(sorted(good))
    members = names.flatmap(
        lambda name: st.tuples(
            st.just(name), st.dictionaries(st.sampled_from([*sets.SETS[name].properties, *sets.SETS[name].links]), values, max_size=2)
        )
    )
    return members.map(lambda found: (found[0], {**good[found[0]], **found[1]}))


def test_no_document_makes_the_service_fail_and_what_it_took_can_be_read(service: TestClient) -> None:
    assert service.post("Things", json=station(), headers=EDITOR).status_code == 201

    @given(spoiled())
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    def send(case: tuple[str, Any]) -> None:
        name, document = case
        answer = service.post(name, content=msgspec.json.encode(document), headers=EDITOR)
        assert answer.status_code in (201, 400, 403, 404, 409), answer.text
        if answer.status_code == 201:
            link = answer.headers["location"]
            assert service.get(link, headers=EDITOR).status_code == 200
            assert service.patch(link, content=msgspec.json.encode(document), headers=EDITOR).status_code < 500
            assert service.get(f"{name}?$orderby=id desc&$top=1", headers=EDITOR).status_code == 200

    send()


OPERATIONS = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"]),
        "path": st.sampled_from(["/a", "/a/b", "/a/0", "/c/-", "", "/", "x"]),
    },
    optional={"value": values, "from": st.sampled_from(["/a", "/c/0", "", 5])},
)


@given(st.lists(OPERATIONS, max_size=4))
@settings(max_examples=60)
def test_no_patch_does_more_than_change_or_say_why_not(operations: list[Any]) -> None:
    before = {"a": {"b": 1}, "c": [1, 2]}
    try:
        assert isinstance(patching.patched(before, operations), dict)
    except Problem as problem:
        assert problem.status in (400, 409)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b'{"requests": [{"id": "1"}]}', b"null", b"5", b'"x"'])
def test_no_body_makes_any_door_fail(service: TestClient, body: bytes) -> None:
    service.post("Things", json=station(), headers=EDITOR)
    for method, address in (
        ("POST", "Things"),
        ("POST", "CreateObservations"),
        ("POST", "$batch"),
        ("PATCH", "Things(1)"),
        ("PUT", "Datastreams(1)"),
    ):
        assert service.request(method, address, content=body, headers=EDITOR).status_code in (400, 404)


def test_a_question_that_would_never_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "PATIENCE", 0.05)
    with pytest.raises(Problem) as given_up:
        lifecycle.opened().store.select("SELECT count(*) FROM range(1000000000000) a WHERE a.range % $v0 = 1", {"v0": 7}, {})
    assert given_up.value.status == 503
