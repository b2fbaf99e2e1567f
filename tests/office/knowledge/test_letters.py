"""Letters: asked for twice over, stopped in one click, sent once each even when the platform falls over in the middle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from tests.office.knowledge.conftest import NOW, VISITOR, person
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import letters, links, models, sending
from zinneke.office.knowledge.values import Article, Entry, LetterRecord

Publish = Callable[..., Entry]
pytestmark = pytest.mark.django_db
SUBJECT = {"fr": "Nouvelles", "nl": "Nieuws"}
LATER = NOW + timedelta(days=365 * 5)


def subscribe(email: str = "ann@example.org", themes: tuple[str, ...] = (), language: str = "fr", audience: str = "citizens") -> int:
    token = letters.subscribe(VISITOR, email, language, themes, audience, NOW)
    letters.confirm(VISITOR, token, NOW)
    return int(models.Subscriber.objects.get(email=email).pk)


def approved(since: datetime = NOW - timedelta(days=3650), **other: Any) -> LetterRecord:
    letter = letters.set_letter(SYSTEM, 0, SUBJECT, {"fr": "Bonjour", "nl": "Dag"}, since=since, **other)
    return letters.approve_letter(SYSTEM, letter.id, letter.version, LATER)


def test_nobody_is_subscribed_before_they_press_the_link_of_their_letter(themes: None) -> None:
    token = letters.subscribe(VISITOR, "Ann@Example.org", "nl", ("air", "none"), "", NOW)
    assert models.Subscriber.objects.get().state == "asked"
    done = letters.confirm(VISITOR, token, NOW)
    assert (done.state, done.language, done.themes) == ("confirmed", "nl", ("air",))
    assert letters.confirm(VISITOR, token, NOW).state == "confirmed"


def test_asking_again_soon_sends_nothing_and_says_nothing(themes: None) -> None:
    assert letters.subscribe(VISITOR, "ann@example.org", "fr", now=NOW)
    assert letters.subscribe(VISITOR, "ann@example.org", "fr", now=NOW + timedelta(minutes=5)) == ""


def test_a_stranger_who_types_the_address_of_a_subscriber_changes_nothing(themes: None) -> None:
    subscribe(themes=("air",))
    token = letters.subscribe(VISITOR, "ann@example.org", "nl", ("mobility",), "", NOW + timedelta(days=1))
    row = models.Subscriber.objects.get()
    assert (row.language, row.themes, row.state) == ("fr", ["air"], "confirmed")
    letters.confirm(VISITOR, token, NOW + timedelta(days=1))
    assert models.Subscriber.objects.get().themes == ["mobility"]


@pytest.mark.parametrize("token", ["", "1", "WzEsMV0:1vO:abc", "x" * 2000])
def test_a_link_that_was_guessed_confirms_and_stops_nothing(token: str) -> None:
    subscribe()
    for act in (letters.confirm, letters.leave):
        with pytest.raises(Problem) as refused:
            act(VISITOR, token)
        assert refused.value.status == 404
    assert models.Subscriber.objects.get().state == "confirmed"


def test_a_link_for_one_purpose_serves_no_other() -> None:
    number = subscribe()
    with pytest.raises(Problem):
        letters.leave(VISITOR, links.write(links.REGISTRATION, number))
    with pytest.raises(Problem):
        letters.confirm(VISITOR, links.write(links.LEAVE, number))


def test_an_old_confirmation_does_not_bring_back_who_left() -> None:
    token = letters.subscribe(VISITOR, "ann@example.org", "fr", now=NOW)
    letters.confirm(VISITOR, token, NOW)
    letters.leave(VISITOR, links.write(links.LEAVE, models.Subscriber.objects.get().pk))
    with pytest.raises(Problem) as refused:
        letters.confirm(VISITOR, token, NOW)
    assert refused.value.status == 410 and models.Subscriber.objects.get().state == "left"


def test_stopping_erases_the_address_and_a_second_press_changes_nothing() -> None:
    token = links.write(links.LEAVE, subscribe())
    assert letters.check_leave(VISITOR, token) == "confirmed"
    assert letters.leave(VISITOR, token) is True and letters.leave(VISITOR, token) is False
    assert "ann" not in models.Subscriber.objects.get().email


def test_the_mail_program_stops_the_letters_in_one_click_without_a_cookie() -> None:
    token = links.write(links.LEAVE, subscribe())
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/fr/newsletter/leave/{token}/").status_code == 200
    assert models.Subscriber.objects.get().state == "confirmed"
    assert client.post(f"/fr/newsletter/leave/{token}/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert models.Subscriber.objects.get().state == "left"
    assert "déjà désabonné" in client.post(f"/fr/newsletter/leave/{token}/").content.decode()
    assert client.post("/fr/newsletter/leave/guess/").status_code == 404


def test_each_letter_carries_the_heads_of_one_click_and_its_own_link(publish: Publish) -> None:
    publish("a")
    subscribe()
    approved()
    sending.send_due(LATER)
    (letter,) = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert link in letter.body and letters.leave(VISITOR, link.rstrip("/").rpartition("/")[2])
    assert "<img" not in str(letter.alternatives) and "Titre a" in letter.body


def test_everybody_gets_what_belongs_to_their_themes_in_their_language(publish: Publish, themes: None) -> None:
    publish("a", themes=("air",))
    publish("m", themes=("mobility",))
    subscribe("all@example.org")
    subscribe("sensors@example.org", ("sensors",), "nl")
    subscribe("nothing@example.org", ("nothing",))
    models.Subscriber.objects.filter(email="nothing@example.org").update(themes=["other"])
    letter = approved()
    assert sending.send_due(LATER) == "2 letters sent, 0 failed"
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert "Titre a" in bodies["all@example.org"] and "Titre m" in bodies["all@example.org"]
    assert "Titel a" in bodies["sensors@example.org"] and "Titel m" not in bodies["sensors@example.org"]
    found = letters.get_letter(SYSTEM, letter.id)
    assert (found.state, found.sent, found.skipped) == ("sent", 2, 1)


class Falling(BaseEmailBackend):
    """Hands letters over until it falls."""

    sent: list[str] = []
    fall: dict[str, BaseException] = {}

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if fault := self.fall.pop(message.to[0], None):
                raise fault
            self.sent.append(message.to[0])
        return len(messages)


@pytest.fixture
def falling(settings: Any) -> type[Falling]:
    settings.EMAIL_BACKEND = f"{__name__}.Falling"
    Falling.sent, Falling.fall = [], {}
    return Falling


def test_after_a_crash_in_the_middle_nobody_gets_a_letter_twice(publish: Publish, falling: type[Falling]) -> None:
    publish("a")
    for number in range(5):
        subscribe(f"p{number}@example.org")
    letter = approved()
    falling.fall["p2@example.org"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        sending.send_due(LATER)
    sending.send_due(LATER)
    sending.send_due(LATER)
    assert sorted(falling.sent) == ["p0@example.org", "p1@example.org", "p3@example.org", "p4@example.org"]
    models.Delivery.objects.filter(state="sending").update(time=NOW - timedelta(days=1))
    assert letters.get_letter(SYSTEM, letter.id).uncertain == 1


def test_a_letter_that_the_server_refused_is_tried_again_a_few_times(publish: Publish, falling: type[Falling]) -> None:
    publish("a")
    subscribe()
    letter = approved()
    for _ in range(2):
        falling.fall["ann@example.org"] = OSError("no")
        assert sending.send_due(LATER).endswith("1 failed")
        LATER_YET = LATER + timedelta(minutes=5)
        models.Delivery.objects.update(time=LATER - timedelta(minutes=5))
    sending.send_due(LATER_YET)
    assert falling.sent == ["ann@example.org"] and letters.get_letter(SYSTEM, letter.id).state == "sent"


def test_a_batch_has_an_end_and_the_next_goes_on(publish: Publish) -> None:
    publish("a")
    for number in range(4):
        subscribe(f"p{number}@example.org")
    approved()
    sending.send_due(LATER, most=3)
    assert len(mail.outbox) == 3
    sending.send_due(LATER, most=3)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 4


def test_who_left_or_came_after_it_was_approved_does_not_get_it(publish: Publish) -> None:
    publish("a")
    number = subscribe()
    letter = letters.set_letter(SYSTEM, 0, SUBJECT, {}, since=NOW - timedelta(days=1))
    letters.approve_letter(SYSTEM, letter.id, letter.version, NOW + timedelta(days=3650))
    models.Subscriber.objects.create(email="late@example.org", language="fr", state="confirmed", asked=NOW, confirmed=NOW + timedelta(days=3651))
    letters.leave(VISITOR, links.write(links.LEAVE, number))
    sending.send_due(LATER)
    assert mail.outbox == []


@pytest.mark.parametrize("subject", [{"fr": "A\nBcc: all@example.org", "nl": "B"}, {"fr": "A", "nl": "B\r\nX: y"}, {"fr": "A"}])
def test_a_subject_of_several_lines_or_one_language_is_refused(subject: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        letters.set_letter(SYSTEM, 0, subject, {})
    assert refused.value.extra["where"].startswith("subject_") and not models.Letter.objects.exists()


@pytest.mark.parametrize(
    "email", ["ann@example.org\nBcc: b@example.org", "ann@example.org, b@example.org", "<ann@example.org>", "ann@", "", "a" * 300 + "@b.be"]
)
def test_an_address_that_hides_another_is_refused(email: str) -> None:
    with pytest.raises(Problem) as refused:
        letters.subscribe(VISITOR, email, "fr", now=NOW)
    assert refused.value.extra["where"] == "email"


def test_two_who_write_one_letter_overwrite_nothing_and_what_left_is_not_changed(publish: Publish) -> None:
    publish("a")
    letter = letters.set_letter(SYSTEM, 0, SUBJECT, {}, since=NOW - timedelta(days=1))
    changed = letters.set_letter(SYSTEM, letter.id, SUBJECT, {"fr": "x"}, version=letter.version)
    for version in (letter.version, 99):
        with pytest.raises(Problem) as refused:
            letters.set_letter(SYSTEM, letter.id, SUBJECT, {}, version=version)
        assert refused.value.status == 409
        with pytest.raises(Problem):
            letters.approve_letter(SYSTEM, letter.id, version)
    sent = letters.approve_letter(SYSTEM, letter.id, changed.version)
    with pytest.raises(Problem):
        letters.set_letter(SYSTEM, letter.id, SUBJECT, {}, version=sent.version)


def test_a_letter_with_nothing_new_does_not_leave() -> None:
    with pytest.raises(Problem) as refused:
        approved()
    assert refused.value.status == 422


def test_a_letter_tells_only_what_everybody_may_see(publish: Publish) -> None:
    from zinneke.kernel.confidentiality import Level

    publish("open")
    publish("inside", level=Level.SHARED)
    publish("old", Article())
    models.Entry.objects.filter(key="old").update(published=NOW - timedelta(days=4000))
    letter = approved()
    assert letter.items == ("article:open",)


def test_letters_are_run_by_those_who_edit_for_the_whole_region_and_sent_by_those_who_command(publish: Publish) -> None:
    publish("a")
    steward, local, partner = person("steward"), person("steward", area="21015"), person("partner")
    for actor in (local, partner):
        for call in (letters.list_letters, letters.list_reach, lambda who: letters.set_letter(who, 0, SUBJECT, {})):
            with pytest.raises(Problem) as refused:
                call(actor)
            assert refused.value.status == 403
    letter = letters.set_letter(steward, 0, SUBJECT, {}, since=NOW - timedelta(days=1))
    with pytest.raises(Problem) as refused:
        letters.approve_letter(steward, letter.id, letter.version)
    assert refused.value.status == 403


def test_an_address_that_was_never_confirmed_is_forgotten_after_a_week() -> None:
    subscribe("ann@example.org")
    letters.subscribe(VISITOR, "typed@example.org", "fr", now=NOW)
    assert letters.erase_unconfirmed(NOW + timedelta(days=6)) == 0 and letters.erase_unconfirmed(NOW + timedelta(days=8)) == 1
    assert [row.email for row in models.Subscriber.objects.all()] == ["ann@example.org"]


def test_the_chores_run_on_an_empty_house_and_say_nothing() -> None:
    from zinneke.office.knowledge.chores import CHORES

    assert [chore.run(NOW) for chore in CHORES] == [""] * len(CHORES)


def test_after_three_bounces_nothing_more_is_sent() -> None:
    subscribe()
    assert [letters.record_bounce(SYSTEM, "ann@example.org") for _ in range(3)] == [True] * 3
    assert models.Subscriber.objects.get().state == "bounced" and letters.record_bounce(SYSTEM, "who@example.org") is False


def test_reach_is_counted_by_audience_and_holds_no_address(publish: Publish) -> None:
    publish("a")
    subscribe("a@example.org")
    subscribe("b@example.org", audience="companies")
    approved()
    sending.send_due(LATER)
    reached = {each.audience: (each.subscribers, each.letters) for each in letters.list_reach(SYSTEM)}
    assert reached["citizens"] == (1, 1) and reached["companies"] == (1, 1) and reached[""] == (0, 0)
