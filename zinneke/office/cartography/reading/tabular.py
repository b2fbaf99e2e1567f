"""CSV and Excel: a list of things, or an inventory of columns, with headings in French, Dutch or English; faults are told by row."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, get_args

import msgspec

from zinneke.kernel.finding import fold
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text, same
from zinneke.office.cartography.editing import DETAIL, Asked
from zinneke.office.cartography.reading.origin import LARGEST, MOST_COLUMNS, Origin, column, decoded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import DETAILS, KIND_NAMES, KIND_PLURALS, RELATIONS, Column, Field, Form, Kind, Relation, Table, ThingRow

MOST_ROWS = 200_000
UNPACKED = 200_000_000
"""Bytes that a workbook may hold once unpacked."""
_OLD = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_MERGED = 1_000_000
_COLUMNS, _ROWS = 16_384, 1_048_576
"""What a sheet has."""
HEADINGS: dict[str, str] = {
    word: name
    for name, words in {
        "kind": "kind type soort genre",
        "key": "key cle sleutel identifiant identifier id code",
        "title": "title name titre nom titel naam intitule benaming",
        "about": "about description omschrijving beschrijving",
        "owner": "owner proprietaire eigenaar administration administratie",
        "steward": "steward gestionnaire beheerder",
        "table": "table tabel fichier bestand",
        "column": "column colonne kolom champ veld field zone",
        "form": "form formulaire formulier",
        "datatype": "datatype type_de_donnees gegevenstype format formaat",
        "label": "label libelle etiket question vraag",
        "supplier": "supplier fournisseur leverancier",
        "cost": "cost cout kost kostprijs prix",
        "volume": "volume nombre_par_an aantal_per_jaar",
        "hosting": "hosting hebergement hosting_type",
        "web": "web site website url lien link",
        "ground": "ground base_legale rechtsgrond base wet loi",
    }.items()
    for word in words.split()
}
"""What a heading may be called, folded, with an underscore between words."""
_LABELS = {"_".join(fold(said)): each.name for each in DETAIL.values() for said in (each.label.fr, each.label.nl, each.label.en)}
"""The words of the form by hand are headings too, as far as `HEADINGS` does not know them."""
_LOOKED = 30
"""Rows of a sheet in which its heading is looked for: above it stand titles, dates and logos."""
Rows = Iterator[tuple[int, list[str]]]


@dataclass(slots=True)
class _Found:
    """What the sheets hold: columns by what they are in and whose that is, things by their key, and the faults."""

    origin: Origin
    tables: dict[tuple[str, str], list[Column]] = field(default_factory=dict)
    whose: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    things: dict[str, ThingRow] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(data: bytes, origin: Origin) -> Scanned:
    """Read tables of things (a column `kind`) or of columns (a column `column` or `field`), each sheet of a workbook that holds one.

    Raises `Problem` 400 when none does.
    """
    if data.startswith(_OLD):
        raise wrong("This is a workbook of before 2007 (.xls). Save it as .xlsx or as CSV.", where="document")
    found, known, passed = _Found(origin), 0, list[str]()
    sheets = list(_workbook(data)) if data[:4] == b"PK\x03\x04" else [("", _delimited(decoded(data)))]
    for name, rows in sheets:
        names, told = _headed(rows), len(found.faults)
        if "column" in names:
            _inventory(rows, names, found)
        elif names:
            _list(rows, names, found)
        else:
            passed.append(name)
            continue
        known += 1
        if len(sheets) > 1:
            found.faults[told:] = [Fault(f"sheet {name}, {fault.where}", fault.what) for fault in found.faults[told:]]
    if not known:
        raise wrong(
            "No row names columns that are known here. An inventory has `table` (or `form`) and `column`, a list of things `kind` and `title`.",
            where="row 1",
        )
    found.faults += [Fault(f"sheet {name}", "no row of this sheet names columns that are known here; it was passed over.") for name in passed]
    return _scanned(found)


def _headed(rows: Rows) -> list[str]:
    """Return what the first row that is a heading stands for, and leave the rows below it; nothing when there is none."""
    for _, cells in islice(rows, _LOOKED):
        names = [_heading(cell) for cell in cells]
        if ("column" in names and {"table", "form"} & set(names)) or ("kind" in names and "title" in {name.partition(":")[0] for name in names}):
            return names
    return []


def _heading(cell: str) -> str:
    """Return what a heading stands for: `title:fr` for `Titre (fr)`; the folded text itself when it is not known."""
    words = fold(cell)
    language = words.pop() if len(words) > 1 and words[-1] in ("fr", "nl", "en") else ""
    joined = "_".join(words)
    name = HEADINGS.get(joined) or _LABELS.get(joined, joined)
    return f"{name}:{language}" if language else name


def _scanned(found: _Found) -> Scanned:
    """Return what was found as one scan: a database with its tables where there are any, forms, and things."""
    origin = found.origin
    named = {key: origin.key(key[1]) for key in found.tables}
    forms = [
        origin.row(named[key], Form(tuple(Field(name=each.name, label=each.label, type=each.type) for each in columns)), key[1])
        for key, columns in found.tables.items()
        if key[0] == "form"
    ]
    tables = [(key[1], Table(tuple(columns)), "") for key, columns in found.tables.items() if key[0] == "table"]
    held = origin.with_tables(tables, "").things if tables else ()
    whose = {named[key]: said for key, said in found.whose.items() if key in named}
    rows = [msgspec.structs.replace(row, **whose.get(row.key, {})) for row in (*held, *forms)]
    return origin.scanned([*rows, *found.things.values()], found.faults)


def _delimited(text: str) -> Rows:
    import csv

    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), dialect), 1):
        if number > MOST_ROWS:
            raise wrong(f"The table has more than {MOST_ROWS:,} rows. Send it in parts.", where=f"row {number}")
        if any(cell.strip() for cell in cells):
            yield number, [cell.strip() for cell in cells]


def _workbook(data: bytes) -> Iterator[tuple[str, Rows]]:
    """Yield the name and the rows of each sheet; a merged cell's value stands in all the rows that it covers."""
    import openpyxl

    if len(data) > LARGEST:
        raise wrong(f"The workbook has {len(data):,} bytes; {LARGEST:,} at the most are read.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(each.file_size for each in packed.infolist())
            merged = 0 if size > UNPACKED else sum(_merged(packed.read(each)) for each in packed.infolist())
        if size > UNPACKED:
            raise wrong(f"The workbook unpacks to {size:,} bytes; {UNPACKED:,} at the most are read.")
        if merged > MOST_MERGED:
            raise wrong(f"The workbook merges {merged:,} cells; {MOST_MERGED:,} at the most are read.")
        sheets = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets
    except Problem:
        raise
    except Exception as fault:  # openpyxl raises whatever its many parts do
        why = (str(fault).splitlines() or [""])[0][:200].rstrip(".")
        raise wrong(f"This is no workbook that can be read: {why}. Save it again as .xlsx or as CSV.") from None
    for sheet in sheets:
        yield sheet.title, _sheet(sheet)


def _merged(part: bytes) -> int:
    """Return how many cells the merged ranges of a part of a workbook cover, wherever the part lies and however its XML is written."""
    from xml.parsers import expat

    from openpyxl.utils import range_boundaries

    areas: list[int] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes.get("ref", "A1").replace("$", ""))
            areas.append(((right or _COLUMNS) - (left or 1) + 1) * ((bottom or _ROWS) - (top or 1) + 1))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with suppress(expat.ExpatError):  # no XML, such as a picture
        parser.Parse(part, True)
    return sum(areas)


