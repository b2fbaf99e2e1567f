"""When may what was found become public: pure."""

from __future__ import annotations

import msgspec

from zinneke.foundations.tables.findings import Inspection, Looked
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text, same
from zinneke.office.publishing.values import Unsettled

SUBJECT = "publishing"
LARGEST = 200_000_000
"""Bytes of a file that is sent in the browser, or fetched."""
LEAST = 5
"""How many rows should share what people could be recognised by: the house's rule for figures about people."""
_FROM, _GROUND = "Published from ", "Ground: "
CERTAIN = frozenset(("checksum",))
"""What is recognised by a checksum is not talked away: it is treated, or stays closed."""

GROUNDS: dict[str, Text] = {
    "reuse": Text(
        "Réutilisation des informations du secteur public (ordonnance de la Région)",
        "Hergebruik van overheidsinformatie (ordonnantie van het Gewest)",
        "Re-use of public-sector information (ordinance of the Region)",
    ),
    "high-value": Text(
        "Données de forte valeur (règlement d’exécution (UE) 2023/138)",
        "Hoogwaardige datasets (uitvoeringsverordening (EU) 2023/138)",
        "High-value datasets (implementing regulation (EU) 2023/138)",
    ),
    "environment": Text(
        "Accès à l’information environnementale", "Toegang tot milieu-informatie", "Access to environmental information"
    ),
    "transparency": Text("Publicité de l’administration", "Openbaarheid van bestuur", "Transparency of the administration"),
    "task": Text("Mission d’intérêt public de l’organisme", "Eigen taak van algemeen belang", "The organisation’s own task in the public interest"),
    "between": Text("Échange entre administrations seulement", "Uitwisseling tussen besturen alleen", "Exchange between administrations only"),
}  # fmt: skip
"""The legal grounds that are asked for."""


def level_of(looked: Looked, spec: Spec) -> Level:
    """Return the level that a column would be published at."""
    said = next((each.level for each in spec.columns if each.name == looked.source), None)
    return spec.level if said is None else said


def raised(found: Inspection, floor: Level) -> Inspection:
    """Return what was found, no column of it less closed than what it comes from."""
    if floor is Level.PUBLIC:
        return found
    return msgspec.structs.replace(
        found, columns=tuple(msgspec.structs.replace(each, suggested=max(each.suggested, floor)) for each in found.columns)
    )


def closed(raw: Inspection, spec: Spec) -> Spec:
    """Return the spec under which no column is more open than what it holds suggests."""
    known = {each.name: each for each in spec.columns}
    for each in raw.columns:
        if each.suggested > Level.PUBLIC:
            known[each.source] = msgspec.structs.replace(known.get(each.source, ColumnSpec(name=each.source)), level=each.suggested)
    return msgspec.structs.replace(spec, columns=tuple(known.values()))


def unsettled(raw: Inspection, spec: Spec) -> list[Unsettled]:
    """Return the columns that would be more open than what was recognised in them suggests, without a treatment that answers it."""
    found = []
    for looked in raw.columns:
        name, treatments = looked.column.name, {each.do for each in spec.treatments if each.column == looked.column.name}
        if (looked.column.type == "geometry" or name in raw.place) and any(each.do == "commune" for each in spec.treatments):
            continue
        if level_of(looked, spec) >= looked.suggested or treatments - {"declare"}:
            continue
        first = next((each for each in looked.evidence if each.sure or each.named), None)
        certain = first is not None and first.sure and first.rule in CERTAIN and first.level is Level.PERSONAL
        if "declare" in treatments and not certain:
            continue
        found.append(Unsettled(name, first.kind if first else "", first.share if first else 0.0))
    return found


def people(raw: Inspection) -> list[Looked]:
    """Return the columns in which something was recognised that is not for everybody."""
    return [looked for looked in raw.columns if looked.suggested > Level.PUBLIC]


def say_step(step: str) -> Text:
    """Return a line of how a version came to be in three languages; what was written otherwise stays as it is.

    Needs no right: it says what whoever asks has read.
    """
    if step.startswith(_FROM) and step.endswith("."):
        source = step.removeprefix(_FROM).removesuffix(".")
        return Text(f"Publié à partir de {source}.", f"Gepubliceerd vanuit {source}.", step)
    ground = next((text for text in GROUNDS.values() if step == f"{_GROUND}{text.en}."), None)
    return Text(f"Base légale\u00a0: {ground.fr}.", f"Rechtsgrond: {ground.nl}.", step) if ground else same(step)


def steps_of(source: str, ground: str) -> tuple[str, ...]:
    """Return how a version comes to be: what it is published from, and the legal ground where one is said."""
    return (f"{_FROM}{source}.", *([f"{_GROUND}{GROUNDS[ground].en}."] if ground in GROUNDS else []))
