"""Keeping fiches: checked, placed, compared with what is there, written with a version so that nobody overwrites anybody in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM, Actor, Right, refusal
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.text import Text
from zinneke.office.projects import rules, shelf
from zinneke.office.projects.models import Passed, Record
from zinneke.office.projects.placing import Ground, Placed
from zinneke.office.projects.rules import Line, Wrong
from zinneke.office.projects.values import Fiche, Phase, Project


@dataclass(slots=True)
class Desk:
    """What is looked up once for as many fiches as are kept together."""

    ground: Ground = field(default_factory=Ground)
    organisations: Iterable[str] = field(default_factory=lambda: list(shelf.organisations()))


def faulty(wrongs: list[Wrong], status: int = 422) -> Problem:
    """Return the refusal of a fiche, with each thing to correct: sentences in English for machines, in three languages for pages."""
    told = " ".join(f"{each.field}: {each.what.en}" for each in wrongs)
    return Problem(status, "Something needs a correction", told, faults=[{"field": each.field, "what": each.what.as_dict()} for each in wrongs])


def checked(fiche: Fiche, desk: Desk) -> tuple[Fiche, Placed | None]:
    """Return a fiche with the communes of its place. Raises `Problem` 422 with everything that is wrong."""
    wrongs = rules.check(fiche, desk.organisations)
    placed: Placed | None = None
    if fiche.place:
        found = desk.ground.place(fiche.place)
        if isinstance(found, Wrong):
            wrongs.append(found)
        else:
            placed = found
    if strange := desk.ground.unknown(fiche.communes):
        wrongs.append(strange)
    if fiche.lead and not _is_here(fiche.lead):
        wrongs.append(Wrong("lead", Text(
            f"{fiche.lead} n’a pas (ou plus) d’accès à la plateforme : choisissez quelqu’un d’autre, ou personne.",
            f"{fiche.lead} heeft geen toegang (meer) tot het platform: kies iemand anders, of niemand.",
            f"{fiche.lead} has no access to the platform, or no longer: choose somebody else, or nobody.",
        )))  # fmt: skip
    if wrongs:
        raise faulty(wrongs)
    if placed and not fiche.communes:
        fiche = msgspec.structs.replace(fiche, communes=placed.communes)
    return fiche, placed


def _is_here(email: str) -> bool:
    return any(each.active and each.email == email.strip().lower() for each in identity.list_people(SYSTEM))


def keep(actor: Actor, fiche: Fiche, version: int | None, desk: Desk, phase: Phase = "idea", loaded: str = "") -> tuple[Project, bool]:
    """Write a fiche, new or changed, and return it and whether anything was written. `loaded` is the mark of a file's own text.

    Raises `Problem` 422 for what must be corrected, 403 where the actor may not, 404 for a project out of reach, 409 when the
    key is taken (version 0) or somebody changed it meanwhile (another version).
    """
    fiche, placed = checked(fiche, desk)
    with transaction.atomic():
        record = Record.objects.select_for_update().filter(key=fiche.key).first() if fiche.key else None
        if record is not None and not shelf.records(actor, Right.EDIT).filter(pk=record.pk).exists():
            raise refusal(actor, Right.EDIT, shelf.SUBJECT) if shelf.records(actor).filter(pk=record.pk).exists() else not_found("project", fiche.key)
        if not shelf.may(actor, Right.EDIT, fiche.owner, fiche.level, fiche.area):
            raise refusal(actor, Right.EDIT, f"{shelf.SUBJECT}.{fiche.owner}")
        if record is None:
            return _add(actor, fiche, placed, phase, loaded), True
        _expect(record, version)
        document = shelf.encode(fiche)
        if document == bytes(record.document):
            return shelf.project(record), False
        if record.phase in rules.BOUND and (moved := rules.moved(shelf.project(record).fiche, fiche)):
            _note(record, actor, moved)
        _fill(record, fiche, placed, actor, loaded)
        record.version += 1
        record.save()
        audit.record(actor, "project.set", f"{shelf.SUBJECT}:{record.key}", {"version": record.version})
        return shelf.project(record), True


def _note(record: Record, actor: Actor, moved: str) -> None:
    """Keep among the gates that a promise was changed after the work had begun: whoever reads the project sees it."""
    evidence = {"promise": moved}
    Passed.objects.create(
        project=record, before=record.phase, after=record.phase, day=timezone.localdate(), by=actor.name or actor.key, evidence=evidence
    )


def _expect(record: Record, version: int | None) -> None:
    if version is not None and version != record.version:
        when = record.changed.astimezone().strftime("%Y-%m-%d %H:%M")
        raise Problem(
            409, "Changed meanwhile",
            f"{record.changed_by} changed this project on {when}. Nothing was overwritten: read it again, then send yours.",
            version=record.version, by=record.changed_by, when=record.changed.isoformat(),
        )  # fmt: skip


def _add(actor: Actor, fiche: Fiche, placed: Placed | None, phase: Phase, loaded: str) -> Project:
    if not fiche.key:
        fiche = msgspec.structs.replace(fiche, key=rules.key_of(fiche.name, Record.objects.values_list("key", flat=True)))
    today = datetime.now(UTC).date()
    since = fiche.as_of or today
    record = Record(key=fiche.key, phase=phase, since=since, created=datetime.now(UTC), confirmed=None if loaded else today)
    _fill(record, fiche, placed, actor, loaded)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        raise Problem(409, "The key is taken", f"There is a project {fiche.key!r} already. Choose another key, or change that one.") from None
    Passed.objects.create(project=record, before="", after=phase, day=since, by=actor.name or actor.key, reason="")
    audit.record(actor, "project.add", f"{shelf.SUBJECT}:{record.key}", {"owner": fiche.owner, "phase": phase})
    return shelf.project(record)


def _fill(record: Record, fiche: Fiche, placed: Placed | None, actor: Actor, loaded: str) -> None:
    record.kind, record.level, record.area, record.owner = fiche.kind, int(fiche.level), fiche.area, fiche.owner
    record.changed, record.changed_by, record.loaded = datetime.now(UTC), actor.name or actor.key, loaded
    record.west, record.south, record.east, record.north = placed.bbox if placed else (None,) * 4
    record.geometry = placed.wkb if placed else None
    record.document = shelf.encode(fiche)


def take(actor: Actor, lines: Iterable[Line], merge: bool = False, language: str = "en") -> Counts:
    """Keep the fiches of a file, each with where it stood; good ones are kept, the others told. A second time changes nothing.

    A record that a person has changed is left as it is, unless `merge`, which brings what the file says into it.
    """
    counts, desk, pending = Counts(), Desk(), iter(lines)
    seen: dict[str, str] = {}
    while chunk := list(islice(pending, TOGETHER)):
        with transaction.atomic():
            for line in chunk:
                _take_line(actor, line, desk, merge, counts, seen, language)
    return counts


TOGETHER = 100
"""Lines of a file that are committed together: fast, and nobody else waits long to write."""


def _take_line(actor: Actor, line: Line, desk: Desk, merge: bool, counts: Counts, seen: dict[str, str], language: str) -> None:
    if line.fiche is None:
        counts.refuse(line.where, line.wrong.said_in(language) if line.wrong else "nothing can be read here.")
    elif line.fiche.key in seen:
        counts.refuse(line.where, f"the key {line.fiche.key!r} stands in {seen[line.fiche.key]} already; give each project its own.")
    else:
        seen[line.fiche.key] = line.where
        try:
            _take_one(actor, line.fiche, line.phase, desk, merge, counts)
        except Problem as problem:
            told = [f"{each['field']}: {each['what'][language]}" for each in problem.extra.get("faults", ())]
            counts.refuse(line.where, " ".join(told) or problem.said_in(language))


def _take_one(actor: Actor, fiche: Fiche, phase: Phase, desk: Desk, merge: bool, counts: Counts) -> None:
    mark = "" if merge else shelf.digest(shelf.encode(fiche))
    held = Record.objects.filter(key=fiche.key).first()
    if held is not None and not merge and held.loaded in ("", mark):
        counts.unchanged += 1
        return
    if held is not None and merge and shelf.records(actor).filter(pk=held.pk).exists():
        fiche = merged(shelf.project(held).fiche, fiche)
    _, written = keep(actor, fiche, None, desk, phase, mark)
    if held is None:
        counts.added += 1
    elif written:
        counts.changed += 1
    else:
        counts.unchanged += 1


def merged(before: Fiche, after: Fiche) -> Fiche:
    """Return a fiche with what a file says over what was there; what the file leaves empty stays as it was."""
    plain = Fiche(name={}, owner="", domain="")
    said = {name: value for name in Fiche.__struct_fields__ if (value := getattr(after, name)) != getattr(plain, name)}
    for name, value in said.items():
        old = getattr(before, name)
        if isinstance(value, Mapping) and isinstance(old, Mapping) and name != "place":
            said[name] = {**old, **value}
    return msgspec.structs.replace(before, **said)
