"""What a form of the flow says, as a spec or a description: pure, and each fault with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.catalogue.vocabularies import FREQUENCIES, LANGUAGE_NAMES, LICENCES, THEMES
from zinneke.foundations.catalogue.words import slug
from zinneke.foundations.tables.findings import Looked
from zinneke.foundations.tables.values import ColumnSpec, Spec, Treatment
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text
from zinneke.office.publishing.rules import GROUNDS, LEAST
from zinneke.office.publishing.values import Work

TYPES: dict[str, Text] = {
    "text": Text("texte", "tekst", "text"),
    "integer": Text("nombre entier", "geheel getal", "whole number"),
    "decimal": Text("nombre décimal", "decimaal getal", "decimal number"),
    "boolean": Text("oui ou non", "ja of nee", "yes or no"),
    "date": Text("date", "datum", "date"),
    "timestamp": Text("date et heure", "datum en uur", "date and time"),
}
DELIMITERS: dict[str, Text] = {
    ",": Text("virgule", "komma", "comma"),
    ";": Text("point-virgule", "puntkomma", "semicolon"),
    "\t": Text("tabulation", "tab", "tab"),
    "|": Text("barre verticale", "verticale streep", "vertical bar"),
}
ENCODINGS = ("utf-8", "cp1252", "iso8859_15", "cp850", "mac_roman", "utf-16")
SYSTEMS: dict[str, Text] = {
    "EPSG:4326": Text("degrés (WGS 84)", "graden (WGS 84)", "degrees (WGS 84)"),
    "EPSG:31370": Text("mètres (Lambert 72)", "meters (Lambert 72)", "metres (Lambert 72)"),
    "EPSG:3812": Text("mètres (Lambert 2008)", "meters (Lambert 2008)", "metres (Lambert 2008)"),
}
DOING: dict[str, Text] = {
    "": Text("laisser tel quel", "laten zoals het is", "leave as it is"),
    "drop": Text("retirer la colonne", "de kolom weglaten", "leave the column out"),
    "mask": Text("masquer les valeurs", "de waarden maskeren", "mask the values"),
    "first": Text("ne garder que les premiers caractères", "alleen de eerste tekens behouden", "keep only the first characters"),
    "range": Text("mettre en tranches", "in klassen indelen", "put into ranges"),
    "year": Text("ne garder que l’année", "alleen het jaar behouden", "keep only the year"),
    "month": Text("ne garder que le mois", "alleen de maand behouden", "keep only the month"),
    "commune": Text("la commune au lieu du point", "de gemeente in plaats van het punt", "the commune instead of the point"),
    "declare": Text("ce ne sont pas des données personnelles", "dit zijn geen persoonsgegevens", "these are not personal data"),
}
_LONGEST = {"title": 300, "description": 10_000, "keywords": 500, "contact": 300, "publisher": 200}
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[a-zA-Z]{2,24}|https?://\S+")

Posted = Mapping[str, Any]
Faults = dict[str, Text]


def read_table(post: Posted, work: Work) -> Spec:
    """Return the spec of how to read the source, from the form of the table."""
    spec = work.spec
    if work.raw is not None:
        spec = _columns(post, spec, work.raw.columns)
    skip = str(post.get("skip", "")).strip()
    lon, lat = str(post.get("lon", ""))[:200], str(post.get("lat", ""))[:200]
    part = str(post.get("part", ""))
    book = bool(work.parts) and part in work.parts
    form = work.raw.form if work.raw else ""
    return msgspec.structs.replace(
        spec,
        delimiter=str(post.get("delimiter", ""))[:1] if post.get("delimiter") in DELIMITERS else "",
        encoding=str(post.get("encoding", "")) if post.get("encoding") in ENCODINGS else "",
        decimal=post.get("decimal", "") if post.get("decimal") in (",", ".") else "",
        header=post.get("header", "yes") != "no",
        skip=min(int(skip), 1_000) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0,
        lon=lon if lat else "",
        lat=lat if lon else "",
        crs=str(post.get("crs")) if post.get("crs") in SYSTEMS else "EPSG:4326",
        geometry=post.get("places", "yes") != "no",
        sheet=part if book and _is_book(work, form) else "",
        member=part if book and not _is_book(work, form) else "",
    )


def _is_book(work: Work, form: str) -> bool:
    return form == "xlsx" or work.name.lower().endswith((".xlsx", ".xlsm"))


def _columns(post: Posted, spec: Spec, looked: Sequence[Looked]) -> Spec:
    """Return the spec with what the form says of each column; a level that was chosen stays."""
    known = {each.name: each for each in spec.columns}
    columns = []
    for number, each in enumerate(looked):
        said = known.get(each.source, ColumnSpec(name=each.source))
        kind = str(post.get(f"type-{number}", ""))
        label = {language: text for language in ("fr", "nl", "en") if (text := str(post.get(f"{language}-{number}", "")).strip()[:200])}
        chosen = kind if kind in TYPES and kind != each.column.type else said.type if kind == said.type else ""
        said = msgspec.structs.replace(said, label=label, unit=str(post.get(f"unit-{number}", "")).strip()[:40], type=chosen)
        if said != ColumnSpec(name=each.source):
            columns.append(said)
    return msgspec.structs.replace(spec, columns=tuple(columns))


def read_people(post: Posted, work: Work) -> tuple[Spec, Faults]:
    """Return the spec with levels, treatments and groups, from the form about people, and the faults by field."""
    assert work.raw is not None
    faults: Faults = {}
    known = {each.name: each for each in work.spec.columns}
    columns, treatments, quasi = [], [], []
    for number, looked in enumerate(work.raw.columns):
        name = looked.column.name
        said = known.get(looked.source, ColumnSpec(name=looked.source))
        level = str(post.get(f"level-{number}", ""))
        if level in ("0", "1", "2"):
            said = msgspec.structs.replace(said, level=Level(int(level)))
        columns.append(said)
        if post.get(f"quasi-{number}"):
            quasi.append("commune" if looked.column.type == "geometry" else name)
        if treatment := _treatment(post, number, looked, faults):
            treatments.append(treatment)
    gone = {each.column for each in treatments if each.do == "drop"}
    quasi = [name for name in quasi if name not in gone]
    least = str(post.get("k", "")).strip() or str(LEAST)
    if not (least.isascii() and least.isdigit() and 2 <= int(least[:6]) <= 1000):
        faults["k"] = Text("Donnez un nombre de 2 à 1 000.", "Geef een getal van 2 tot 1 000.", "Give a number from 2 to 1,000.")
        least = str(LEAST)
    if quasi and post.get("suppress"):
        treatments.append(Treatment("suppress"))
    kept = tuple(each for each in columns if each != ColumnSpec(name=each.name))
    spec = msgspec.structs.replace(work.spec, columns=kept, treatments=tuple(treatments), quasi=tuple(quasi), k=int(least) if quasi else 0)
    return spec, faults


def _treatment(post: Posted, number: int, looked: Looked, faults: Faults) -> Treatment | None:
    do = str(post.get(f"do-{number}", ""))
    if do not in DOING or not do:
        return None
    why = str(post.get(f"why-{number}", "")).strip()[:500]
    if do == "declare" and not why:
        said = (
            "Dites pourquoi ce ne sont pas des données personnelles.",
            "Zeg waarom dit geen persoonsgegevens zijn.",
            "Say why these are not personal data.",
        )
        faults[f"why-{number}"] = Text(*said)
        return None
    by = 0.0
    if do in ("first", "range"):
        try:
            by = float(str(post.get(f"by-{number}", "")).strip().replace(",", "."))
        except ValueError:
            by = 0.0
        if not 0 < by < 1e12 or (do == "first" and not 1 <= by <= 20):
            said = (
                "Dites combien de caractères, ou la largeur d’une tranche.",
                "Zeg hoeveel tekens, of hoe breed een klasse is.",
                "Say how many characters, or how wide a range.",
            )
            faults[f"by-{number}"] = Text(*said)
            return None
    column = "" if do == "commune" else looked.column.name
    return Treatment(do, column, by, why)  # type: ignore[arg-type]


def read_about(post: Posted, work: Work) -> tuple[DatasetRow, str, Faults]:
    """Return the description and the ground, from the form about the dataset, and the faults by field."""
    faults: Faults = {}
    texts = {name: _texts(post, name) for name in ("title", "description")}
    if not texts["title"]:
        faults["title_fr"] = Text(
            "Donnez un titre, en français ou en néerlandais au moins.", "Geef een titel, minstens in het Frans of in het Nederlands.",
            "Give a title, in French or in Dutch at least.",
        )  # fmt: skip
    keywords = {language: found for language in ("fr", "nl", "en") if (found := _words(str(post.get(f"keywords_{language}", ""))))}
    ground, contact = str(post.get("ground", "")), str(post.get("contact", "")).strip()[: _LONGEST["contact"]]
    if ground not in GROUNDS:
        faults["ground"] = Text("Choisissez la base légale.", "Kies de wettelijke grond.", "Choose the legal ground.")
    if contact and not _MAIL.fullmatch(contact):
        faults["contact"] = Text(
            "Donnez une adresse électronique ou une adresse web.", "Geef een e-mailadres of een webadres.", "Give an email address or a web address."
        )
    licence = str(post.get("licence", ""))
    if licence not in LICENCES:
        faults["licence"] = Text("Choisissez une licence.", "Kies een licentie.", "Choose a licence.")
    name = str(post.get("publisher", "")).strip()[: _LONGEST["publisher"]]
    theme, frequency = str(post.get("theme", "")), str(post.get("frequency", ""))
    old = work.row.publisher
    publisher = old if old and name in old.name.values() else Publisher(slug(name) or "publisher", {"fr": name, "nl": name}) if name else None
    row = msgspec.structs.replace(
        work.row,
        title=texts["title"],
        description=texts["description"],
        keywords=keywords,
        themes=(theme,) if theme in THEMES else (),
        licence=licence if licence in LICENCES else "",
        frequency=frequency if frequency in FREQUENCIES else "",
        contact=contact,
        publisher=publisher,
        languages=_languages(post, texts["title"]),
    )
    return row, ground if ground in GROUNDS else "", faults


def _languages(post: Posted, title: Mapping[str, str]) -> tuple[str, ...]:
    """Return the languages of the data as they are said, those of the title where nobody was asked."""
    if "languages" not in post:
        return tuple(language for language in ("fr", "nl", "en") if language in title)
    return tuple(language for language in LANGUAGE_NAMES if post.get(f"language_{language}"))


def _texts(post: Posted, name: str) -> dict[str, str]:
    found = {language: str(post.get(f"{name}_{language}", "")).strip()[: _LONGEST[name]] for language in ("fr", "nl", "en")}
    return {language: text for language, text in found.items() if text}


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for each in text[: _LONGEST["keywords"]].split(",") if (word := " ".join(each.split()))))
