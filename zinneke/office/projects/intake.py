"""Projects from a file that somebody keeps elsewhere: CSV or Excel, with headings in French, Dutch or English, half-empty rows and all."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from zinneke.kernel import policy
from zinneke.kernel.finding import fold
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.projects import rules, words
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Data, Fiche, Texts

LARGEST, MOST, UNPACKED = 5_000_000, 5_000, 100_000_000
"""Bytes of a file, rows of it, and bytes of an unpacked workbook at the most."""
HEADINGS: dict[str, tuple[str, ...]] = {
    "key": ("key", "clé", "sleutel"),
    "name.fr": ("nom", "nom fr", "name fr", "titre"),
    "name.nl": ("naam", "naam nl", "name nl", "titel"),
    "name.en": ("name", "name en", "title"),
    "summary.fr": ("résumé", "résumé fr", "summary fr", "description fr", "descriptif"),
    "summary.nl": ("samenvatting", "samenvatting nl", "summary nl", "omschrijving", "beschrijving"),
    "summary.en": ("summary", "summary en", "description", "description en"),
    "domain": ("domaine", "domein", "domain"),
    "domains": ("autres domaines", "andere domeinen", "other domains"),
    "challenges": ("défi", "défis", "uitdaging", "uitdagingen", "challenge", "challenges"),
    "owner": ("porteur", "responsable", "eigenaar", "verantwoordelijke", "owner", "organisation", "organisatie"),
    "phase": ("phase", "fase"),
    "start": ("début", "date de début", "begin", "begindatum", "start", "start date"),
    "end": ("fin", "date de fin", "einde", "einddatum", "end", "end date"),
    "planned": ("budget", "budget prévu", "begroting", "planned budget", "planned"),
    "spent": ("dépensé", "dépenses", "uitgegeven", "spent"),
    "communes": ("commune", "communes", "gemeente", "gemeenten", "municipality"),
    "lon": ("longitude", "lengte", "lengtegraad", "lon", "x"),
    "lat": ("latitude", "breedte", "breedtegraad", "lat", "y"),
    "components": ("composants", "componenten", "components"),
    "uses": ("données utilisées", "gebruikte gegevens", "data used"),
    "gives": ("données produites", "geleverde gegevens", "data produced"),
    "audiences": ("publics", "doelgroepen", "audiences"),
    "contact": ("contact",),
    "web": ("site", "site web", "website", "web"),
    "suppliers": ("fournisseurs", "leveranciers", "suppliers"),
}
"""What a column may be called; capitals, accents and brackets do not count."""
COLUMNS = {" ".join(fold(heading)): member for member, headings in HEADINGS.items() for heading in headings}
NEEDED = ("owner", "domain")


@dataclass(frozen=True, slots=True)
class Lookups:
    """Names by which a file may call things: organisations and communes, by folded name."""

    organisations: Mapping[str, str]
    communes: Mapping[str, str]

    @classmethod
    def of(cls, organisations: Mapping[str, Texts], communes: Mapping[str, Texts]) -> Lookups:
        """Return the lookups for names by key."""
        return cls(_by_name(organisations), _by_name(communes))


def _by_name(named: Mapping[str, Texts]) -> dict[str, str]:
    found = {" ".join(fold(name)): key for key, names in named.items() for name in names.values()}
    return found | {" ".join(fold(key)): key for key in named}


def read(data: bytes, lookups: Lookups) -> Iterator[Line]:
    """Yield a line for each row that holds anything. Raises `Problem` 413 for a file too large, 400 for one that is no table of projects."""
    if len(data) > LARGEST:
        raise Problem(
            413, "The file is too large", f"{len(data) / 1e6:.1f} MB; a table of projects has {LARGEST / 1e6:.0f} MB at the most. Split it."
        )
    rows = _sheet(data) if data[:4] == b"PK\x03\x04" else _delimited(data)
    headings = next(rows, [])
    members = [COLUMNS.get(" ".join(fold(str(heading or "")))) for heading in headings]
    if not any(member and member.startswith("name.") for member in members):
        there = ", ".join(str(each) for each in headings[:8]) or "nothing"
        raise wrong(f"The first row must hold the headings, among them a name (name, nom, naam), an owner and a domain. Found: {there}.")
    body = list(islice(rows, MOST + 1))  # read to its end before the first row is given, so that a broken file changes nothing
    if len(body) > MOST:
        raise Problem(413, "Too many rows", f"A file may hold {MOST:,} projects. Split it; nothing of this one was kept.")
    for number, row in enumerate(body, 2):
        cells = {member: cell for member, cell in zip(members, row, strict=False) if member and cell not in (None, "")}
        if cells:
            yield _line(number, cells, lookups)


def _delimited(data: bytes) -> Iterator[list[Any]]:
    from charset_normalizer import from_bytes

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data[:200_000]).best()
        text = data.decode(best.encoding if best else "cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(";\t,|", key=first.count)
    try:
        yield from ([cell.strip() for cell in row] for row in csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter))
    except csv.Error as fault:
        raise wrong(f"The file is not a table: {fault}. Save it as CSV or as an Excel workbook.") from None


def _sheet(data: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise Problem(413, "The workbook is too large", "It unpacks to more than 100 MB. Keep only the sheet with the projects.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from ([cell.strip() if isinstance(cell, str) else cell for cell in row] for row in sheet.iter_rows(values_only=True))
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as fault:
        raise wrong(f"The workbook cannot be read: {fault}. Save it again as .xlsx or as CSV.") from None


class _Unread(Exception):
    def __init__(self, column: str, what: Text) -> None:
        super().__init__(what.en)
        self.column, self.what = column, what


def _line(number: int, cells: Mapping[str, Any], lookups: Lookups) -> Line:
    where = f"row {number}"
    try:
        fiche = _fiche(cells, lookups)
        phase = _code("phase", cells.get("phase", "idea"), words.PHASES)
    except _Unread as fault:
        return Line(where, wrong=Text(*(f"{fault.column}: {text}" for text in (fault.what.fr, fault.what.nl, fault.what.en))))
    return Line(where, fiche, phase)  # type: ignore[arg-type]


def _fiche(cells: Mapping[str, Any], lookups: Lookups) -> Fiche:
    missing = [need for need in ("name", *NEEDED) if not any(member == need or member.startswith(f"{need}.") for member in cells)]
    if missing:
        names = ", ".join(missing)
        raise _Unread(missing[0], Text(f"cette ligne n’a pas de {names}.", f"deze rij heeft geen {names}.", f"this row has no {names}."))
    name = _texts(cells, "name")
    return Fiche(
        key=str(cells.get("key") or rules.key_of(name, ())),
        name=name,
        summary=_texts(cells, "summary"),
        domain=_code("domain", cells["domain"], policy.DOMAINS),
        domains=tuple(_code("domains", each, policy.DOMAINS) for each in _several(cells.get("domains"))),
        challenges=tuple(_code("challenges", each, policy.CHALLENGES) for each in _several(cells.get("challenges"))),
        audiences=tuple(_code("audiences", each, policy.AUDIENCES) for each in _several(cells.get("audiences"))),
        owner=lookups.organisations.get(" ".join(fold(str(cells["owner"]))), str(cells["owner"])),
        start=_read(cells, "start", _day),
        end=_read(cells, "end", _day),
        planned=_read(cells, "planned", amount),
        spent=_read(cells, "spent", amount),
        communes=tuple(lookups.communes.get(" ".join(fold(each)), each) for each in _several(cells.get("communes"))),
        place=_point(cells),
        components=tuple(_several(cells.get("components"))),
        suppliers=tuple(_several(cells.get("suppliers"))),
        uses=tuple(Data(name=each) for each in _several(cells.get("uses"))),
        gives=tuple(Data(name=each) for each in _several(cells.get("gives"))),
        contact=str(cells.get("contact", "")),
        web=str(cells.get("web", "")),
    )


def _texts(cells: Mapping[str, Any], member: str) -> Texts:
    return {language: str(text) for language in ("fr", "nl", "en") if (text := cells.get(f"{member}.{language}"))}


def _several(cell: Any) -> list[str]:
    return [part.strip() for part in re.split(r"[;|,\n]", str(cell if cell is not None else "")) if part.strip()]


def _code(column: str, said: Any, known: Mapping[str, Text]) -> str:
    wanted = " ".join(fold(str(said)))
    for code, name in known.items():
        if wanted in {" ".join(fold(each)) for each in (code, name.fr, name.nl, name.en)}:
            return code
    raise _Unread(column, Text(
        f"« {said} » n’est pas connu ; écrivez {_choices(known, 'fr')}.",
        f"“{said}” is niet bekend; schrijf {_choices(known, 'nl')}.",
        f"“{said}” is not known; write {_choices(known, 'en')}.",
    ))  # fmt: skip


def _choices(known: Mapping[str, Text], language: str) -> str:
    return ", ".join(name.said_in(language) for name in known.values())


def _read(cells: Mapping[str, Any], member: str, of: Callable[[Any], Any]) -> Any:
    try:
        return of(cells[member]) if member in cells else None
    except ValueError:
        said = cells[member]
        raise _Unread(member, Text(
            f"« {said} » ne se lit pas ; écrivez une date comme 2026-11-28 ou 28/11/2026, un montant comme 12500,50.",
            f"“{said}” is niet leesbaar; schrijf een datum als 2026-11-28 of 28/11/2026, een bedrag als 12500,50.",
            f"“{said}” cannot be read; write a date as 2026-11-28 or 28/11/2026, an amount as 12500.50.",
        )) from None  # fmt: skip


def _day(said: Any) -> date:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", str(said).strip()):
        day, month, year = (int(part) for part in found.groups())
        return date(year, month, day)
    return date.fromisoformat(str(said).strip()[:10])


def amount(said: Any) -> float:
    """Read an amount in euro as people write it: 1 234,50 or 1.234,50 or 1,234.50; a lone mark before three figures parts thousands."""
    if isinstance(said, int | float):
        return float(said)
    bare = re.sub(r"(?i)[\s\u00a0\u202f€]|eur", "", str(said))
    marks = re.findall(r"[.,]", bare)
    if marks and (len(set(marks)) == 2 or (len(marks) == 1 and not re.search(r"[.,]\d{3}$", bare))):
        whole, last = bare[: bare.rindex(marks[-1])], bare[bare.rindex(marks[-1]) + 1 :]
        return float(re.sub(r"[.,]", "", whole) + "." + last)
    return float(re.sub(r"[.,]", "", bare))


def _point(cells: Mapping[str, Any]) -> dict[str, Any] | None:
    if "lon" not in cells and "lat" not in cells:
        return None
    lon, lat = (_read({member: str(cells.get(member, "")).replace(",", ".")}, member, float) for member in ("lon", "lat"))
    return {"type": "Point", "coordinates": [lon, lat]}
