"""The pages of the map: a thing is written, found, changed by two at once, verified, asked about and withdrawn, without losing what was typed."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.cartography import editing, models, store, summary
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import (
    DETAILS,
    KINDS,
    Administration,
    Column,
    Database,
    Element,
    Field,
    Form,
    Source,
    Table,
    ThingRow,
    Treatment,
)
from zinneke.office.cartography.values import Match, Part, Relation, Worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db: None) -> Client:
    identity.add_person(SYSTEM, "an@brussels.test", "An")
    identity.grant_role(SYSTEM, "an@brussels.test", "manager")
    client = Client()
    client.force_login(get_user_model().objects.get(email="an@brussels.test"))
    return client


def typed(kind: str, **changes: Any) -> dict[str, Any]:
    return {"title_fr": "Guichet", "level": "public", **changes}


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_every_kind_is_shown_and_what_it_says_is_what_was_written(steward: Client, kind: str) -> None:
    assert steward.get(f"/fr/cartography/new/{kind}/").status_code == 200
    answer = steward.post(f"/fr/cartography/new/{kind}/", typed(kind), follow=True)
    assert answer.status_code == 200 and "Guichet" in answer.content.decode()
    row = store.get_thing(SYSTEM, f"{kind}/guichet").thing.row
    again, faults = editing.read(kind, row.key, row, editing.values(row), "fr")  # type: ignore[arg-type]
    assert not faults and again == row


def test_what_cannot_be_taken_is_told_at_its_field_and_nothing_typed_is_lost(steward: Client) -> None:
    answer = steward.post("/en/cartography/new/application/", {"title_nl": "Loket", "cost": "veel", "next_review": "soon", "supplier": "ACME & Sons"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a number." in page and "Write a date: 2026-11-28." in page
    assert "ACME &amp; Sons" in page and "Loket" in page
    assert store.list_things(SYSTEM, ("application",))[1] == 0
    assert "Give a title" in steward.post("/en/cartography/new/application/", {"cost": "3"}).content.decode()


def test_of_two_who_change_a_thing_at_once_the_second_is_told_and_keeps_what_was_typed(steward: Client) -> None:
    steward.post("/fr/cartography/new/application/", typed("application"))
    first = {**typed("application"), "version": "1", "supplier": "First"}
    assert steward.post("/fr/cartography/edit/application/guichet/", first).status_code == 302
    answer = steward.post("/fr/cartography/edit/application/guichet/", {**first, "supplier": "Second"})
    assert answer.status_code == 422 and "Second" in answer.content.decode() and "Regardez-le à nouveau" in answer.content.decode()
    assert store.get_thing(SYSTEM, "application/guichet").thing.row.details.supplier == "First"


def test_columns_keep_what_their_line_does_not_say() -> None:
    table = Table((Column("naam", "text", {"nl": "Naam", "fr": "Nom"}, Level.PERSONAL, True),))
    row = ThingRow(key="t", details=table, title={"nl": "Personen"})
    again, _ = editing.read("table", "t", row, {**editing.values(row), "columns": "naam | varchar | Naam\nstraat"}, "nl")
    assert again is not None
    assert again.details == Table((Column("naam", "varchar", {"nl": "Naam", "fr": "Nom"}, Level.PERSONAL, True), Column("straat")))


def test_a_thing_is_verified_and_withdrawn_with_a_reason(steward: Client) -> None:
    steward.post("/fr/cartography/new/form/", typed("form"))
    steward.post("/fr/cartography/verify/form/guichet/")
    assert store.get_thing(SYSTEM, "form/guichet").thing.status == "verified"
    assert steward.post("/fr/cartography/withdraw/form/guichet/", {"reason": " "}).status_code == 422
    assert steward.post("/fr/cartography/withdraw/form/guichet/", {"reason": "Supprimé"}).status_code == 302
    assert steward.get("/fr/cartography/things/form/guichet/").status_code == 404


def test_a_schema_is_read_in_by_a_page_and_a_document_that_is_none_is_refused(steward: Client) -> None:
    sql = SimpleUploadedFile("crm.sql", b"CREATE TABLE klant (naam text, straat text);")
    answer = steward.post("/nl/cartography/scans/", {"source": "crm", "format": "sql", "document": sql, "level": "shared"})
    assert "2 toegevoegd" in answer.content.decode()
    answer = steward.post("/nl/cartography/scans/", {"source": "crm", "format": "openapi", "pasted": "nothing"})
    assert answer.status_code == 422 and "nothing" in answer.content.decode()
    assert steward.post("/nl/cartography/scans/", {"source": "***", "format": "sql", "pasted": "CREATE TABLE a (b int)"}).status_code == 422


def test_a_finding_is_shown_side_by_side_and_decided_with_a_reason(steward: Client) -> None:
    for key in ("a", "b"):
        store.set_thing(SYSTEM, ThingRow(key=key, details=Table((Column("naam"),)), title={"en": key.upper()}, level=Level.PUBLIC))
    store.set_findings(SYSTEM, [Relation("copy", "a", "b", 0.9, "b", "retire", Worth(1, 1, 1), (Part("values", 0.92, 1.0, "92 %"),))])
    number = store.list_findings(SYSTEM)[0][0].id
    assert "92 %" in steward.get(f"/en/cartography/findings/{number}/").content.decode()
    assert steward.post(f"/en/cartography/findings/{number}/", {"decision": "rejected", "reason": ""}).status_code == 422
    assert steward.post(f"/en/cartography/findings/{number}/", {"decision": "rejected", "reason": "Two laws"}).status_code == 302
    assert store.get_finding(SYSTEM, number).reason == "Two laws"


def test_the_two_sides_of_a_finding_say_whose_they_are_what_holds_them_and_what_only_one_has(steward: Client) -> None:
    for owner, column in (("jette", "naam"), ("evere", "nom")):
        for row in (
            ThingRow(key=f"administration/{owner}", details=Administration(), title={"en": f"Town of {owner}"}, owner=owner, level=Level.PUBLIC),
            ThingRow(key=f"{owner}/people", details=Table((Column(column), Column(f"{owner}_only")), 1200), title={"en": "people"}, owner=owner,
                     level=Level.PUBLIC),
            ThingRow(key=owner, details=Database(), title={"en": f"Register of {owner}"}, level=Level.PUBLIC,
                     links=(("holds", f"{owner}/people"),)),
        ):  # fmt: skip
            store.set_thing(SYSTEM, row)
    matches = (Match("naam", "nom", 0.9, ()),)
    parts = (Part("values", 0.92, 1.0),)
    store.set_findings(SYSTEM, [Relation("copy", "jette/people", "evere/people", 0.9, "evere/people", "retire", Worth(1, 1, 1), parts, matches)])
    listed = steward.get("/en/cartography/findings/").content.decode()
    assert "Town of jette" in listed and "evere/people" in listed
    number = store.list_findings(SYSTEM)[0][0].id
    page = steward.get(f"/en/cartography/findings/{number}/").content.decode()
    assert all(said in page for said in ("Town of jette", "Register of evere", "1,200", "jette_only", "evere_only"))
    visitor = Client().get(f"/en/cartography/findings/{number}/").content.decode()
    assert "Town of jette" in visitor and "Keep the decision" not in visitor


def test_every_finding_is_on_some_page_of_the_list(steward: Client) -> None:
    keys = [f"t{number:02}" for number in range(13)]
    store.set_things(SYSTEM, [ThingRow(key=key, details=Table((Column("naam"),)), title={"en": key.upper()}, level=Level.PUBLIC) for key in keys])
    pairs = [(left, right) for number, left in enumerate(keys) for right in keys[number + 1 :]]
    store.set_findings(SYSTEM, [Relation("copy", left, right, 0.9, right, "retire", Worth(1, 1, 1), (), ()) for left, right in pairs])
    shown, address = set[str](), "/en/cartography/findings/?decision="
    while address:
        page = steward.get(address).content.decode()
        shown |= set(re.findall(r"findings/(\d+)/", page))
        later = re.search(r'href="([^"]+)" rel="next"', page)
        address = f"/en/cartography/findings/{html.unescape(later[1])}" if later else ""
    assert len(shown) == len(pairs) == 78


def test_a_group_is_shown_and_its_pairs_are_decided_alike_without_losing_what_was_typed(steward: Client) -> None:
    for key in ("a", "b", "c"):
        store.set_thing(SYSTEM, ThingRow(key=key, details=Table((Column("naam"),)), title={"en": key.upper()}, level=Level.PUBLIC))
    store.set_findings(SYSTEM, [Relation("copy", one, other, 0.9, other, "retire", Worth(1, 1, 1), (), ()) for one, other in ("ab", "bc")])
    path = "/en/cartography/groups/"
    assert "Keep the decision" not in Client().get(path).content.decode()
    ids = re.findall(r'name="id" value="(\d+)"', steward.get(path).content.decode())
    refused = steward.post(path, {"id": ids, "group": "1", "decision": "nonsense", "reason": "Agreed on Monday"})
    assert refused.status_code == 422 and "Agreed on Monday" in refused.content.decode()
    assert steward.post(path, {"id": ids, "group": "1", "decision": "justified", "reason": "Agreed on Monday"}).status_code == 302
    assert {each.decision for each in store.list_findings(SYSTEM)[0]} == {"justified"}


def test_a_second_name_of_a_source_is_taken_off_the_map_from_the_list_of_what_was_read(steward: Client) -> None:
    for name in ("crm", "sales"):
        schema = "".join(f"CREATE TABLE t{n} (a{n} int, b{n} text, c{n} text);" for n in range(3))
        steward.post("/en/cartography/scans/", {"source": name, "format": "sql", "pasted": schema})
    assert "/en/cartography/scans/sales/withdraw/" in steward.get("/en/cartography/scans/").content.decode()
    assert "The same source as “crm”." in steward.get("/en/cartography/scans/sales/withdraw/").content.decode()
    assert steward.post("/en/cartography/scans/sales/withdraw/", {"reason": ""}).status_code == 422
    assert steward.post("/en/cartography/scans/sales/withdraw/", {"reason": "The same source"}).status_code == 302
    assert store.list_things(SYSTEM, ("table",))[1] == 3
    assert steward.get("/en/cartography/scans/nothing/withdraw/").status_code == 404


def test_administrations_and_other_things_are_named_as_people_know_them(steward: Client) -> None:
    jette = ThingRow(key="administration/jette", details=Administration(), title={"fr": "Commune de Jette", "nl": "Gemeente Jette"}, owner="jette")
    store.set_thing(SYSTEM, jette)
    steward.post("/nl/cartography/new/application/", typed("application", owner="gemeente jette"))
    assert store.get_thing(SYSTEM, "application/guichet").thing.row.owner == "jette"
    steward.post("/fr/cartography/scans/", {"source": "crm", "format": "sql", "pasted": "CREATE TABLE a (b int)", "owner": "Commune de Jette"})
    assert store.get_thing(SYSTEM, "crm/a").thing.row.owner == "jette"
    for target in ("A", "https://map.example/fr/cartography/things/crm/", "administration/jette"):
        assert steward.post("/fr/cartography/link/application/guichet/", {"relation": "uses", "target": target}).status_code == 302
    ties = {tie.key for tie in store.get_thing(SYSTEM, "application/guichet").ties if tie.relation == "uses"}
    assert ties == {"crm/a", "crm", "administration/jette"}
    assert steward.post("/fr/cartography/link/application/guichet/", {"relation": "uses", "target": "nowhere"}).status_code == 404


KEPT = "What was read is kept; what was not seen stays as it was."


def test_what_is_wrong_with_a_document_is_told_where_it_was_read_and_in_the_list(steward: Client) -> None:
    sent = {"source": "crm", "format": "table", "pasted": "type;titre\napplication;Guichet\nchâteau;Laeken\n"}
    told = steward.post("/fr/cartography/scans/", sent).content.decode()
    assert told.count("ligne 3, type") == 2 and told.count("n’est aucun de ceux-ci") == 2
    store.take_scan(SYSTEM, Scanned(origin="live", things=(), partial=f"The connection broke off at table 2 of 3. {KEPT}"))
    assert "The connection broke off at table 2 of 3." in steward.get("/en/cartography/scans/").content.decode()
    assert "La connexion s’est coupée à la table 2 sur 3." in steward.get("/fr/cartography/scans/").content.decode()
    assert "De verbinding brak af bij tabel 2 van 3." in steward.get("/nl/cartography/scans/").content.decode()


def test_hours_are_told_by_administration_and_by_form_and_not_made_up() -> None:
    for key, volume in (("a", 1800), ("b", None)):
        store.set_thing(
            SYSTEM, ThingRow(key=f"form/{key}", details=Form((Field("birth"),), volume), title={"en": key}, level=Level.PUBLIC, owner=key)
        )
    store.set_thing(SYSTEM, ThingRow(key="element/birth", details=Element(), title={"en": "Birth"}, level=Level.PUBLIC))
    store.set_thing(
        SYSTEM, ThingRow(key="source/x", details=Source(), title={"en": "X"}, level=Level.PUBLIC, links=(("guarantees", "element/birth"),))
    )
    for key in ("a", "b"):
        store.set_meaning(SYSTEM, f"form/{key}", "birth", "element/birth", True)
    page = Client().get("/en/cartography/only-once/").content.decode()
    assert "By administration" in page and page.count("and 10") == 3 and page.count("not known") == 2


def test_a_steward_answers_on_a_page_without_an_account(steward: Client) -> None:
    store.set_thing(SYSTEM, ThingRow(key="form/x", details=Form(), title={"fr": "Demande"}))
    steward.post("/fr/cartography/ask/form/x/", {"address": "lea@example.org", "language": "nl"})
    path = mail.outbox[-1].body.split("testserver")[1].split()[0]
    visitor = Client()
    page = visitor.get(path).content.decode()
    assert "Klopt dit nog?" in page and "form/x" in page
    assert visitor.post(path, {}).status_code == 422
    assert "Dank u" in visitor.post(path, {"said": "corrected", "title_fr": "Demande de carte"}).content.decode()
    assert store.get_thing(SYSTEM, "form/x").thing.title == {"fr": "Demande de carte"}
    assert visitor.get(path).status_code == 404


def test_a_visitor_writes_nothing(steward: Client) -> None:
    store.set_thing(SYSTEM, ThingRow(key="form/x", details=Form(), title={"fr": "Demande"}, level=Level.PUBLIC))
    visitor = Client()
    for path in ("new/form/", "edit/form/x/", "scans/", "withdraw/form/x/"):
        assert visitor.post(f"/fr/cartography/{path}", {"title_fr": "x"}).status_code in (302, 401, 403)
    for path in ("verify/form/x/", "link/form/x/", "mean/form/x/", "ask/form/x/"):
        assert visitor.post(f"/fr/cartography/{path}", {}).status_code in (302, 401, 403)
    assert store.get_thing(SYSTEM, "form/x").thing.version == 1


@pytest.mark.parametrize("name", ["things.csv", "glossary.ttl", "datasets.ttl", "register.csv", "register.ttl", "register.pdf"])
def test_every_export_is_made_of_an_empty_map_and_of_a_full_one(name: str) -> None:
    for _ in range(2):
        media_type, data = store.export(SYSTEM, name, "fr", "https://data.example.org")
        assert media_type and data
        for kind in KINDS:
            store.set_thing(SYSTEM, ThingRow(key=f"{kind}/1", details=DETAILS[kind](), title={"fr": "=œuvre & <b>"}))
    if name.endswith("csv") and name.startswith("things"):
        assert "'=œuvre" in data.decode()
    if name.endswith("pdf"):
        assert data.startswith(b"%PDF")


def test_a_link_and_a_meaning_are_added_by_hand_and_an_administration_shows_what_it_answers_for(steward: Client) -> None:
    store.set_things(
        SYSTEM,
        [
            ThingRow(key="administration/x", details=Administration(), title={"en": "X"}, owner="x", level=Level.PUBLIC),
            ThingRow(key="form/x", details=Form((Field("naam"),), volume=100), title={"en": "Form of X"}, owner="x", level=Level.PUBLIC),
            ThingRow(key="element/name", details=Element(), title={"en": "Family name"}, level=Level.PUBLIC),
        ],
    )
    assert steward.post("/en/cartography/link/administration/x/", {"relation": "uses", "target": "form/x"}).status_code == 302
    assert steward.post("/en/cartography/mean/form/x/", {"column": "naam", "element": "element/name", "agreed": "yes"}).status_code == 302
    page = steward.get("/en/cartography/things/administration/x/").content.decode()
    assert "What it answers for" in page and "owner=x&amp;kind=form" in page and "Add a link" in page
    assert "Family name" in steward.get("/en/cartography/things/form/x/").content.decode()


def test_texts_in_three_languages_and_lists_of_the_register_are_kept_as_typed(steward: Client) -> None:
    typed = {
        "title_en": "Permits",
        "receivers": "Police\n\nCourts",
        "keep_words_nl": "tot het einde",
        "level": "public",
        "assessment": "done",
        "reassess": "2030-01-01",
    }
    address = steward.post("/en/cartography/new/treatment/", typed).headers["Location"]
    details = store.get_thing(SYSTEM, address.split("/things/")[1].strip("/")).thing.row.details
    assert isinstance(details, Treatment) and details.receivers == ("Police", "Courts") and details.keep_words == {"nl": "tot het einde"}
    assert "Police, Courts" in steward.get(address).content.decode()


def test_the_map_is_walked_as_a_graph_from_an_administration_to_what_it_answers_for(steward: Client) -> None:
    store.set_things(
        SYSTEM,
        [
            ThingRow(key="administration/x", details=Administration(), title={"en": "Office X"}, owner="x", level=Level.PUBLIC),
            ThingRow(key="crm", details=Table(), title={"en": "Customers"}, owner="x", level=Level.PUBLIC, links=(("feeds", "mart"),)),
            ThingRow(key="mart", details=Table(), title={"en": "Figures"}, owner="", level=Level.PUBLIC),
            ThingRow(key="secret", details=Table(), title={"en": "Hush"}, owner="x", level=Level.PERSONAL),
        ],
    )
    store.add_link(SYSTEM, "crm", "feeds", "mart")
    page = Client().get("/en/cartography/graph/?around=administration/x").content.decode()
    assert "answers for" in page and "Customers" in page and "Figures" in page and "Hush" not in page
    assert "?around=crm&amp;steps=2" in page
    assert Client().get("/en/cartography/graph/?around=secret").status_code == 404


def test_what_the_catalogue_holds_twice_is_decided_by_whoever_answers_for_the_map(steward: Client) -> None:
    group = models.Twins.objects.create(mark="a b", members=[["a", {"en": "A"}], ["b", {"en": "B"}]], score=0.9, proofs=["title"])
    assert Client().post(f"/en/cartography/catalogue/{group.pk}/decision/", {"decision": "confirmed"}).status_code == 401
    identity.grant_role(SYSTEM, "an@brussels.test", "operator")
    assert "Keep the decision" in steward.get("/en/cartography/catalogue/").content.decode()
    assert steward.post(f"/en/cartography/catalogue/{group.pk}/decision/", {"decision": "rejected", "reason": "Two cities"}).status_code == 302
    assert "A</a>" not in steward.get("/en/cartography/catalogue/").content.decode()


def test_a_steward_corrects_the_details_too_and_a_fault_loses_nothing_of_what_was_typed(steward: Client) -> None:
    store.set_things(SYSTEM, [ThingRow(key="crm", details=Database(engine="Oracle"), title={"en": "Customers"})])
    steward.post("/en/cartography/ask/crm/", {"address": "mia@example.org", "language": "en"})
    address = f"/en/cartography/questions/{mail.outbox[-1].body.split('/questions/')[1].split('/')[0]}/"
    typed = {
        "said": "corrected",
        "details": "1",
        "title_en": "Customers",
        "engine": "PostgreSQL",
        "hosting": "sovereign",
        "keep": "ten",
        "since": "2020-01-01",
    }
    wrong = Client().post(address, typed)
    assert wrong.status_code == 422 and 'value="PostgreSQL"' in wrong.content.decode() and 'value="ten"' in wrong.content.decode()
    assert Client().post(address, typed | {"keep": "120"}).status_code == 200
    details = store.get_thing(SYSTEM, "crm").thing.row.details
    assert isinstance(details, Database) and (details.engine, details.hosting, details.keep) == ("PostgreSQL", "sovereign", 120)
    store.set_things(SYSTEM, [ThingRow(key="crm", details=Database(engine="Oracle"), title={"en": "Customers"})])
    assert store.get_thing(SYSTEM, "crm").thing.row.details.engine == "PostgreSQL"  # type: ignore[union-attr]


def test_the_glossary_is_in_the_order_of_a_dictionary_and_marks_what_nobody_approved() -> None:
    for key, title, approved in (("a", "Diplôme", True), ("b", "Dénomination", False), ("c", "élève", True), ("d", "Fleur", True)):
        store.set_thing(SYSTEM, ThingRow(key=f"element/{key}", details=Element(approved=approved), title={"fr": title}, level=Level.PUBLIC))
    page = Client().get("/fr/cartography/glossary/").content.decode()
    places = [page.index(f">{title}<") for title in ("Dénomination", "Diplôme", "élève", "Fleur")]
    assert places == sorted(places) and page.count("proposé") == 1


def test_the_managers_summary_draws_the_trend_of_its_days(steward: Client) -> None:
    summary.remember()
    first = models.Figure.objects.get()
    models.Figure.objects.create(day=first.day - timedelta(days=30), document={**first.document, "findings": 7, "rate": 0.25})
    models.Figure.objects.filter(pk=first.pk).update(document={**first.document, "rate": 0.5})
    for language in ("fr", "nl", "en"):
        page = steward.get(f"/{language}/cartography/summary/").content.decode()
        assert page.count("<svg") > 2 and 'id="trend-title"' in page
    anybody = Client().get("/en/cartography/summary/")
    assert anybody.status_code == 200, "the figures of what one may see are for everybody"
    assert 'id="trend-title"' not in anybody.content.decode(), "the trend is over everything"
