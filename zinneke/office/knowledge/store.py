"""Write entries, bring them from draft to readers, find them again. What somebody may not see is not in the question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue.words import slug
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import choose
from zinneke.office.knowledge import index, models, rules
from zinneke.office.knowledge.documents import read_change, read_concept, read_entry, write_draft
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row, insist, may_entry, visible, within
from zinneke.office.knowledge.values import Article, Change, Concept, Draft, Entry, Event, Hit, State, Technology

SCHEMES = ("theme", "plan")


def _now() -> datetime:
    return datetime.now(UTC)


@verb(Right.SEE, SUBJECT)
def list_entries(
    actor: Actor, kind: str, theme: str = "", plan: str = "", archived: bool = False, limit: int = 500, working: bool = False
) -> list[Entry]:
    """Return the entries of a kind, the newest day first, of one theme with all that is part of it, or one plan.

    Whoever may edit finds drafts among them; what is archived only where it is asked for. `limit` is 1 to 1000.
    """
    rows = models.Entry.objects.filter(visible(actor), kind=kind)
    if not archived:
        rows = rows.exclude(state="archived")
    found = [read_entry(row, working) for row in rows.order_by(F("day").desc(nulls_last=True), "title")]
    wanted = index.current().thesaurus.within(theme) if theme else set()
    chosen = (each for each in found if not (theme and not wanted & set(each.draft.themes)) and not (plan and plan not in each.draft.plans))
    return list(chosen)[: max(1, min(limit, 1000))]


@verb(Right.SEE, SUBJECT)
def get_entry(actor: Actor, kind: str, key: str) -> Entry:
    """Return an entry as readers see it. Raises `Problem` 404, also where the actor may not see it."""
    return read_entry(find_row(actor, kind, key))


@verb(Right.EDIT, SUBJECT)
def get_working(actor: Actor, kind: str, key: str) -> Entry:
    """Return an entry as it is being written, for whoever may edit it. Raises `Problem` 404."""
    return read_entry(find_editable(actor, kind, key), working=True)


@verb(Right.EDIT, SUBJECT)
def set_entry(actor: Actor, draft: Draft, version: int | None = None, note: str = "") -> Entry:
    """Keep an entry: a new one without `version`, else the next version of the one that was read at `version`.

    Readers go on seeing what was published until the change is published too. Raises `Problem` 400 for what cannot be kept, 409
    when somebody else changed it meanwhile (nothing is overwritten) or the key is taken.
    """
    rules.check(draft)
    insist(actor, Right.EDIT, draft.level, draft.area, draft.owner)
    kind = draft.details.__struct_config__.tag
    try:
        with transaction.atomic():
            row = _begun(draft, str(kind)) if version is None else _next(actor, draft, str(kind), version)
            row.title, row.document, row.changed, row.changed_by = choose(draft.title, "fr")[0][:300], write_draft(draft), _now(), _name(actor)
            row.level, row.area, row.owner, row.day, row.state = draft.level, draft.area, draft.owner, _day(draft), "draft"
            row.save()
            _note(row, actor, note)
            audit.record(actor, "entry.set", f"{SUBJECT}:{kind}:{row.key}", {"version": row.version})
    except IntegrityError:
        raise Problem(409, "Taken", f"There is a {kind} {draft.key!r} already. Give this one another key.", where="key") from None
    return read_entry(row, working=True)


def _begun(draft: Draft, kind: str) -> models.Entry:
    key = draft.key or slug(choose(draft.title, "fr")[0], 60) or kind
    taken = set(models.Entry.objects.filter(kind=kind, key__startswith=key).values_list("key", flat=True)) if not draft.key else set()
    free = next(each for number in range(1, 10_000) if (each := key if number == 1 else f"{key}-{number}") not in taken)
    return models.Entry(kind=kind, key=free, created=_now())


def _next(actor: Actor, draft: Draft, kind: str, version: int) -> models.Entry:
    row = find_editable(actor, kind, draft.key, lock=True)
    if row.version != version:
        raise Problem(
            409, "Changed meanwhile", f"{row.changed_by} changed this meanwhile. Nothing of yours was saved, nothing of theirs overwritten.",
            version=row.version, by=row.changed_by,
        )  # fmt: skip
    if row.live and draft.level < row.level:
        insist(actor, Right.COMMAND, Level(row.level), row.area, row.owner)
    row.version += 1
    return row


def _name(actor: Actor) -> str:
    return (actor.name or actor.key)[:200]


def _day(draft: Draft) -> datetime | None:
    match draft.details:
        case Event(starts=starts):
            return starts
        case Article(day=day) if day:
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        case _:
            return None


def _note(row: models.Entry, actor: Actor, note: str) -> None:
    revision = {"state": row.state, "document": row.document, "note": note[:500], "time": row.changed, "by": _name(actor)}
    models.Revision.objects.create(entry=row, version=row.version, **revision)


@verb(Right.EDIT, SUBJECT)
def set_state(actor: Actor, kind: str, key: str, state: State, version: int, note: str = "") -> Entry:
    """Bring an entry a step further, or back: draft, review, published, archived. Publishing and archiving take the right to command.

    Raises `Problem` 409 for a step that is not there or a version that is no longer the last, 422 when French or Dutch is missing.
    """
    with transaction.atomic():
        row = find_editable(actor, kind, key, lock=True)
        if row.version != version:
            raise Problem(
                409, "Changed meanwhile", f"{row.changed_by} changed this meanwhile. Look at the newest version first.", version=row.version
            )
        right = rules.step(row.state, state)
        if right is Right.COMMAND:
            insist(actor, right, Level(row.level), row.area, row.owner)
        working = read_entry(row, working=True).draft
        if state == "published" and (lacking := rules.ready(working)):
            raise Problem(422, "Not ready", "Before this is published it needs French and Dutch: " + ", ".join(lacking) + ".", lacking=lacking)
        row.state, row.changed, row.changed_by = state, _now(), _name(actor)
        if state == "published":
            row.live, row.shown, row.shown_version = True, row.document, row.version
            row.published = row.published or row.changed
            row.day = row.day or (row.published if kind == "article" else None)
            _placed(row, working, actor)
        row.save()
        _note(row, actor, note)
        audit.record(actor, f"entry.{state}", f"{SUBJECT}:{kind}:{key}", {"version": row.version})
    return read_entry(row, working=True)


def _placed(row: models.Entry, draft: Draft, actor: Actor) -> None:
    """Write the first place of a technology, or a new one that came with an edit, into its history."""
    if isinstance(draft.details, Technology):
        last = row.moves.order_by("-time", "-pk").first()
        if last is None or last.after != draft.details.ring:
            before = last.after if last else ""
            row.moves.create(before=before, after=draft.details.ring, argument=dict(draft.summary), time=row.changed, by=_name(actor))


@verb(Right.EDIT, SUBJECT)
def list_changes(actor: Actor, kind: str, key: str) -> list[Change]:
    """Return every version of an entry, the newest first, for whoever may edit it."""
    return [read_change(row) for row in find_editable(actor, kind, key).revisions.order_by("-time", "-pk")[:200]]


@verb(Right.SEE, SUBJECT)
def list_about(actor: Actor, reference: str, limit: int = 50) -> list[Entry]:
    """Return the entries that name something as related: a project, an action, a dataset, another entry, by `kind:key`."""
    if not rules.REFERENCE.fullmatch(reference):
        return []
    found = (read_entry(row) for row in models.Entry.objects.filter(visible(actor)).exclude(state="archived").order_by("-changed"))
    naming = (each for each in found if reference in each.draft.related or reference in _carried(each))
    return [each for each, _ in zip(naming, range(limit), strict=False)]


def _carried(entry: Entry) -> set[str]:
    return {each.link for each in entry.details.conclusions} if isinstance(entry.details, Event) else set()


@verb(Right.SEE, SUBJECT)
def list_by_reference(actor: Actor, references: Iterable[str]) -> list[Entry]:
    """Return those of our own entries that references name, in their order; what is not there or not open is left out."""
    pairs = [pair for each in references if (pair := rules.kind_of(each))[0]]
    condition = Q(pk__in=())
    for kind, key in pairs:
        condition |= Q(kind=kind, key=key)
    rows = {(row.kind, row.key): row for row in models.Entry.objects.filter(visible(actor)).filter(condition)}
    return [read_entry(rows[pair]) for pair in pairs if pair in rows]


@verb(Right.SEE, SUBJECT)
def search(actor: Actor, text: str, kind: str = "", theme: str = "", limit: int = 50) -> list[Hit]:
    """Find published entries by words in any of the three languages and by theme, the best first; misspelt words are understood."""
    held = index.current()
    scores = held.search(text)
    if theme:
        themed = set().union(*(held.themed.get(key, set()) for key in held.thesaurus.within(theme)))
        scores = {number: score for number, score in scores.items() if number in themed}
    rows = models.Entry.objects.filter(visible(actor), pk__in=list(scores), live=True).exclude(state="archived")
    if kind:
        rows = rows.filter(kind=kind)
    best = sorted(rows.values_list("pk", "key"), key=lambda each: (-scores[each[0]], each[1]))[: max(1, min(limit, 200))]
    read = {row.pk: read_entry(row) for row in models.Entry.objects.filter(pk__in=[number for number, _ in best])}
    return [Hit(read[number], scores[number]) for number, _ in best if number in read]


@verb(Right.SEE, SUBJECT)
def count_kinds(actor: Actor) -> dict[str, int]:
    """Return how many entries of each kind the actor may see."""
    counted = dict.fromkeys(KINDS, 0)
    for kind in models.Entry.objects.filter(visible(actor)).exclude(state="archived").values_list("kind", flat=True):
        counted[kind] += 1
    return counted


@verb(Right.EDIT, SUBJECT)
def list_in_review(actor: Actor) -> list[Entry]:
    """Return what waits to be published by this actor, the oldest first."""
    rows = models.Entry.objects.filter(within(actor, Right.EDIT), state="review").order_by("changed")
    return [read_entry(row, working=True) for row in rows if may_entry(actor, Right.COMMAND, row)]


@verb(Right.SEE, SUBJECT)
def list_concepts(actor: Actor, scheme: str = "theme") -> list[Concept]:
    """Return the themes, or the plans of the Region to which things may contribute; the thesaurus is public."""
    return [read_concept(row) for row in models.Concept.objects.filter(scheme=scheme).order_by("pk")]


@verb(Right.COMMAND, SUBJECT)
def set_concepts(actor: Actor, scheme: str, concepts: Iterable[Concept]) -> Counts:
    """Bring the themes or plans to what is given; none is taken away, since entries name them."""
    insist(actor, Right.COMMAND, Level.PUBLIC, "")
    if scheme not in SCHEMES:
        raise wrong(f"There is no scheme {scheme!r}. There are {', '.join(SCHEMES)}.", where="scheme")
    counts = Counts()
    with transaction.atomic():
        for concept in concepts:
            fields: Mapping[str, object] = msgspec.to_builtins(concept)
            row = models.Concept.objects.filter(scheme=scheme, key=concept.key).first()
            if row is None:
                models.Concept.objects.create(scheme=scheme, **fields)
                counts.added += 1
            elif read_concept(row) != concept:
                models.Concept.objects.filter(pk=row.pk).update(**fields)
                counts.changed += 1
            else:
                counts.unchanged += 1
    return counts
