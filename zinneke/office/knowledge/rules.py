"""What can be decided without looking anything up: states, seats, votes, lines that people type, words that may stand in a letter's head."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.spreadsheet import as_csv
from zinneke.office.knowledge.kinds import KINDS, RINGS
from zinneke.office.knowledge.values import Captured, Conclusion, Draft, Event, Promise

STEPS: dict[tuple[str, str], Right] = {
    ("draft", "review"): Right.EDIT,
    ("review", "draft"): Right.EDIT,
    ("draft", "published"): Right.COMMAND,
    ("review", "published"): Right.COMMAND,
    ("published", "archived"): Right.COMMAND,
    ("archived", "published"): Right.COMMAND,
}
"""Which step from state to state takes which right: whoever edits proposes, whoever commands publishes."""
REQUIRED = ("fr", "nl")
REFERENCE = re.compile(r"[a-z]+:[A-Za-z0-9][A-Za-z0-9._/-]{0,150}|https?://\S{3,900}")
LONGEST_LINE = 300
_EMAIL = re.compile(r"[^\s@<>,;\"()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+")


def step(before: str, after: str) -> Right:
    """Return the right that a step takes. Raises `Problem` 409 for a step that does not exist."""
    if (before, after) not in STEPS:
        raise Problem(409, "Not from here", f"What is {before} cannot become {after}. Reload the page to see how it stands now.")
    return STEPS[before, after]


def ready(draft: Draft) -> list[str]:
    """Return what keeps an entry from being published: `fr.title` and the like for a text that one of the two languages lacks."""
    lacking = [f"{language}.title" for language in REQUIRED if not draft.title.get(language, "").strip()]
    for name in ("summary", "body"):
        texts: Mapping[str, str] = getattr(draft, name)
        if any(text.strip() for text in texts.values()):
            lacking += [f"{language}.{name}" for language in REQUIRED if not texts.get(language, "").strip()]
    return lacking


def check(draft: Draft) -> None:
    """Refuse a draft that nobody could read or that contradicts itself (Problem 400, `where` names the field)."""
    if not any(text.strip() for text in draft.title.values()):
        raise wrong("Give a title in at least one language.", where="title")
    for language, title in draft.title.items():
        one_line(title, f"title_{language}")
    for reference in draft.related:
        if not REFERENCE.fullmatch(reference):
            raise wrong(f"{reference[:80]!r} names nothing: write kind:key, such as project:fixmystreet, or a whole address.", where="related")
    details = draft.details
    if isinstance(details, Event):
        if details.ends < details.starts:
            raise wrong("The event ends before it starts.", where="ends")
        if not 0 <= details.seats <= 100_000 or not 1 <= details.limit <= 50:
            raise wrong("Seats are from 0 to 100,000, and one person takes from 1 to 50 of them.", where="seats")


def one_line(text: str, where: str) -> str:
    """Return a text that fits on one line of a letter's head. Raises `Problem` 400 where it holds a line break or another control character."""
    if any(ord(letter) < 32 or ord(letter) in (127, 0x85, 0x2028, 0x2029) for letter in text):
        raise wrong("This must be one line, without line breaks.", where=where)
    if len(text) > LONGEST_LINE:
        raise wrong(f"This is longer than {LONGEST_LINE} characters.", where=where)
    return text.strip()


def email(text: str) -> str:
    """Return an address in the form in which it is compared. Raises `Problem` 400 when letters could not reach it."""
    found = text.strip()
    if len(found) > 254 or not _EMAIL.fullmatch(found):
        raise wrong("This is not an email address that letters can reach, such as name@example.org.", where="email")
    local, _, host = found.rpartition("@")
    return f"{local}@{host.lower()}".lower()


def place(seats: int, free: int) -> str:
    """Return what becomes of a registration for this many seats when `free` are left: going, or waiting."""
    return "going" if seats <= free else "waiting"


