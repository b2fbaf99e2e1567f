"""The world of the network: of each kind of sheet one for each item, and doors to every verb, route and page."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from tests.access.cast import ITEMS, Item, Somebody
from tests.access.doors import Door, changes, counts, lists, opens, plain
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.network import asking, models, papers, store, values, words
from zinneke.office.network.asked import EnquiryRow

ROOM = "zinneke.office.network"
HANDLED = {
    f"{ROOM}.enquiries.count_enquiries": "figures over everything, none about fewer than five: tests/office/network/test_front_door.py",
    f"{ROOM}.enquiries.note_enquiry": "takes something new in; what is kept is personal: tests/office/network/test_front_door.py",
    f"{ROOM}.feeds.add_feed": "one's own: tests/office/network/test_calendars.py",
    f"{ROOM}.feeds.list_own_feeds": "one's own: tests/office/network/test_calendars.py",
    f"{ROOM}.feeds.revoke_feed": "one's own: tests/office/network/test_calendars.py",
}
OWN_PAGES = {
    "network-papers",
    "network-post-forget", "network-plan", "network-calendars", "network-edit", "enquiry-ask", "enquiry-own", "enquiry-note", "faq-approve",
}  # fmt: skip
DAY = date(2026, 3, 2)
SOON = datetime(2026, 12, 24, 13, tzinfo=UTC)
SINCE = {"since": DAY}


def texts(item: Item) -> dict[str, str]:
    """Return a text that names the item."""
    return {"en": f"Network {item.mark}"}


def sheets(item: Item) -> dict[str, values.Sheet]:
    """Return one of each kind of sheet, as open as the item."""
    mark = item.mark
    at: dict[str, Any] = {"key": mark, "level": item.level, "area": item.area}
    return {
        "organisation": values.Organisation(name=texts(item), **at),
        "post": values.Post(title=texts(item), person=f"Holder {mark}", owner=mark, since=DAY, **at),
        "group": values.Group(name=texts(item), begins=SOON, rule="FREQ=WEEKLY;COUNT=3", **at),
        "meeting": values.Meeting(group=mark, title=f"Meeting {mark}", start=SOON, end=SOON.replace(hour=15), **at),
        "point": values.Point(meeting=mark, title=f"Point {mark}", **at),
        "decision": values.Decision(title=f"Decision {mark}", taken=DAY, parties=("stib",), due=date(2026, 4, 1), **at),
        "action": values.Action(title=f"Action {mark}", **at),
        "lead": values.Lead(project=mark, title=f"Lead {mark}", post=mark, **at),
        "faq": values.Faq(question=texts(item), answer=texts(item), **at),
        "opinion": values.Opinion(title=f"Opinion {mark}", requested_by=mark, requested=DAY, draft=f"Draft {mark}", **at),
        "review": values.Review(title=f"Review {mark}", submitted_by=mark, submitted=DAY, **at),
        "mandate": values.Mandate(title=texts(item), text=texts(item), approved_by=texts(item), approved=DAY, **at),
        "commitment": values.Commitment(title=texts(item), promised=DAY, **at),
        "membership": values.Membership(name=texts(item), **at),
    }


WRITE: dict[str, Callable[..., Any]] = {
    "organisation": store.set_organisation,
    "post": store.set_post,
    "group": store.set_group,
    "meeting": store.set_meeting,
    "point": store.set_point,
    "decision": store.set_decision,
    "action": store.set_action,
    "lead": store.offer_lead,
    "faq": store.set_faq,
    "opinion": store.set_opinion,
    "review": store.submit_review,
    "mandate": store.set_mandate,
    "commitment": store.set_commitment,
    "membership": store.set_membership,
}
GET: dict[str, Callable[..., Any]] = {
    "organisation": store.get_organisation,
    "post": store.get_post,
    "group": store.get_group,
    "meeting": store.get_meeting,
    "point": store.get_point,
    "decision": store.get_decision,
    "action": store.get_action,
    "lead": store.get_lead,
    "faq": store.get_faq,
    "opinion": store.get_opinion,
    "review": store.get_review,
    "mandate": store.get_mandate,
    "commitment": store.get_commitment,
    "membership": store.get_membership,
}
MODULES = {
    "organisation": "directory", "post": "directory", "lead": "directory", "group": "meetings", "meeting": "meetings", "point": "meetings",
    "decision": "meetings", "action": "meetings", "opinion": "advice", "review": "advice",
}  # fmt: skip


def verb(name: str, kind: str) -> str:
    """Return the dotted name of a verb about a kind of sheet."""
    return f"{ROOM}.{MODULES.get(kind, 'charter')}.{name}"


def replant(item: Item) -> None:
    """Put the planted paper back."""
    papers.add_paper(SYSTEM, item.mark, f"{item.mark}.txt", item.mark.encode())


def paper_of(item: Item) -> int:
    """Return the number of the planted paper of a meeting."""
    return next(each.number for each in papers.list_papers(SYSTEM, item.mark) if each.name == f"{item.mark}.txt")


def plant() -> dict[str, str]:
    """Plant the items: every sheet, and an enquiry each, made as open as its item to prove the condition; return the references."""
    references = {}
    for item in ITEMS:
        for kind, sheet in sheets(item).items():
            written = WRITE[kind](SYSTEM, sheet)
            if kind == "faq":
                store.approve_faq(SYSTEM, item.mark, written.version)
        papers.add_paper(SYSTEM, item.mark, f"{item.mark}.txt", item.mark.encode())
        store.send_opinion(SYSTEM, item.mark, 1)
        store.add_outcome(SYSTEM, item.mark, values.OpinionOutcome(version=1, decided=DAY, title=f"Outcome {item.mark}"))
        receipt = asking.take(SYSTEM, EnquiryRow(text=f"Enquiry {item.mark}", name=f"Asker {item.mark}", email=f"{item.mark}@example.org"))
        models.Enquiry.objects.filter(key=receipt.reference).update(level=item.level, area=item.area)
        references[item.mark] = receipt.reference
    return references


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    references = plant()
    listing = {
        "organisation": store.list_organisations, "post": store.list_posts, "group": store.list_groups, "meeting": store.list_meetings,
        "decision": store.list_decisions, "action": store.list_actions, "lead": store.list_leads, "faq": store.list_faq,
        "opinion": store.list_opinions, "review": store.list_reviews, "mandate": store.list_mandates, "commitment": store.list_commitments,
        "membership": store.list_memberships,
    }  # fmt: skip
    found = [
        lists(verb(each.__name__, kind), lambda who, ask=each: plain([_titled(one) for one in ask(who.actor)])) for kind, each in listing.items()
    ]
    found += [opens(verb(each.__name__, kind), lambda who, item, ask=each: ask(who.actor, item.mark)) for kind, each in GET.items()]
    return [
        *found,
        counts(f"{ROOM}.directory.list_organisations", lambda who: len(store.list_organisations(who.actor)), len),
        lists(f"{ROOM}.directory.list_vacancies", lambda who: plain([each.key for each, _ in store.list_vacancies(who.actor)])),
        opens(f"{ROOM}.papers.list_papers", lambda who, item: papers.list_papers(who.actor, item.mark)),
        opens(f"{ROOM}.papers.get_paper", lambda who, item: papers.get_paper(who.actor, item.mark, paper_of(item))),
        opens(f"{ROOM}.meetings.list_points", lambda who, item: store.list_points(who.actor, item.mark)),
        lists(f"{ROOM}.meetings.list_decisions", lambda who: plain([each.title for each in store.list_decisions(who.actor, escalations=True)])),
        lists(f"{ROOM}.charter.list_faq", lambda who: plain([each.key for each in store.list_faq(who.actor)])),
        opens(f"{ROOM}.feeds.get_group_calendar", lambda who, item: store.get_group_calendar(who.actor, item.mark, "")),
        opens(f"{ROOM}.feeds.get_meeting_calendar", lambda who, item: store.get_meeting_calendar(who.actor, item.mark, "")),
        lists(f"{ROOM}.enquiries.list_enquiries", lambda who: plain(store.list_enquiries(who.actor))),
        opens(f"{ROOM}.enquiries.get_enquiry", lambda who, item: store.get_enquiry(who.actor, references[item.mark])),
        opens(f"{ROOM}.enquiries.list_handlers", lambda who, item: store.list_handlers(who.actor, references[item.mark]) is not None),
        *_own_answers(),
    ]


def _titled(sheet: values.Sheet) -> str:
    """Return what a list says, without the names of people, which have rules of their own: tests/office/network/test_directory.py."""
    return repr(msgspec.structs.replace(sheet, person="") if isinstance(sheet, values.Post) else sheet)


def _own_answers() -> list[Door]:
    """Return the verbs that only the owner of a thing, or whoever may edit it, passes: as editing doors."""

    def finished(who: Somebody, item: Item) -> bool:
        return store.finish_action(who.actor, item.mark).state == "done"

    def again(item: Item) -> None:
        models.Action.objects.filter(key=item.mark).update(state="open", done=None)

    def accepted(who: Somebody, item: Item) -> bool:
        return store.answer_lead(who.actor, item.mark, "accepted").state == "accepted"

    def offered(item: Item) -> None:
        models.Lead.objects.filter(key=item.mark).update(state="offered", since=None)

    return [changes(f"{ROOM}.meetings.finish_action", finished, again), changes(f"{ROOM}.directory.answer_lead", accepted, offered)]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking things over among them."""
    references = plant()
    tick = itertools.count(1)

    def rewritten(kind: str) -> Callable[[Somebody, Item], Any]:
        def write(who: Somebody, item: Item) -> Any:
            return WRITE[kind](who.actor, msgspec.structs.replace(GET[kind](SYSTEM, item.mark)))

        return write

    def added(who: Somebody, item: Item) -> Any:
        models.Lead.objects.filter(project=item.mark).update(state="ended")
        return store.offer_lead(who.actor, msgspec.structs.replace(sheets(item)["lead"], key=f"{item.mark}-{next(tick)}"))

    def enquiry(deed: Callable[..., Any], *more: Any) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: deed(who.actor, references[item.mark], *more, models.Enquiry.objects.get(key=references[item.mark]).version)

    def handled(item: Item) -> None:
        models.Enquiry.objects.filter(key=references[item.mark]).update(state="new", owner="", closed=None, erased=None)
        models.Opinion.objects.filter(key=item.mark).update(draft=f"Draft {item.mark}")
        models.Review.objects.filter(key=item.mark).update(state="submitted")
        models.Post.objects.filter(key=item.mark).update(person=f"Holder {item.mark}", until=None)

    def assigned(who: Somebody, item: Item) -> Any:
        handlers = store.list_handlers(SYSTEM, references[item.mark])
        assert handlers
        return enquiry(store.assign_enquiry, handlers[0][0])(who, item)

    def bare(deed: Callable[..., Any], *more: Any) -> Callable[[Somebody, Item], Any]:
        return lambda who, item: deed(who.actor, references[item.mark], *more) or True

    def opened(who: Somebody, item: Item) -> Any:
        taken = msgspec.structs.replace(store.get_commitment(SYSTEM, item.mark), level=0)
        return store.set_commitment(who.actor, taken)

    def closed_again(item: Item) -> None:
        models.Commitment.objects.filter(key=item.mark).update(level=item.level, area=item.area)

    deeds = {
        f"{ROOM}.enquiries.assign_enquiry": assigned,
        f"{ROOM}.enquiries.add_note": bare(store.add_note, "a note"),
        f"{ROOM}.enquiries.answer_enquiry": enquiry(store.answer_enquiry, "an answer"),
        f"{ROOM}.enquiries.close_enquiry": enquiry(store.close_enquiry),
        f"{ROOM}.enquiries.erase_enquiry": bare(store.erase_enquiry),
        f"{ROOM}.meetings.plan_meetings": lambda who, item: store.plan_meetings(who.actor, item.mark) is not None,
        f"{ROOM}.directory.offer_lead": added,
        f"{ROOM}.advice.add_outcome": lambda who, item: store.add_outcome(
            who.actor, item.mark, values.OpinionOutcome(version=1, decided=DAY, title="Decided")
        ),
    }
    found = [changes(verb(f"set_{kind}", kind), rewritten(kind), lambda item: None) for kind in GET if kind not in ("lead", "post", "review")]
    found += [changes(name, deed, handled) for name, deed in deeds.items()]
    found.append(changes(f"{ROOM}.advice.submit_review", rewritten("review"), handled))

    found.append(changes(f"{ROOM}.papers.add_paper", lambda who, item: papers.add_paper(who.actor, item.mark, "more.txt", b"more"), replant))
    removed = changes(f"{ROOM}.papers.remove_paper", lambda who, item: papers.remove_paper(who.actor, item.mark, paper_of(item)) is None, replant)
    found.append(removed)
    found.append(changes(f"{ROOM}.charter.set_commitment over", opened, closed_again))
    return found + _stricter(references, handled, enquiry)


