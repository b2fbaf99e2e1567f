"""Everybody contributes to a campaign: the place is coarse before it is stored, and of who they are nothing is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shapely
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.access import cast
from tests.foundations.observations.city import actor
from zinneke.foundations.devices import campaigns, coarsening
from zinneke.foundations.devices.values import Campaign, Contribution
from zinneke.foundations.observations import lifecycle
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Place
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = {"fr": "Bruit", "nl": "Geluid", "en": "Noise"}
TODAY = datetime.now(UTC).date()
NOISE = Campaign(
    key="noise", name=TEXT, about=TEXT, reading=TEXT, unit="dB", low=20, high=130, starts=TODAY - timedelta(days=2), ends=TODAY + timedelta(days=2)
)
HERE = Contribution(64.5, 4.372345, 50.827654)


@pytest.fixture(autouse=True)
def city(db: None) -> Iterator[None]:
    areas = [AreaRow("04000", "region", {"fr": "Région", "nl": "Gewest"}, shapely.box(4.3, 50.8, 4.5, 50.9))]
    areas.append(AreaRow("21009", "commune", {"fr": "Ixelles", "nl": "Elsene"}, shapely.box(4.3, 50.8, 4.5, 50.9), "04000"))
    areas.append(AreaRow("7", "neighbourhood", {"fr": "Étangs", "nl": "Vijvers"}, shapely.box(4.36, 50.82, 4.38, 50.84), "21009"))
    territory.set_areas(SYSTEM, areas)
    campaigns.set_campaign(SYSTEM, NOISE)
    yield
    territory.set_areas(SYSTEM, [], whole=True)


def given_by(address: str = "192.0.2.1", what: Contribution = HERE) -> Any:
    return campaigns.contribute(ANONYMOUS, "noise", what, address)


def test_a_contribution_is_stored_coarse_and_under_a_pseudonym() -> None:
    kept = given_by()
    (latest,) = observations.latest(ANONYMOUS)
    assert (latest.value, latest.stream.id, latest.stream.area) == (64.5, kept.stream, "21009")
    assert latest.thing.place
    assert (latest.thing.place.lon, latest.thing.place.lat) == (kept.lon, kept.lat)
    assert (kept.lon, kept.lat) != (HERE.lon, HERE.lat)
    assert abs(kept.lat - HERE.lat) * coarsening.METRES_A_DEGREE <= 251


def test_nothing_of_who_contributed_or_where_exactly_is_on_disk(own_store: Path) -> None:
    kept = given_by("192.0.2.77")
    told = lifecycle.opened().store.details(*(_column(kept.stream, "i4"), _column(int(kept.time.timestamp() * 1e6 + 0.5), "i8")))
    lifecycle.stop()
    for path in own_store.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert b"192.0.2.77" not in held, path
            assert b"4.372345" not in held, path
    assert [msgspec.json.decode(each.parameters or "") for each in told.values()] == [{"contributor": kept.contributor}]


def _column(value: int, kind: str) -> Any:
    import numpy as np

    return np.array([value], kind)


def test_pseudonyms_rotate_by_square_and_day_and_cannot_be_computed_again() -> None:
    one, again = given_by(), given_by()
    elsewhere = given_by(what=Contribution(60, 4.41, 50.86))
    other = given_by("192.0.2.2")
    assert one.contributor == again.contributor
    assert len({one.contributor, elsewhere.contributor, other.contributor}) == 3
    campaigns.forget()
    assert given_by().contributor != one.contributor


def test_the_middle_of_the_neighbourhood_is_kept_where_the_campaign_says_so() -> None:
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, metres=0))
    kept = given_by()
    assert (kept.lon, kept.lat) == pytest.approx(territory.get_area(SYSTEM, "7").centre)
    with pytest.raises(Problem, match="outside"):
        given_by(what=Contribution(60, 4.41, 50.86))


@pytest.mark.parametrize(
    ("what", "status"),
    [(Contribution(1000, 4.37, 50.82), 400), (Contribution(float("nan"), 4.37, 50.82), 400), (Contribution(60, 5.5, 50.6), 400)],
)
def test_what_is_not_plausible_or_elsewhere_is_told_and_not_kept(what: Contribution, status: int) -> None:
    with pytest.raises(Problem) as caught:
        given_by(what=what)
    assert caught.value.status == status
    assert observations.list_things(SYSTEM) == []


def test_out_of_its_days_a_campaign_takes_nothing_and_a_closed_one_is_not_there() -> None:
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, ends=TODAY - timedelta(days=2)))
    with pytest.raises(Problem) as caught:
        given_by()
    assert caught.value.status == 409
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, level=Level.SHARED))
    with pytest.raises(Problem) as caught:
        given_by()
    assert caught.value.status == 404
    assert campaigns.list_campaigns(ANONYMOUS) == []


def test_one_address_contributes_so_much_an_hour_and_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "AN_HOUR", 3)
    for _ in range(3):
        given_by()
    with pytest.raises(Problem) as caught:
        given_by()
    assert caught.value.status == 429
    assert 0 < int(caught.value.headers["Retry-After"]) <= 3600
    assert given_by("192.0.2.2")
    assert observations.count(SYSTEM) == 4


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"key": "A b"}, "key"),
        ({"name": {"fr": "x"}}, "name"),
        ({"about": {**TEXT, "nl": " "}}, "about"),
        ({"low": 130}, "low"),
        ({"metres": 50}, "metres"),
        ({"metres": 90_000}, "metres"),
        ({"ends": TODAY - timedelta(days=9)}, "ends"),
    ],
    ids=repr,
)
def test_a_campaign_that_cannot_be_is_refused_where_it_is_wrong(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, **change))
    assert (caught.value.status, caught.value.extra["where"]) == (400, where)


def test_nobody_declares_a_campaign_elsewhere_or_takes_one_over() -> None:
    here = actor("devices", Level.SHARED, "21009")
    with pytest.raises(Problem):
        campaigns.set_campaign(here, NOISE)
    with pytest.raises(Problem):
        campaigns.set_campaign(here, msgspec.structs.replace(NOISE, area="21009"))


def test_through_the_machines_door_a_phone_contributes_without_an_account(machine: TestClient) -> None:
    answer = machine.post("/api/campaigns/noise/contributions", json={"value": 64.5, "lon": 4.372345, "lat": 50.827654})
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"stream", "time", "value", "lon", "lat", "contributor"}
    assert machine.post("/api/campaigns/noise/contributions", json={"value": 64.5, "lon": 400, "lat": 50}).status_code == 400
    assert machine.post("/api/campaigns/none/contributions", json={"value": 64.5, "lon": 4.3, "lat": 50.8}).status_code == 404
    assert machine.put("/api/campaigns/noise", json=msgspec.to_builtins(NOISE)).status_code == 401
    assert [each["key"] for each in machine.get("/api/campaigns").json()["campaigns"]] == ["noise"]
    assert machine.get("/api/campaigns/noise").json()["metres"] == 500


def test_on_the_page_somebody_contributes_without_script_and_reads_what_was_kept() -> None:
    client = Client()
    assert "/fr/contribute/noise/" in client.get("/fr/contribute/").content.decode()
    page = client.get("/fr/contribute/noise/").content.decode()
    assert "carré de 500" in page
    done = client.post("/fr/contribute/noise/", {"value": "64,5", "place": "Ixelles"})
    assert done.status_code == 200
    assert "Merci" in done.content.decode()
    assert observations.latest(ANONYMOUS)[0].value == 64.5
    for sent, told in (
        ({"value": "x", "place": "Ixelles"}, "value"),
        ({"value": "64", "place": "xyzzyxyzzy"}, "aucun lieu de ce nom"),
        ({"value": "999", "place": "Ixelles"}, "plausible"),
        ({"value": "", "place": ""}, "field-error"),
    ):
        answer = client.post("/fr/contribute/noise/", sent)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert client.get("/fr/contribute/none/").status_code == 404
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, ends=TODAY - timedelta(days=2)))
    assert "Aucune campagne" in client.get("/fr/contribute/").content.decode()
    assert "ne prend rien aujourd" in client.get("/fr/contribute/noise/").content.decode()


@given(st.floats(-180, 180), st.floats(-85, 85), st.integers(campaigns.LEAST_METRES, campaigns.MOST_METRES))
def test_a_place_is_within_its_square_and_everything_in_it_has_one_middle(lon: float, lat: float, metres: int) -> None:
    name, x, y = coarsening.cell(lon, lat, metres)
    assert abs(y - lat) * coarsening.METRES_A_DEGREE <= metres / 2 + 1
    assert abs(x - lon) * coarsening.METRES_A_DEGREE * math.cos(math.radians(y)) <= metres / 2 + 1
    if abs(x) < 179 and abs(y) < 84:
        assert coarsening.cell(x, y, metres)[0] == name


def test_a_closed_campaign_takes_nothing_until_it_is_opened_again() -> None:
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, closed=True))
    with pytest.raises(Problem, match="takes nothing"):
        given_by()
    campaigns.set_campaign(SYSTEM, NOISE)
    assert given_by()


def test_what_came_of_a_campaign_is_told_by_square() -> None:
    given_by()
    given_by("192.0.2.2", Contribution(70, HERE.lon, HERE.lat))
    given_by("192.0.2.2", Contribution(50, 4.41, 50.86))
    campaigns.set_campaign(SYSTEM, msgspec.structs.replace(NOISE, key="noise-2"))
    taken = campaigns.list_takings(SYSTEM, "noise")
    assert [(each.times, each.value) for each in taken] == [(1, 50), (2, 70)]
    assert campaigns.list_takings(SYSTEM, "noise-2") == []


def test_whoever_holds_campaigns_declares_changes_and_closes_them_on_pages() -> None:
    who = next(each for each in cast.gather() if each.kind == cast.ADMINISTRATOR)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=who.person))
    texts = {f"{name}_{language}": "Odeurs" for name in ("name", "about", "reading") for language in ("fr", "nl", "en")}
    days = {"starts": str(TODAY - timedelta(days=1)), "ends": str(TODAY + timedelta(days=1))}
    filled = {**texts, **days, "key": "smell", "unit": "1", "low": "0", "high": "5", "metres": "0", "area": "21009", "level": "0"}
    wrong = client.post("/fr/campaigns/", {**filled, "low": "9", "about_nl": ""})
    assert wrong.status_code == 422
    assert "field-error" in wrong.content.decode()
    assert "déjà une campagne noise" in client.post("/fr/campaigns/", {**filled, "key": "noise"}).content.decode()
    done = client.post("/fr/campaigns/", filled, follow=True).content.decode()
    assert "http://testserver/fr/contribute/smell/" in done
    assert "<svg" in done
    client.post("/fr/contribute/smell/", {"value": "3", "lon": "4.372345", "lat": "50.827654"})
    page = client.get("/fr/campaigns/smell/").content.decode()
    assert "Ouverte" in page
    assert "50.8300" in page
    changed = client.post("/fr/campaigns/smell/", {**filled, "high": "10"}, follow=True).content.decode()
    assert "La campagne a été modifiée" in changed
    assert campaigns.get_campaign(SYSTEM, "smell").high == 10
    assert "clôturée" in client.post("/fr/campaigns/smell/act/", {"answer": "close"}, follow=True).content.decode()
    assert "ne prend rien" in Client().get("/fr/contribute/smell/").content.decode()
    client.post("/fr/campaigns/smell/act/", {"answer": "open"})
    assert "Ouverte" in client.get("/fr/campaigns/").content.decode()
    for path in ("campaigns/", "campaigns/smell/"):
        assert Client().get(f"/fr/{path}").status_code in (302, 401)


def test_a_phone_may_tell_the_place_in_the_place_of_its_name() -> None:
    client = Client()
    assert "Merci" in client.post("/fr/contribute/noise/", {"value": "64", "place": "", "lon": "4.372345", "lat": "50.827654"}).content.decode()
    assert observations.list_things(SYSTEM)[0].place != Place(4.372345, 50.827654)
    for sent in ({"lon": "400", "lat": "50"}, {"lon": "4"}, {}):
        answer = client.post("/fr/contribute/noise/", {"value": "64", "place": "", **sent})
        assert answer.status_code == 422
        assert "error" in answer.content.decode()
