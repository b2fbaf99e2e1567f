"""The inventory as files: CSV, GeoJSON, JSON-LD (schema.org and DCAT-AP's words) and the milestones as a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from zinneke.kernel import policy, spreadsheet
from zinneke.kernel.text import choose
from zinneke.office.projects import words
from zinneke.office.projects.values import Organisation, Project, Texts

COLUMNS = (
    "key", "name fr", "name nl", "name en", "domain", "other domains", "challenges", "owner", "phase", "since", "health", "start", "end", "expected",
    "planned budget", "committed", "spent", "communes", "longitude", "latitude", "components", "data used", "data produced", "contact", "confirmed",
    "as of", "page",
)  # fmt: skip
"""The columns of the CSV; most of them are what the import reads again."""


def as_csv(projects: Iterable[Project], base: str, language: str) -> bytes:
    """Return projects as CSV in UTF-8; a cell that a spreadsheet would take for a formula is quoted with an apostrophe."""
    return spreadsheet.as_csv(COLUMNS, (_row(each, base, language) for each in projects)).encode("utf-8-sig")


def _row(each: Project, base: str, language: str) -> list[Any]:
    fiche = each.fiche
    lon, lat = ((each.bbox[0] + each.bbox[2]) / 2, (each.bbox[1] + each.bbox[3]) / 2) if each.bbox else ("", "")
    return [
        each.key, *(fiche.name.get(code, "") for code in ("fr", "nl", "en")), fiche.domain, ";".join(fiche.domains), ";".join(fiche.challenges),
        fiche.owner, each.phase, each.since, fiche.health, fiche.start, fiche.end, fiche.expected, fiche.planned, fiche.committed, fiche.spent,
        ";".join(fiche.communes), lon, lat, ";".join(fiche.components), ";".join(one.key or one.name for one in fiche.uses),
        ";".join(one.key or one.name for one in fiche.gives), fiche.contact, each.confirmed, fiche.as_of, address(each.key, base, language),
    ]  # fmt: skip


def address(key: str, base: str, language: str) -> str:
    """Return the address of a project's page."""
    return f"{base}/{language}/projects/{key}/"


def as_geojson(projects: Iterable[Project], shapes: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the projects that have a place as GeoJSON; `shapes` gives geometries by key. Name, label and address are what living maps show."""
    return {
        "type": "FeatureCollection",
        "features": [_feature(each, shapes[each.key], language) for each in projects if each.key in shapes],
    }


def _feature(each: Project, geometry: Any, language: str) -> dict[str, Any]:
    properties = {
        "name": each.name_in(language), "label": words.PHASES[each.phase].said_in(language), "status": "good", "domain": each.fiche.domain,
        "colour": words.HUES.get(each.fiche.domain, ""), "href": address(each.key, "", language), "owner": each.fiche.owner, "phase": each.phase,
    }  # fmt: skip
    return {"type": "Feature", "id": each.key, "geometry": geometry, "properties": properties}


def as_jsonld(projects: Iterable[Project], organisations: Mapping[str, Organisation], base: str) -> dict[str, Any]:
    """Return projects as JSON-LD in the words of schema.org, their data as DCAT datasets, their domains and challenges as concepts."""
    context = {
        "@vocab": "https://schema.org/", "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "adms": "http://www.w3.org/ns/adms#",
        "name": {"@id": "https://schema.org/name", "@container": "@language"},
        "description": {"@id": "https://schema.org/description", "@container": "@language"},
    }  # fmt: skip
    return {"@context": context, "@graph": [_linked(each, organisations, base) for each in projects]}


def _linked(each: Project, organisations: Mapping[str, Organisation], base: str) -> dict[str, Any]:
    fiche, owner = each.fiche, organisations.get(each.fiche.owner)
    themes = [policy.DOMAINS[code].en for code in (fiche.domain, *fiche.domains)] + [policy.CHALLENGES[code].en for code in fiche.challenges]
    document: dict[str, Any] = {
        "@id": f"{base}/api/projects/{each.key}",
        "@type": "Project",
        "identifier": each.key,
        "name": fiche.name,
        "url": address(each.key, base, "fr"),
        "keywords": themes,
        "adms:status": each.phase,
        "dct:modified": each.changed.isoformat(),
        "parentOrganization": {"@type": "Organization", "identifier": fiche.owner, "name": owner.name if owner else {"en": fiche.owner}},
        "member": [{"@type": "Organization", "name": {"en": partner.name}} for partner in fiche.partners],
        "dct:requires": [_dataset(one.key, one.name, base) for one in fiche.uses],
        "dcat:dataset": [_dataset(one.key, one.name, base) for one in fiche.gives],
    }
    if fiche.summary:
        document["description"] = fiche.summary
    for member, day in (("foundingDate", fiche.started or fiche.start), ("dissolutionDate", fiche.ended)):
        if day:
            document[member] = day.isoformat()
    return document


def _dataset(key: str, name: str, base: str) -> dict[str, Any]:
    return {"@id": f"{base}/api/datasets/{key}", "@type": "dcat:Dataset"} if key else {"@type": "dcat:Dataset", "name": {"en": name}}


def as_calendar(projects: Iterable[Project], base: str, language: str) -> bytes:
    """Return the milestones and promised ends as iCalendar (RFC 5545), one whole-day event each."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Zinneke//projects//EN")
    calendar.add("version", "2.0")
    for each in projects:
        stones = [(choose(stone.name, language)[0], stone.due, stone.done is not None) for stone in each.fiche.milestones]
        if each.fiche.end:
            stones.append((END[language] if language in END else END["en"], each.fiche.expected or each.fiche.end, each.fiche.ended is not None))
        for number, (name, due, done) in enumerate(stones):
            event = Event()
            event.add("uid", f"{each.key}-{number}@zinneke")
            event.add("dtstamp", each.changed)
            event.add("dtstart", due)
            event.add("dtend", due + timedelta(days=1))
            event.add("summary", f"{'✓ ' if done else ''}{each.name_in(language)}: {name}")
            event.add("url", address(each.key, base, language))
            calendar.add_component(event)
    return bytes(calendar.to_ical())


END: Texts = {"fr": "fin promise", "nl": "beloofd einde", "en": "promised end"}
