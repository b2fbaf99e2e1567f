"""The page of the Smart City Office and the desk: only doors that open are shown, and what is late comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from zinneke.foundations.identity import models, store
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level, Right
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.web import finding

pytestmark = pytest.mark.django_db
ANN = "ann@brussels.test"


@pytest.fixture
def signed_in(client: Client) -> Client:
    store.add_person(SYSTEM, ANN, "Ann", password="quatre mots peu communs")
    store.grant_role(SYSTEM, ANN, "operator")
    client.force_login(models.Person.objects.get())
    return client


def wait(monkeypatch: pytest.MonkeyPatch, *tasks: Waiting) -> None:
    modules = registry.modules
    room = SimpleNamespace(waiting=lambda actor: tasks)
    monkeypatch.setattr(registry, "modules", lambda name: (room,) if name == "desk" else modules(name))


def task(title: str, days_old: int, days_left: int | None = None) -> Waiting:
    due = None if days_left is None else timezone.localdate() + timedelta(days=days_left)
    what = Text("Valider une valeur", "Een waarde valideren", "Validate a value")
    return Waiting(what=what, title=title, page="about", since=datetime.now(UTC) - timedelta(days=days_old), due=due)


def test_what_is_late_comes_first_then_the_oldest(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wait(monkeypatch, task("young", 1), task("old", 90, 5), task("late", 3, -2), task("longer late", 2, -9))
    page = signed_in.get("/en/desk/").content.decode()
    places = [page.index(f">{title}</a>") for title in ("longer late", "late", "old", "young")]
    assert places == sorted(places)
    assert "4 things wait for you. 2 are late." in page
    assert page.count("status-act") == 2


@pytest.mark.parametrize(("language", "words"), [("fr", "Rien ne vous attend."), ("nl", "Er wacht niets op u."), ("en", "Nothing waits for you.")])
def test_an_empty_desk_says_so_and_leads_on(signed_in: Client, monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    wait(monkeypatch)
    page = signed_in.get(f"/{language}/desk/").content.decode()
    assert words in page
    assert f'href="/{language}/office/"' in page


def test_the_page_of_the_office_tells_whoever_is_signed_in_how_much_waits(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wait(monkeypatch, task("one", 1))
    assert "One thing waits for you." in signed_in.get("/en/office/").content.decode()
    assert "waits for you" not in Client().get("/en/office/").content.decode()


def test_a_page_whose_door_stays_shut_is_neither_on_the_shelf_nor_found(monkeypatch: pytest.MonkeyPatch) -> None:
    front = Front(icon="lock", title=Text("Coffre", "Kluis", "Strongroom"), about=Text("Clos", "Dicht", "Shut"), shelf="office")
    shut = Page(name="about", path="about/", view=lambda request: None, audience=Needs(Right.EDIT, "projects"), front=front)
    monkeypatch.setattr(registry, "pages", lambda: (shut,))
    assert finding.fronts(ANONYMOUS) == []
    assert list(finding.find_pages(ANONYMOUS, "strongroom", "en")) == []
    assert finding.fronts(SYSTEM) == [shut]
    assert [found.title for found in finding.find_pages(SYSTEM, "strongroom", "en")] == ["Strongroom"]


def test_the_desk_says_what_changed_since_the_visit_before(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    what = Text("Projet", "Project", "Project")
    changes = [Change(what=what, title=f"change {hours}", page="about", at=now - timedelta(hours=hours)) for hours in (90, 30, 2)]
    room = SimpleNamespace(waiting=lambda actor: (), changed=lambda actor, since: [each for each in changes if each.at > since])
    modules = registry.modules
    monkeypatch.setattr(registry, "modules", lambda name: (room,) if name == "desk" else modules(name))
    assert "From your next visit on" in signed_in.get("/en/desk/").content.decode()
    models.Person.objects.update(desk_last=now - timedelta(days=2))
    for _again in range(2):  # whoever looks again within half an hour still sees it
        page = signed_in.get("/en/desk/").content.decode()
        assert page.index("change 2<") < page.index("change 30<")
        assert "change 90" not in page
    models.Person.objects.update(desk_last=now - timedelta(hours=1))
    assert "Rien de ce que vous pouvez voir n’a changé depuis." in signed_in.get("/fr/desk/").content.decode()


def test_rooms_tell_only_changes_that_somebody_may_see() -> None:
    from zinneke.office.projects import desk, keeping
    from zinneke.office.projects.rules import Line
    from zinneke.office.projects.store import set_organisation
    from zinneke.office.projects.values import Fiche, Organisation

    begun = datetime.now(UTC) - timedelta(minutes=1)
    set_organisation(SYSTEM, Organisation(key="stib", name={"fr": "STIB"}))
    fiche = Fiche(key="hidden", name={"fr": "Caché"}, owner="stib", domain="mobility", audiences=("citizens",), level=Level.SHARED)
    keeping.take(SYSTEM, [Line("1", fiche)])
    assert [each.title for each in desk.changed(SYSTEM, begun)] == ["Caché"]
    assert not list(desk.changed(ANONYMOUS, begun))
