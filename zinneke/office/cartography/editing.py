"""The form of a thing, made from its details: what is asked follows from the declaration, and what was typed becomes a row or faults by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import LANGUAGES, Text
from zinneke.office.cartography import codes
from zinneke.office.cartography.things import DETAILS, HOSTING_NAMES, Column, Field, Kind, ThingRow

Shape = Literal["line", "text", "number", "date", "choice", "choices", "tick", "list", "lines", "words"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form: its name, its words, how it is asked, and what can be chosen."""

    name: str
    label: Text
    shape: Shape = "line"
    hint: Text | None = None
    options: Mapping[str, Text] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with what stands in it now, and the fault if there is one."""

    asked: Asked
    value: Any
    fault: str = ""


LEVELS = {
    "public": Text("public", "openbaar", "public"),
    "shared": Text("partagé entre administrations", "gedeeld tussen administraties", "shared between administrations"),
    "personal": Text("personnel ou confidentiel", "persoonlijk of vertrouwelijk", "personal or confidential"),
}
PER_LINE = Text("Un par ligne : nom | type | libellé.", "Eén per regel: naam | type | label.", "One a line: name | type | label.")
A_LINE = Text("Un par ligne.", "Eén per regel.", "One a line.")
HEAD: tuple[Asked, ...] = (
    *(Asked(f"title_{each}", Text(f"Titre ({each})", f"Titel ({each})", f"Title ({each})")) for each in LANGUAGES),
    *(Asked(f"about_{each}", Text(f"Description ({each})", f"Omschrijving ({each})", f"Description ({each})"), "text") for each in LANGUAGES),
    Asked(
        "owner",
        Text(
            "Administration responsable (nom ou clé)",
            "Verantwoordelijke administratie (naam of sleutel)",
            "Administration that answers for it (name or key)",
        ),
    ),
    Asked("steward", Text("Gestionnaire (fonction)", "Beheerder (functie)", "Steward (function)")),
    Asked("level", Text("Qui peut voir cette fiche", "Wie deze fiche mag zien", "Who may see this entry"), "choice", options=LEVELS),
    Asked("area", Text("Commune (code INS, vide : la Région)", "Gemeente (NIS-code, leeg: het Gewest)", "Commune (NIS code, empty: the Region)")),
    Asked("next_review", Text("Prochaine relecture", "Volgende nazicht", "Next review"), "date"),
)
"""What is asked of every thing."""
DETAIL: dict[str, Asked] = {
    each.name: each
    for each in (
        Asked("enterprise_number", Text("Numéro d’entreprise", "Ondernemingsnummer", "Enterprise number")),
        Asked("web", Text("Adresse web", "Webadres", "Web address")),
        Asked("contact", Text("Contact (fonction ou adresse)", "Contact (functie of adres)", "Contact (function or address)")),
        Asked("dpo", Text("Délégué à la protection des données", "Functionaris voor gegevensbescherming", "Data protection officer")),
        Asked("dpo_of", Text("Ce délégué est", "Deze functionaris is", "This officer is"), "choice", options={
            "": Text("non précisé", "niet vermeld", "not said"), "internal": Text("interne", "intern", "internal"),
            "external": Text("externe", "extern", "external"),
        }),
        Asked("hosting", Text("Hébergement", "Hosting", "Hosting"), "choice", options={str(key): name for key, name in HOSTING_NAMES.items()}),
        Asked("supplier", Text("Fournisseur", "Leverancier", "Supplier")),
        Asked("cost", Text("Coût par an (€)", "Kost per jaar (€)", "Cost a year (€)"), "number"),
        Asked("users", Text("Utilisateurs", "Gebruikers", "Users"), "number"),
        Asked("engine", Text("Moteur", "Systeem", "Engine")),
        Asked("place", Text("Lieu de stockage", "Plaats van opslag", "Where it is stored")),
        Asked("keep", Text("Conservation (mois, 0 : sans limite)", "Bewaring (maanden, 0: onbeperkt)", "Kept (months, 0: for ever)"), "number"),
        Asked("keep_ground", Text("Base de la conservation", "Grond voor de bewaring", "Ground for keeping them")),
        Asked("since", Text("Plus anciennes données du", "Oudste gegevens van", "Oldest data of"), "date"),
        Asked("afterwards", Text("Ensuite", "Nadien", "Then"), "choice", options={
            "": Text("pas décidé", "niet beslist", "not decided"), "destroy": Text("détruire", "vernietigen", "destroy"),
            "archive": Text("archiver", "archiveren", "archive"),
        }),
        Asked("columns", Text("Colonnes", "Kolommen", "Columns"), "list", PER_LINE),
        Asked("rows", Text("Lignes", "Rijen", "Rows"), "number"),
        Asked("dataset", Text("Jeu de données (clé du catalogue)", "Dataset (sleutel in de catalogus)", "Dataset (key in the catalogue)")),
        Asked("ground", Text("Base légale", "Rechtsgrond", "Legal ground")),
        Asked("volume", Text("Nombre par an", "Aantal per jaar", "How often a year"), "number"),
        Asked("fields", Text("Questions", "Vragen", "Questions"), "list", PER_LINE),
        Asked("definition", Text("Définition", "Definitie", "Definition"), "words"),
        Asked("concepts", Text("Mots du lexique", "Woorden van het lexicon", "Words of the lexicon"), "lines", A_LINE),
        Asked("purpose", Text("Pour quoi", "Waarvoor", "What for"), "words"),
        Asked("approved", Text("Approuvé pour le glossaire", "Goedgekeurd voor de woordenlijst", "Approved for the glossary"), "tick"),
        Asked("personal", Text("Donnée à caractère personnel", "Persoonsgegeven", "Personal data"), "tick"),
        Asked("identifies", Text("Clé d’identification", "Identificatiesleutel", "Identification key"), "tick"),
        Asked("iri", Text("IRI", "IRI", "IRI")),
        Asked("authoritative", Text("Fait foi", "Is authentiek", "Is authoritative"), "tick"),
        Asked("responsible", Text("Responsable", "Verantwoordelijke", "Responsible")),
        Asked("initiator", Text("Initiateur", "Initiator", "Initiator")),
        Asked("integrator", Text("Intégrateur", "Integrator", "Integrator")),
        Asked("frequency", Text("Mise à jour", "Bijwerking", "Updated"), "choice", options=codes.FREQUENCIES),
        Asked("reference", Text("Référence", "Referentie", "Reference")),
        Asked("start", Text("À partir du", "Vanaf", "From"), "date"),
        Asked("end", Text("Jusqu’au", "Tot", "Until"), "date"),
        Asked("role", Text("Rôle", "Rol", "Role"), "choice", options=codes.ROLES),
        Asked("controller", Text("Responsable du traitement", "Verwerkingsverantwoordelijke", "Controller")),
        Asked("processors", Text("Sous-traitants", "Verwerkers", "Processors"), "lines", A_LINE),
        Asked("purposes", Text("Finalités", "Doeleinden", "Purposes"), "choices", options=codes.PURPOSES),
        Asked("basis", Text("Base juridique", "Rechtsgrond", "Legal basis"), "choices", options=codes.BASES),
        Asked("categories", Text("Catégories de données", "Categorieën van gegevens", "Categories of data"), "choices", options=codes.CATEGORIES),
        Asked("persons", Text("Personnes concernées", "Betrokkenen", "Persons concerned"), "choices", options=codes.PERSONS),
        Asked("receivers", Text("Destinataires", "Ontvangers", "Receivers"), "lines", A_LINE),
        Asked("transfers", Text("Transferts hors UE", "Doorgifte buiten de EU", "Transfers outside the EU"), "lines", A_LINE),
        Asked("keep_words", Text("Conservation, en mots", "Bewaring, in woorden", "Retention, in words"), "words"),
        Asked("assessment", Text("Analyse d’impact", "Effectbeoordeling", "Impact assessment"), "choice", options=codes.ASSESSMENTS),
        Asked("assessed", Text("Analyse faite le", "Beoordeling uitgevoerd op", "Assessed on"), "date"),
        Asked("reassess", Text("Analyse à revoir le", "Beoordeling te herzien op", "Assessment due again on"), "date"),
        Asked("impact", Text("Adresse de l’analyse", "Adres van de beoordeling", "Address of the assessment")),
        Asked("measures", Text("Mesures de sécurité", "Beveiligingsmaatregelen", "Security measures"), "choices", options=codes.MEASURES),
    )
}  # fmt: skip
"""What is asked of a detail, by its name; details that are not here are kept as they are."""
NO_NUMBER = Text("Écrivez un nombre.", "Schrijf een getal.", "Write a number.")
NO_DATE = Text("Écrivez une date : 2026-11-28.", "Schrijf een datum: 2026-11-28.", "Write a date: 2026-11-28.")
NO_TITLE = Text("Donnez un titre dans au moins une langue.", "Geef een titel in minstens één taal.", "Give a title in at least one language.")
TOO_MUCH = Text("Ceci ne peut pas être repris : {}", "Dit kan niet worden overgenomen: {}", "This cannot be taken: {}")


def questions(kind: Kind) -> tuple[Asked, ...]:
    """Return what is asked of a kind of thing."""
    names: tuple[str, ...] = DETAILS[kind].__struct_fields__  # type: ignore[attr-defined]
    return (*HEAD, *(DETAIL[name] for name in names if name in DETAIL))


def values(row: ThingRow) -> dict[str, Any]:
    """Return what stands in the form of a thing."""
    head = {f"{name}_{each}": getattr(row, name).get(each, "") for name in ("title", "about") for each in LANGUAGES}
    head |= {"owner": row.owner, "steward": row.steward, "area": row.area, "level": row.level.name.lower()}
    head["next_review"] = row.next_review.isoformat() if row.next_review else ""
    return head | {each.name: _written(each, getattr(row.details, each.name)) for each in questions(row.kind)[len(HEAD) :]}


def _written(asked: Asked, value: Any) -> Any:
    if asked.shape == "list":
        return "\n".join(" | ".join((each.name, each.type, next(iter(each.label.values()), ""))).rstrip(" |") for each in value)
    if asked.shape in ("choices", "tick"):
        return value
    if asked.shape == "words":
        return {each: value.get(each, "") for each in LANGUAGES}
    if asked.shape == "lines":
        return "\n".join(value)
    return "" if value is None else value.isoformat() if asked.shape == "date" else f"{value:g}" if isinstance(value, float) else str(value)


def asked_of_stewards(kind: Kind) -> tuple[Asked, ...]:
    """Return what a steward is asked of a thing besides its title: its details, without what is not theirs to decide."""
    return tuple(each for each in questions(kind)[len(HEAD) :] if each.name not in ("approved", "concepts"))


def read_details(before: ThingRow, typed: Mapping[str, Any], language: str) -> tuple[Any, dict[str, str]]:
    """Return a thing's details as a steward typed them, or the faults by field."""
    faults: dict[str, str] = {}
    held: Any = before.details
    changes = {each.name: _read(each, typed, faults, language, getattr(held, each.name)) for each in asked_of_stewards(before.kind)}
    if faults:
        return None, faults
    try:
        return msgspec.convert({"type": before.kind, **msgspec.to_builtins(msgspec.structs.replace(held, **changes))}, DETAILS[before.kind]), {}
    except msgspec.ValidationError as fault:
        return None, {_faulty(fault): TOO_MUCH.said_in(language).format(str(fault).partition(" - ")[0])}


