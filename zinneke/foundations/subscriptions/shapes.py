"""The forms in which notifications travel, and the conditions under which events are told: ours, and those that a standard brings by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.conf import settings

from zinneke.foundations.subscriptions.values import Event, Notification, Shaped, Standing
from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import wrong

Shape = Callable[[Standing, Notification, Actor], Shaped]
"""Makes the body of a notification. The actor is the subscriber as they are now: whatever else it reads, it reads as them."""
Holds = Callable[[Event], bool]
Condition = Callable[[Mapping[str, Any], Actor], Holds]
"""Makes a test of events from the settings of a condition, for the subscriber as they are now. Raises `Problem` 400 for settings without sense."""

SHAPES: dict[str, Shape] = {}
CONDITIONS: dict[str, Condition] = {}
TYPES = "zinneke."
"""What the type of each of our CloudEvents begins with; the kind of event follows."""


def register_shape(name: str, shape: Shape) -> None:
    """Let subscriptions have a form of notification of this name; a standard calls it when it is imported."""
    SHAPES[name] = shape


def register_condition(name: str, condition: Condition) -> None:
    """Let subscriptions have a condition of this name."""
    CONDITIONS[name] = condition


def identifier(notification: Notification) -> str:
    """Return the identifier of a notification, the same whenever it is sent again."""
    return f"{notification.subscription}-{'test' if notification.test else notification.sequence}"


class Data(msgspec.Struct, omit_defaults=True):
    """The data of our CloudEvents."""

    subscription: int
    sequence: int
    events: list[Event]
    missed: Any = None
    test: bool = False


def cloud_event(standing: Standing, notification: Notification, actor: Actor) -> Shaped:
    """Return a notification as a CloudEvent 1.0, structured or binary as the endpoint has it, with the extension `sequence`.

    Source: CloudEvents 1.0.2, HTTP protocol binding and JSON format; extension `sequence`, whose values are in alphabetical order.
    """
    attributes = {
        "specversion": "1.0",
        "id": identifier(notification),
        "source": f"{settings.PUBLIC_URL}/api/subscriptions/{notification.subscription}",
        "type": TYPES + ("test" if notification.test else notification.kind),
        "time": notification.made.isoformat(),
        "sequence": f"{notification.sequence:016d}",
    }
    data = Data(notification.subscription, notification.sequence, notification.events, notification.missed, notification.test)
    if standing.subscription.endpoint.kind == "webhook" and standing.subscription.endpoint.mode == "binary":
        return Shaped(msgspec.json.encode(data), "application/json", {f"ce-{name}": value for name, value in attributes.items()})
    return Shaped(msgspec.json.encode({**attributes, "datacontenttype": "application/json", "data": data}), "application/cloudevents+json")


def shape(standing: Standing, notification: Notification, actor: Actor) -> Shaped:
    """Return a notification in the form that its subscription asks for; a form that is no longer there is told as CloudEvents."""
    return SHAPES.get(standing.subscription.shape, cloud_event)(standing, notification, actor)


def holds(standing: Standing, actor: Actor) -> Holds:
    """Return the test of a subscription's condition; without one every event is told, under one that is no longer there none."""
    condition = standing.subscription.condition
    if condition is None:
        return lambda event: True
    make = CONDITIONS.get(condition.name)
    return make(condition.settings, actor) if make else lambda event: False


def _number(given: Mapping[str, Any], name: str) -> float:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(f"This condition takes a number as {name!r}.", where="condition")
    return float(value)


def _above(given: Mapping[str, Any], actor: Actor) -> Holds:
    limit = _number(given, "limit")
    return lambda event: event.value is not None and event.value > limit


def _below(given: Mapping[str, Any], actor: Actor) -> Holds:
    limit = _number(given, "limit")
    return lambda event: event.value is not None and event.value < limit


def _outside(given: Mapping[str, Any], actor: Actor) -> Holds:
    low, high = _number(given, "low"), _number(given, "high")
    return lambda event: event.value is not None and not low <= event.value <= high


register_condition("above", _above)
register_condition("below", _below)
register_condition("outside", _outside)
