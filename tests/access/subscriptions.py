"""The world of the subscriptions: an alert of each item that opened and closed, for whoever waits for alerts."""

from __future__ import annotations

from typing import Any

from tests.access import observations
from tests.access.cast import ITEMS, Somebody
from tests.access.doors import Door, at_most, lists, plain
from zinneke.foundations.observations.values import Wanted
from zinneke.foundations.subscriptions import gathering
from zinneke.foundations.subscriptions.gathering import Place
from zinneke.foundations.subscriptions.values import ALERT_CLOSED, ALERT_OPENED, Endpoint, Subscription
from zinneke.kernel.event import AlertChanged, announce

ROOM = "zinneke.foundations.subscriptions"
EVERYBODYS = "for whoever commands the room, and tells of nothing that is observed: tests/foundations/subscriptions/test_own.py"
HANDLED = {f"{ROOM}.store.list_all": EVERYBODYS, f"{ROOM}.store.stop": EVERYBODYS}
"""What is one's own is tried in tests/foundations/subscriptions/test_own.py; what is observed, in the world of the observations."""

OWN_PAGES = {"subscriptions", "subscription", "subscription-act", "alert-rules", "alert-rule-new", "alert-rule", "alert-rule-act"}
"""They show one's own and nothing else: tests/foundations/subscriptions/test_pages.py."""


def plant() -> None:
    """Plant the items."""
    for (solution, mark), number in observations.plant().items():
        item = next(each for each in ITEMS if each.mark == mark)
        for opened in (True, False):
            announce(
                AlertChanged(
                    opened=opened, stream=number, thing=f"{solution}/{mark}", reading=observations.SOLUTIONS[solution], solution=solution,
                    area=item.area, level=item.level, rule=mark, name={"en": mark}, sentence={"en": mark}, status="act", value=1.0,
                    time=observations.START,
                )
            )  # fmt: skip


def told(who: Somebody, solution: str, kind: str) -> Any:
    """Return the alerts of a solution that somebody is owed from the beginning."""
    asked = Subscription(endpoint=Endpoint(kind="events"), kinds=(kind,), wanted=Wanted(solution=solution))
    return plain(gathering.gather(who.actor, asked, lambda event: True, Place(0, 0)).events)


def doors() -> list[Door]:
    """Plant the world and return every way to what is planted."""
    plant()
    return [
        lists(f"{ROOM}.gathering.gather {kind}", lambda who, s=solution, k=kind: told(who, s, k), f"observations.{solution}")
        for solution in observations.SOLUTIONS
        for kind in (ALERT_OPENED, ALERT_CLOSED)
    ]


def writing() -> list[Door]:
    """Return every writing door to what is planted: there is none."""
    return []


def routes(ask: Any) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()
    return [at_most("GET /api/subscriptions/all", lambda who: ask(who, "/api/subscriptions/all").content)]


def pages(get: Any) -> list[Door]:
    """Return the page over everybody's subscriptions."""
    return [at_most("subscriptions-all", lambda who: get(who, "/en/subscriptions/all/").content)]
