"""What the network decides without looking anything up: working days, references, lines of text, and when a series meets."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from zoneinfo import ZoneInfo

from zinneke.kernel.problem import wrong

FIXED_HOLIDAYS = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)
"""Belgium’s ten public holidays (royal decree of 18 April 1974, article 1): seven by date, three by days after Easter Sunday."""
PROMISED = {"question": 10, "idea": 20, "need": 20, "complaint": 10}
"""Working days within which an answer is promised, by kind of enquiry."""
KEPT = timedelta(days=365)
"""How long after it was closed an enquiry keeps what is personal in it."""
PATIENCE = timedelta(days=30)
"""How long after an answer the asker may still say something before the enquiry closes by itself."""
LONGEST = 10_000
"""Characters of the longest enquiry."""
MOST_MEETINGS, AHEAD = 60, timedelta(days=400)
"""How many meetings of a series are planned at most, and how far ahead."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+")


def easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year (J. Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_working_day(day: date) -> bool:
    """Say whether offices are open: no weekend, no public holiday."""
    moving = {easter(day.year) + timedelta(days=each) for each in AFTER_EASTER}
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS and day not in moving


def after_working_days(day: date, count: int) -> date:
    """Return the day that lies `count` working days after a day, which is not counted itself."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def promised(kind: str, received: date) -> date:
    """Return the last day on which an answer keeps the promise."""
    return after_working_days(received, PROMISED[kind])


def reference(year: int, number: int) -> str:
    """Return what people write down and read out: `2026-0042`."""
    return f"{year}-{number:04d}"


def new_key() -> str:
    """Return a key for what has no name of its own."""
    return secrets.token_hex(5)


def new_word() -> str:
    """Return a word that nobody can guess: 192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest(word: str) -> str:
    """Return the SHA-256 by which a word is kept; enough, since each is long and random."""
    return sha256(word.encode("utf-8", "surrogatepass")).hexdigest()


def one_line(text: str, longest: int = 300) -> str:
    """Return a text as one line without control characters, so that it can stand in the head of a letter."""
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp", "Cs") else each for each in text)
    return " ".join(plain.split())[:longest]


def lines(text: str, longest: int = LONGEST) -> str:
    """Return a text of several lines without other control characters."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in clean if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))[:longest].strip()


def bilingual(texts: Mapping[str, str]) -> str:
    """Return a text as a bilingual city writes it where one line must do for everybody: French / Dutch, once where they are the same."""
    said = [text for language in ("fr", "nl") if (text := texts.get(language, ""))] or [text for text in texts.values() if text]
    return " / ".join(dict.fromkeys(said))


def is_email(text: str) -> bool:
    """Say whether a text is one address to which a letter can go, and nothing more."""
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None


def occurrences(rule: str, begins: datetime, zone: ZoneInfo, since: datetime) -> list[datetime]:
    """Return when a series meets from `since` on, at most `MOST_MEETINGS` within `AHEAD`: a rule without an end is not followed for ever.

    `rule` is an RRULE (RFC 5545, 3.3.10) on the wall clock of `zone`: a meeting at two o'clock stays at two when the clocks change.
    An hour that the spring skips is taken an hour later, as calendars do. Raises `Problem` 400 for a rule that cannot be followed.
    """
    until = since + AHEAD
    found: list[datetime] = []
    for local in islice(_walk(rule, begins.astimezone(zone).replace(tzinfo=None)), 5000):
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment > until or len(found) == MOST_MEETINGS:
            break
        if moment >= since:
            found.append(moment)
    return found


def _walk(rule: str, begins: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrule, rrulestr  # type: ignore[import-untyped]

    text = rule.strip().upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    if parts.get("FREQ") not in FREQUENCIES or "\n" in text or len(text) > 300:
        raise wrong(f"A series repeats daily, weekly, monthly or yearly, such as FREQ=MONTHLY;BYDAY=2TH; {rule!r} does not.", where="rule")
    if "UNTIL" in parts:
        text = ";".join(f"UNTIL={value[:8]}T235959" if name == "UNTIL" else f"{name}={value}" for name, value in parts.items())
    try:
        series = rrulestr(text, dtstart=begins)
        assert isinstance(series, rrule)
        yield from series
    except (ValueError, TypeError, AttributeError, AssertionError, OverflowError) as fault:
        raise wrong(f"{rule!r} cannot be followed: {fault}. Write it like FREQ=MONTHLY;BYDAY=2TH.", where="rule") from None
