"""The query language of CKAN's search (Solr's), read into a tree of wishes: fields, phrases, AND OR NOT, ranges, wildcards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from zinneke.foundations.catalogue.vocabularies import format_key
from zinneke.foundations.catalogue.wanted import EVERYTHING, NOTHING, Coded, Dated, Either, Every, Moment, Named, Not, TextField, Wanted, Words
from zinneke.kernel.problem import Problem

LONGEST = 8_000
DEEPEST = 25
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<word_op>AND|OR|NOT)(?=[\s()]|$)
    |(?P<op>&&|\|\||[()!+\-](?=\S)|[()])
    |(?P<field>(?:[^\s()"\[\]{}:\\^~+!\-]|\\.)(?:[^\s()"\[\]{}:\\^~!]|\\.)*):
    |(?P<range>[\[{]\s*(?P<low>"[^"]*"|[^\s\]}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s\]}]+)\s*[\]}])
    |"(?P<phrase>(?:[^"\\]|\\.)*)"
    |(?P<term>(?:[^\s()"\[\]{}:\\^~]|\\.)(?:[^\s()"\[\]{}:\\^~]|\\.)*)
    )(?:~[\d.]*)?(?:\^[\d.]+)?""",
    re.VERBOSE,
)
_FIELDED = re.compile(r"(?:^|[\s(+\-!])[A-Za-z_][\w.]*:\S")
TEXTS: dict[str, TextField] = {"text": "", "title": "title", "title_string": "title", "notes": "description", "keywords": "keywords"}
CODES = {
    "organization": "publisher",
    "owner_org": "publisher",
    "publisher": "publisher",
    "groups": "theme",
    "theme": "theme",
    "license_id": "licence",
    "license": "licence",
    "res_format": "format",
    "tags": "keyword",
    "level": "level",
    "commune": "commune",
    "source": "source",
    "language": "language",
}
"""CKAN's fields and ours (CKAN names an extra `extras_x` or `x`), and what we call them."""
MOMENTS: dict[str, Moment] = {"metadata_modified": "changed", "metadata_created": "seen", "modified": "modified"}
_CONSTANT = {"state": ("active",), "dataset_type": ("dataset",), "type": ("dataset",), "entity_type": ("package",), "site_id": ("zinneke", "default")}
_CAPACITY = {("private", "false"): "public", ("private", "true"): "private", ("capacity", "public"): "public", ("capacity", "private"): "private"}
_STEPS = {"MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800, "MONTH": 2_629_800, "YEAR": 31_557_600}


def fault(detail: str) -> Problem:
    """Return the refusal of a query that cannot be understood, as CKAN names it."""
    return Problem(400, "Search Query Error", f"Search Query is invalid: {detail}", where="q")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query: `kind` is `op`, `field`, `range`, `phrase` or `term`; a range has two values."""

    kind: str
    text: str
    high: str = ""
    opens: str = ""
    closes: str = ""


def read(query: str, *, lenient: bool = False) -> Wanted:
    """Return what a query means. Raises `Problem` 400 where it means nothing; when `lenient` and it names no field, its words are taken instead."""
    if len(query) > LONGEST:
        raise fault(f"it has more than {LONGEST:,} characters")
    if query.lstrip().startswith("{!"):
        raise fault("local parameters ({!…}) are not taken")
    if query.strip() in ("", "*", "*:*"):
        return EVERYTHING
    words = lenient and not _FIELDED.search(query)
    if words and not re.search(r'["*?+!(|&-]|\b(?:AND|OR|NOT)\b', query):
        return Words(query)
    try:
        return _Reader(tokens(query)).whole()
    except Problem:
        if words:
            return Words(query)
        raise


def tokens(query: str) -> list[Token]:
    """Return the pieces of a query. Raises `Problem` 400 at the first character that belongs to none."""
    found: list[Token] = []
    place, end = 0, len(query.rstrip())
    while place < end:
        match = _TOKEN.match(query, place)
        if match is None:
            raise fault(f"it cannot be read from character {place + 1}: {query[place : place + 20]!r}")
        kind = match.lastgroup or ""
        if match["range"]:
            found.append(Token("range", match["low"].strip('"'), match["high"].strip('"'), match["range"][0], match["range"][-1]))
        elif match["word_op"] or match["op"]:
            found.append(Token("op", match["word_op"] or {"&&": "AND", "||": "OR", "!": "NOT"}.get(match["op"], match["op"])))
        else:
            kind = "field" if match["field"] else "phrase" if match["phrase"] is not None else "term"
            found.append(Token(kind, match[kind]))
        place = match.end()
    return found


class _Reader:
    """Reads pieces by descent: OR binds weakest, words beside one another are all meant."""

    def __init__(self, pieces: list[Token]) -> None:
        self.pieces, self.place, self.depth = pieces, 0, 0

    def whole(self) -> Wanted:
        """Read everything there is."""
        found = self.either("")
        if self.place < len(self.pieces):
            raise fault(f"{self.pieces[self.place].text!r} stands where nothing can")
        return found

    def peek(self, text: str) -> bool:
        """Say whether this operator comes next."""
        return self.place < len(self.pieces) and self.pieces[self.place] == Token("op", text)

    def take(self, text: str) -> bool:
        """Go past this operator if it comes next."""
        found = self.peek(text)
        self.place += found
        return found

    def either(self, field: str) -> Wanted:
        """Read alternatives."""
        found = [self.every(field)]
        while self.take("OR"):
            found.append(self.every(field))
        return found[0] if len(found) == 1 else Either(tuple(found))

    def every(self, field: str) -> Wanted:
        """Read what all must hold; bare words beside one another are one wish, so that they are understood together."""
        found: list[Wanted] = []
        loose: list[str] = []
        while self.place < len(self.pieces) and not self.peek("OR") and not self.peek(")"):
            if self.take("AND"):
                if self.place >= len(self.pieces) or self.peek("OR") or self.peek(")"):
                    raise fault("AND has nothing after it")
                continue
            one = self.one(field)
            if isinstance(one, Words) and one == Words(one.text):
                loose.append(one.text)
            else:
                found.append(one)
        if loose:
            found.insert(0, Words(" ".join(loose)))
        if not found:
            raise fault("something is missing beside OR or between brackets")
        return found[0] if len(found) == 1 else Every(tuple(found))

    def one(self, field: str) -> Wanted:
        """Read one clause, with what stands before it."""
        piece = self.pieces[self.place]
        self.place += 1
        if piece.kind == "op":
            if piece.text in ("NOT", "-", "+"):
                if self.place >= len(self.pieces):
                    raise fault(f"{piece.text} has nothing after it")
                inner = self.deeper(lambda: self.one(field))
                return inner if piece.text == "+" else Not(inner)
            if piece.text != "(":
                raise fault(f"{piece.text!r} stands where nothing can")
            inner = self.deeper(lambda: self.either(field))
            if not self.take(")"):
                raise fault("a bracket is not closed")
            return inner
        if piece.kind == "field":
            if self.place >= len(self.pieces):
                raise fault(f"the field {piece.text} has no value")
            return self.deeper(lambda: self.one(_plain(piece.text)))
        return clause(field, piece)

    def deeper(self, step: Callable[[], Wanted]) -> Wanted:
        """Read one level deeper, down to a limit."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise fault(f"it goes more than {DEEPEST} levels deep")
        found = step()
        self.depth -= 1
        return found


def clause(field: str, piece: Token) -> Wanted:
    """Return what one value, phrase or range of a field means. Raises `Problem` 400 for a field that is not there."""
    name = field.removeprefix("extras_")
    if name.startswith("title_"):
        name = "title"
    if name in MOMENTS:
        return _dated(MOMENTS[name], piece)
    anything = piece.text == "*" and (piece.kind != "range" or piece.high == "*")
    if name == "*" and anything:
        return EVERYTHING
    if piece.kind == "range" and not anything:
        raise fault(f"a range of {name or 'text'} is not offered; ranges are for {', '.join(MOMENTS)}")
    like = piece.text if piece.kind == "term" and re.search(r"(?<!\\)[*?]", piece.text) and not anything else ""
    value = _plain(piece.text)
    if name in TEXTS or not name:
        return EVERYTHING if anything else _text(TEXTS.get(name, ""), piece, value, like)
    if name in ("name", "id"):
        return EVERYTHING if anything else Named((), _plain(like)) if like else Named((value,))
    if (name, value.lower()) in _CAPACITY:
        return Coded("level", ("public",) if _CAPACITY[name, value.lower()] == "public" else ("shared", "personal"))
    if name in _CONSTANT:
        return EVERYTHING if anything or value in _CONSTANT[name] else NOTHING
    if name not in CODES:
        known = ", ".join(("name", *(each for each in TEXTS if each), *CODES, *MOMENTS, *_CONSTANT, "private"))
        raise fault(f"undefined field {field[:60]}. The fields are {known}")
    return Coded(CODES[name], like="*") if anything else _coded(name, value, _plain(like))  # type: ignore[arg-type]


def _coded(name: str, value: str, like: str) -> Wanted:
    code = CODES[name]
    if code == "theme" and not like:
        return Coded("theme", (value.upper(), value.lower()))
    if code == "format" and not like:
        value = format_key(value) or value
    return Coded(code, like=like) if like else Coded(code, (value,))  # type: ignore[arg-type]


def _text(field: TextField, piece: Token, value: str, like: str) -> Wanted:
    if piece.kind == "phrase":
        return Words(value, field, together=True)
    if like:
        if not re.fullmatch(r"[^*?]{2,}\*", like):
            raise fault(f"in a text, a wildcard stands after at least two letters, as in bru*, not {like[:40]!r}")
        return Words(_plain(like[:-1]), field, begins=True)
    return Words(value, field)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _dated(field: Moment, piece: Token) -> Wanted:
    if piece.kind != "range":
        moment = instant(piece.text)
        return Dated(field, moment, moment) if moment else EVERYTHING
    low, high = instant(piece.text), instant(piece.high)
    try:
        if low and piece.opens == "{":
            low += timedelta(seconds=1)
        if high and piece.closes == "}":
            high -= timedelta(seconds=1)
    except OverflowError:
        raise fault(f"{piece.text[:30]!r} to {piece.high[:30]!r} goes out of the calendar") from None
    return Dated(field, low, high)


_MATH = re.compile(r"([+-]\d{1,6}|/)(MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?")


def instant(text: str, now: datetime | None = None) -> datetime | None:
    """Return a moment as Solr writes it (`2026-01-31T12:00:00Z`, `NOW-7DAYS`, `NOW/DAY`), None for `*`. Raises `Problem` 400."""
    if text == "*":
        return None
    text = _plain(text)
    start, sums = ("NOW", text[3:]) if text.startswith("NOW") else re.fullmatch(r"(.*?Z)?(.*)", text).groups()  # type: ignore[union-attr]
    if start is None:
        start, sums = sums, ""
    try:
        moment = (now or datetime.now(UTC)) if start == "NOW" else datetime.fromisoformat(start)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if _MATH.sub("", sums):
            raise ValueError
        for amount, unit in _MATH.findall(sums):
            moment = _floor(moment, unit) if amount == "/" else moment + timedelta(seconds=int(amount) * _STEPS[unit])
        moment.timestamp()
    except (ValueError, OverflowError):
        raise fault(f"{text[:60]!r} is no moment; write 2026-01-31T12:00:00Z, NOW, NOW-7DAYS or *") from None
    return moment


def _floor(moment: datetime, unit: str) -> datetime:
    kept = {"YEAR": 1, "MONTH": 2, "WEEK": 3, "DAY": 3, "HOUR": 4, "MINUTE": 5}[unit]
    parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute)
    return datetime(*(parts[:kept] + (1, 1, 1, 0, 0)[kept:]), tzinfo=UTC)  # type: ignore[misc,arg-type]
