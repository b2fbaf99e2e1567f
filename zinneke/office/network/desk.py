"""What waits at the desk: enquiries to answer or to give to somebody, actions, leads offered, terms that passed, drafts to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.utils import timezone

from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.desk import Change, Waiting
from zinneke.kernel.text import Text
from zinneke.office.network import rules, store
from zinneke.office.network.values import Sheet

ANSWER = Text("Répondre à une demande", "Een aanvraag beantwoorden", "Answer an enquiry")
ASSIGN = Text("Confier une demande à quelqu’un", "Een aanvraag aan iemand toewijzen", "Give an enquiry to somebody")
ACT = Text("Mener une action", "Een actie uitvoeren", "Carry out an action")
LEAD = Text("Accepter la conduite d’un projet", "De leiding van een project aanvaarden", "Accept the lead of a project")
FOLLOW = Text("Constater si une décision a été suivie", "Vaststellen of een beslissing is gevolgd", "Say whether a decision was followed")
READ = Text("Examiner un projet soumis pour avis", "Een voorgelegd ontwerp bekijken", "Review a draft")
APPROVE = Text("Approuver une question fréquente", "Een veelgestelde vraag goedkeuren", "Approve a frequent question")
REPORT = Text("Rédiger le compte rendu", "Het verslag opstellen", "Write the report")


def waiting(actor: Actor) -> Iterator[Waiting]:
    """Yield what waits for somebody in the network."""
    if actor.person is None:
        return
    yield from _enquiries(actor)
    posts = store.own_posts(actor)
    if posts:
        for action in store.list_actions(actor, state="open", posts=posts):
            yield _task(ACT, action.title, "network-action", action.key, action.changed, action.due, icon="list-checks")
        for lead in store.list_leads(actor, posts=posts):
            if lead.state == "offered":
                yield _task(LEAD, lead.title, "network-lead", lead.key, lead.changed, None, icon="flag")
    if reach(actor, Right.COMMAND, store.SUBJECT).allows(Level.SHARED):
        yield from _of_the_office(actor)


def _enquiries(actor: Actor) -> Iterator[Waiting]:
    """Name enquiries by their reference only: a desk may be seen over somebody's shoulder."""
    for enquiry in store.list_enquiries(actor, mine=True):
        yield _task(ANSWER, enquiry.key, "enquiry-staff", enquiry.key, enquiry.received, enquiry.due, icon="mail-question-mark")
    for enquiry in store.list_enquiries(actor, state="new"):
        if enquiry.assigned is None and store.may_edit(actor, enquiry):
            yield _task(ASSIGN, enquiry.key, "enquiry-staff", enquiry.key, enquiry.received, enquiry.due, icon="mail-question-mark")


def _of_the_office(actor: Actor) -> Iterator[Waiting]:
    today, now = timezone.localdate(), datetime.now(UTC)
    for decision in store.list_decisions(actor, escalations=True):
        if decision.late(today):
            yield _task(FOLLOW, decision.title, "network-decision", decision.key, decision.changed, decision.due, icon="gavel")
    for review in store.list_reviews(actor):
        if review.state == "submitted":
            yield _task(READ, review.title, "network-review", review.key, review.changed, None, icon="clipboard-check")
    for faq in store.list_faq(actor, proposed=True):
        if faq.state == "proposed":
            title = rules.bilingual(faq.question)
            yield Waiting(what=APPROVE, title=title, page="faq", since=faq.changed or now, icon="message-circle-question-mark")
    for meeting in store.list_meetings(actor, until=now):
        if meeting.state == "planned" and meeting.end < now:
            yield _task(REPORT, rules.bilingual(meeting.name), "network-meeting", meeting.key, meeting.end, None, icon="notebook-pen")


def changed(actor: Actor, since: datetime) -> Iterator[Change]:
    """Yield the decisions, meetings and opinions that changed."""
    found: list[tuple[Text, str, str, str, Sheet]] = [
        (DECISION, "network-decision", "gavel", each.title, each) for each in store.list_decisions(actor)
    ]
    found += [(MEETING, "network-meeting", "calendar-days", rules.bilingual(each.name), each) for each in store.list_meetings(actor)]
    found += [(OPINION, "network-opinion", "message-square-text", each.title, each) for each in store.list_opinions(actor)]
    for what, page, icon, title, each in found:
        if each.changed and each.changed > since:
            yield Change(what=what, title=title, page=page, values=(("key", each.key),), at=each.changed, icon=icon)


DECISION = Text("Décision", "Beslissing", "Decision")
MEETING = Text("Réunion", "Vergadering", "Meeting")
OPINION = Text("Avis", "Advies", "Opinion")


def _task(what: Text, title: str, page: str, key: str, since: datetime | None, due: date | None, *, icon: str) -> Waiting:
    return Waiting(what=what, title=title, page=page, values=(("key", key),), since=since or datetime.now(UTC), due=due, icon=icon)
