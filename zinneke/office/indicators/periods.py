"""Periods as people and statistics write them: a year, quarter, month or day, an interval of months, or nothing where none is stated."""

from __future__ import annotations

import re
from datetime import date, timedelta

from zinneke.kernel.period import MONTHS
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text, same

UNSTATED = date(1, 1, 1)
"""Where a value without a stated period stands: before all others."""
_FORM = re.compile(r"(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2])(?:-(\d\d))?)?", re.ASCII)


def read_period(text: str) -> tuple[date, date]:
    """Return the first day of a period and the first day after it. Raises `Problem` 400 for what is none."""
    text = text.strip()
    if not text:
        return UNSTATED, UNSTATED
    first, _, last = text.partition("/")
    start, end = _one(first, text)
    if last:
        end = _one(last, text)[1]
        if end <= start:
            raise wrong(f"{text!r} ends before it begins. Write the earlier month first.", where="period")
    return start, end


def is_period(text: str) -> bool:
    """Say whether a text is a period."""
    try:
        read_period(text)
    except Problem:
        return False
    return True


def _one(part: str, text: str) -> tuple[date, date]:
    match = _FORM.fullmatch(part)
    advice = "Write a year (2023), a quarter (2023-Q4), a month (2023-11), a day (2023-11-20) or months from and to (2020-06/2021-05)."
    if not match or not 1000 <= int(match[1]) <= 9998:
        raise wrong(f"{text!r} is not a period. {advice}", where="period")
    year, quarter, month, day = int(match[1]), match[2], match[3], match[4]
    try:
        if quarter:
            begin = date(year, int(quarter) * 3 - 2, 1)
            return begin, _months(begin, 3)
        if day:
            begin = date(year, int(month), int(day))
            return begin, begin + timedelta(days=1)
        if month:
            begin = date(year, int(month), 1)
            return begin, _months(begin, 1)
    except ValueError:
        raise wrong(f"{text!r} is not a period: there is no such day. {advice}", where="period") from None
    return date(year, 1, 1), date(year + 1, 1, 1)


def _months(begin: date, count: int) -> date:
    whole = begin.year * 12 + begin.month - 1 + count
    return date(whole // 12, whole % 12 + 1, 1)


def earlier(text: str, years: int) -> str:
    """Return the same period so many years before; one that is not stated, or has no year, stays."""
    return "/".join(f"{int(part[:4]) - years:04}{part[4:]}" if part[:4].isdigit() else part for part in text.split("/"))


def years_of(text: str) -> float:
    """Return the middle of a period in years, for slopes: 2023 is 2023.5."""
    return sum(each.year + (each.month - 1) / 12 + (each.day - 1) / 365.25 for each in read_period(text)) / 2


def say_period(text: str) -> Text:
    """Return a period as people write it: novembre 2023, 4e trimestre 2023, juin 2020 - mai 2021."""
    if not text:
        return Text("année non précisée par la source", "jaar niet vermeld door de bron", "year not stated by the source")
    if "/" in text:
        first, last = (say_period(part) for part in text.split("/", 1))
        return Text(f"{first.fr} – {last.fr}", f"{first.nl} – {last.nl}", f"{first.en} – {last.en}")
    match = _FORM.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return same(text)
    if match[2]:
        ordinal = {"1": "1er", "2": "2e", "3": "3e", "4": "4e"}[match[2]]
        return Text(f"{ordinal} trimestre {match[1]}", f"{match[2]}e kwartaal {match[1]}", f"Q{match[2]} {match[1]}")
    names = [months[int(match[3]) - 1] for months in MONTHS]
    fr, nl, en = (f"{name} {match[1]}" for name in names)
    if not match[4]:
        return Text(fr, nl, en)
    day = int(match[4])
    return Text(f"{day}{'er' if day == 1 else ''} {fr}", f"{day} {nl}", f"{day} {en}")
