"""The map of the Region's data: write things and scans into it, decide what the machine suggests, read it within one's reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity.within import within
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.cartography import (
    around,
    exports,
    findings,
    gaps,
    governance,
    grouping,
    judging,
    keeping,
    meaning,
    models,
    ourselves,
    questions,
    scanning,
    shelf,
    summary,
    surveys,
)
from zinneke.office.cartography.around import Neighbourhood
from zinneke.office.cartography.coverage import Survey
from zinneke.office.cartography.findings import Decision, Finding
from zinneke.office.cartography.gaps import Covered, Missed
from zinneke.office.cartography.governance import Assessed, Hosted, Retention
from zinneke.office.cartography.grouping import FoundGroup
from zinneke.office.cartography.once import FormCheck
from zinneke.office.cartography.ourselves import Twins
from zinneke.office.cartography.questions import Answer, Asked
from zinneke.office.cartography.scanning import Scanned, ScanRecord
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.summary import Summary
from zinneke.office.cartography.surveys import Compared, Peer
from zinneke.office.cartography.things import RELATIONS, Details, Kind, Meaning, Relation, Thing, ThingRow, Tie, Words
from zinneke.office.cartography.values import Relation as Judgement
from zinneke.office.cartography.values import TableProfile

INTERNAL = ("get_question", "answer_question", "record_miss")
MOST = 500


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one thing: what it is, what it hangs together with, what its columns mean, and what was measured of it."""

    thing: Thing
    ties: tuple[Tie, ...]
    meanings: tuple[Meaning, ...]
    profile: TableProfile | None
    findings: int


class Cell(msgspec.Struct, frozen=True):
    """One cell of the map as a matrix: how many things of a kind an owner answers for, and how many of them are verified."""

    owner: str
    kind: Kind
    things: int
    verified: int


@verb(Right.EDIT, SUBJECT)
def set_thing(actor: Actor, row: ThingRow, version: int | None = None) -> Thing:
    """Write a thing as a person says it is; what they change is theirs, and no scan changes it back.

    Raises `Problem` 409 when it changed since `version`, 403 when this owner, level or area is not theirs to write.
    """
    return shelf.thing(keeping.set_by_hand(actor, row, version), shelf.personal(actor))


@verb(Right.EDIT, SUBJECT)
def set_things(actor: Actor, rows: Sequence[ThingRow]) -> Counts:
    """Write things that come with the city's files: as a machine's, which gives way to what people say."""
    counts = Counts()
    with transaction.atomic():
        keeping.take(actor, rows, counts)
        if counts.added or counts.changed:
            audit.record(actor, "things.set", SUBJECT, {"added": counts.added, "changed": counts.changed, "refused": counts.refused})
    return counts


@verb(Right.EDIT, SUBJECT)
def verify_thing(actor: Actor, key: str, until: date | None = None) -> Thing:
    """Note that one looked at a thing and found it right, until its next review (a year from now when nobody says)."""
    return shelf.thing(keeping.verify(actor, key, until), shelf.personal(actor))


@verb(Right.EDIT, SUBJECT)
def withdraw_thing(actor: Actor, key: str, reason: str) -> None:
    """Note that a thing is no more; no scan brings it back. Raises `Problem` 400 without a reason."""
    keeping.withdraw(actor, key, reason)


@verb(Right.EDIT, SUBJECT)
def withdraw_source(actor: Actor, origin: str, reason: str) -> int:
    """Note that a source is no more, or is another's second name: of what is known from it, all that the actor may write. Return how much."""
    return keeping.withdraw_source(actor, origin, reason)


@verb(Right.EDIT, SUBJECT)
def add_link(actor: Actor, source: str, relation: Relation, target: str) -> None:
    """Say that one thing hangs together with another."""
    if relation not in RELATIONS:
        raise wrong(f"There is no relation {relation!r}. There are {', '.join(RELATIONS)}.", where="relation")
    left, right = shelf.record_of(actor, source, Right.EDIT), shelf.record_of(actor, target)
    if left.pk == right.pk:
        raise wrong("A thing does not hang together with itself.", where="target")
    with transaction.atomic():
        models.Link.objects.get_or_create(source=left, relation=relation, target=right, defaults={"origin": "hand"})
        audit.record(actor, "link.add", f"{SUBJECT}:{source}", {"relation": relation, "target": target})


