"""Numbered pages of a list, as links that keep everything else in the address."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link: a number, or a gap between numbers."""

    number: int
    address: str = ""
    current: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """The links around one page of a list; `before` and `after` are empty at the ends."""

    before: str = ""
    after: str = ""
    numbers: list[PageLink] = field(default_factory=list)


def pages(query: QueryDict, current: int, total: int, size: int, name: str = "page") -> Pages:
    """Return the links for page `current` (from 1) of a list of `total` rows, `size` on a page; first, last and neighbours are shown."""
    last = max(1, -(-total // size))
    shown = sorted({1, last, *(n for n in range(current - 1, current + 2) if 1 <= n <= last)})
    links: list[PageLink] = []
    for number in shown:
        if links and number > links[-1].number + 1:
            links.append(PageLink(number - 1, gap=True))
        links.append(PageLink(number, _address(query, name, number), number == current))
    return Pages(
        _address(query, name, current - 1) if current > 1 else "",
        _address(query, name, current + 1) if current < last else "",
        links,
    )


def _address(query: QueryDict, name: str, number: int) -> str:
    """Return the same address at another page; the first page needs no number."""
    changed = query.copy()
    changed.pop(name, None)
    if number > 1:
        changed[name] = str(number)
    return f"?{changed.urlencode()}"
