"""The pages: forms that lose nothing, conflicts that are shown, links that prove themselves, and every view once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from tests.office.knowledge.conftest import VISITOR, draft, meeting
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.knowledge import challenges, events, letters, links, models, store, watch
from zinneke.office.knowledge.values import Challenge, Clause, Elsewhere, Entry, Promise, Technology, Tender

Publish = Callable[..., Entry]
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Client:
    """Return the browser of somebody who writes and publishes."""
    found = identity.add_person(SYSTEM, "clerk@example.org", "Jo Bediende")
    identity.grant_role(SYSTEM, "clerk@example.org", "operator", "", "knowledge")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=found.id))
    return client


def shown(client: Client, address: str) -> str:
    answer = client.get(f"/fr/{address}")
    assert answer.status_code == 200, address
    return answer.content.decode()


def fields(page: str) -> dict[str, str]:
    """Return what a form would send as it stands: hidden and typed values."""
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        found[name] = text
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_an_entry_is_written_reviewed_and_published_by_forms(clerk: Client) -> None:
    page = shown(clerk, "knowledge/publications/new/?title=Bonjour&related=event:a")
    form = fields(page)
    assert form["title_fr"] == "Bonjour" and form["related"] == "event:a"
    answer = clerk.post("/fr/knowledge/publications/new/", {**form, "title_nl": "Dag", "body_fr": "Un <b>texte</b>", "body_nl": "Een tekst"})
    assert answer.status_code == 302 and answer["Location"] == "/fr/knowledge/publications/bonjour/"
    assert Client().get("/fr/knowledge/publications/bonjour/").status_code == 404
    for state in ("review", "published"):
        clerk.post("/fr/knowledge/publications/bonjour/state/", {"state": state, "version": "1"})
    page = shown(Client(), "knowledge/publications/bonjour/")
    assert "Un &lt;b&gt;texte&lt;/b&gt;" in page


def test_a_form_with_a_fault_keeps_everything_that_was_typed(clerk: Client) -> None:
    form = {
        **fields(shown(clerk, "knowledge/events/new/")),
        "title_fr": "Mon atelier",
        "body_nl": "lange tekst",
        "starts": "2030-03-01T10:00",
        "ends": "2030-03-01T09:00",
    }
    answer = clerk.post("/fr/knowledge/events/new/", form)
    page = answer.content.decode()
    assert answer.status_code == 422 and "finit avant de commencer" in page
    assert "Mon atelier" in page and "lange tekst" in page and "2030-03-01T10:00" in page
    assert not models.Entry.objects.exists()


def test_two_editors_at_once_are_told_and_both_texts_stay(clerk: Client, publish: Publish) -> None:
    entry = publish("a")
    mine = fields(shown(clerk, "knowledge/publications/a/edit/"))
    store.set_entry(SYSTEM, draft("a", title={"fr": "Le sien", "nl": "Het zijne"}), entry.version)
    answer = clerk.post("/fr/knowledge/publications/a/edit/", {**mine, "title_fr": "Le mien"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Modifié entre-temps" in page and "Zinneke" in page and "Le mien" in page
    assert store.get_working(SYSTEM, "article", "a").draft.title["fr"] == "Le sien"
    again = clerk.post("/fr/knowledge/publications/a/edit/", {**mine, "title_fr": "Le mien", "version": fields(page)["version"]})
    assert again.status_code == 302 and store.get_working(SYSTEM, "article", "a").draft.title["fr"] == "Le mien"
    assert "Le sien" in shown(clerk, "knowledge/publications/a/history/")


def test_publishing_without_dutch_says_so_and_changes_nothing(clerk: Client) -> None:
    store.set_entry(SYSTEM, draft("a", title={"fr": "Seul"}, summary={}))
    answer = clerk.post("/fr/knowledge/publications/a/state/", {"state": "published", "version": "1"}, follow=True)
    assert "en français et en néerlandais" in answer.content.decode() and store.get_working(SYSTEM, "article", "a").state == "draft"
    stale = clerk.post("/fr/knowledge/publications/a/state/", {"state": "review", "version": "9"}, follow=True)
    assert "rien n’a été écrasé" in stale.content.decode()


def test_who_may_not_write_is_led_to_sign_in_and_sees_no_buttons(publish: Publish) -> None:
    publish("a")
    page = shown(Client(), "knowledge/publications/a/")
    assert "/edit/" not in page and "/state/" not in page
    assert Client().get("/fr/knowledge/publications/a/edit/")["Location"].startswith("/fr/sign-in/")
    assert Client().post("/fr/knowledge/publications/a/state/", {"state": "archived", "version": "1"}).status_code == 401


def test_every_kind_has_a_form_that_comes_back_as_it_was_saved(clerk: Client, publish: Publish) -> None:
    own: dict[str, Any] = {
        "radar": Technology(quadrant="data", ring="trial"),
        "elsewhere": Elsewhere(city="Gent", source="https://a.example/", seen=date(2026, 1, 2), why={"fr": "Parce que"}),
        "events": meeting(languages=("fr",), access={"fr": "Rampe"}),
        "tenders": Tender(buyer="STIB", promises=(Promise("dataset", "trees", date(2027, 1, 1)),)),
        "challenges": Challenge(datasets=("trees",), terms={"nl": "Zes maanden"}),
        "clauses": Clause(topic="api"),
    }
    for path, details in own.items():
        entry = publish(path, details, themes=())
        form = fields(shown(clerk, f"knowledge/{path}/{path}/edit/"))
        ticked = {"languages": list(details.languages)} if path == "events" else {}
        answer = clerk.post(f"/fr/knowledge/{path}/{path}/edit/", {**form, **ticked})
        assert answer.status_code == 302, (path, answer.content.decode()[:3000])
        assert store.get_working(SYSTEM, entry.kind, path).details == details, path


def test_a_visitor_registers_gets_a_letter_and_gives_the_seat_to_the_next(publish: Publish) -> None:
    publish("talk", meeting(seats=1))
    tokens = []
    for name in ("Ann", "Bob"):
        answer = Client().post("/nl/knowledge/events/talk/register/", {"name": name, "email": f"{name}@example.org", "consent": "on"})
        link = re.search(r"/knowledge/registrations/([^/\s]+)/", mail.outbox[-1].body)
        assert answer.status_code == 200 and link and link[1] not in answer.content.decode()
        tokens.append(link[1])
    assert [each.subject for each in mail.outbox] == ["U bent ingeschreven: Titel talk", "U staat op de wachtlijst: Titel talk"]
    assert "wachtlijst" in Client().get(f"/nl/knowledge/registrations/{tokens[1]}/").content.decode()
    Client().get(f"/nl/knowledge/registrations/{tokens[0]}/")  # a mail program that fetches links cancels nothing
    assert events.get_seats(VISITOR, "talk").taken == 1
    Client().post(f"/nl/knowledge/registrations/{tokens[0]}/")
    assert [each.subject for each in mail.outbox[2:]] == ["U bent ingeschreven: Titel talk"] and mail.outbox[2].to == ["bob@example.org"]
    assert Client().get("/nl/knowledge/registrations/guess/").status_code == 404


def test_when_no_mail_server_answers_a_seat_is_kept_and_a_subscriber_told(publish: Publish, settings: Any) -> None:
    publish("talk", meeting())
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    assert Client().post("/fr/knowledge/events/talk/register/", {"name": "A", "email": "a@b.be", "consent": "on"}).status_code == 200
    assert events.get_seats(VISITOR, "talk").taken == 1
    answer = Client().post("/fr/newsletter/", {"email": "a@b.be", "language": "fr"})
    assert answer.status_code == 422 and "n’a pas pu partir" in answer.content.decode()


def test_a_registration_with_a_fault_keeps_what_was_typed_and_says_what_is_wrong(publish: Publish) -> None:
    publish("talk", meeting())
    page = Client().post("/fr/knowledge/events/talk/register/", {"name": "Ann", "email": "ann", "needs": "une rampe"}).content.decode()
    assert "Ce n’est pas une adresse électronique" in page or "Sans votre accord" in page
    assert 'value="Ann"' in page and "une rampe" in page


def test_the_newsletter_answers_the_same_whether_the_address_was_known(publish: Publish, themes: None) -> None:
    sent = {"email": "ann@example.org", "language": "fr", "themes": ["mobility"]}
    first, second = (Client().post("/fr/newsletter/", sent).content.decode() for _ in range(2))
    assert "Regardez votre boîte" in first and re.sub("csrf.*", "", first) == re.sub("csrf.*", "", second)
    (letter,) = mail.outbox
    link = re.search(r"/fr/newsletter/confirm/[^/\s]+/", letter.body)
    assert link and Client().get(link[0]).status_code == 200 and models.Subscriber.objects.get().state == "asked"
    assert "Mobilité" in Client().post(link[0]).content.decode()
    assert models.Subscriber.objects.get().state == "confirmed"
    assert Client().post("/fr/newsletter/confirm/guess/").status_code == 410
    assert Client().post("/fr/newsletter/", {"email": "x", "language": "fr"}).status_code == 422


def test_a_letter_is_prepared_seen_and_sent(clerk: Client, publish: Publish) -> None:
    publish("a")
    assert "Préparer une lettre" in shown(clerk, "knowledge/letters/")
    answer = clerk.post("/fr/knowledge/letters/new/", {"subject_fr": "Nouvelles", "subject_nl": "Nieuws", "intro_fr": "Bonjour"})
    page = clerk.get(answer["Location"] + "?see=nl").content.decode()
    assert "Titel a" in page
    number = answer["Location"].split("/")[-2]
    stale = clerk.post(answer["Location"], {"subject_fr": "B", "subject_nl": "B", "version": "0"})
    assert stale.status_code == 422 and "Rien n’a été écrasé" in stale.content.decode()
    clerk.post(f"/fr/knowledge/letters/{number}/send/", {"version": "1"})
    assert letters.get_letter(SYSTEM, int(number)).state == "sending"
    assert "En cours d’envoi" in shown(clerk, "knowledge/letters/")
    assert Client().get("/fr/knowledge/letters/").status_code == 302
    assert "Aucun abonné" in clerk.post("/fr/knowledge/letters/", {"email": "who@example.org"}, follow=True).content.decode()


def test_the_radar_shows_the_same_as_its_list_and_votes_and_moves_are_made_on_the_page(clerk: Client, publish: Publish) -> None:
    publish("lora", Technology(quadrant="networks", ring="assess"))
    page = shown(Client(), "knowledge/radar/")
    assert page.count('href="/fr/knowledge/radar/lora/"') == 2 and 'aria-label="1\xa0: Titre lora"' in page
    clerk.post("/fr/knowledge/radar/lora/vote/", {"ring": "trial", "argument": "bon marché"})
    assert "bon marché" in shown(Client(), "knowledge/radar/lora/")
    silent = clerk.post("/fr/knowledge/radar/lora/move/", {"ring": "trial", "argument_fr": "oui"}, follow=True).content.decode()
    assert "en français et en néerlandais" in silent
    clerk.post("/fr/knowledge/radar/lora/move/", {"ring": "trial", "argument_fr": "oui", "argument_nl": "ja"})
    assert "Étudier → Essayer" in shown(Client(), "knowledge/radar/lora/")


def test_a_project_seen_elsewhere_is_put_before_an_organisation_on_its_page(clerk: Client, publish: Publish) -> None:
    publish("s", Elsewhere(city="Gent", source="https://a.example/", seen=date(2026, 1, 2)))
    clerk.post("/fr/knowledge/elsewhere/s/refer/", {"party": "stib", "note": "Pour vous ?"})
    assert "stib" in shown(clerk, "knowledge/elsewhere/s/") and "stib" not in shown(Client(), "knowledge/elsewhere/s/")
    number = watch.list_referrals(SYSTEM)[0].id
    silent = clerk.post(f"/fr/knowledge/elsewhere/s/referrals/{number}/", {"answer": "decline"}, follow=True).content.decode()
    assert "Dites pourquoi" in silent
    clerk.post(f"/fr/knowledge/elsewhere/s/referrals/{number}/", {"answer": "accept"})
    assert watch.list_referrals(SYSTEM)[0].state == "accepted"
    assert Client().post(f"/fr/knowledge/elsewhere/s/referrals/{number}/", {"answer": "accept"}).status_code == 404


def test_sources_are_followed_and_sorted_on_their_page(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zinneke.foundations.fetching.socket.getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (_number(host), port))])
    refused = clerk.post("/fr/knowledge/sources/", {"name": "x", "address": "http://intranet.example/feed"})
    assert refused.status_code == 422 and "Seules les adresses publiques" in refused.content.decode()
    clerk.post("/fr/knowledge/sources/", {"name": "Veille", "address": "https://news.example/feed"})
    source = models.Source.objects.get()
    item = source.spotted.create(digest="1", title="<script>x</script>", address="javascript:alert(1)", seen=source.due)
    page = shown(clerk, "knowledge/sources/")
    assert "&lt;script&gt;" in page and "javascript:" not in page
    answer = clerk.post(f"/fr/knowledge/sources/items/{item.pk}/", {"answer": "keep", "city": "Gent"})
    assert answer["Location"].startswith("/fr/knowledge/elsewhere/") and shown(clerk, answer["Location"].removeprefix("/fr/"))
    clerk.post(f"/fr/knowledge/sources/{source.pk}/", {"active": "0"})
    assert "N’est plus suivie" in shown(clerk, "knowledge/sources/")


def _number(host: str) -> str:
    return "10.0.0.1" if host.startswith("intranet") else "93.184.216.34"


def test_a_workshop_is_written_down_on_its_page(clerk: Client, publish: Publish) -> None:
    publish("talk", meeting())
    answer = clerk.post("/fr/knowledge/events/talk/workshop/", {"title": "Compter", "kind": "project", "domain": "mobility"})
    assert answer["Location"].endswith("?kind=project&domain=mobility")
    assert "Compter" in shown(clerk, "knowledge/events/talk/workshop/")
    table = clerk.get("/fr/knowledge/events/talk/workshop.csv")
    assert table["Content-Type"].startswith("text/csv") and "Compter,project,mobility" in table.content.decode()
    clerk.post("/fr/knowledge/events/talk/workshop/", {"remove": str(models.Capture.objects.get().pk)})
    assert not models.Capture.objects.exists()
    assert clerk.get("/fr/knowledge/events/talk/people/").status_code == 404


def test_a_contract_is_checked_and_its_clauses_copied_on_its_page(clerk: Client, publish: Publish) -> None:
    publish("data", Clause(topic="data"), body={"fr": "À nous.", "nl": "Van ons."})
    publish("t", Tender(buyer="STIB", promises=(Promise("api", "/api/latest"), Promise("dataset", "nothing", date(2020, 1, 1)))))
    clerk.post("/fr/knowledge/clauses/data/insert/", {"tender": "t"})
    answer = clerk.post("/fr/knowledge/tenders/t/verify/", follow=True).content.decode()
    assert "1 promesses tenues sur 2" in answer and "Pas dans le catalogue" in answer
    assert Client().get("/fr/knowledge/tenders/t/clauses.txt").status_code == 200
    assert Client().get("/fr/knowledge/tenders/t/clauses.exe").status_code == 404


def test_a_firm_answers_a_challenge_on_its_page(publish: Publish) -> None:
    publish("c", Challenge())
    sent = {"organisation": "Firm", "name": "Ann", "email": "ann@firm.example", "text": "Nous ferions"}
    assert "Votre réponse est arrivée" in Client().post("/fr/knowledge/challenges/c/answer/", sent).content.decode()
    assert "Nous ferions" not in shown(Client(), "knowledge/challenges/c/")
    assert [each.organisation for each in challenges.list_answers(SYSTEM, "c")] == ["Firm"]
    assert Client().post("/fr/knowledge/challenges/c/answer/", {**sent, "email": "x"}).status_code == 422


def test_the_data_block_of_an_event_cannot_be_ended_from_inside(publish: Publish) -> None:
    publish("talk", meeting(), title={"fr": "</script><script>alert(1)</script>", "nl": "x"})
    page = shown(Client(), "knowledge/events/talk/")
    assert "<script>alert" not in page and "\\u003c/script\\u003e" in page


@pytest.mark.parametrize("address", ["knowledge/nothing/", "knowledge/publications/none/", "knowledge/letters/x/", "newsletter/leave/x/"])
def test_an_address_where_nothing_is_says_so(clerk: Client, address: str) -> None:
    assert clerk.get(f"/fr/{address}").status_code == 404


def test_a_search_that_finds_nothing_leads_to_the_whole_site(publish: Publish) -> None:
    assert "/fr/search/?q=zzz" in shown(Client(), "knowledge/?q=zzz")
    publish("a")
    page = shown(Client(), "knowledge/?q=titre")
    assert 'href="/fr/knowledge/publications/a/"' in page
    assert links.write(links.LEAVE, 1) not in page