@verb(Right.EDIT, SUBJECT)
def remove_link(actor: Actor, source: str, relation: Relation, target: str) -> None:
    """Take back that one thing hangs together with another. Raises `Problem` 404 when nobody had said so."""
    left, right = shelf.record_of(actor, source, Right.EDIT), shelf.record_of(actor, target)
    with transaction.atomic():
        if not models.Link.objects.filter(source=left, relation=relation, target=right).delete()[0]:
            raise not_found("link", f"{source} {relation} {target}")
        audit.record(actor, "link.remove", f"{SUBJECT}:{source}", {"relation": relation, "target": target})


@verb(Right.EDIT, SUBJECT)
def take_scan(actor: Actor, scanned: Scanned) -> ScanRecord:
    """Write into the map what was read of a source; what people said stays, and nothing is deleted."""
    found = scanning.take(actor, scanned)
    meaning.suggest_all()
    return found


@verb(Right.EDIT, SUBJECT)
def list_scans(actor: Actor, limit: int = 50) -> list[ScanRecord]:
    """Return the scans of sources that the actor may write, the newest first."""
    found = models.Scan.objects.filter(within(actor, Right.EDIT, SUBJECT, part="owner")).order_by("-pk")
    return [scanning.record(actor, each) for each in found[: max(1, min(limit, MOST))]]


@verb(Right.SEE, SUBJECT)
def get_thing(actor: Actor, key: str) -> Known:
    """Return everything known of a thing. Raises `Problem` 404, also where the actor may not see it."""
    record = shelf.record_of(actor, key)
    return Known(
        thing=shelf.thing(record, shelf.personal(actor)),
        ties=tuple(shelf.ties(actor, record)),
        meanings=tuple(shelf.meanings(actor, record)),
        profile=shelf.told(record),
        findings=findings.narrowed(actor, thing=key).count(),
    )


@verb(Right.SEE, SUBJECT)
def list_things(
    actor: Actor,
    kinds: Iterable[Kind] = (),
    owner: str = "",
    text: str = "",
    status: str = "",
    area: str = "",
    limit: int = 100,
    offset: int = 0,
) -> tuple[list[Thing], int]:
    """Return a page of things and how many there are: of some kinds, of one owner, with these words, in a state, of an area."""
    found = shelf.narrowed(actor, kinds, owner, text, status, area)
    personal = shelf.personal(actor)
    return [shelf.thing(each, personal) for each in found[offset : offset + max(1, min(limit, MOST))]], found.count()


@verb(Right.SEE, SUBJECT)
def count_things(actor: Actor, owner: str = "", text: str = "", status: str = "", area: str = "") -> dict[Kind, int]:
    """Return how many things of each kind answer to the filters."""
    return dict(Counter(shelf.narrowed(actor, (), owner, text, status, area).values_list("kind", flat=True)))


@verb(Right.SEE, SUBJECT)
def list_matrix(actor: Actor) -> list[Cell]:
    """Return the map as a matrix of owners and kinds."""
    today, cells = timezone.localdate(), defaultdict[tuple[str, Kind], list[int]](lambda: [0, 0])
    for record in shelf.things(actor).exclude(owner="").only("owner", "kind", "reviewed", "next_review", "missing"):
        cells[record.owner, record.kind][0] += 1
        cells[record.owner, record.kind][1] += shelf.status_of(record, today) == "verified"
    return [Cell(owner, kind, *counted) for (owner, kind), counted in sorted(cells.items())]


@verb(Right.SEE, SUBJECT)
def get_neighbourhood(actor: Actor, key: str, steps: int = 1, most: int = 60) -> Neighbourhood:
    """Return a thing and what lies around it by links and by who answers for it, nearest first, at most `most` of them."""
    return around.look(actor, key, steps, most)


@verb(Right.EDIT, SUBJECT)
def set_meaning(actor: Actor, key: str, column: str, element: str, agreed: bool) -> None:
    """Keep what a person says that a column or field means, or does not mean."""
    meaning.decide(actor, key, column, element, agreed)


@verb(Right.SEE, SUBJECT)
def list_checks(actor: Actor, owner: str = "", form: str = "") -> list[FormCheck]:
    """Return the Only Once check of the forms within reach."""
    return judging.checks(actor, owner, form)