def _faulty(fault: msgspec.ValidationError) -> str:
    """Return the name of the field that a message of msgspec is about."""
    return str(fault).rpartition("`")[0].rpartition(".")[2] or "title_fr"


def read(kind: Kind, key: str, before: ThingRow | None, typed: Mapping[str, Any], language: str) -> tuple[ThingRow | None, dict[str, str]]:
    """Return the row that was typed, or the faults by field. `typed` gives texts, and lists of texts for what allows several."""
    faults: dict[str, str] = {}
    details: Any = before.details if before else DETAILS[kind]()
    changes = {each.name: _read(each, typed, faults, language, getattr(details, each.name)) for each in questions(kind)[len(HEAD) :]}
    texts = {name: {each: said for each in LANGUAGES if (said := str(typed.get(f"{name}_{each}", "")).strip())} for name in ("title", "about")}
    if not texts["title"]:
        faults["title_fr"] = NO_TITLE.said_in(language)
    review = _read(next(each for each in HEAD if each.name == "next_review"), typed, faults, language, None)
    if faults:
        return None, faults
    head = {
        **texts, **{name: str(typed.get(name, "")).strip() for name in ("owner", "steward", "area")},
        "level": int(Level[str(typed.get("level", "shared")).upper()] if typed.get("level") in LEVELS else Level.SHARED), "next_review": review,
    }  # fmt: skip
    try:
        made: Any = msgspec.convert({"type": kind, **msgspec.to_builtins(msgspec.structs.replace(details, **changes))}, DETAILS[kind])
        row = msgspec.convert({"key": key, **head, "details": msgspec.to_builtins(made), "origin": before.origin if before else "hand"}, ThingRow)
    except msgspec.ValidationError as fault:
        return None, {_faulty(fault): TOO_MUCH.said_in(language).format(str(fault).partition(" - ")[0])}
    return row, {}


