"""The pages: what a citizen reads, and what an owner and the manager can do without losing a word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.office.projects.conftest import fiche
from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.office.projects import keeping, pairing, store
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Component, Data, Lesson, Milestone, Texts


def browser(actor: Actor) -> Client:
    """Return the browser of somebody who is signed in."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.person))
    return client


def form(**other: Any) -> dict[str, Any]:
    """Return what a form sends at the least."""
    return {"name_fr": "Feux pour le tram", "domain": "mobility", "owner": "stib", "level": "0", "health": "unknown", **other}


def said(response: Any) -> str:
    """Return the words of a page."""
    return str(response.content.decode())


def names(french: str) -> Texts:
    return {"fr": french, "nl": french, "en": french}


def test_a_citizen_reads_where_a_project_stands(town: None) -> None:
    given = fiche(end="2024-01-01", summary={"nl": "Groen licht"}, lessons=(Lesson(kind="failure", what=names("Trop tôt")),))
    keeping.take(SYSTEM, [Line("1", _dated(given), "execution")])
    page = said(Client().get("/en/projects/tram-lights/"))
    assert "later than promised" in page and "Who answers for it: STIB" in page and '<span lang="nl">Groen licht</span>' in page
    assert "Trop tôt" in said(Client().get("/fr/projects/lessons/?q=tram"))
    assert "Trop tôt" not in said(Client().get("/fr/projects/lessons/?kind=success"))


def _dated(given: Any) -> Any:
    import msgspec

    return msgspec.convert(msgspec.to_builtins(given), type(given))


def test_the_inventory_narrows_and_says_when_nothing_answers(town: None) -> None:
    keeping.take(SYSTEM, [Line("1", fiche()), Line("2", fiche(key="works", kind="works", name=names("Rue du Progrès")))])
    page = said(Client().get("/fr/projects/"))
    assert "Feux pour le tram" in page and "Rue du Progrès" not in page
    assert "Rue du Progrès" in said(Client().get("/nl/projects/?kind=works"))
    assert "Aucun projet ne répond" in said(Client().get("/fr/projects/?q=baleine"))
    assert Client().get("/fr/projects/?page=999&kind=nothing&order=x&domain=" + "x" * 500).status_code == 200


def test_a_new_project_is_written_checked_and_kept(owner: Actor) -> None:
    client = browser(owner)
    refused = client.post("/fr/projects/new/", form(name_fr="", start="2027-01-01", end="2026-01-01", summary_fr="Mon texte", planned="beaucoup"))
    page = said(refused)
    assert refused.status_code == 422 and "Mon texte" in page and "Écrivez un nombre" in page
    refused = client.post("/fr/projects/new/", form(name_fr="", start="2027-01-01", end="2026-01-01", summary_fr="Mon texte"))
    page = said(refused)
    assert "Donnez un nom au projet" in page and "La fin est avant le début" in page and "Mon texte" in page
    sent = form(
        **{
            "planned": "12 500,50",
            "milestones-0-name": "Premier feu",
            "milestones-0-due": "2027-03-01",
            "place": "4.35, 50.85",
            "uses": "boucles\nstib-stops",
        }
    )
    kept = client.post("/fr/projects/new/", sent)
    assert kept.status_code == 302, said(kept)
    made = store.get_project(SYSTEM, "feux-pour-le-tram")
    assert made.fiche.planned == 12500.5 and made.fiche.milestones[0].name == {"fr": "Premier feu"} and made.fiche.communes == ("21001",)
    assert made.fiche.uses == (Data(name="boucles"), Data(key="stib-stops"))


def test_what_exists_is_shown_before_a_project_is_kept_and_the_answer_stays(owner: Actor) -> None:
    store.set_project(owner, fiche())
    client = browser(owner)
    first = client.post("/fr/projects/new/", form(name_fr="Feux du tram"))
    assert first.status_code == 200 and "Ceci existe déjà" in said(first)
    assert client.post("/fr/projects/new/", form(name_fr="Feux du tram", seen="1")).status_code == 422
    assert client.post("/fr/projects/new/", form(name_fr="Feux du tram", seen="1", why_new="Autre réseau")).status_code == 302
    assert store.get_project(SYSTEM, "feux-du-tram").fiche.why_new == "Autre réseau"