@verb(Right.COMMAND, SUBJECT)
def compute_findings(actor: Actor) -> tuple[int, int]:
    """Compare everything on the map now, and return how many findings there are, and how many are new."""
    found = ourselves.find()
    audit.record(actor, "findings", SUBJECT, {"findings": found[0], "new": found[1]})
    return found


@verb(Right.SEE, SUBJECT)
def list_twins(actor: Actor, limit: int = 100, offset: int = 0) -> tuple[list[Twins], int]:
    """Return a page of groups of the public catalogue that seem to be one dataset, whoever asks, the surest first, and how many there are."""
    found = models.Twins.objects.filter(gone=False).exclude(decision="rejected").order_by("-score", "pk")
    return [ourselves.twins(each) for each in found[offset : offset + max(1, min(limit, MOST))]], found.count()


@verb(Right.COMMAND, SUBJECT)
def decide_twins(actor: Actor, id: int, decision: Decision, reason: str = "") -> None:
    """Keep what whoever answers for the whole map decides of such a group, for ever."""
    if decision not in ("confirmed", "rejected", "justified") or (decision != "confirmed" and not reason.strip()):
        raise wrong("Decide confirmed, rejected or justified; the last two say why.", where="decision")
    with transaction.atomic():
        if not models.Twins.objects.filter(pk=id).update(decision=decision, reason=reason.strip()[:2000], by=actor.key):
            raise not_found("group", id)
        audit.record(actor, f"twins.{decision}", SUBJECT, {"group": id})


@verb(Right.COMMAND, SUBJECT)
def set_findings(actor: Actor, relations: Sequence[Judgement]) -> tuple[int, int]:
    """Keep what the finder found over the whole map; return how many findings there are, and how many are new."""
    found = findings.keep(relations)
    summary.remember()
    audit.record(actor, "findings", SUBJECT, {"findings": found[0], "new": found[1]})
    return found


@verb(Right.SEE, SUBJECT)
def list_findings(
    actor: Actor, kind: str = "", decision: str | None = None, owner: str = "", thing: str = "", gone: bool = False, limit: int = 100, offset: int = 0
) -> tuple[list[Finding], int]:
    """Return a page of findings and how many there are, the surest first; those of which the actor sees both things."""
    found = findings.narrowed(actor, kind, decision, owner, thing, gone)
    return [findings.value(actor, each) for each in found[offset : offset + max(1, min(limit, MOST))]], found.count()


@verb(Right.SEE, SUBJECT)
def get_finding(actor: Actor, id: int) -> Finding:
    """Return one finding. Raises `Problem` 404."""
    return findings.value(actor, findings.get(actor, id))


@verb(Right.EDIT, SUBJECT)
def decide_finding(actor: Actor, id: int, decision: Decision, reason: str = "") -> Finding:
    """Keep what a person decides of a finding, for ever: confirmed, rejected or justified; the last two say why."""
    return findings.value(actor, findings.decide(actor, id, decision, reason))


@verb(Right.SEE, SUBJECT)
def list_groups(actor: Actor, kind: str = "", fewest: int = grouping.FEWEST) -> list[FoundGroup]:
    """Return what hangs together by findings that the actor sees, the largest group first."""
    return grouping.groups(actor, kind, fewest)


@verb(Right.EDIT, SUBJECT)
def decide_findings(actor: Actor, ids: Sequence[int], decision: Decision, reason: str = "") -> int:
    """Decide several findings alike, all of them or none, and return how many. Raises `Problem` 400, or 404 for one that is not theirs."""
    return grouping.decide(actor, ids, decision, reason)


@verb(Right.SEE, SUBJECT)
def get_coverage(actor: Actor) -> tuple[Survey, datetime | None]:
    """Return what the Region's public datasets cover, whoever asks, and when that was looked at."""
    return surveys.find_coverage()


@verb(Right.SEE, SUBJECT)
def get_compared(actor: Actor) -> tuple[Compared, list[Peer]]:
    """Return what peer cities publish and we do not, whoever asks, and the cities that were compared."""
    return surveys.find_compared(), surveys.list_peers()