def _read(asked: Asked, typed: Mapping[str, Any], faults: dict[str, str], language: str, held: Any) -> Any:
    raw = typed.get(asked.name, "")
    if asked.shape == "tick":
        return bool(raw)
    if asked.shape == "choices":
        return tuple(each for each in (raw if isinstance(raw, list) else [raw]) if each in (asked.options or {}))
    if asked.shape == "words":
        return {each: said for each, said in written(asked, typed).items() if said}
    text = str(raw).strip()
    if asked.shape == "lines":
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if asked.shape == "choice":
        return text if text in (asked.options or {}) else held
    if asked.shape == "list":
        return (
            tuple(_part(line, held) for line in text.splitlines() if line.strip())
            if asked.name == "columns"
            else tuple(_question(line, held) for line in text.splitlines() if line.strip())
        )
    if asked.shape == "number" and text:
        return _number(asked, text, faults, language)
    if asked.shape == "date":
        return _day(asked, text, faults, language)
    return None if asked.shape == "number" else text


def written(asked: Asked, typed: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed by language."""
    return {each: str(typed.get(f"{asked.name}_{each}", "")).strip() for each in LANGUAGES}


def _number(asked: Asked, text: str, faults: dict[str, str], language: str) -> float | int | None:
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    try:
        value = float(plain)
        return value if asked.name == "cost" else int(value)
    except (ValueError, OverflowError):
        faults[asked.name] = NO_NUMBER.said_in(language)
        return None


def _day(asked: Asked, text: str, faults: dict[str, str], language: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults[asked.name] = NO_DATE.said_in(language)
        return None


def _cells(line: str) -> tuple[str, str, str]:
    name, kind, label = (*(each.strip() for each in line.split("|", 2)), "", "")[:3]
    return name[:500], kind[:500], label[:500]


def _part(line: str, held: tuple[Column, ...]) -> Column:
    """Return a column from its line; what the line does not say of one that was there stays."""
    name, kind, label = _cells(line)
    before = next((each for each in held if each.name == name), Column(name))
    return msgspec.structs.replace(before, type=kind, label=_relabelled(before.label, label))


def _question(line: str, held: tuple[Field, ...]) -> Field:
    name, kind, label = _cells(line)
    before = next((each for each in held if each.name == name), Field(name))
    return msgspec.structs.replace(before, type=kind, label=_relabelled(before.label, label))


def _relabelled(before: Mapping[str, str], label: str) -> dict[str, str]:
    """Return labels in which the first language's text is the one that the line says."""
    if label == next(iter(before.values()), ""):
        return dict(before)
    return {next(iter(before), "en"): label} if label else {}
