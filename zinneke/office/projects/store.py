"""The verbs of the room: find projects, keep fiches, pass gates, keep components, follow what projects have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right, demand_any, refusal
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.route import verb
from zinneke.office.projects import keeping, own, pairing, rules, searching, shelf
from zinneke.office.projects.models import Begun, Common, Limit, Party, Passed, Record
from zinneke.office.projects.values import (
    Alike,
    Component,
    Draft,
    Fiche,
    Found,
    Gate,
    Organisation,
    Pair,
    Passage,
    Project,
    Wanted,
)

SUBJECT = shelf.SUBJECT
STATES = ("open", "accepted", "refused")


@verb(Right.SEE, SUBJECT)
def list_projects(actor: Actor, kind: str = "", commune: str = "", domain: str = "") -> list[Project]:
    """Return the projects within reach in the order of their keys, of a kind, in a commune or of a domain where one is given."""
    found = shelf.records(actor).order_by("key")
    projects = [shelf.project(record) for record in (found.filter(kind=kind) if kind else found)]
    return [
        each
        for each in projects
        if (not commune or commune in each.fiche.communes) and (not domain or domain in (each.fiche.domain, *each.fiche.domains))
    ]


@verb(Right.SEE, SUBJECT)
def find_project(actor: Actor, key: str) -> Project | None:
    """Return a project by its key, None where there is none within reach."""
    record = shelf.records(actor).filter(key=key).first()
    return shelf.project(record) if record else None


@verb(Right.SEE, SUBJECT)
def get_project(actor: Actor, key: str) -> Project:
    """Return a project by its key. Raises `Problem` 404."""
    found = find_project(actor, key)
    if found is None:
        raise not_found("project", key)
    return found


@verb(Right.SEE, SUBJECT)
def search(actor: Actor, wanted: Wanted, language: str = "en", communes: dict[str, str] | None = None) -> Found:
    """Find projects by words and filters, with the choices that each filter leaves; `communes` gives names by code."""
    kind = wanted.kind if wanted.kind in ("smart", "works") else "smart"
    names: searching.Names = {"owner": {key: each.name for key, each in shelf.organisations().items()}, "commune": communes or {}}
    return searching.find(list_projects(actor, kind), wanted, names, language)


@verb(Right.SEE, SUBJECT)
def list_kinds(actor: Actor) -> dict[str, int]:
    """Return how many projects of each kind are within reach."""
    return searching.tally(shelf.records(actor).values_list("kind", flat=True))


@verb(Right.SEE, SUBJECT)
def list_gates(actor: Actor, key: str) -> list[Gate]:
    """Return the gates that a project has passed, the first one first. Raises `Problem` 404."""
    get_project(actor, key)
    return [shelf.gate(row) for row in Passed.objects.filter(project__key=key)]


@verb(Right.SEE, SUBJECT)
def list_organisations(actor: Actor) -> dict[str, Organisation]:
    """Return the organisations that may own projects, by key: their names are public facts."""
    return shelf.organisations()


@verb(Right.EDIT, SUBJECT)
def set_organisation(actor: Actor, organisation: Organisation) -> bool:
    """Keep an organisation under its key and say whether anything changed. Only whoever edits the whole room, or this part of it, may.

    Raises `Problem` 422 for a key or name that is none.
    """
    if not shelf.holds(actor, Right.EDIT, organisation.key):
        raise refusal(actor, Right.EDIT, SUBJECT)
    if wrongs := rules.check_organisation(organisation):
        raise keeping.faulty(wrongs)
    document = shelf.encode(organisation)
    held = Party.objects.filter(key=organisation.key).first()
    if held is not None and bytes(held.document) == document:
        return False
    Party.objects.update_or_create(key=organisation.key, defaults={"document": document})
    audit.record(actor, "project.organisation", f"{SUBJECT}:{organisation.key}", {"name": organisation.name})
    return True


@verb(Right.EDIT, SUBJECT)
def set_project(actor: Actor, fiche: Fiche, version: int | None = None) -> Project:
    """Keep a fiche, new without `version`, changed with the version that was read; a new project begins as an idea.

    Raises `Problem` 422 with all that must be corrected, 409 when the key is taken or somebody changed it meanwhile, 403, 404.
    """
    if version is None and fiche.key and Record.objects.filter(key=fiche.key).exists():
        raise Problem(409, "The key is taken", f"There is a project {fiche.key!r} already. Send the version that you read to change it.")
    if version is not None and find_project(actor, fiche.key) is None:
        raise not_found("project", fiche.key)
    return keeping.keep(actor, fiche, version, keeping.Desk())[0]


@verb(Right.EDIT, SUBJECT)
def take_projects(actor: Actor, lines: Iterable[rules.Line], merge: bool = True, language: str = "en") -> Counts:
    """Keep the fiches of a file; good rows are kept, the others told with the sentence that helps. A second time changes nothing."""
    counts = keeping.take(actor, lines, merge, language)
    if counts.added or counts.changed:
        audit.record(actor, "project.import", SUBJECT, {"added": counts.added, "changed": counts.changed, "refused": counts.refused})
    return counts


@verb(Right.EDIT, SUBJECT)
def confirm_project(actor: Actor, key: str) -> Project:
    """Say that a project's record is right as of today. Raises `Problem` 404."""
    record = _editable(actor, key)
    record.confirmed = timezone.localdate()
    record.save(update_fields=("confirmed",))
    audit.record(actor, "project.confirm", f"{SUBJECT}:{key}")
    return shelf.project(record)


