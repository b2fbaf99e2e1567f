"""The fields of each kind's own part of the form, and between what is typed there and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from django import forms
from django.utils.translation import get_language

from zinneke.kernel.text import LANGUAGES, Text
from zinneke.office.knowledge import kinds, rules
from zinneke.office.knowledge.values import (
    Article,
    Challenge,
    Clause,
    Details,
    Elsewhere,
    Event,
    Expert,
    Norm,
    Technology,
    Tender,
)

DETAILS: dict[str, type[Details]] = {
    "technology": Technology,
    "elsewhere": Elsewhere,
    "event": Event,
    "article": Article,
    "norm": Norm,
    "clause": Clause,
    "tender": Tender,
    "challenge": Challenge,
    "expert": Expert,
}
NAMES = {
    "fr": Text("en français", "in het Frans", "in French"),
    "nl": Text("en néerlandais", "in het Nederlands", "in Dutch"),
    "en": Text("en anglais", "in het Engels", "in English"),
}
_SPOKEN = {"fr": Text("français", "Frans", "French"), "nl": Text("néerlandais", "Nederlands", "Dutch"), "en": Text("anglais", "Engels", "English")}
DAY = Text("Par exemple 2027-03-31.", "Bijvoorbeeld 2027-03-31.", "For example 2027-03-31.")
CHOOSE = Text("Choisissez dans la liste.", "Kies uit de lijst.", "Choose from the list.")
REQUIRED = Text("Ce champ est nécessaire.", "Dit veld is nodig.", "This field is needed.")
INVALID = Text("Ceci ne peut pas être lu ainsi.", "Dit kan zo niet worden gelezen.", "This cannot be read as it is.")


def say(text: Text) -> str:
    """Return a text in the language of the page."""
    return text.said_in((get_language() or "en")[:2])


def _words(label: Text, hint: Text | None, required: bool) -> dict[str, Any]:
    faults = {
        key: say(CHOOSE if key == "invalid_choice" else REQUIRED if key == "required" else INVALID)
        for key in ("required", "invalid", "invalid_choice")
    }
    return {"label": say(label), "help_text": say(hint) if hint else "", "required": required, "error_messages": faults}


def line(label: Text, hint: Text | None = None, required: bool = False, longest: int = 300) -> forms.Field:
    """Return a field for one line."""
    return forms.CharField(max_length=longest, **_words(label, hint, required))


def area(label: Text, hint: Text | None = None, required: bool = False, rows: int = 4) -> forms.Field:
    """Return a field for several lines."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **_words(label, hint, required))


def choice(label: Text, choices: Mapping[str, Text], hint: Text | None = None, required: bool = True) -> forms.Field:
    """Return a field for one of a few."""
    none = [] if required else [("", "–")]
    return forms.ChoiceField(choices=none + [(key, say(text)) for key, text in choices.items()], **_words(label, hint, required))


def several(label: Text, choices: Iterable[tuple[str, str]]) -> forms.Field:
    """Return a field for any of a few, as boxes to tick."""
    return forms.MultipleChoiceField(choices=list(choices), widget=forms.CheckboxSelectMultiple, **_words(label, None, False))


def day(label: Text, required: bool = False) -> forms.Field:
    """Return a field for a date."""
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"], **_words(label, DAY, required)
    )


