"""What a city brings along: its organisations, projects and components as TOML that we ship, and works in the street as GeoJSON."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.finding import fold
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.projects import keeping, own, pairing, rules, shelf, store
from zinneke.office.projects.models import Part
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Component, Fiche, Organisation, Phase


def read_inventory(path: Path, options: dict[str, Any]) -> Counts:
    """Keep what a TOML file tells: `[[organisation]]`, `[[component]]` and `[[project]]`, with `[defaults]` for all its projects."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    counts = Counts()
    for each in told.get("organisation", ()):
        counts.added += store.set_organisation(SYSTEM, _value(each, Organisation, path))
    for each in told.get("component", ()):
        _keep_component(_value(each, Component, path), counts)
    counts += keeping.take(SYSTEM, [_line(number, each, told.get("defaults", {}), path) for number, each in enumerate(told.get("project", ()), 1)])
    pairing.refresh()
    return counts


def _value(each: dict[str, Any], kind: type[Any], path: Path) -> Any:
    try:
        return msgspec.convert(each, kind)
    except msgspec.ValidationError as fault:
        raise wrong(f"{path.name}, {each.get('key', 'an entry without a key')}: {fault}. Correct the file.") from None


def _line(number: int, each: dict[str, Any], defaults: dict[str, Any], path: Path) -> Line:
    told = {**defaults, **each}
    phase: Phase = told.pop("phase", "idea")
    fiche: Fiche = _value(told, Fiche, path)
    return Line(f"project {number}", fiche, phase)


def _keep_component(component: Component, counts: Counts) -> None:
    mark = shelf.digest(shelf.encode(component))
    held = Part.objects.filter(key=component.key).first()
    if held is not None and held.loaded in ("", mark):
        counts.unchanged += 1
        return
    try:
        own.keep(SYSTEM, component, None, mark)
    except Problem as problem:
        counts.refuse(component.key, problem.detail)
        return
    counts.added += held is None
    counts.changed += held is not None


OWNERS = {
    "SCHAERBEEK": "schaerbeek",
    "VIVAQUA": "vivaqua",
    "SIBELGA": "sibelga",
    "STIB": "stib",
    "BELIRIS": "beliris",
    "BM-DPV": "mobility",
    "BM-DEN": "mobility",
    "IRISNET": "irisnet",
}
"""The first word by which the file calls who works, and our key of it; the companies among them are partners of the commune."""


def read_schaerbeek_works(path: Path, options: dict[str, Any]) -> Counts:
    """Keep the works that Schaerbeek plans in its streets, each with its polygon, dates, and who carries it out."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        features = json.load(file)["features"]
    known = set(shelf.organisations())
    counts = keeping.take(SYSTEM, _works(features, known, path))
    pairing.refresh()
    return counts


def _works(features: list[dict[str, Any]], known: set[str], path: Path) -> Iterator[Line]:
    street_of = cache(_street)
    for number, feature in enumerate(features, 1):
        told = feature.get("properties") or {}
        where = f"{path.name}, feature {number}"
        start, end = _day(told.get("DateDebut")), _day(told.get("DateFin"))
        if start and end and end < start:
            yield Line(where, wrong=rules.REVERSED)
        elif not told.get("id_chantier") or not told.get("VoirieNom"):
            what = Text("le numéro ou la rue manque.", "het nummer of de straat ontbreekt.", "the number or the street is missing.")
            yield Line(where, wrong=what)
        else:
            street = street_of(told["VoirieNom"])
            yield Line(where, _works_fiche(told, street, feature.get("geometry"), known, (start, end)), "planning")


def _street(name: str) -> Text:
    """Return a street's name in both languages of the city, where the territory knows it."""
    plain = street_name(name)
    found = territory.find_places(SYSTEM, plain, "fr", ("street",), 3)
    other = next((each.name.get("nl", "") for each in found if fold(each.name.get("fr", "")) == fold(plain)), "")
    return Text(plain, other or plain, plain)


def _works_fiche(told: dict[str, Any], street: Text, geometry: Any, known: set[str], days: tuple[date | None, date | None]) -> Fiche:
    builder = str(told.get("NomImpetrant") or "")
    owner = OWNERS.get(builder.split(" ")[0], "")
    names = Text(
        f"{street.fr}\u00a0: travaux de {said(builder)}", f"{street.nl}: werken van {said(builder)}", f"{street.en}: works by {said(builder)}"
    )
    closed = str(told.get("FermetureRue") or "").lower().startswith("o")
    about = CLOSED[closed]
    return Fiche(
        key=f"schaerbeek-{str(told['id_chantier']).lower().replace('_', '-')}",
        kind="works",
        name=names.as_dict(),
        summary=about.as_dict(),
        domain="mobility",
        owner=owner if owner in known else "schaerbeek",
        suppliers=(builder,) if builder else (),
        area="21015",
        communes=("21015",),
        place=geometry,
        start=days[0],
        end=days[1],
        source=SOURCE.as_dict(),
    )


def said(builder: str) -> str:
    """Return the name of who works as one reads it: words of more than four letters are not shouted."""
    return " ".join(word if len(word) <= 4 and word != "VOO" else word.capitalize() for word in builder.split())


SMALL = frozenset({"de", "du", "des", "la", "le", "les", "d'", "l'", "et"})


def street_name(street: str) -> str:
    """Return a street's name with its capitals: place Général Meiser."""
    first, *rest = street.strip().split(" ")
    return " ".join([first.capitalize(), *(word if word in SMALL else word[:1].upper() + word[1:] for word in rest)])


CLOSED = {
    True: Text("La rue est fermée pendant les travaux.", "De straat is afgesloten tijdens de werken.", "The street is closed during the works."),
    False: Text("La rue reste ouverte pendant les travaux.", "De straat blijft open tijdens de werken.", "The street stays open during the works."),
}
SOURCE = Text(
    "Commune de Schaerbeek, inventaire des chantiers prévus (GPL-3.0)",
    "Gemeente Schaarbeek, inventaris van de geplande werven (GPL-3.0)",
    "Municipality of Schaerbeek, inventory of planned works (GPL-3.0)",
)


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(str(said)[:10])
    except ValueError:
        return None


READERS: dict[str, Callable[[Path, dict[str, Any]], Counts]] = {"inventory": read_inventory, "schaerbeek_works": read_schaerbeek_works}