def _sheet(sheet: Any) -> Rows:
    """Yield the rows in which something stands; the cells are taken as they are kept, since a stray one may lie a million rows below."""
    values: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, place), cell in sheet._cells.items():
        if row <= MOST_ROWS and cell.value is not None and (text := str(cell.value).strip()):
            values[row][place] = text
    for merged in sheet.merged_cells.ranges:
        if said := values.get(merged.min_row, {}).get(merged.min_col):
            for row in range(merged.min_row, min(merged.max_row, MOST_ROWS) + 1):
                values[row] |= dict.fromkeys(range(merged.min_col, merged.max_col + 1), said)
    for number in sorted(values):
        yield number, [values[number].get(place, "") for place in range(1, max(values[number]) + 1)]


def _texts(cells: dict[str, str], name: str) -> dict[str, str]:
    """Return a text by language; one column without a language is the reader's own words, kept as English until somebody says otherwise."""
    found = {key.partition(":")[2]: value for key, value in cells.items() if key.startswith(f"{name}:") and value}
    return found or ({"en": cells[name]} if cells.get(name) else {})


def _inventory(rows: Rows, names: Sequence[str], found: _Found) -> None:
    """Read an inventory of columns: the table's or form's name stands beside each of them, or only beside the first."""
    sort, holder = "form" if "form" in names else "table", ""
    for number, values in rows:
        cells = dict(zip(names, values, strict=False))
        holder = cells.get(sort) or holder
        if holder:
            said = {name: cells[name] for name in ("owner", "steward") if cells.get(name)}
            found.whose[sort, holder] = said | found.whose.get((sort, holder), {})
        columns = found.tables.setdefault((sort, holder), []) if holder and cells.get("column") else []
        if not cells.get("column"):
            found.faults.append(Fault(f"row {number}", "it names no column; it was left out."))
        elif not holder:
            found.faults.append(Fault(f"row {number}", f"it does not say in which {sort} this column is; it was left out."))
        elif any(each.name == cells["column"] for each in columns):
            found.faults.append(Fault(f"row {number}", f"{cells['column']} stands in {holder} already; the first one counts."))
        elif len(columns) < MOST_COLUMNS:
            label = _texts(cells, "label") or _texts(cells, "about")
            columns.append(column(cells["column"], cells.get("datatype", cells.get("kind", "")), label))


