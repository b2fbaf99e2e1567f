"""The table of a fleet: which vehicles drive in the zone, how many, and how far. Reads CSV, or says what is wrong with it."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.scenarios.declaring import Rows

KINDS = ("car", "van")
FUELS = ("diesel", "petrol", "electric")
EUROS = ("0", "1", "2", "3", "4", "5", "6", "6d")
HEAD = ("kind", "fuel", "euro", "vehicles", "km")
MOST_ROWS, MOST_VEHICLES, MOST_KM = 100, 20_000_000, 200_000


class Vehicles(NamedTuple):
    """A row: vehicles of one kind, fuel and Euro class (`-` for electric ones), and the kilometres that each drives in the zone in a year."""

    kind: str
    fuel: str
    euro: str
    vehicles: float
    km: float


def read(text: str) -> Rows:
    """Return the rows of a CSV with the columns of `HEAD`, in any order, separated by commas or semicolons. Raises `Problem` 400 "
    "for the first fault."""
    lines = text.strip().lstrip("\ufeff").splitlines()
    if not lines:
        raise _fault("", Text("le tableau est vide.", "de tabel is leeg.", "the table is empty."))
    reader = csv.reader(io.StringIO("\n".join(lines[: MOST_ROWS + 2])), delimiter=";" if ";" in lines[0] else ",")
    try:
        head, *rows = [[cell.strip() for cell in row] for row in reader if any(cell.strip() for cell in row)]
    except (csv.Error, ValueError):
        raise _fault("", Text("ce n’est pas un fichier CSV.", "dit is geen CSV-bestand.", "this is not a CSV file.")) from None
    head = [name.casefold() for name in head]
    if sorted(head) != sorted(HEAD):
        wanted, given = ", ".join(HEAD), ", ".join(head)[:200]
        raise _fault(
            "1",
            Text(
                f"il faut les colonnes {wanted} ; le fichier a {given}.",
                f"de kolommen {wanted} zijn nodig; het bestand heeft {given}.",
                f"the columns {wanted} are needed; the file has {given}.",
            ),
        )
    if not rows or len(rows) > MOST_ROWS:
        raise _fault(
            "",
            Text(f"il faut de 1 à {MOST_ROWS} lignes.", f"er zijn 1 tot {MOST_ROWS} regels nodig.", f"it needs 1 to {MOST_ROWS} rows."),
        )
    return tuple(_row(dict(zip(head, row, strict=False)), number, len(row)) for number, row in enumerate(rows, 2))


def _row(cells: dict[str, str], line: int, width: int) -> Vehicles:
    if width != len(HEAD):
        raise _fault(
            str(line),
            Text(
                f"{width} valeurs au lieu de {len(HEAD)}.", f"{width} waarden in plaats van {len(HEAD)}.", f"{width} values instead of {len(HEAD)}."
            ),
        )
    kind, fuel, euro = cells["kind"].casefold(), cells["fuel"].casefold(), cells["euro"].casefold().removeprefix("euro").strip()
    for value, known, column in ((kind, KINDS, "kind"), (fuel, FUELS, "fuel"), (euro, EUROS if fuel != "electric" else ("-", ""), "euro")):
        if value not in known:
            words = ", ".join(known)
            raise _fault(
                str(line),
                Text(
                    f"{column} « {value[:40]} » est inconnu ; les valeurs possibles sont {words}.",
                    f"{column} ‘{value[:40]}’ is onbekend; mogelijk zijn {words}.",
                    f"{column} {value[:40]!r} is not known; there are {words}.",
                ),
            )
    return Vehicles(
        kind, fuel, euro or "-", _number(cells, "vehicles", MOST_VEHICLES, line), _number(cells, "km", MOST_KM, line)
    )  # fmt: skip


def _number(cells: dict[str, str], column: str, most: float, line: int) -> float:
    try:
        value = float(cells[column])
    except ValueError:
        value = float("nan")
    if not 0 <= value <= most:
        raise _fault(
            str(line),
            Text(
                f"{column} doit être un nombre entre 0 et {most:.0f}, pas « {cells[column][:40]} ».",
                f"{column} moet een getal tussen 0 en {most:.0f} zijn, niet ‘{cells[column][:40]}’.",
                f"{column} must be a number from 0 to {most:.0f}, not {cells[column][:40]!r}.",
            ),
        )
    return value


def _fault(line: str, what: Text) -> Problem:
    where = Text(f"Ligne {line} : ", f"Regel {line}: ", f"Line {line}: ") if line else Text("Flotte : ", "Wagenpark: ", "Fleet: ")
    said = Text(where.fr + what.fr, where.nl + what.nl, where.en + what.en)
    return wrong(said.en, where="fleet", said=said)


def write(rows: Rows) -> str:
    """Return rows as the canonical CSV that `read` reads."""
    return "\n".join([",".join(HEAD), *(f"{kind},{fuel},{euro},{vehicles:.15g},{km:.15g}" for kind, fuel, euro, vehicles, km in rows)])


DEFAULT: Rows = tuple(
    Vehicles(*row)
    for row in (
        ("car", "diesel", "3", 1_000, 4_000),
        ("car", "diesel", "4", 4_000, 5_000),
        ("car", "diesel", "5", 38_000, 6_000),
        ("car", "diesel", "6", 62_000, 7_000),
        ("car", "diesel", "6d", 33_000, 8_000),
        ("car", "petrol", "1", 500, 3_000),
        ("car", "petrol", "2", 4_000, 4_000),
        ("car", "petrol", "3", 8_000, 4_500),
        ("car", "petrol", "4", 45_000, 5_000),
        ("car", "petrol", "5", 56_000, 5_500),
        ("car", "petrol", "6", 85_000, 6_000),
        ("car", "petrol", "6d", 105_000, 6_500),
        ("car", "electric", "-", 48_000, 7_000),
        ("van", "diesel", "4", 1_000, 5_000),
        ("van", "diesel", "5", 14_000, 7_000),
        ("van", "diesel", "6", 25_000, 8_000),
        ("van", "diesel", "6d", 17_000, 9_000),
        ("van", "petrol", "6d", 1_500, 6_000),
        ("van", "electric", "-", 2_500, 7_000),
    )
)
"""Orders of magnitude of the vehicles in use in a region of 1.2 million people around 2025, written by us: some 550,000 vehicles and 3.5 billion
kilometres a year inside the zone. It is an assumption to be replaced by the register and by counts, not a count."""
