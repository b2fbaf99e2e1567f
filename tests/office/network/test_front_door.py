"""The front door: everybody may ask, nobody else may read it, the promise is kept, and what is personal is forgotten in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection

from tests.office.network.conftest import person
from tests.office.network.test_mail import message
from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.office.network import asking, chores, commands, desk, letters, mail, models, search, store
from zinneke.office.network.asked import EnquiryRow, Receipt

SECRET = "quokkaquestion"
ASKED = EnquiryRow(text=f"Mon voisin {SECRET}", name="Zoë Quagga", email="zoe.quagga@example.org", phone="0470 12 34 56")
PERSONAL = (SECRET, "quagga", "0470 12")


def leaks(answer: Any) -> list[str]:
    text = (answer.decode("utf-8", "replace") if isinstance(answer, bytes) else repr(answer)).lower()
    return [word for word in PERSONAL if word in text]


@pytest.fixture
def asked() -> Receipt:
    return store.add_enquiry(ANONYMOUS, ASKED)


# -- who reads it -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("town")
def test_nobody_else_reads_an_enquiry_by_any_verb_or_page(asked: Receipt, everybody: dict[str, Actor], browse: Any) -> None:
    store.add_note(SYSTEM, asked.reference, f"note {SECRET}")
    for who, actor in everybody.items():
        assert leaks(store.list_enquiries(actor, state="")) == [], who
        with pytest.raises(Problem):
            store.get_enquiry(actor, asked.reference)
        for language in ("fr", "nl", "en"):
            assert leaks(list(search.find(actor, SECRET, language))) == [], who
        assert leaks(list(desk.waiting(actor))) == [], who
        assert leaks(store.count_enquiries(actor)) == []
        pages = (
            "enquiries/",
            "enquiries/?state=closed",
            f"enquiries/{asked.reference}/",
            f"enquiries/{asked.reference}/{'x' * 32}/",
            "desk/",
            "faq/",
        )
        for page in (*pages, "network/", "network/actions/"):
            assert leaks(browse(actor, f"/en/{page}").content) == [], (who, page)


def test_the_search_page_finds_no_enquiry_even_for_a_manager(asked: Receipt, manager: Actor) -> None:
    assert list(search.find(manager, SECRET, "fr")) == []
    assert list(search.find(manager, asked.reference, "fr")) == []


def test_no_route_of_the_network_tells_anything_of_an_enquiry(asked: Receipt, manager: Actor) -> None:
    from zinneke.kernel.route import Call
    from zinneke.office.network.routes import ROUTES

    for route in ROUTES:
        if route.ask is None:
            assert leaks(route.call(Call(actor=manager, ask=None))) == [], route.path


def test_the_journal_tells_that_something_was_done_and_nothing_of_what_was_asked(asked: Receipt, manager: Actor) -> None:
    version = store.get_enquiry(manager, asked.reference).version
    store.add_note(manager, asked.reference, f"note {SECRET}")
    store.answer_enquiry(manager, asked.reference, f"answer {SECRET}", version + 1)
    store.erase_enquiry(manager, asked.reference)
    told = audit.list_entries(SYSTEM, subject=f"network.enquiry:{asked.reference}")
    assert [entry.action for entry in told] == ["enquiry.received", "enquiry.note", "enquiry.answered", "enquiry.erased"]
    assert leaks(told) == []


def test_neither_the_name_of_a_letter_on_disk_nor_its_folder_tells_anybody_else(asked: Receipt, tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    letters.send(datetime.now(UTC))
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 1
    assert leaks([each.name for each in files]) == []
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_only_a_digest_of_the_word_is_kept(asked: Receipt) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM network_enquiry")
        assert asked.word not in repr(cursor.fetchall())
    assert len(asked.word) == 32


# -- asking -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_anybody_asks_without_an_account_and_follows_it_by_an_address_of_their_own(browse: Any, language: str) -> None:
    answer = browse(ANONYMOUS, f"/{language}/ask/", {"kind": "question", "text": "Why?", "name": "Lou", "email": "lou@example.org"})
    assert answer.status_code == 302
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = browse(ANONYMOUS, answer.url)
    assert "Why?" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]


def test_a_wrong_word_is_answered_like_an_unknown_reference(asked: Receipt, browse: Any) -> None:
    wrong = browse(ANONYMOUS, f"/en/enquiries/{asked.reference}/{asked.word[:-1]}x/")
    unknown = browse(ANONYMOUS, f"/en/enquiries/2026-9999/{asked.word}/")
    assert wrong.status_code == unknown.status_code == 404
    told = [re.sub(r"\d{4}-\d{4}/[\w-]+|[0-9a-f]{32}", "", each.content.decode()) for each in (wrong, unknown)]
    assert told[0] == told[1]


def test_a_message_of_a_megabyte_is_refused_with_its_length_and_nothing_typed_is_lost(browse: Any) -> None:
    answer = browse(ANONYMOUS, "/en/ask/", {"kind": "question", "text": "word " * 200_000, "name": "Lou"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "1,000,000" in text or "1000000" in text or "999999" in text
    assert 'value="Lou"' in text
    assert text.count("word ") >= 199_999
    assert not models.Enquiry.objects.exists()
    with pytest.raises(Problem, match="10,000 are the most"):
        store.add_enquiry(ANONYMOUS, EnquiryRow(text="x" * 1_000_000))


@pytest.mark.parametrize("field", [{"name": "Eve\r\nBcc: all@example.org"}, {"email": "eve@example.org\r\nBcc: all@example.org"}])
def test_what_would_add_a_head_to_a_letter_is_refused_at_its_field(browse: Any, field: dict[str, str]) -> None:
    answer = browse(ANONYMOUS, "/en/ask/", {"kind": "question", "text": "Why?", **field})
    assert answer.status_code == 422
    assert not models.Letter.objects.exists()


def test_a_head_that_came_in_by_another_way_never_reaches_a_letter() -> None:
    store.add_enquiry(ANONYMOUS, EnquiryRow(text="x", subject="a\r\nBcc: all@example.org", name="b\nTo: c", email="lou@example.org"))
    letters.send(datetime.now(UTC))
    sent = outbox.outbox[0].message()
    assert sent["To"] == "lou@example.org"
    assert sent["Bcc"] is None


def test_a_field_that_only_machines_fill_stops_them_and_says_so(browse: Any) -> None:
    answer = browse(ANONYMOUS, "/en/ask/", {"kind": "question", "text": "Buy!", "website": "https://example.org"})
    assert answer.status_code == 422
    assert "Leave the field" in answer.content.decode()


def test_the_seventh_message_from_one_address_within_an_hour_waits_and_is_not_lost(browse: Any) -> None:
    for _ in range(asking.MOST_AN_HOUR):
        assert browse(ANONYMOUS, "/en/ask/", {"kind": "idea", "text": "An idea"}).status_code == 302
    answer = browse(ANONYMOUS, "/en/ask/", {"kind": "idea", "text": "One idea too many"})
    assert answer.status_code == 429
    assert "One idea too many" in answer.content.decode()
    assert "127.0.0.1" not in repr(list(models.Knock.objects.values()))
    asking.check_pace("127.0.0.1", datetime.now(UTC) + timedelta(hours=2))


def test_a_reference_grows_by_one_and_the_promise_is_in_the_letter_in_the_language_of_the_asker(asked: Receipt) -> None:
    second = store.add_enquiry(ANONYMOUS, EnquiryRow(text="Waar?", language="nl", email="lou@example.org"))
    assert int(second.reference[5:]) == int(asked.reference[5:]) + 1
    letters.send(datetime.now(UTC))
    letter = next(each for each in outbox.outbox if each.to == ["lou@example.org"])
    assert second.reference in letter.subject
    assert "uiterlijk op" in letter.body
    assert second.word in letter.body


# -- by mail ------------------------------------------------------------------------------------------------------------------


def test_a_message_is_taken_in_once_and_an_answer_of_the_same_sender_joins_its_enquiry() -> None:
    first = store.add_mail(ANONYMOUS, message().as_bytes())
    assert first is not None
    assert store.add_mail(ANONYMOUS, message().as_bytes()) is None
    again = message("Nog iets.", Subject=f"Re: [{first.reference}]", Message_ID="<2@example.org>").as_bytes()
    assert store.add_mail(ANONYMOUS, again) == Receipt(first.reference, "", first.due)
    assert store.add_mail(ANONYMOUS, again) is None
    stranger = message("Let me in.", From="eve@example.org", Subject=f"Re: [{first.reference}]", Message_ID="<3@example.org>")
    other = store.add_mail(ANONYMOUS, stranger.as_bytes())
    assert other is not None
    assert other.reference != first.reference
    found = store.get_enquiry(SYSTEM, first.reference)
    assert (found.channel, found.language) == ("mail", "nl")
    assert [line.text for line in found.lines if line.what == "message"] == ["Nog iets."]


def test_what_a_machine_wrote_is_kept_and_gets_no_letter_back() -> None:
    assert store.add_mail(ANONYMOUS, message(Auto_Submitted="auto-replied").as_bytes())
    assert not models.Letter.objects.exists()


def test_the_command_reads_a_file_and_says_the_reference_only(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(message(f"About {SECRET}").as_bytes())
    said: list[str] = []
    out = type("Out", (), {"say": staticmethod(said.append)})
    assert commands.run(type("Args", (), {"file": str(file)})(), out()) == 0  # type: ignore[arg-type]
    assert leaks(said) == []
    with pytest.raises(Problem, match="cannot be read"):
        commands.run(type("Args", (), {"file": str(tmp_path / "none.eml")})(), out())  # type: ignore[arg-type]


def test_a_message_that_is_too_large_for_the_command_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"From: a@example.org\n\n" + b"x" * (2 * mail.LARGEST))
    with pytest.raises(Problem, match="bytes"):
        commands.run(type("Args", (), {"file": str(file)})(), None)  # type: ignore[arg-type]


# -- answering ----------------------------------------------------------------------------------------------------------------


def test_an_enquiry_goes_from_the_queue_to_an_answer_that_helped(asked: Receipt, manager: Actor) -> None:
    assert [each.what.en for each in desk.waiting(manager)] == ["Give an enquiry to somebody"]
    given = store.assign_enquiry(manager, asked.reference, manager.person or 0, 1)
    assert [each.what.en for each in desk.waiting(manager)] == ["Answer an enquiry"]
    store.add_note(manager, asked.reference, "asked the data team")
    answered = store.answer_enquiry(manager, asked.reference, "Voici.", given.version + 1)
    assert answered.state == "answered"
    seen = store.get_own_enquiry(asked.reference, asked.word)
    assert seen.answer == "Voici."
    assert "data team" not in repr(seen)
    assert "Manager" not in repr(seen)
    assert store.rate_own_enquiry(asked.reference, asked.word, "yes", "Merci").state == "closed"
    letters.send(datetime.now(UTC))
    assert [each.subject.split("[")[0].strip() for each in outbox.outbox] == [
        f"Nous avons bien reçu votre message {asked.reference}", f"Réponse à votre message {asked.reference}",
    ]  # fmt: skip


def test_an_answer_that_did_not_help_comes_back_to_the_queue(asked: Receipt, manager: Actor) -> None:
    with pytest.raises(Problem, match="no answer yet"):
        store.rate_own_enquiry(asked.reference, asked.word, "no")
    store.answer_enquiry(manager, asked.reference, "Voici.", 1)
    store.rate_own_enquiry(asked.reference, asked.word, "no")
    assert [each.key for each in store.list_enquiries(manager)] == [asked.reference]


def test_two_who_answer_at_once_do_not_write_over_each_other(asked: Receipt, manager: Actor, browse: Any) -> None:
    other = person("other@example.org", "manager")
    store.answer_enquiry(manager, asked.reference, "First.", 1)
    with pytest.raises(Problem, match="Manager changed it meanwhile") as refused:
        store.answer_enquiry(other, asked.reference, "Second.", 1)
    assert refused.value.status == 409
    page = browse(other, f"/en/enquiries/{asked.reference}/", {"what": "answer", "text": "My long answer", "version": "1"}, follow=True)
    assert "My long answer" in page.content.decode()
    assert "Manager changed this meanwhile" in page.content.decode()
    assert store.get_enquiry(manager, asked.reference).answer == "First."


@pytest.mark.usefixtures("town")
def test_a_transfer_takes_everything_along_and_opens_it_to_that_administration_only(asked: Receipt, everybody: dict[str, Actor]) -> None:
    store.transfer_enquiry(SYSTEM, asked.reference, "stib", 1)
    stib = everybody.pop("a steward of STIB")
    found = store.get_enquiry(stib, asked.reference)
    assert SECRET in found.text
    assert found.due == asked.due
    for who, actor in everybody.items():
        with pytest.raises(Problem):
            store.get_enquiry(actor, asked.reference)
        assert store.list_enquiries(actor) == [], who
    letters.send(datetime.now(UTC))
    assert "STIB" in outbox.outbox[-1].body
    store.answer_enquiry(stib, asked.reference, "Voici.", found.version)


def test_it_is_given_only_to_somebody_who_may_answer_it(asked: Receipt, manager: Actor, everybody: dict[str, Actor]) -> None:
    assert [name for _, name in store.list_handlers(manager, asked.reference)] == ["Manager"]
    with pytest.raises(Problem, match="may not handle"):
        store.assign_enquiry(manager, asked.reference, everybody["a partner"].person or 0, 1)


def test_whoever_holds_it_is_reminded_once_before_the_promise_ends(asked: Receipt, manager: Actor) -> None:
    store.assign_enquiry(manager, asked.reference, manager.person or 0, 1)
    early = datetime.combine(asked.due - timedelta(days=9), datetime.min.time(), UTC)
    late = datetime.combine(asked.due, datetime.min.time(), UTC)
    assert [asking.remind(each) for each in (early, late, late)] == [0, 1, 0]
    reminder = models.Letter.objects.get(to="manager@example.org")
    assert leaks([reminder.subject, reminder.text]) == []


# -- letters ------------------------------------------------------------------------------------------------------------------


def test_a_letter_that_the_server_refuses_waits_and_is_sent_later_once(asked: Receipt, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = datetime.now(UTC)
    assert letters.send(now) == (0, 1)
    assert letters.send(now) == (0, 0)  # not at once again
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert chores.send_letters(now + timedelta(hours=1)) == "1 letters left, 0 wait for another try"
    assert letters.send(now + timedelta(days=1)) == (0, 0)
    assert len(outbox.outbox) == 1


# -- forgetting ---------------------------------------------------------------------------------------------------------------


def test_a_year_after_it_was_closed_only_what_is_counted_is_left(asked: Receipt, manager: Actor) -> None:
    store.add_note(manager, asked.reference, f"note {SECRET}")
    store.add_own_message(asked.reference, asked.word, f"more {SECRET}")
    answered = store.answer_enquiry(manager, asked.reference, f"answer {SECRET}", 3)
    now = answered.answered or datetime.now(UTC)
    assert asking.close_and_erase(now + timedelta(days=29)) == (0, 0)
    assert asking.close_and_erase(now + timedelta(days=31)) == (1, 0)
    assert asking.close_and_erase(now + timedelta(days=400)) == (0, 1)
    assert asking.close_and_erase(now + timedelta(days=401)) == (0, 0)
    with connection.cursor() as cursor:
        for table in ("network_enquiry", "network_enquiryline", "network_letter"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  our own names
            assert leaks(cursor.fetchall()) == [], table
    assert store.get_enquiry(manager, asked.reference).channel == "web"
    with pytest.raises(Problem):
        store.get_own_enquiry(asked.reference, asked.word)


def test_figures_about_fewer_than_five_people_are_not_told() -> None:
    assert store.count_enquiries(ANONYMOUS).received == 0
    for number in range(5):
        assert store.count_enquiries(ANONYMOUS).received == (None if number else 0)
        store.add_enquiry(ANONYMOUS, EnquiryRow(text="x", channel="phone" if number else "web"))
    figures = store.count_enquiries(ANONYMOUS)
    assert figures.received == 5
    assert figures.by_channel == {"web": None, "phone": None}


def test_a_recurring_answer_is_public_only_once_somebody_who_commands_approved_it(asked: Receipt, manager: Actor, browse: Any) -> None:
    from zinneke.office.network.values import Faq

    steward = person("editor@example.org", "steward", "network")
    proposed = store.set_faq(steward, Faq(question={"fr": "Où sont les données ?"}, answer={"fr": "Ici."}, enquiry=asked.reference))
    assert "Où sont" not in browse(ANONYMOUS, "/fr/faq/").content.decode()
    with pytest.raises(Problem):
        store.approve_faq(steward, proposed.key, proposed.version)
    published = store.approve_faq(manager, proposed.key, proposed.version)
    assert (published.approved_by, published.state) == ("Manager", "approved")
    assert "Où sont" in browse(ANONYMOUS, "/fr/faq/").content.decode()
    store.set_faq(steward, published)  # a changed text waits again
    assert store.list_faq(ANONYMOUS) == []


def test_a_call_is_noted_with_its_channel_and_joins_the_same_queue(manager: Actor, everybody: dict[str, Actor], browse: Any) -> None:
    sent = {"channel": "phone", "kind": "need", "language": "nl", "text": "Een bankje", "phone": "02 1"}
    assert browse(manager, "/en/enquiries/new/", sent).status_code == 302
    found = store.list_enquiries(manager)[0]
    assert (found.channel, found.language, found.kind) == ("phone", "nl", "need")
    assert browse(everybody["a partner"], "/en/enquiries/new/", sent).status_code == 403
    with pytest.raises(Problem):
        store.note_enquiry(everybody["an operator of the network"], EnquiryRow(text="x", channel="phone"))


def test_somebody_who_left_gets_nothing_to_answer(asked: Receipt, manager: Actor) -> None:
    identity.set_active(SYSTEM, "manager@example.org", False)
    assert store.list_handlers(SYSTEM, asked.reference) == []