def promote(waiting: Sequence[tuple[int, int]], free: int) -> list[int]:
    """Return which of those waiting, as (id, seats) oldest first, come in when `free` seats are left.

    Nobody is overtaken but by somebody who needs fewer seats.
    """
    coming, smallest = [], 0
    for number, seats in waiting:
        if seats <= free and (not smallest or seats < smallest):
            coming.append(number)
            free -= seats
        else:
            smallest = min(smallest, seats) if smallest else seats
    return coming


def tally(rings: Iterable[str]) -> list[tuple[str, int]]:
    """Return how many votes each ring has, from the centre outwards."""
    counted = Counter(rings)
    return [(ring, counted[ring]) for ring in RINGS]


def back_off(failures: int) -> timedelta:
    """Return how long a source rests after so many failures in a row: an hour, doubled each time, a week at most."""
    return min(timedelta(hours=2 ** min(failures, 9) / 2), timedelta(days=7))


def read_conclusions(text: str) -> tuple[Conclusion, ...]:
    """Read conclusions, one a line: words, and after `|` the key of what carries them on. Raises `Problem` 400 naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words, _, link = (part.strip() for part in line.partition("|"))
        if link and not REFERENCE.fullmatch(link):
            raise wrong(f"Line {number}: {link[:60]!r} names nothing. Write project:key or action:key after the |.", where="conclusions")
        if words:
            found.append(Conclusion(words, link))
    return tuple(found)


def write_conclusions(conclusions: Iterable[Conclusion]) -> str:
    """Write conclusions the way they are typed."""
    return "\n".join(f"{each.text} | {each.link}" if each.link else each.text for each in conclusions)


def read_promises(text: str) -> tuple[Promise, ...]:
    """Read promises, one a line: `dataset KEY-OR-TITLE` or `api ADDRESS`, and after `|` the date. Raises `Problem` 400 naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        words, _, day = (part.strip() for part in line.partition("|"))
        what, _, target = words.partition(" ")
        if what not in ("dataset", "api") or not target.strip():
            raise wrong(f"Line {number}: write “dataset” and its key or title, or “api” and its address.", where="promises")
        try:
            due = date.fromisoformat(day) if day else None
        except ValueError:
            raise wrong(f"Line {number}: {day[:30]!r} is not a date. Write it as 2027-03-31.", where="promises") from None
        found.append(Promise("dataset" if what == "dataset" else "api", target.strip()[:500], due))
    return tuple(found)


def write_promises(promises: Iterable[Promise]) -> str:
    """Write promises the way they are typed."""
    return "\n".join(f"{each.what} {each.target}" + (f" | {each.due.isoformat()}" if each.due else "") for each in promises)


def lacking_evidence(day: date | None, today: date) -> bool:
    """Say whether a promise that is not kept is late."""
    return day is not None and day < today


CAPTURE_COLUMNS = {
    "fr": ("nom", "genre", "domaine", "porteur", "descriptif", "source"),
    "nl": ("naam", "soort", "domein", "eigenaar", "beschrijving", "bron"),
    "en": ("name", "kind", "domain", "owner", "description", "source"),
}
"""The headings in the language in which people spoke, as the inventory of projects knows them."""


def write_captures(captures: Iterable[Captured], source: str, language: str = "en") -> str:
    """Write what a workshop gave as a table (CSV, RFC 4180) that the inventory of projects takes in. A cell never begins as a formula does."""
    lines = ((each.title, each.kind, each.domain, each.owner, each.about, source) for each in captures)
    return as_csv(CAPTURE_COLUMNS[language], lines)


def kind_of(reference: str) -> tuple[str, str]:
    """Return the kind and key of a reference to one of our own entries, two empty words for any other."""
    kind, _, key = reference.partition(":")
    return (kind, key) if kind in KINDS else ("", "")


def over(event: Event, now: datetime) -> bool:
    """Say whether an event is past."""
    return event.ends < now


def open_for(event: Event, now: datetime) -> bool:
    """Say whether one can still register."""
    return event.seats > 0 and now < min(event.closes or event.starts, event.starts)