def _list(rows: Rows, names: Sequence[str], found: _Found) -> None:
    kinds: dict[str, Kind] = {
        " ".join(fold(said)): kind
        for kind in get_args(Kind)
        for text in (KIND_NAMES[kind], KIND_PLURALS[kind])
        for said in (kind, text.fr, text.nl, text.en)
    }
    origin, faults = found.origin, found.faults
    for number, values in rows:
        cells = dict(zip(names, values, strict=False))
        kind = kinds.get(" ".join(fold(cells.get("kind", ""))))
        title = _texts(cells, "title")
        if kind is None:
            faults.append(Fault(f"row {number}, kind", f"{cells.get('kind', '')!r} is none of {', '.join(get_args(Kind))}; the row was left out."))
            continue
        if not title:
            faults.append(Fault(f"row {number}, title", "it has no title; the row was left out."))
            continue
        key = origin.key(cells.get("key") or next(iter(title.values())))
        if key in found.things:
            faults.append(Fault(f"row {number}", f"{key} is there already; the first one counts."))
            continue
        row = origin.row(key, _details(kind, cells, number, faults), title, _texts(cells, "about"), _links(cells))
        found.things[key] = msgspec.structs.replace(row, **{name: cells[name] for name in ("owner", "steward") if cells.get(name)})


def _details(kind: Kind, cells: dict[str, str], number: int, faults: list[Fault]) -> Any:
    """Return the details that a row gives; a cell that cannot be one is told and left out."""
    details: Any = DETAILS[kind]
    given: dict[str, Any] = {}
    for name in details.__struct_fields__:
        asked = DETAIL.get(name)
        words = _texts(cells, name) if asked and asked.shape == "words" else {}
        if not (text := cells.get(name, "")) and not words:
            continue
        try:
            value: Any = words or _value(asked, text)
            msgspec.convert({"type": kind, name: value}, details)
        except msgspec.ValidationError as fault:
            faults.append(Fault(f"row {number}, {name}", f"{text!r} cannot be taken ({fault}); the cell was left out."))
        except ValueError as fault:
            known = str(fault)
            said = f"{text!r} is none of {known}; the cell was left out." if known else f"{text!r} is no number; the cell was left out."
            faults.append(Fault(f"row {number}, {name}", said))
        else:
            given[name] = value
    return msgspec.convert({"type": kind, **given}, details)


def _value(asked: Asked | None, text: str) -> Any:
    """Return what a cell says, in the words of the form or in its codes. Raises `ValueError` for no number, or with what it may be."""
    shape = asked.shape if asked else "line"
    if shape == "number":
        plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
        try:
            return float(plain) if asked and asked.name == "cost" else int(float(plain))
        except (ValueError, OverflowError):
            raise ValueError from None
    if shape == "tick":
        return _chosen(text, _TICKS) in ("yes", "true", "1", "x")
    if shape == "choice" and asked and asked.options:
        return _chosen(text, asked.options)
    if shape in ("choices", "lines"):
        several = [each.strip() for each in re.split(r"[;\n]", text) if each.strip()]
        return [_chosen(each, asked.options) for each in several] if asked and asked.options else several
    return text[:10] if shape == "date" else text


_TICKS = {
    "yes": Text("oui", "ja", "yes"), "no": Text("non", "nee", "no"), "true": Text("vrai", "waar", "true"),
    "false": Text("faux", "onwaar", "false"), "1": same("1"), "0": same("0"), "x": same("x"),
}  # fmt: skip


def _chosen(text: str, options: Mapping[str, Text]) -> str:
    """Return the code of what can be chosen, by the code itself or by its words. Raises `ValueError` with the codes for anything else."""
    wanted = " ".join(fold(text))
    for key, words in options.items():
        if wanted in {" ".join(fold(each)) for each in (key.replace("_", " "), words.fr, words.nl, words.en)}:
            return key
    raise ValueError(", ".join(filter(None, options)))


def _links(cells: dict[str, str]) -> list[tuple[Relation, str]]:
    """Return the links that columns named after a relation give, several keys between commas."""
    return [(relation, key.strip()) for relation in RELATIONS if cells.get(relation) for key in cells[relation].split(",") if key.strip()]