def only(name: str, handled: Callable[[Item], None], deed: Callable[[Somebody, Item], Any], who_may: Callable[[Somebody, Item], bool]) -> Door:
    """Return a writing door of which the world says itself who passes."""

    def fault(who: Somebody, _expected: frozenset[str]) -> str:
        for item in ITEMS:
            try:
                did = bool(deed(who, item))
            except Exception as problem:
                assert getattr(problem, "status", 0) in (401, 403, 404), problem
                did = False
            finally:
                handled(item)
            if did is not who_may(who, item):
                return f"{'does' if did else 'does not do'} it to {item.mark}"
        return ""

    return Door(name, fault, edits=True)


def _stricter(references: dict[str, str], handled: Callable[[Item], None], enquiry: Callable[..., Any]) -> list[Door]:
    """Return the deeds that take more than editing at the item's own level: on personal data, to command, or on a second organisation."""
    personal = {"an administrator"}

    def steers(who: Somebody, _item: Item) -> bool:
        return who.kind in personal

    def edits(who: Somebody, item: Item) -> bool:
        return item.mark in who.edits()

    remarks = {line: values.Remark("good") for line in words.CHECKLIST}

    def approved(who: Somebody, item: Item) -> Any:
        return store.approve_faq(who.actor, item.mark, store.get_faq(SYSTEM, item.mark).version)

    def sent(who: Somebody, item: Item) -> Any:
        return store.send_opinion(who.actor, item.mark, store.get_opinion(SYSTEM, item.mark).version)

    def concluded(who: Somebody, item: Item) -> Any:
        return store.conclude_review(who.actor, item.mark, store.get_review(SYSTEM, item.mark).version, remarks, "")

    return [
        only(f"{ROOM}.charter.approve_faq", handled, approved, steers),
        only(f"{ROOM}.advice.send_opinion", handled, sent, steers),
        only(f"{ROOM}.advice.conclude_review", handled, concluded, steers),
        only(f"{ROOM}.directory.set_post", handled, lambda who, item: store.set_post(who.actor, store.get_post(SYSTEM, item.mark)), edits),
        only(f"{ROOM}.directory.forget_person", handled, lambda who, item: store.forget_person(who.actor, item.mark) is None, edits),
        only(f"{ROOM}.enquiries.transfer_enquiry", handled, enquiry(store.transfer_enquiry, ITEMS[0].mark), edits),
    ]  # fmt: skip


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    references = plant()
    assert references

    def answered(who: Somebody, address: str) -> Any:
        answer = json.loads(ask(who, address).content)
        return [{**each, "person": ""} for each in answer] if isinstance(answer, list) else answer

    def received(who: Somebody) -> Any:
        return json.loads(ask(who, "/api/network/enquiries/figures").content)["received"]

    plural = {
        "organisations", "posts", "groups", "meetings", "actions", "faq", "commitments", "mandates", "memberships", "opinions", "vacancies",
    }  # fmt: skip
    found = [lists(f"GET /api/network/{name}", lambda who, a=f"/api/network/{name}": answered(who, a)) for name in sorted(plural)]
    return [
        *found,
        opens("GET /api/network/organisations/{key}", lambda who, item: ask(who, f"/api/network/organisations/{item.mark}")),
        opens("GET /api/network/groups/{key}/calendar", lambda who, item: ask(who, f"/api/network/groups/{item.mark}/calendar")),
        opens("GET /api/network/meetings/{key}/calendar", lambda who, item: ask(who, f"/api/network/meetings/{item.mark}/calendar")),
        counts("GET /api/network/calendars/{word}", lambda who: ask(who, "/api/network/calendars/guessed").status_code, lambda seen: 404),
        counts("GET /api/network/enquiries/figures", received, lambda seen: None),
    ]  # fmt: skip


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every page that shows what somebody else kept."""
    references = plant()
    all_of_them = {
        "network": "network", "network-nobody": "network/nobody", "network-memberships": "network/memberships", "network-leads": "network/leads",
        "network-groups": "network/meetings", "network-actions": "network/actions", "network-escalations": "network/escalations", "faq": "faq",
        "network-opinions": "opinions", "network-reviews": "reviews", "network-mandate": "mandate", "network-commitments": "commitments",
    }  # fmt: skip
    one_of_them = {
        "network-organisation": "network/organisations", "network-lead": "network/leads", "network-group": "network/groups",
        "network-meeting": "network/meetings", "network-action": "network/actions", "network-decision": "network/decisions",
        "network-opinion": "opinions", "network-review": "reviews",
    }  # fmt: skip
    found = [lists(name, lambda who, a=path: get(who, f"/en/{a}/").content) for name, path in all_of_them.items()]
    found += [opens(name, lambda who, item, a=path: get(who, f"/en/{a}/{item.mark}/")) for name, path in one_of_them.items()]
    return [
        *found,
        opens("network-paper", lambda who, item: get(who, f"/en/network/meetings/{item.mark}/papers/{paper_of(item)}/")),
        lists("enquiries", lambda who: get(who, "/en/enquiries/").content if who.person else b"quagpublic"),
        opens("enquiry-staff", lambda who, item: get(who, f"/en/enquiries/{references[item.mark]}/") if who.person else item is ITEMS[0]),
    ]
