"""The door of the network: every verb of the room, and the few of the front door that need no right because the asker holds the word."""

from __future__ import annotations

from datetime import UTC, datetime

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import wrong
from zinneke.office.network import asking, feeds, mail, models, rules
from zinneke.office.network.advice import (
    add_outcome,
    conclude_review,
    get_opinion,
    get_review,
    list_opinions,
    list_reviews,
    send_opinion,
    set_opinion,
    submit_review,
)
from zinneke.office.network.asked import EnquiryRow, OwnEnquiry, Receipt
from zinneke.office.network.charter import (
    approve_faq,
    get_commitment,
    get_faq,
    get_mandate,
    get_membership,
    list_commitments,
    list_faq,
    list_mandates,
    list_memberships,
    set_commitment,
    set_faq,
    set_mandate,
    set_membership,
)
from zinneke.office.network.directory import (
    answer_lead,
    forget_person,
    get_lead,
    get_organisation,
    get_post,
    list_leads,
    list_organisations,
    list_posts,
    list_vacancies,
    offer_lead,
    set_organisation,
    set_post,
)
from zinneke.office.network.enquiries import (
    add_note,
    answer_enquiry,
    assign_enquiry,
    close_enquiry,
    count_enquiries,
    erase_enquiry,
    get_enquiry,
    list_enquiries,
    list_handlers,
    note_enquiry,
    transfer_enquiry,
)
from zinneke.office.network.feeds import add_feed, get_group_calendar, get_meeting_calendar, list_own_feeds, revoke_feed
from zinneke.office.network.meetings import (
    finish_action,
    get_action,
    get_decision,
    get_group,
    get_meeting,
    get_point,
    list_actions,
    list_decisions,
    list_groups,
    list_meetings,
    list_points,
    plan_meetings,
    set_action,
    set_decision,
    set_group,
    set_meeting,
    set_point,
)
from zinneke.office.network.reaching import SUBJECT, may_edit, reaches

INTERNAL = ("add_enquiry", "add_mail", "get_own_enquiry", "rate_own_enquiry", "add_own_message", "get_calendar", "own_posts", "may_edit", "reaches")


def add_enquiry(actor: Actor, enquiry: EnquiryRow, address: str = "") -> Receipt:
    """Take an enquiry from somebody outside. Needs no right: anybody may ask. `address` is where a form came from, by which the pace is kept.

    Raises Problem 400 for what cannot be kept, 429 for too many from one address.
    """
    asking.check(enquiry)
    if address:
        asking.check_pace(address, datetime.now(UTC))
    return asking.take(actor, enquiry)


def add_mail(actor: Actor, data: bytes) -> Receipt | None:
    """Take an enquiry that came by mail. Needs no right: anybody may write; one that answers an enquiry of the same sender is added to it.

    Returns None for a message that was taken before. Raises Problem 400 for one that cannot be read.
    """
    read = mail.read(data)
    if read.identifier and models.Enquiry.objects.filter(mail=rules.digest(read.identifier)).exists():
        return None
    if read.identifier and models.EnquiryLine.objects.filter(what="message", by=rules.digest(read.identifier)[:40]).exists():
        return None
    known = models.Enquiry.objects.filter(key=read.answers, email__iexact=read.sender, erased=None).first() if read.answers else None
    if known is not None:
        asking.add_message(known, read.text, read.identifier, datetime.now(UTC))
        return Receipt(known.key, "", known.due)
    left_out = f"\n\n[{read.left_out}]" if read.left_out else ""
    row = EnquiryRow(
        text=read.text[: rules.LONGEST - 20] + left_out, subject=read.subject, language=read.language, channel="mail", name=read.name,
        email=read.sender, mail=read.identifier, quiet=read.machine,
    )  # fmt: skip
    return asking.take(actor, row)


def get_own_enquiry(reference: str, word: str) -> OwnEnquiry:
    """Return an enquiry to whoever holds its word. Needs no right: the word is what only the asker was given. Raises Problem 404."""
    return asking.own(asking.find_own(reference, word))


def rate_own_enquiry(reference: str, word: str, satisfied: str, comment: str = "") -> OwnEnquiry:
    """Say whether an answer helped. Needs no right: the word is what only the asker was given. Raises Problem 400, 404 or 409."""
    found = asking.find_own(reference, word)
    asking.rate(found, satisfied, comment)
    return asking.own(found)


def add_own_message(reference: str, word: str, text: str) -> OwnEnquiry:
    """Add something to one's enquiry. Needs no right: the word is what only the asker was given. Raises Problem 400 or 404."""
    found = asking.find_own(reference, word)
    if not rules.lines(text) or len(text) > rules.LONGEST:
        raise wrong(f"Write between one and {rules.LONGEST:,} characters.", where="text")
    asking.add_message(found, text, "", datetime.now(UTC))
    return asking.own(found)


def get_calendar(word: str, site: str) -> bytes:
    """Return the calendar of a word. Needs no right: it shows what its owner may see. Raises Problem 404."""
    return feeds.read(word, site)


def own_posts(actor: Actor) -> set[str]:
    """Return the posts that somebody holds. Needs no right: they are one's own."""
    if actor.person is None:
        return set()
    return set(models.Post.objects.filter(account=actor.person).values_list("key", flat=True))


__all__ = [
    "SUBJECT", "add_enquiry", "add_feed", "add_mail", "add_note", "add_outcome", "add_own_message", "answer_enquiry", "answer_lead", "approve_faq",
    "assign_enquiry", "close_enquiry", "conclude_review", "count_enquiries", "erase_enquiry", "finish_action", "forget_person", "get_action",
    "get_calendar", "get_commitment", "get_decision", "get_enquiry", "get_faq", "get_group", "get_group_calendar", "get_lead", "get_mandate",
    "get_meeting", "get_meeting_calendar", "get_membership", "get_opinion", "get_organisation", "get_own_enquiry", "get_point", "get_post",
    "get_review", "list_actions", "list_commitments", "list_decisions", "list_enquiries", "list_faq", "list_groups", "list_handlers", "list_leads",
    "list_mandates", "list_meetings", "list_memberships", "list_opinions", "list_organisations", "list_own_feeds", "list_points", "list_posts",
    "list_reviews", "list_vacancies", "may_edit", "note_enquiry", "offer_lead", "own_posts", "plan_meetings", "rate_own_enquiry", "reaches",
    "revoke_feed",
    "send_opinion", "set_action", "set_commitment", "set_decision", "set_faq", "set_group", "set_mandate", "set_meeting", "set_membership",
    "set_opinion", "set_organisation", "set_point", "set_post", "submit_review", "transfer_enquiry",
]  # fmt: skip
