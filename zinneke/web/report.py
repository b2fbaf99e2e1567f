"""The dashboard as a PDF, in the same sentences as the page; and how projects do, for whoever leads."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils import timezone

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.paper import as_pdf, escaped
from zinneke.kernel.text import Text, choose
from zinneke.office.projects import store as inventory
from zinneke.office.projects.words import PHASES
from zinneke.web import formats
from zinneke.web.dashboard import STATUSES, Tile

TITLE = Text("Tableau de bord de la Smart City", "Dashboard van de Smart City", "Smart city dashboard")
TARGET = Text("cible", "streefwaarde", "target")
SOURCE = Text("Source", "Bron", "Source")
ABSENT = Text("Ce qui n’est pas mesuré", "Wat niet gemeten wordt", "What is not measured")
Groups = list[tuple[str, Text, list[Tile]]]


def projects(actor: Actor) -> list[tuple[Text, int]]:
    """Return how many smart projects of the inventory are in each phase."""
    found = Counter(str(each.phase) for each in inventory.list_projects(actor, "smart"))
    return [(words, found[phase]) for phase, words in PHASES.items() if found[phase]]


def make(groups: Groups, missing: list[tuple[Text, list[Any]]], language: str) -> bytes:
    """Return the report: each domain, each indicator with its figure, time, standing, target and source, pages numbered."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    styles = getSampleStyleSheet()
    story: list[Any] = [
        Paragraph(TITLE.said_in(language), styles["Title"]),
        Paragraph(escaped(formats.day(timezone.localdate(), language, "long")), styles["Normal"]),
        Spacer(1, 6 * mm),
    ]
    for _, name, tiles in groups:
        story.append(Paragraph(escaped(name.said_in(language)), styles["Heading1"]))
        story += [KeepTogether([*(Paragraph(line, styles["Normal"]) for line in lines(tile, language)), Spacer(1, 3 * mm)]) for tile in tiles]
    if missing:
        story.append(Paragraph(ABSENT.said_in(language), styles["Heading1"]))
        for words, gaps in missing:
            named = ", ".join(
                indicator.title(language) if indicator else domain.said_in(language) if domain else key for key, indicator, domain in gaps
            )
            story.append(Paragraph(f"<b>{escaped(words.said_in(language))}</b>: {escaped(named)}", styles["Normal"]))
    return as_pdf(story, TITLE.said_in(language), language)


def lines(tile: Tile, language: str) -> list[str]:
    """Return what the report says of one indicator."""
    said = f"<b>{escaped(tile.indicator.title(language))}</b>: "
    said += escaped(
        f"{tile.figure.said_in(language)} {tile.unit.said_in(language)}, {tile.period.said_in(language)}" if tile.figure and tile.period else "–"
    )
    if tile.target and tile.target_when:
        status = STATUSES[tile.standing.status].said_in(language)
        said += escaped(f" ({TARGET.said_in(language)} {tile.target.said_in(language)}, {tile.target_when.said_in(language)}; {status})")
    source = choose(tile.indicator.sheet.source, language)[0]
    return [
        said,
        *([escaped(tile.trend.said_in(language))] if tile.trend else []),
        *([f"<i>{SOURCE.said_in(language)}: {escaped(source)}</i>"] if source else []),
    ]