def test_two_owners_at_once_lose_nothing(owner: Actor) -> None:
    made = store.set_project(owner, fiche())
    store.set_project(SYSTEM, fiche(funding="FEDER"), made.version)
    client = browser(owner)
    answer = client.post("/en/projects/tram-lights/edit/", form(version="1", summary_en="My words"))
    page = said(answer)
    assert answer.status_code == 409 and "My words" in page and "Nothing was overwritten" in page
    assert store.get_project(SYSTEM, "tram-lights").fiche.funding == "FEDER"
    assert 'name="version" value="2"' in page


def test_a_row_keeps_its_other_languages_and_goes_when_it_is_emptied(owner: Actor) -> None:
    import datetime

    stone = Milestone(name={"fr": "Premier feu", "nl": "Eerste licht"}, due=datetime.date(2027, 3, 1))
    store.set_project(owner, fiche(milestones=(stone, stone)))
    rows = {"milestones-0-name": "Premier", "milestones-0-due": "2027-03-01", "milestones-1-name": ""}
    assert browser(owner).post("/fr/projects/tram-lights/edit/", form(version="1", **rows)).status_code == 302
    (kept,) = store.get_project(SYSTEM, "tram-lights").fiche.milestones
    assert kept.name == {"fr": "Premier", "nl": "Eerste licht"}
    undated = browser(owner).post("/fr/projects/tram-lights/edit/", form(version="2", **{"milestones-0-name": "Premier"}))
    assert undated.status_code == 422 and "Donnez aussi une date" in said(undated)


def test_a_draft_is_kept_and_found_again(owner: Actor) -> None:
    client = browser(owner)
    assert client.post("/fr/projects/new/", form(name_fr="Mon idée", keep="1")).status_code == 302
    assert "Un nouveau projet" in said(client.get("/fr/projects/mine/"))
    assert "Mon idée" in said(client.get("/fr/projects/new/?draft=1"))
    assert not store.list_projects(SYSTEM)


def test_whoever_may_not_is_told_so(owner: Actor) -> None:
    store.set_project(SYSTEM, fiche(key="lamps", owner="sibelga"))
    client = browser(owner)
    assert client.get("/fr/projects/lamps/edit/").status_code == 403
    answer = client.post("/fr/projects/new/", form(owner="sibelga", name_fr="Lampadaires"))
    assert answer.status_code == 403 and "Vous ne pouvez pas écrire pour cette organisation" in said(answer)
    assert Client().get("/fr/projects/new/").status_code == 302


def test_the_manager_passes_gates_and_sets_the_limit(manager: Actor) -> None:
    keeping.take(SYSTEM, [Line("1", fiche(audiences=("citizens",)), "execution")])
    client = browser(manager)
    refused = client.post("/nl/projects/tram-lights/gate/", {"to": "rollout", "reason": "Klaar", "version": "1"})
    assert refused.status_code == 422 and "Niets" not in said(refused) and "zonder proef met deze doelgroep" in said(refused)
    passed = client.post("/nl/projects/tram-lights/gate/", {"to": "rollout", "reason": "Klaar", "evidence-citizens": "Getest", "version": "1"})
    assert passed.status_code == 302 and "Getest" in said(Client().get("/nl/projects/tram-lights/"))
    assert client.post("/nl/projects/board/", {"limit": "zeven"}).status_code == 422
    assert client.post("/nl/projects/board/", {"limit": "7"}).status_code == 302 and store.get_limit(SYSTEM) == 7
    assert "Opvolgingsbord" in said(client.get("/nl/projects/board/"))


def test_a_synergy_is_accepted_with_a_reason(owner: Actor) -> None:
    store.set_project(owner, fiche(uses=(Data(name="loops"),)))
    store.set_project(owner, fiche(key="bus", name=names("Feux pour le bus"), gives=(Data(name="loops"),)))
    pairing.refresh()
    client = browser(owner)
    page = said(client.get("/fr/projects/synergies/"))
    assert "l’un produit ce que l’autre utilise" in page
    (pair,) = store.list_pairs(owner)
    refused = client.post(f"/fr/projects/synergies/{pair.id}/", {"decision": "accepted", "reason": ""})
    assert refused.status_code == 422 and "Dites pourquoi" in said(refused)
    assert client.post(f"/fr/projects/synergies/{pair.id}/", {"decision": "accepted", "reason": "Même marché"}).status_code == 302
    assert "Même marché" in said(client.get("/fr/projects/synergies/?state=accepted"))


