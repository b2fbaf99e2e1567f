"""How a notification leaves: each transport takes what was shaped and says what became of it, within seconds."""

from __future__ import annotations

import asyncio
import smtplib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage

from zinneke.foundations import fetching
from zinneke.foundations.subscriptions import brokers, letters, rules
from zinneke.foundations.subscriptions.values import Endpoint, Notification, Outcome, Shaped
from zinneke.kernel.problem import Problem

SECONDS = 10.0
"""For one attempt, however slowly the other side answers."""
_post = ThreadPoolExecutor(2, "letters")
"""All letters leave through one server; it delays nothing but letters."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notification on its way: `row` the subscription, `identifier` the same at every attempt, `secret` what signs it, `box` for letters."""

    row: int
    endpoint: Endpoint
    identifier: str
    shaped: Shaped
    secret: str = ""
    notification: Notification | None = None
    name: str = ""
    box: tuple[str, str] | None = None


async def send(parcel: Parcel, now: datetime) -> Outcome:
    """Try once, and say what became of it."""
    try:
        match parcel.endpoint.kind:
            case "webhook":
                return await _webhook(parcel, now)
            case "mail":
                return await asyncio.get_running_loop().run_in_executor(_post, _mail, parcel)
            case "mqtt":
                return await brokers.publish(parcel.endpoint.address, parcel.shaped.body, parcel.shaped.media_type, SECONDS)
        return Outcome(False, reason=f"Nothing is sent over {parcel.endpoint.kind}.")
    except Problem as problem:
        return Outcome(False, reason=problem.detail)


async def _webhook(parcel: Parcel, now: datetime) -> Outcome:
    moment, shaped = int(now.timestamp()), parcel.shaped
    headers = {
        **parcel.endpoint.headers,
        **shaped.headers,
        "Content-Type": shaped.media_type,
        "webhook-id": parcel.identifier,
        "webhook-timestamp": str(moment),
        "webhook-signature": rules.sign(parcel.secret, parcel.identifier, moment, shaped.body),
    }
    status, after = await fetching.post(parcel.endpoint.address, shaped.body, headers, SECONDS)
    return Outcome(True, status) if 200 <= status < 300 else Outcome(False, status, explain(status), after)


def explain(status: int) -> str:
    """Return in words that an endpoint answered something else than that it took it."""
    return f"It answered {status}."


def _mail(parcel: Parcel) -> Outcome:
    """Write a letter to the owner of the subscription, in their language."""
    if parcel.box is None:
        raise Problem(502, "Gone", "The account has no letterbox any more.")
    address, language = parcel.box
    subject, text = letters.write(parcel.notification, parcel.name, language) if parcel.notification else (parcel.name, parcel.shaped.body.decode())
    letter = EmailMessage(subject, text, to=[address], headers={"Message-ID": f"<{parcel.identifier}@zinneke>", "Auto-Submitted": "auto-generated"})
    try:
        letter.send()
    except smtplib.SMTPResponseException as fault:
        raise Problem(502, "Refused", f"The mail server answered {fault.smtp_code}.") from None
    except (OSError, smtplib.SMTPException) as fault:
        raise Problem(502, "Not reached", f"The mail server could not be reached: {type(fault).__name__}.") from None
    return Outcome(True)