def moment(label: Text, required: bool = False) -> forms.Field:
    """Return a field for a moment in city time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **_words(label, None, required))


def whole(label: Text, low: int, high: int, hint: Text | None = None) -> forms.Field:
    """Return a field for a whole number."""
    return forms.IntegerField(min_value=low, max_value=high, **_words(label, hint, True))


def in_languages(name: str, label: Text, hint: Text | None = None, rows: int = 4) -> dict[str, forms.Field]:
    """Return one field a language for a text: `name_fr`, `name_nl`, `name_en`."""
    found = {}
    for language, words in NAMES.items():
        both = Text(*(f"{label.said_in(each)} {words.said_in(each)}" for each in LANGUAGES))
        found[f"{name}_{language}"] = area(both, hint, rows=rows)
    return found


def spoken() -> list[tuple[str, str]]:
    """Return the languages to choose from."""
    return [(key, say(text)) for key, text in _SPOKEN.items()]


def _technology() -> dict[str, forms.Field]:
    return {
        "quadrant": choice(Text("Quadrant", "Kwadrant", "Quadrant"), kinds.QUADRANTS),
        "ring": choice(Text("Anneau", "Ring", "Ring"), kinds.RINGS),
    }


def _elsewhere() -> dict[str, forms.Field]:
    return {
        "city": line(Text("Ville", "Stad", "City"), required=True, longest=100),
        "country": line(Text("Pays", "Land", "Country"), longest=100),
        "source": line(Text("Adresse de la source", "Adres van de bron", "Address of the source"), required=True, longest=900),
        "seen": day(Text("Vu le", "Gezien op", "Seen on"), required=True),
        "relevance": choice(Text("Utilité pour Bruxelles", "Nut voor Brussel", "Use for Brussels"), kinds.RELEVANCE),
        **in_languages("why", Text("Pourquoi cela compte ici,", "Waarom dit hier telt,", "Why it matters here,"), rows=3),
    }


def _event() -> dict[str, forms.Field]:
    conclusions = Text(
        "Une par ligne ; après | ce qui la met en œuvre : « Partager les comptages | project:comptages ».",
        "Eén per regel; na | wat ze uitvoert: “De tellingen delen | project:tellingen”.",
        "One a line; after | what carries it out: “Share the counts | project:counts”.",
    )
    return {
        "form": choice(Text("Forme", "Vorm", "Form"), kinds.EVENT_FORMS),
        "starts": moment(Text("Commence", "Begint", "Starts"), required=True),
        "ends": moment(Text("Finit", "Eindigt", "Ends"), required=True),
        "place": line(Text("Lieu", "Plaats", "Place")),
        "online": line(Text("Adresse en ligne", "Onlineadres", "Address online"), longest=500),
        "seats": whole(
            Text("Places", "Plaatsen", "Seats"), 0, 100_000, Text("0 : sans inscription.", "0: zonder inschrijving.", "0: no registration.")
        ),
        "limit": whole(Text("Places par personne", "Plaatsen per persoon", "Seats for one person"), 1, 50),
        "closes": moment(Text("Inscription jusqu’au", "Inschrijven tot", "Registration until")),
        "languages": several(Text("Langues parlées", "Gesproken talen", "Languages spoken"), spoken()),
        **in_languages("access", Text("Accessibilité du lieu,", "Toegankelijkheid van de plaats,", "Accessibility of the place,"), rows=3),
        **in_languages("report", Text("Compte rendu,", "Verslag,", "Report,"), rows=6),
        "conclusions": area(Text("Conclusions", "Conclusies", "Conclusions"), conclusions, rows=6),
    }


def _article() -> dict[str, forms.Field]:
    return {
        "form": choice(Text("Forme", "Vorm", "Form"), kinds.ARTICLE_FORMS),
        "day": day(Text("Date", "Datum", "Date")),
        "author": line(Text("Auteur", "Auteur", "Author")),
        "file": line(Text("Adresse du document entier", "Adres van het hele document", "Address of the whole document"), longest=900),
    }


def _norm() -> dict[str, forms.Field]:
    return {
        "topic": choice(Text("Sujet", "Onderwerp", "Topic"), kinds.TOPICS),
        "number": line(Text("Numéro ou nom", "Nummer of naam", "Number or name"), required=True),
        "edition": line(Text("Version", "Versie", "Version")),
        "status": choice(Text("Statut", "Status", "Status"), kinds.STATUSES),
        "source": line(Text("Adresse du texte", "Adres van de tekst", "Address of the text"), longest=900),
        **in_languages("proof", Text("Comment on prouve la conformité,", "Hoe men de conformiteit bewijst,", "How conformity is proved,"), rows=3),
        "spoken": line(Text("Où cette plateforme la parle", "Waar dit platform ze spreekt", "Where this platform speaks it"), longest=500),
    }


def _clause() -> dict[str, forms.Field]:
    return {"topic": choice(Text("Sujet", "Onderwerp", "Topic"), kinds.TOPICS)}


def _tender() -> dict[str, forms.Field]:
    promises = Text(
        "Une par ligne : « dataset CLÉ-OU-TITRE | 2027-03-31 » ou « api ADRESSE | 2027-03-31 ».",
        "Eén per regel: “dataset SLEUTEL-OF-TITEL | 2027-03-31” of “api ADRES | 2027-03-31”.",
        "One a line: “dataset KEY-OR-TITLE | 2027-03-31” or “api ADDRESS | 2027-03-31”.",
    )
    return {
        "buyer": line(Text("Acheteur", "Aankoper", "Buyer"), required=True),
        "number": line(Text("Numéro du marché", "Nummer van de opdracht", "Number of the contract")),
        "project": line(
            Text("Projet", "Project", "Project"), Text("Par exemple project:lora.", "Bijvoorbeeld project:lora.", "For example project:lora.")
        ),
        "delivery": day(Text("Livraison", "Oplevering", "Delivery")),
        "promises": area(Text("Données et API promises", "Beloofde gegevens en API’s", "Data and APIs promised"), promises, rows=6),
    }


def _challenge() -> dict[str, forms.Field]:
    datasets = Text("Une clé par ligne.", "Eén sleutel per regel.", "One key a line.")
    return {
        "stage": choice(Text("Étape", "Fase", "Stage"), kinds.STAGES),
        "closes": day(Text("Réponses jusqu’au", "Antwoorden tot", "Answers until")),
        "contact": line(Text("Personne de contact", "Contactpersoon", "Contact")),
        "datasets": area(Text("Jeux de données à disposition", "Beschikbare datasets", "Datasets at hand"), datasets, rows=3),
        "partner": line(Text("Partenaire", "Partner", "Partner")),
        **in_languages("terms", Text("Conditions du partenariat,", "Voorwaarden van het partnerschap,", "Terms of the partnership,"), rows=3),
        **in_languages("data_rights", Text("Droits sur les données,", "Rechten op de gegevens,", "Rights on the data,"), rows=3),
        **in_languages("results", Text("Résultats,", "Resultaten,", "Results,"), rows=3),
    }


def _expert() -> dict[str, forms.Field]:
    skills = Text("Une par ligne, avec vos mots.", "Eén per regel, in eigen woorden.", "One a line, in plain words.")
    return {
        "organisation": line(Text("Organisation", "Organisatie", "Organisation"), required=True),
        "email": line(Text("Adresse e-mail", "E-mailadres", "Email address"), required=True, longest=254),
        "skills": area(Text("Compétences", "Vaardigheden", "Skills"), skills, rows=5),
        "languages": several(Text("Langues", "Talen", "Languages"), spoken()),
        "agreed": day(Text("A accepté d’être trouvé le", "Stemde in gevonden te worden op", "Agreed to be found on"), required=True),
    }


FIELDS: dict[str, Callable[[], dict[str, forms.Field]]] = {
    "technology": _technology, "elsewhere": _elsewhere, "event": _event, "article": _article, "norm": _norm, "clause": _clause,
    "tender": _tender, "challenge": _challenge, "expert": _expert,
}  # fmt: skip
TEXTS = {"why", "access", "report", "proof", "terms", "data_rights", "results"}
LINES = {"datasets", "skills"}


def type_in(details: Details) -> dict[str, Any]:
    """Return details as the form shows them."""
    shown: dict[str, Any] = {}
    for name in details.__struct_fields__:
        value = getattr(details, name)
        if name in TEXTS:
            shown |= {f"{name}_{language}": value.get(language, "") for language in LANGUAGES}
        elif name in LINES:
            shown[name] = "\n".join(value)
        elif name == "conclusions":
            shown[name] = rules.write_conclusions(value)
        elif name == "promises":
            shown[name] = rules.write_promises(value)
        else:
            shown[name] = value
    return shown


def take_out(kind: str, typed: Mapping[str, Any], before: Details | None) -> Details:
    """Return details from a form that holds no faults; what the form does not show stays as it was. Raises `Problem` naming the field."""
    made: dict[str, Any] = {} if before is None else {name: getattr(before, name) for name in before.__struct_fields__}
    for name in (field.name for field in msgspec.structs.fields(DETAILS[kind])):
        if name in TEXTS:
            made[name] = {language: text for language in LANGUAGES if (text := typed.get(f"{name}_{language}", "").strip())}
        elif name in typed:
            made[name] = _read(name, typed[name])
    return DETAILS[kind](**made)


def _read(name: str, value: Any) -> Any:
    if name in LINES:
        return tuple(found for each in value.splitlines() if (found := each.strip()))
    if name == "conclusions":
        return rules.read_conclusions(value)
    if name == "promises":
        return rules.read_promises(value)
    return tuple(value) if isinstance(value, list) else value