@verb(Right.COMMAND, SUBJECT)
def pass_gate(actor: Actor, key: str, wish: Passage, version: int | None = None) -> Project:
    """Pass a project from its phase to another, by a decision that is kept.

    Raises `Problem` 404, 409 when somebody changed it meanwhile, 422 where the gate stays closed.
    """
    with transaction.atomic():
        record = _editable(actor, key, Right.COMMAND)
        held = shelf.project(record)
        if version is not None and version != held.version:
            raise Problem(
                409,
                "Changed meanwhile",
                f"{record.changed_by} changed this project meanwhile. Read it again before you decide.",
                by=record.changed_by,
            )
        if faults := rules.gate_faults(held, wish, get_running(actor), get_limit(actor)):
            raise keeping.faulty(faults)
        evidence = {**wish.evidence, **({"limit": wish.above_limit} if wish.above_limit else {})}
        today = timezone.localdate()
        Passed.objects.create(
            project=record, before=held.phase, after=wish.to, day=today, by=actor.name or actor.key, reason=wish.reason.strip(), evidence=evidence
        )
        record.phase, record.since, record.confirmed = wish.to, today, today
        record.version += 1
        record.changed, record.changed_by = datetime.now(UTC), actor.name or actor.key
        record.save()
        audit.record(actor, "project.gate", f"{SUBJECT}:{key}", {"from": held.phase, "to": wish.to, "reason": wish.reason})
    return shelf.project(record)


def _editable(actor: Actor, key: str, right: Right = Right.EDIT) -> Record:
    record = shelf.records(actor, right).filter(key=key).first()
    if record is None:
        raise refusal(actor, right, SUBJECT) if find_project(actor, key) else not_found("project", key)
    return record


@verb(Right.SEE, SUBJECT)
def list_own(actor: Actor) -> list[Project]:
    """Return the projects of the actor's own organisations, and all that they may edit in their area, the latest changed first."""
    own_ones = shelf.records(actor).filter(owner__in=shelf.owners(actor)) | shelf.records(actor, Right.EDIT).filter(kind="smart")
    return [shelf.project(record) for record in own_ones.order_by("-changed")]


@verb(Right.SEE, SUBJECT)
def list_own_parts(actor: Actor) -> set[str]:
    """Return the keys of the organisations whose projects are the actor's own."""
    return shelf.owners(actor)


@verb(Right.SEE, SUBJECT)
def check_editable(actor: Actor, key: str, right: Right = Right.EDIT) -> bool:
    """Say whether the actor holds a right over one project."""
    return shelf.records(actor, right).filter(key=key).exists()


@verb(Right.SEE, SUBJECT)
def check_part(actor: Actor, key: str) -> bool:
    """Say whether the actor may change one component."""
    return shelf.components(actor, Right.EDIT).filter(key=key).exists()


@verb(Right.SEE, SUBJECT)
def check_room(actor: Actor, right: Right) -> None:
    """Refuse whoever holds a right over no project at all (Problem 401 or 403): what pages ask before they offer a button."""
    demand_any(actor, right, SUBJECT)


@verb(Right.SEE, SUBJECT)
def get_running(actor: Actor) -> int:
    """Return how many smart projects within reach are in execution."""
    return shelf.records(actor).filter(kind="smart", phase="execution").count()


@verb(Right.SEE, SUBJECT)
def get_limit(actor: Actor) -> int:
    """Return how many smart projects may be in execution at a time; 0 where no limit is set. The limit itself is public."""
    held = Limit.objects.first()
    return held.projects if held else 0


