"""CSV and Excel: a list of things, or an inventory of columns, with headings in French, Dutch or English; faults are told by row."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import msgspec

from zinneke.kernel.finding import fold
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import LARGEST, MOST_COLUMNS, Origin, column, decoded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import DETAILS, KIND_NAMES, KIND_PLURALS, RELATIONS, Column, Field, Form, Kind, Relation, Table, ThingRow

MOST_ROWS = 200_000
UNPACKED = 200_000_000
"""Bytes that a workbook may hold once unpacked."""
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
NUMBERS = {"cost": float, "volume": int, "rows": int, "users": int, "keep": int}


def read(data: bytes, origin: Origin) -> Scanned:
    """Read a table of things (a column `kind`) or of columns (a column `column` or `field`). Raises `Problem` 400 when it is neither."""
    rows = _workbook(data) if data[:4] == b"PK\x03\x04" else _delimited(decoded(data))
    _, heading = next(rows, (1, []))
    names = [_heading(cell) for cell in heading]
    if "column" in names:
        return _inventory(rows, names, origin)
    if "kind" in names and "title" in {name.partition(":")[0] for name in names}:
        return _list(rows, names, origin)
    raise wrong(
        "The first row names no columns that are known here. An inventory has `table` (or `form`) and `column`, a list of things `kind` and `title`.",
        where="row 1",
    )


def _heading(cell: str) -> str:
    """Return what a heading stands for: `title:fr` for `Titre (fr)`; the folded text itself when it is not known."""
    words = fold(cell)
    language = words.pop() if len(words) > 1 and words[-1] in ("fr", "nl", "en") else ""
    joined = "_".join(words)
    name = HEADINGS.get(joined) or (HEADINGS.get(words[0], joined) if len(words) == 1 else joined)
    return f"{name}:{language}" if language else name


def _delimited(text: str) -> Iterator[tuple[int, list[str]]]:
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


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a workbook's first sheet; a merged cell's value stands in all the rows that it covers."""
    import openpyxl

    if len(data) > LARGEST:
        raise wrong(f"The workbook has {len(data):,} bytes; {LARGEST:,} at the most are read.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(each.file_size for each in packed.infolist())
        if size > UNPACKED:
            raise wrong(f"The workbook unpacks to {size:,} bytes; {UNPACKED:,} at the most are read.")
        sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as fault:
        raise wrong(f"This is no workbook that can be read: {fault}. Save it again as .xlsx or as CSV.") from None
    covered: dict[tuple[int, int], Any] = {}
    for merged in sheet.merged_cells.ranges:
        value = sheet.cell(merged.min_row, merged.min_col).value
        covered |= {(row, place): value for row in range(merged.min_row, merged.max_row + 1) for place in range(merged.min_col, merged.max_col + 1)}
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), 1):
        values = [covered.get((number, place), cell.value) for place, cell in enumerate(cells, 1)]
        texts = ["" if value is None else str(value).strip() for value in values]
        if any(texts):
            yield number, texts


def _texts(cells: dict[str, str], name: str) -> dict[str, str]:
    """Return a text by language; one column without a language is the reader's own words, kept as English until somebody says otherwise."""
    found = {key.partition(":")[2]: value for key, value in cells.items() if key.startswith(f"{name}:") and value}
    return found or ({"en": cells[name]} if cells.get(name) else {})


def _inventory(rows: Iterator[tuple[int, list[str]]], names: Sequence[str], origin: Origin) -> Scanned:
    """Read an inventory of columns: the table's or form's name stands beside each of them, or only beside the first."""
    tables: dict[tuple[str, str], list[Column]] = defaultdict(list)
    faults: list[Fault] = []
    sort, holder = "form" if "form" in names else "table", ""
    for number, values in rows:
        cells = dict(zip(names, values, strict=False))
        holder = cells.get(sort) or holder
        if not cells.get("column"):
            faults.append(Fault(f"row {number}", "it names no column; it was left out."))
        elif not holder:
            faults.append(Fault(f"row {number}", f"it does not say in which {sort} this column is; it was left out."))
        elif any(each.name == cells["column"] for each in tables[sort, holder]):
            faults.append(Fault(f"row {number}", f"{cells['column']} stands in {holder} already; the first one counts."))
        elif len(tables[sort, holder]) < MOST_COLUMNS:
            tables[sort, holder].append(column(cells["column"], cells.get("datatype", cells.get("kind", "")), _texts(cells, "label")))
    if sort == "table":
        return origin.with_tables(((name, Table(tuple(columns)), "") for (_, name), columns in tables.items()), "", faults)
    forms = [
        origin.row(origin.key(name), Form(tuple(Field(name=each.name, label=each.label, type=each.type) for each in columns)), name)
        for (_, name), columns in tables.items()
    ]
    return origin.scanned(forms, faults)


def _list(rows: Iterator[tuple[int, list[str]]], names: Sequence[str], origin: Origin) -> Scanned:
    kinds: dict[str, Kind] = {
        " ".join(fold(said)): kind
        for kind in get_args(Kind)
        for text in (KIND_NAMES[kind], KIND_PLURALS[kind])
        for said in (kind, text.fr, text.nl, text.en)
    }
    found: dict[str, ThingRow] = {}
    faults: list[Fault] = []
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
        if key in found:
            faults.append(Fault(f"row {number}", f"{key} is there already; the first one counts."))
            continue
        row = origin.row(key, _details(kind, cells, number, faults), title, _texts(cells, "about"), _links(cells, origin))
        changes = {name: cells[name] for name in ("owner", "steward") if cells.get(name)}
        found[key] = msgspec.structs.replace(row, **changes)
    return origin.scanned(found.values(), faults)


def _details(kind: Kind, cells: dict[str, str], number: int, faults: list[Fault]) -> Any:
    """Return the details that a row gives; a cell that cannot be one is told and left out."""
    details: Any = DETAILS[kind]
    given: dict[str, Any] = {}
    for name in details.__struct_fields__:
        if not (text := cells.get(name, "")):
            continue
        value: Any = text
        if name in NUMBERS:
            try:
                value = NUMBERS[name](text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
            except ValueError:
                faults.append(Fault(f"row {number}, {name}", f"{text!r} is no number; the cell was left out."))
                continue
        try:
            msgspec.convert({"type": kind, name: value}, details)
        except msgspec.ValidationError as fault:
            faults.append(Fault(f"row {number}, {name}", f"{text!r} cannot be taken ({fault}); the cell was left out."))
            continue
        given[name] = value
    return msgspec.convert({"type": kind, **given}, details)


def _links(cells: dict[str, str], origin: Origin) -> list[tuple[Relation, str]]:
    """Return the links that columns named after a relation give, several keys between commas."""
    return [(relation, key.strip()) for relation in RELATIONS if cells.get(relation) for key in cells[relation].split(",") if key.strip()]