@verb(Right.COMMAND, SUBJECT)
def take_peer(actor: Actor, data: bytes, name: str) -> tuple[str, int]:
    """Keep a catalogue in DCAT as that of a peer city; return its key on the map and how many datasets it lists."""
    found = surveys.take_peer(data, name)
    audit.record(actor, "peer.take", f"{SUBJECT}:{found[0]}", {"datasets": found[1]})
    return found


@verb(Right.COMMAND, SUBJECT)
def compute_surveys(actor: Actor) -> Compared:
    """Look through the public catalogue now: what it covers, and what peers publish and we do not."""
    found = surveys.look()
    audit.record(actor, "surveys", SUBJECT, {"lacking": len(found.lacks)})
    return found


@verb(Right.SEE, SUBJECT)
def list_high_value(actor: Actor) -> list[Covered]:
    """Return how many public datasets, and how many of the Region, answer to each kind of high-value data, whoever asks."""
    return gaps.high_value(surveys.find_coverage()[0].high_value)


@verb(Right.SEE, SUBJECT)
def list_held_nowhere(actor: Actor) -> list[str]:
    """Return the keys of elements that forms ask for and that nobody holds."""
    return gaps.held_nowhere(actor)


@verb(Right.SEE, SUBJECT)
def list_misses(actor: Actor, limit: int = 50) -> list[Missed]:
    """Return what at least five searches looked for in vain."""
    return gaps.misses(max(1, min(limit, MOST)))


def record_miss(text: str) -> None:
    """Count a search that found nothing. Needs no right: whoever searches may, and nothing of who searched is kept."""
    gaps.note_miss(text)


@verb(Right.SEE, SUBJECT)
def list_retention(actor: Actor) -> list[Retention]:
    """Return how long data are kept, on which ground, and what is due to be destroyed or transferred to the archives."""
    return governance.retention(shelf.rows(actor, "database", "treatment"), timezone.localdate())


@verb(Right.SEE, SUBJECT)
def list_hosting(actor: Actor) -> list[Hosted]:
    """Return where applications and databases lie, and in which kind of cloud."""
    return governance.hosting(shelf.rows(actor, "application", "database"), shelf.used(actor))


@verb(Right.SEE, SUBJECT)
def list_assessments(actor: Actor) -> list[Assessed]:
    """Return how far the impact assessments of processing activities are."""
    return governance.assessments(shelf.rows(actor, "treatment"), timezone.localdate())


@verb(Right.SEE, SUBJECT)
def export(actor: Actor, name: str, language: str, base: str) -> tuple[str, bytes]:
    """Return the media type and bytes of a file of the map: one of `exports.EXPORTS`. Raises `Problem` 404."""
    return exports.export(actor, name, language, base)


@verb(Right.SEE, SUBJECT)
def statistics(actor: Actor) -> Summary:
    """Return the map in figures, as far as the actor sees it."""
    return summary.summarise(actor)


@verb(Right.COMMAND, SUBJECT)
def list_trend(actor: Actor) -> list[Summary]:
    """Return the summaries of past days over everything, for whoever answers for the whole map."""
    return summary.trend() if reach(actor, Right.COMMAND, SUBJECT).allows(Level.PERSONAL) else []


@verb(Right.EDIT, SUBJECT)
def add_question(actor: Actor, key: str, address: str, language: str, base: str) -> Asked:
    """Send a steward a letter that asks whether a thing is right."""
    return questions.ask(actor, key, address, language, base)


@verb(Right.EDIT, SUBJECT)
def list_questions(actor: Actor, key: str = "") -> list[Asked]:
    """Return the questions about things that the actor may write, the newest first; addresses only for those who may see personal data."""
    found = models.Question.objects.filter(shelf.reachable(actor, Right.EDIT, "thing__")).select_related("thing").order_by("-pk")
    personal = shelf.personal(actor)
    return [questions.asked(each, personal) for each in (found.filter(thing__key=key) if key else found)[:MOST]]


def get_question(token: str) -> tuple[Thing, str]:
    """Return what a steward is asked about, and in which language. Needs no right: the link's secret is the right. Raises `Problem` 404."""
    return questions.shown(token)


def answer_question(token: str, said: Answer, title: Words, about: Words, note: str = "", details: Details | None = None) -> str:
    """Take a steward's answer. Needs no right: the link's secret is the right, and it works once."""
    return questions.answer(token, said, title, about, note, details)
