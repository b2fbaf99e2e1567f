"""The machines' doors of subscriptions."""

from __future__ import annotations

import msgspec

from zinneke.foundations.subscriptions import store
from zinneke.foundations.subscriptions.values import Letter, Made, Outcome, Standing, State, Subscription
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import KNOWN, Call, Needs, Reply, Route

TAGS = ("subscriptions",)
AT = "/api/subscriptions"


class AskOwn(msgspec.Struct, forbid_unknown_fields=True):
    """A page of one's own subscriptions."""

    after: int = 0
    limit: int = 100


class AskAll(msgspec.Struct, forbid_unknown_fields=True):
    """A page of everybody's subscriptions, those in one state where given."""

    state: State | None = None
    after: int = 0
    limit: int = 100


class AskOne(msgspec.Struct, forbid_unknown_fields=True):
    """One of one's own subscriptions."""

    id: int


class AskLetter(msgspec.Struct, forbid_unknown_fields=True):
    """One dead letter."""

    id: int
    letter: int


class Page(msgspec.Struct):
    """Subscriptions; `next` is the `after` of the page that follows."""

    subscriptions: list[Standing]
    next: int | None


class Letters(msgspec.Struct):
    """The dead letters of a subscription, oldest first."""

    letters: list[Letter]


class Secret(msgspec.Struct):
    """What signs the notifications from now on."""

    secret: str


def _page(found: list[Standing], limit: int) -> Page:
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _bounded(limit: int) -> int:
    return max(1, min(limit, 200))


def post_subscription(call: Call[None]) -> Made:
    """Make a subscription; the answer holds the secret that signs its notifications, which is never shown again."""
    return store.add(call.actor, call.body)


def list_subscriptions(call: Call[AskOwn]) -> Page:
    """List one's own subscriptions, with what each is owed."""
    limit = _bounded(call.ask.limit)
    return _page(store.list_own(call.actor, after=call.ask.after, limit=limit + 1), limit)


def list_all(call: Call[AskAll]) -> Page:
    """List everybody's subscriptions and how they do, without where they lead."""
    limit = _bounded(call.ask.limit)
    return _page(store.list_all(call.actor, call.ask.state, call.ask.after, limit + 1), limit)


def get_subscription(call: Call[AskOne]) -> Standing:
    """Show one subscription: how far it is, what it is owed, how its endpoint does."""
    return store.get(call.actor, call.ask.id)


def put_subscription(call: Call[AskOne]) -> Standing:
    """Replace what a subscription wants, when and where; what it is owed stays owed."""
    return store.change(call.actor, call.ask.id, call.body)


def delete_subscription(call: Call[AskOne]) -> Reply:
    """End a subscription, with its dead letters."""
    store.remove(call.actor, call.ask.id)
    return Reply(status=204)


def pause_subscription(call: Call[AskOne]) -> Standing:
    """Tell nothing for now; what happens meanwhile is not told later either."""
    return store.pause(call.actor, call.ask.id)


def resume_subscription(call: Call[AskOne]) -> Standing:
    """Go on: after a pause from now on, after the platform stopped from where it was."""
    return store.resume(call.actor, call.ask.id)


def test_subscription(call: Call[AskOne]) -> Outcome:
    """Send a notification that says it is a test, and tell what became of it."""
    return store.test(call.actor, call.ask.id)


def renew_secret(call: Call[AskOne]) -> Secret:
    """Make another secret for a webhook; the earlier one signs nothing any more."""
    return Secret(store.renew_secret(call.actor, call.ask.id))


def list_letters(call: Call[AskOne]) -> Letters:
    """List the notifications that were given up, as they were sent, with what the endpoint said."""
    return Letters(store.list_letters(call.actor, call.ask.id))


def send_letter(call: Call[AskLetter]) -> Outcome:
    """Send a dead letter again as it was; it is gone when it arrives."""
    return store.send_letter(call.actor, call.ask.id, call.ask.letter)


def delete_letter(call: Call[AskLetter]) -> Reply:
    """Let a dead letter go."""
    store.remove_letter(call.actor, call.ask.id, call.ask.letter)
    return Reply(status=204)


def follow(call: Call[AskOne]) -> Reply:
    """Read a subscription as server-sent events; `Last-Event-ID` goes on where one was."""
    following = store.follow(call.actor, call.ask.id, call.headers.get("last-event-id", ""))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Reply(following.lines(), media_type="text/event-stream", headers=headers)


ROUTES = (
    Route(method="POST", path=AT, call=post_subscription, audience=KNOWN, takes=Subscription, gives=Made, status=201, tags=TAGS),
    Route(method="GET", path=AT, call=list_subscriptions, audience=KNOWN, ask=AskOwn, gives=Page, tags=TAGS),
    Route(method="GET", path=f"{AT}/all", call=list_all, audience=Needs(Right.COMMAND, store.SUBJECT), ask=AskAll, gives=Page, tags=TAGS),
    Route(method="GET", path=f"{AT}/{{id}}", call=get_subscription, audience=KNOWN, ask=AskOne, gives=Standing, tags=TAGS),
    Route(method="PUT", path=f"{AT}/{{id}}", call=put_subscription, audience=KNOWN, ask=AskOne, takes=Subscription, gives=Standing, tags=TAGS),
    Route(method="DELETE", path=f"{AT}/{{id}}", call=delete_subscription, audience=KNOWN, ask=AskOne, status=204, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/pause", call=pause_subscription, audience=KNOWN, ask=AskOne, gives=Standing, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/resume", call=resume_subscription, audience=KNOWN, ask=AskOne, gives=Standing, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/test", call=test_subscription, audience=KNOWN, ask=AskOne, gives=Outcome, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/secret", call=renew_secret, audience=KNOWN, ask=AskOne, gives=Secret, tags=TAGS),
    Route(method="GET", path=f"{AT}/{{id}}/letters", call=list_letters, audience=KNOWN, ask=AskOne, gives=Letters, tags=TAGS),
    Route(method="POST", path=f"{AT}/{{id}}/letters/{{letter}}/send", call=send_letter, audience=KNOWN, ask=AskLetter, gives=Outcome, tags=TAGS),
    Route(method="DELETE", path=f"{AT}/{{id}}/letters/{{letter}}", call=delete_letter, audience=KNOWN, ask=AskLetter, status=204, tags=TAGS),
    Route(
        method="GET", path=f"{AT}/{{id}}/events", call=follow, audience=KNOWN, ask=AskOne, media_type="text/event-stream", tags=TAGS,
    ),
)  # fmt: skip
"""Each opens one's own subscriptions only, so that whoever is known may pass; the one of everybody's is for who commands the room."""