def test_a_file_is_imported_and_its_rows_answered(owner: Actor) -> None:
    client = browser(owner)
    file = SimpleUploadedFile("projects.csv", "nom;porteur;domaine\nFeux;STIB;Mobilité\n;STIB;\n".encode())
    page = said(client.post("/fr/projects/import/", {"file": file}))
    assert "1 projet ajouté" in page and "ligne 3" in page
    assert client.post("/fr/projects/import/", {}).status_code == 422
    assert client.post("/fr/projects/import/", {"file": SimpleUploadedFile("x.csv", b"a,b\n")}).status_code == 422
    assert "trop grand" in said(client.post("/fr/projects/import/", {"file": SimpleUploadedFile("x.csv", b"x" * 5_000_001)}))


def test_components_are_shown_described_and_taken_from_publiccode(owner: Actor) -> None:
    client = browser(owner)
    assert "zinneke-catalogue" in said(Client().get("/fr/projects/components/"))
    file = SimpleUploadedFile("publiccode.yml", b"publiccodeYmlVersion: '0.4'\nname: Signalen\nlegal: {license: MPL-2.0}\n")
    assert "MPL-2.0" in said(client.post("/fr/projects/components/new/", {"publiccode": file}))
    assert client.post("/fr/projects/components/new/", {"publiccode": SimpleUploadedFile("x.yml", b"a: [")}).status_code == 422
    made = client.post("/fr/projects/components/new/", {"key": "signalen", "name_fr": "Signalen", "owner": "stib", "state": "running"})
    assert made.status_code == 302, said(made)
    assert (
        client.post("/fr/projects/components/signalen/edit/", {"name_fr": "", "owner": "stib", "state": "running", "version": "1"}).status_code == 422
    )
    assert client.get("/fr/projects/components/zinneke-catalogue/edit/").status_code == 403
    store.set_component(SYSTEM, Component(key="lamps", name=names("Lampes"), owner="sibelga"))
    assert client.get("/fr/projects/components/lamps/edit/").status_code == 403


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_everything_opens_in_each_language(language: str, manager: Actor) -> None:
    keeping.take(SYSTEM, [Line("1", fiche(audiences=("citizens",)), "execution")])
    client = browser(manager)
    for path in (
        "",
        "lessons/",
        "new/",
        "import/",
        "board/",
        "mine/",
        "synergies/",
        "components/",
        "components/new/",
        "tram-lights/",
        "tram-lights/edit/",
        "tram-lights/gate/",
    ):
        assert client.get(f"/{language}/projects/{path}").status_code == 200, path


def test_a_paper_is_added_read_and_removed_on_the_page_and_a_program_is_refused_in_french(owner: Actor) -> None:
    client = browser(owner)
    keeping.take(SYSTEM, [Line("1", fiche(key="quiet-trams"))])
    pdf = SimpleUploadedFile("étude.pdf", b"%PDF-1.7 x", content_type="text/html")
    assert client.post("/fr/projects/quiet-trams/papers/", {"paper": pdf}).status_code == 302
    page = said(client.get("/fr/projects/quiet-trams/"))
    assert "étude.pdf" in page and "La pièce est gardée" in page
    address = re.search(r'href="(/fr/projects/quiet-trams/papers/\d+/)"', page)
    assert address
    given = Client().get(address[1])
    assert (
        given.content == b"%PDF-1.7 x" and given.headers["Content-Type"] == "application/pdf" and "attachment" in given.headers["Content-Disposition"]
    )
    client.post("/fr/projects/quiet-trams/papers/", {"paper": SimpleUploadedFile("x.html", b"<script>")})
    assert "Ce type de fichier n’est pas pris" in said(client.get("/fr/projects/quiet-trams/"))
    assert Client().post(address[1]).status_code in (302, 401, 403)
    assert client.post(address[1]).status_code == 302
    assert Client().get(address[1]).status_code == 404