@verb(Right.COMMAND, SUBJECT)
def set_limit(actor: Actor, projects: int) -> None:
    """Set how many smart projects may be in execution at a time; only whoever commands the whole room. Raises `Problem` 403, 422."""
    if not shelf.holds(actor, Right.COMMAND):
        raise refusal(actor, Right.COMMAND, SUBJECT)
    if not 0 <= projects <= 10_000:
        raise Problem(422, "Not a limit", "Give a number of projects from 0 (no limit) to 10,000.")
    Limit.objects.update_or_create(pk=1, defaults={"projects": projects})
    audit.record(actor, "project.limit", SUBJECT, {"projects": projects})


@verb(Right.SEE, SUBJECT)
def list_components(actor: Actor) -> list[Component]:
    """Return the components: those of this platform first, then the others by name, then what is missing by priority."""
    return own.ordered([*own.components(), *(shelf.component(row) for row in shelf.components(actor))])


@verb(Right.SEE, SUBJECT)
def get_component(actor: Actor, key: str) -> Component:
    """Return a component by its key. Raises `Problem` 404."""
    found = next((each for each in own.components() if each.key == key), None)
    row = None if found else shelf.components(actor).filter(key=key).first()
    if found is None and row is None:
        raise not_found("component", key)
    return found or shelf.component(row)  # type: ignore[arg-type]


@verb(Right.EDIT, SUBJECT)
def set_component(actor: Actor, component: Component, version: int | None = None, loaded: str = "") -> Component:
    """Keep a component, new without `version`, changed with the version that was read. Raises `Problem` 403, 404, 409, 422."""
    return own.keep(actor, component, version, loaded)


@verb(Right.SEE, SUBJECT)
def find_alike(actor: Actor, fiche: Fiche, limit: int = 6) -> list[Alike]:
    """Return the projects and components within reach that resemble a fiche about to be sent, the most alike first."""
    return pairing.alike(fiche, list_projects(actor, "smart"), list_components(actor), limit)


@verb(Right.EDIT, SUBJECT)
def list_pairs(actor: Actor, state: str = "open", kind: str = "") -> list[Pair]:
    """Return the pairs with something in common of which the actor may edit one project and see both, the weightiest first."""
    seen = shelf.within(actor, Right.SEE, "one__") & shelf.within(actor, Right.SEE, "other__")
    mine = shelf.within(actor, Right.EDIT, "one__") | shelf.within(actor, Right.EDIT, "other__")
    found = Common.objects.select_related("one", "other").filter(seen, mine, state=state).order_by("-score", "pk")
    return [shelf.pair(row) for row in (found.filter(one__kind=kind) if kind else found)]


@verb(Right.EDIT, SUBJECT)
def settle_pair(actor: Actor, id: int, state: str, reason: str) -> Pair:
    """Accept or refuse what two projects have in common, with a reason that is kept for ever. Raises `Problem` 404, 409, 422."""
    return pairing.settle(actor, id, state, reason)


@verb(Right.COMMAND, SUBJECT)
def refresh_pairs(actor: Actor) -> Counts:
    """Compute anew what projects have in common; what was decided stays as it was. Raises `Problem` 403 for whoever commands a part only."""
    if not shelf.holds(actor, Right.COMMAND):
        raise refusal(actor, Right.COMMAND, SUBJECT)
    return pairing.refresh()


@verb(Right.EDIT, SUBJECT)
def find_draft(actor: Actor, project: str = "") -> Draft | None:
    """Return the form that the actor has begun for a project (empty: a new one), None where there is none."""
    row = Begun.objects.filter(person=actor.person, project=project).first() if actor.person else None
    return Draft(project=row.project, typed=row.typed, changed=row.changed) if row else None


@verb(Right.EDIT, SUBJECT)
def list_drafts(actor: Actor) -> list[Draft]:
    """Return the forms that the actor has begun and not sent, the newest first."""
    rows = Begun.objects.filter(person=actor.person).order_by("-changed") if actor.person else ()
    return [Draft(project=row.project, typed=row.typed, changed=row.changed) for row in rows]


@verb(Right.EDIT, SUBJECT)
def set_draft(actor: Actor, project: str, typed: dict[str, list[str]] | None) -> None:
    """Keep what somebody has typed so far for a project, or forget it (None)."""
    if actor.person is None:
        return
    if typed is None:
        Begun.objects.filter(person=actor.person, project=project).delete()
    else:
        Begun.objects.update_or_create(person=actor.person, project=project, defaults={"typed": typed, "changed": datetime.now(UTC)})
