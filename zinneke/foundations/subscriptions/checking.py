"""Whether a subscription makes sense, before it is kept. Raises `Problem` 400 with where it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from zinneke.foundations import fetching
from zinneke.foundations.subscriptions import brokers, shapes
from zinneke.foundations.subscriptions.values import KINDS, OBSERVATION, Endpoint, Subscription
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.kernel.problem import wrong

HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
OURS = ("host", "connection", "transfer-encoding", "upgrade", "te", "trailer", "expect", "proxy-", "content-", "webhook-", "ce-")
"""Headers, or beginnings of headers, that are not for a subscriber to set."""
MAIL_PAUSE = 60
"""The least seconds between two letters."""
SHORTEST = 5
"""The least seconds between two rounds."""


def check(subscription: Subscription, person: int) -> None:
    """Refuse what makes no sense."""
    _check_rounds(subscription)
    if not subscription.kinds and not subscription.every:
        raise wrong(f"Name at least one kind of event. Choose among {', '.join(KINDS)}.", where="kinds")
    if unknown := [kind for kind in subscription.kinds if kind not in KINDS]:
        raise wrong(f"There is no kind of event {unknown[0]!r}. Choose among {', '.join(KINDS)}.", where="kinds")
    if subscription.wanted.rules is not None and OBSERVATION in subscription.kinds:
        raise wrong("Rules narrow alerts only: leave the kind observation out, or the rules.", where="wanted.rules")
    if subscription.expires is not None:
        if subscription.expires.tzinfo is None:
            raise wrong("The end needs a zone, such as Z or +01:00.", where="expires")
        if subscription.expires <= datetime.now(UTC):
            raise wrong("The end of the subscription lies in the past.", where="expires")
    if subscription.shape and subscription.shape not in shapes.SHAPES:
        raise wrong(f"There is no form of notification {subscription.shape!r}.", where="shape")
    if (condition := subscription.condition) is not None:
        if condition.name not in shapes.CONDITIONS:
            raise wrong(f"There is no condition {condition.name!r}. Choose among {', '.join(sorted(shapes.CONDITIONS))}.", where="condition")
        shapes.CONDITIONS[condition.name](condition.settings, ANONYMOUS)
    _check_endpoint(subscription.endpoint, subscription.throttling, person)


def _check_rounds(subscription: Subscription) -> None:
    if subscription.first and (not subscription.shape or subscription.endpoint.kind not in ("webhook", "mqtt")):
        raise wrong("How things stand at first only standards tell, over a webhook or MQTT.", where="first")
    if not subscription.every:
        return
    if subscription.kinds or subscription.throttling:
        raise wrong("What is told by the clock is told of no events, and has no throttling: leave out kinds and throttling.", where="every")
    if subscription.every < SHORTEST:
        raise wrong(f"Between two rounds lie {SHORTEST} seconds at the least.", where="every")
    if not subscription.shape or subscription.endpoint.kind not in ("webhook", "mqtt"):
        raise wrong("By the clock only standards tell, over a webhook or MQTT: NGSI-LD does, with timeInterval.", where="every")


def _check_endpoint(endpoint: Endpoint, throttling: float, person: int) -> None:
    _check_headers(endpoint.headers)
    match endpoint.kind:
        case "webhook":
            fetching.check_address(endpoint.address)
        case "mail":
            if endpoint.address:
                raise wrong("Letters go to the address of your account: leave the address empty.", where="endpoint.address")
            if throttling < MAIL_PAUSE:
                raise wrong(f"Between two letters lie at least {MAIL_PAUSE} seconds: give a throttling.", where="throttling")
        case "mqtt":
            brokers.check_topic(endpoint.address, person)
        case "events":
            if endpoint.address:
                raise wrong("Server-sent events are read from the subscription itself: leave the address empty.", where="endpoint.address")


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not HEADER.fullmatch(name) or name.lower().startswith(OURS) or not value.isascii() or not value.isprintable() or len(value) > 2000:
            raise wrong(f"The header {name[:50]!r} cannot be sent along.", where="endpoint.headers")
    if len(headers) > 20:
        raise wrong("At most 20 headers are sent along.", where="endpoint.headers")
