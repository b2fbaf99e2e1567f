"""The network for machines: organisations and posts, groups and calendars, answers, commitments, the mandate, opinions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.office.network import store
from zinneke.office.network.asked import EnquiryFigures
from zinneke.office.network.values import (
    Action,
    Commitment,
    Faq,
    Group,
    Mandate,
    Meeting,
    Membership,
    Opinion,
    Organisation,
    Post,
)

READERS = Needs(Right.SEE, store.SUBJECT)
Key = Annotated[str, msgspec.Meta(max_length=200)]
CALENDAR = "text/calendar; charset=utf-8"


class AskOrganisations(msgspec.Struct, forbid_unknown_fields=True):
    """Organisations of one kind, in the order of their names in one language."""

    kind: Key = ""
    lang: Literal["fr", "nl", "en"] = "en"


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """A thing by its key."""

    key: Key


class AskGroup(msgspec.Struct, forbid_unknown_fields=True):
    """What belongs to one group, or to all."""

    group: Key = ""


class AskPosts(msgspec.Struct, forbid_unknown_fields=True):
    """Who sits in one organisation, or in all; `past` brings those who left along."""

    organisation: Key = ""
    past: bool = False


class AskActions(msgspec.Struct, forbid_unknown_fields=True):
    """Actions in a state, from a meeting, or for a project."""

    state: Literal["", "open", "done", "dropped"] = ""
    meeting: Key = ""
    project: Key = ""


class AskWord(msgspec.Struct, forbid_unknown_fields=True):
    """The word of a calendar address."""

    word: Key


class Vacancy(msgspec.Struct):
    """An organisation without a representative, or only without somebody to stand in."""

    organisation: Organisation
    nobody: bool


def list_organisations(call: Call[AskOrganisations]) -> list[Organisation]:
    """Return the organisations of the network."""
    return store.list_organisations(call.actor, call.ask.kind, call.ask.lang)


def get_organisation(call: Call[AskKey]) -> Organisation:
    """Return one organisation."""
    return store.get_organisation(call.actor, call.ask.key)


def list_posts(call: Call[AskPosts]) -> list[Post]:
    """Return who sits where; names and ways to reach people only as far as the asker may see them."""
    return store.list_posts(call.actor, call.ask.organisation, call.ask.past)


def list_vacancies(call: Call[None]) -> list[Vacancy]:
    """Return the organisations that have nobody, or nobody to stand in."""
    return [Vacancy(organisation, nobody) for organisation, nobody in store.list_vacancies(call.actor)]


def list_groups(call: Call[None]) -> list[Group]:
    """Return the groups that meet."""
    return store.list_groups(call.actor)


def list_meetings(call: Call[AskGroup]) -> list[Meeting]:
    """Return meetings in order of time."""
    return store.list_meetings(call.actor, call.ask.group)


def list_actions(call: Call[AskActions]) -> list[Action]:
    """Return actions, the most urgent first."""
    return store.list_actions(call.actor, call.ask.state, meeting=call.ask.meeting, project=call.ask.project)


def get_group_calendar(call: Call[AskKey]) -> Reply:
    """Return the meetings of a group as iCalendar."""
    return _calendar(store.get_group_calendar(call.actor, call.ask.key, f"{call.base}/{call.language}"), call.ask.key)


def get_meeting_calendar(call: Call[AskKey]) -> Reply:
    """Return one meeting, and the actions from it, as iCalendar."""
    return _calendar(store.get_meeting_calendar(call.actor, call.ask.key, f"{call.base}/{call.language}"), call.ask.key)


def get_calendar(call: Call[AskWord]) -> Reply:
    """Return the calendar that somebody made an address for; the word in the address is its only key, and can be revoked."""
    reply = _calendar(store.get_calendar(call.ask.word, f"{call.base}/{call.language}"), "zinneke")
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


def _calendar(body: bytes, name: str) -> Reply:
    plain = "".join(each for each in name if each.isalnum() or each in "-_")
    return Reply(body, media_type=CALENDAR, headers={"Content-Disposition": f'attachment; filename="{plain}.ics"'})


def list_faq(call: Call[None]) -> list[Faq]:
    """Return the questions that come back, with their answers."""
    return store.list_faq(call.actor)


def list_commitments(call: Call[None]) -> list[Commitment]:
    """Return what the office promised, what is late first."""
    return store.list_commitments(call.actor)


def list_mandates(call: Call[None]) -> list[Mandate]:
    """Return the versions of the office's mandate, the one in force first."""
    return store.list_mandates(call.actor)


def list_memberships(call: Call[None]) -> list[Membership]:
    """Return the networks in which the office takes part."""
    return store.list_memberships(call.actor)


def list_opinions(call: Call[None]) -> list[Opinion]:
    """Return the opinions given, with their versions and what was decided after them."""
    return store.list_opinions(call.actor)


def count_enquiries(call: Call[None]) -> EnquiryFigures:
    """Return how many enquiries came and were answered in time. A figure about fewer than five people is null."""
    return store.count_enquiries(call.actor)


def _route(
    path: str, call: Callable[[Call[Any]], Any], summary: str, gives: Any = None, ask: type | None = None, media_type: str = "application/json"
) -> Route:
    return Route(
        method="GET", path=path, call=call, audience=READERS, ask=ask, gives=gives, summary=summary, tags=("network",), media_type=media_type
    )


ROUTES = (
    _route("/api/network/organisations", list_organisations, "Organisations of the network", list[Organisation], AskOrganisations),
    _route("/api/network/organisations/{key}", get_organisation, "One organisation", Organisation, AskKey),
    _route("/api/network/posts", list_posts, "Who sits where", list[Post], AskPosts),
    _route("/api/network/vacancies", list_vacancies, "Who has nobody", list[Vacancy]),
    _route("/api/network/groups", list_groups, "Groups that meet", list[Group]),
    _route("/api/network/groups/{key}/calendar", get_group_calendar, "Meetings of a group as iCalendar", ask=AskKey, media_type=CALENDAR),
    _route("/api/network/meetings", list_meetings, "Meetings", list[Meeting], AskGroup),
    _route("/api/network/meetings/{key}/calendar", get_meeting_calendar, "One meeting as iCalendar", ask=AskKey, media_type=CALENDAR),
    _route("/api/network/calendars/{word}", get_calendar, "A calendar by its own address", ask=AskWord, media_type=CALENDAR),
    _route("/api/network/actions", list_actions, "Actions", list[Action], AskActions),
    _route("/api/network/faq", list_faq, "Questions that come back", list[Faq]),
    _route("/api/network/commitments", list_commitments, "What the office promised", list[Commitment]),
    _route("/api/network/mandates", list_mandates, "Versions of the mandate", list[Mandate]),
    _route("/api/network/memberships", list_memberships, "Networks in which the office takes part", list[Membership]),
    _route("/api/network/opinions", list_opinions, "Opinions", list[Opinion]),
    _route("/api/network/enquiries/figures", count_enquiries, "Enquiries in figures", EnquiryFigures),
)
