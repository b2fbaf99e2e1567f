"""What changes is followed: the tables of entities are read anew in that part only, in whatever way it was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from starlette.testclient import TestClient

from tests.foundations.observations.city import make
from tests.standards.sensorthings.conftest import EDITOR
from tests.standards.sensorthings.test_writing import first, station, stream
from zinneke.foundations.observations import followed, lifecycle, models, register, store
from zinneke.foundations.observations.entities import asking, mirror
from zinneke.foundations.observations.values import Place, Thing
from zinneke.kernel.confidentiality import SYSTEM, Level

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(service: TestClient) -> TestClient:
    service.headers.update(EDITOR)
    return service


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note what was read each time that something had been read before: a part, or None for everything."""
    found: list[Any] = []
    part = mirror.part

    def noted(known: Any, since: str) -> Any:
        found.append(part(known, since))
        return found[-1]

    monkeypatch.setattr(mirror, "part", noted)
    return found


def newest(table: Any) -> int | None:
    found: int | None = table.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found


def test_each_change_is_followed_and_nothing_else_is_read(editor: TestClient, parts: list[Any], faithful: list[str]) -> None:
    make("other")
    editor.get("Things")
    assert parts == []
    steps: list[tuple[str, str, Any]] = [
        ("post", "Things", station()),
        ("patch", "Things(2)", {"name": "Renamed"}),
        ("post", "Things(2)/Datastreams", stream(name="Second")),
        ("patch", "Sensors({sensor})", {"name": "Better"}),
        ("patch", "Locations({location})", {"location": {"type": "Point", "coordinates": [4.4, 50.9]}}),
        ("post", "Things(2)/Locations", {**station()["Locations"][0], "name": "Elsewhere"}),
        ("patch", "FeaturesOfInterest({feature})", {"description": "seen"}),
        ("delete", "Datastreams({stream})", None),
        ("delete", "Things(2)", None),
    ]
    for done, (how, address, body) in enumerate(steps, start=1):
        numbers = {"sensor": newest(models.Sensor), "location": newest(models.Location), "feature": newest(models.Feature)}
        answer = editor.request(how, address.format(**numbers, stream=newest(models.Stream)), json=body)
        assert answer.status_code < 300, (address, answer.text)
        editor.get("Things")
        assert len(parts) == len(faithful) == done, address
        assert parts[-1] and "demo/other" not in parts[-1]["thing"], address


def test_what_the_house_declares_is_followed_too(service: TestClient, parts: list[Any], faithful: list[str]) -> None:
    make("one", "two")
    service.get("Things")
    store.set_things(SYSTEM, [Thing(key="demo/one", name={"en": "Moved"}, place=Place(4.3, 50.8), level=Level.SHARED)])
    assert [thing["name"] for thing in service.get("Things").json()["value"]] == ["two"]
    assert [part["thing"] for part in parts] == [{"demo/one"}]
    assert len(faithful) == 1


def test_what_was_rolled_back_is_not_followed(service: TestClient, parts: list[Any]) -> None:
    make("one")
    service.get("Things")
    with pytest.raises(RuntimeError), register.doubted(), transaction.atomic():
        store.set_things(SYSTEM, [Thing(key="demo/other", name={"en": "other"})])
        asking.reflect()
        raise RuntimeError
    assert len(service.get("Things").json()["value"]) == 1
    assert [part and part["thing"] for part in parts] == [{"demo/other"}, None]


def test_who_was_away_too_long_reads_everything(service: TestClient, parts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    make("one")
    service.get("Things")
    monkeypatch.setattr(followed, "KEPT", 1)
    make("two")
    assert len(service.get("Things").json()["value"]) == 2
    assert parts == [None]
    assert models.Change.objects.count() == 1


def test_a_table_that_a_migration_makes_anew_is_followed_again(service: TestClient) -> None:
    make("one")
    stamp = register.stamped()
    followed.follow()
    followed.follow()
    store.set_things(SYSTEM, [Thing(key="demo/one", name={"en": "two"})])
    assert followed.since(stamp, 10) == {"thing": {"demo/one"}}
    assert lifecycle.opened().store.reflected is None
    assert first(service, "Things") == "Things(1)"


def test_what_changes_while_everything_is_read_is_followed_at_once(service: TestClient, monkeypatch: pytest.MonkeyPatch, faithful: list[str]) -> None:
    make("one", "two", "three")
    whole = mirror.whole

    def meanwhile(known: register.Register) -> Any:
        parts = whole(known)
        models.Thing.objects.filter(key="demo/two").delete()
        store.set_things(SYSTEM, [Thing(key="demo/one", name={"en": "moved"}, level=Level.SHARED), Thing(key="demo/four", name={"en": "four"})])
        yield from parts

    monkeypatch.setattr(mirror, "whole", meanwhile)
    found = service.get("Things").json()["value"]
    assert [thing["name"] for thing in found] == ["three", "four"]


def test_a_start_follows_what_changed_meanwhile_instead_of_reading_everything(service: TestClient, parts: list[Any], own_store: Path) -> None:
    make("one", "two")
    service.get("Things")
    lifecycle.stop()
    store.set_things(SYSTEM, [Thing(key="demo/one", name={"en": "moved"})])
    assert lifecycle.opened().store.reflected is not None
    assert [thing["name"] for thing in service.get("Things").json()["value"]] == ["moved", "two"]
    assert [part["thing"] for part in parts] == [{"demo/one"}]
    assert len(list((own_store / "cache" / "entities").glob("*.duckdb"))) == 1


def test_what_other_code_left_is_not_read(service: TestClient, own_store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make("one")
    service.get("Things")
    (left,) = (own_store / "cache" / "entities").glob("*.duckdb")
    lifecycle.stop()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "other.py").touch()
    monkeypatch.setattr(lifecycle, "CODE", tmp_path / "code")
    assert lifecycle.opened().store.reflected is None
    assert not left.exists()
    assert first(service, "Things") == "Things(1)"


def test_a_file_that_cannot_be_read_is_made_anew(service: TestClient, own_store: Path) -> None:
    make("one")
    service.get("Things")
    lifecycle.stop()
    (left,) = (own_store / "cache" / "entities").glob("*.duckdb")
    left.write_bytes(b"no such file" * 1000)
    assert first(service, "Things") == "Things(1)"
