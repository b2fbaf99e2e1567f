from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.access import cast
from tests.foundations.catalogue.harvest.conftest import Remote
from tests.foundations.catalogue.harvest.test_harvesting import ttl
from zinneke.foundations.catalogue import desk, harvesting, store
from zinneke.foundations.catalogue.values import HarvestSource
from zinneke.foundations.fetching import Fetcher
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[[], Fetcher]


@pytest.fixture
def operator(db: None) -> Client:
    who = next(each for each in cast.gather() if each.kind == cast.ADMINISTRATOR)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=who.person))
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(f"/fr/harvests/{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert Client().get("/fr/harvests/").status_code in (302, 401)


def test_an_operator_names_a_catalogue_and_decides_what_its_report_asks(operator: Client, remote: Remote, make: Make) -> None:
    remote.types["/c.ttl"] = "text/turtle"
    remote.gives["/c.ttl"] = ttl(*range(10))
    form = {"kind": "dcat", "address": f"{remote.address}/c.ttl", "hours": "24", "language": "fr", "key": "there"}
    assert "Aucun catalogue n’est encore lu" in shown(operator, "")
    assert operator.post("/fr/harvests/", form)["Location"] == "/fr/harvests/there/"
    assert "Pas encore lu" in shown(operator, "") and "figurera ici" in shown(operator, "there/")
    assert harvesting.run_harvest(SYSTEM, "there", make=make).outcome == "done" and not list(desk.waiting(SYSTEM))
    assert "there" in shown(operator, "")
    remote.gives["/c.ttl"] = ttl(1)
    assert harvesting.run_harvest(SYSTEM, "there", make=make).outcome == "kept" and len(list(desk.waiting(SYSTEM))) == 1
    page = shown(operator, "there/")
    assert "9 jeux de données ne sont plus listés" in page and "Arbres 3" in page
    operator.post("/fr/harvests/there/act/", {"answer": "accept"})
    assert harvesting.run_harvest(SYSTEM, "there", make=make).report.gone == 9 and len(store.list_datasets(SYSTEM, source="there")[0]) == 1
    operator.post("/fr/harvests/there/act/", {"answer": "stop"})
    assert "Arrêté" in shown(operator, "there/") and operator.get("/fr/harvests/there/act/").status_code == 405


def test_what_cannot_be_taken_is_told_in_the_language_of_the_page(operator: Client, remote: Remote, make: Make) -> None:
    wrong = operator.post("/fr/harvests/", {"kind": "dcat", "address": "http://10.0.0.1/", "hours": "24", "key": "x"})
    assert wrong.status_code == 422 and "adresses publiques" in wrong.content.decode()
    remote.gives["/c.ttl"] = (404, {}, b"")
    harvesting.add_harvest(SYSTEM, HarvestSource(kind="wfs", address=f"{remote.address}/wfs", key="there"), make)
    remote.gives["/wfs"] = b"<html><script>alert(1)</script></html>"
    harvesting.run_harvest(SYSTEM, "there", make=make)
    page = shown(operator, "there/")
    assert "Ce n’est pas un WFS" in page and "N’a pas pu être lu" in page and "<script>alert" not in page
