"""A table of ideas as administrations send it: CSV or Excel, columns named in any of the three languages, half-empty rows told one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from zinneke.kernel.finding import fold
from zinneke.kernel.load import Counts
from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import LANGUAGES
from zinneke.office.selection.ideas import slug
from zinneke.office.selection.values import IdeaRow, Texts

LARGEST = 2_000_000
MOST_ROWS = 5_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("key", "cle", "sleutel", "identifier"),
    "title_fr": ("title fr", "titre", "titre fr", "titel fr"),
    "title_nl": ("title nl", "titel", "titel nl", "titre nl"),
    "title_en": ("title en", "title", "titre en", "titel en"),
    "about_fr": ("about fr", "description", "description fr", "resume"),
    "about_nl": ("about nl", "beschrijving", "omschrijving", "description nl"),
    "about_en": ("about en", "about", "description en", "summary"),
    "city": ("city", "ville", "stad"),
    "country": ("country", "pays", "land"),
    "domain": ("domain", "domaine", "domein"),
    "since": ("since", "annee", "jaar", "year", "depuis", "sinds"),
    "tags": ("tags", "mots cles", "trefwoorden", "etiquettes", "labels"),
    "source": ("source", "bron"),
    "source_url": ("source url", "address", "adresse", "adres", "url", "link", "lien"),
    "source_date": ("source date", "date", "datum", "date de la source"),
    "evidence": ("evidence", "preuve", "bewijs"),
}


def read(name: str, content: bytes) -> tuple[list[IdeaRow], Counts]:
    """Return the ideas of a table and what could not be taken, by row. Raises `Problem` 400 for a file that is no table of ideas."""
    if len(content) > LARGEST:
        raise wrong(f"The file is larger than {LARGEST // 1_000_000} megabytes. Cut it into parts.", where="file")
    rows = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(name, content)
    try:
        head = next(rows)
    except StopIteration:
        raise wrong("The file is empty.", where="file") from None
    columns = _columns(head)
    if "city" not in columns or not {f"title_{language}" for language in LANGUAGES} & columns.keys():
        raise wrong(
            "The first line names the columns; at least a title and a city are needed (titre, ville; titel, stad; title, city).", where="file"
        )
    found, counts = list[IdeaRow](), Counts()
    for number, cells in enumerate(rows, 2):
        if number > MOST_ROWS:
            counts.refuse(f"row {number}", f"only {MOST_ROWS} rows are read at once")
            break
        if any(cells):
            _take(found, counts, number, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)})
    return found, counts


def _columns(head: Sequence[str]) -> dict[str, int]:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        name = known.get(" ".join(fold(cell.replace("_", " "))))
        if name:
            found.setdefault(name, at)
    return found


def _take(found: list[IdeaRow], counts: Counts, number: int, cells: dict[str, str]) -> None:
    """Add one row, or say why not; what is only half filled in is taken where the half is enough."""
    title: Texts = {language: cells[f"title_{language}"] for language in LANGUAGES if cells.get(f"title_{language}")}
    if not title or not cells.get("city"):
        counts.refuse(f"row {number}", "a title and a city are missing" if not title and not cells.get("city") else "a title or a city is missing")
        return
    since, day = cells.get("since", ""), _day(cells.get("source_date", ""))
    if (since and not since.isdigit()) or (cells.get("source_date") and day is None):
        counts.refuse(f"row {number}", "a year is written 2019, a date 2019-04-30 or 30/04/2019")
        return
    found.append(
        IdeaRow(
            key=slug(cells["key"]) if cells.get("key") else "",
            title=title,
            about={language: cells[f"about_{language}"] for language in LANGUAGES if cells.get(f"about_{language}")},
            city=cells["city"], country=cells.get("country", ""), domain=_domain(cells.get("domain", "")), since=int(since) if since else None,
            tags=tuple(filter(None, (tag.strip() for tag in cells.get("tags", "").replace(";", ",").split(",")))),
            source=cells.get("source", ""), source_url=cells.get("source_url", ""), source_date=day,
            evidence="verified" if cells.get("evidence") == "verified" else "published" if cells.get("source") else "public_knowledge",
        )
    )  # fmt: skip


def _domain(text: str) -> str:
    folded = fold(text.removeprefix("Smart "))
    return next((key for key, names in DOMAINS.items() if folded in (fold(key), *(fold(names.said_in(each)) for each in LANGUAGES))), text)


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _text(name: str, content: bytes) -> Iterator[Sequence[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise wrong(f"{name or 'This file'} is neither CSV nor an Excel workbook (.xlsx).", where="file")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=mark)
    except csv.Error as fault:
        raise wrong(f"The table cannot be read: {fault}.", where="file") from None


def _workbook(content: bytes) -> Iterator[Sequence[str]]:
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
    except Exception:  # noqa: BLE001  a workbook can be broken in any way
        raise wrong("This workbook cannot be opened. Save it as .xlsx or CSV and try again.", where="file") from None
    for row in _bounded(sheet.iter_rows(values_only=True) if sheet is not None else ()):
        yield ["" if cell is None else cell.date().isoformat() if isinstance(cell, datetime) else str(cell).removesuffix(".0") for cell in row]


def _bounded(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            return
        yield row[:60]
