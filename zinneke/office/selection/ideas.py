"""The base of ideas: put them in, find them, point out doubles, and decide about each: who, when, why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Level, Right, demand, reach
from zinneke.kernel.finding import fold
from zinneke.kernel.load import Counts
from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.office.selection import models
from zinneke.office.selection.rights import SUBJECT, within
from zinneke.office.selection.rules import likeness
from zinneke.office.selection.values import STAGES, Coverage, Decision, Found, Idea, IdeaRow, Stage, StageCount, Texts

FACETS = ("domain", "city", "standing", "coverage", "evidence", "tag")
STANDINGS = (*STAGES, "out")
MOST_DOUBLES = 200


def idea_of(idea: models.Idea) -> Idea:
    """Return a record as a value."""
    row = IdeaRow(
        title=idea.title, city=idea.city, key=idea.key, about=idea.about, country=idea.country, domain=idea.domain, tags=tuple(idea.tags),
        since=idea.since, source=idea.source, source_url=idea.source_url, source_date=idea.source_date, evidence=idea.evidence,
        level=Level(idea.level), area=idea.area,
    )  # fmt: skip
    return Idea(
        key=idea.key, row=row, stage=idea.stage, out=idea.out, coverage=idea.coverage, matches=tuple(idea.matches),
        same_as=idea.same_as.key if idea.same_as_id else "", version=idea.version, changed=idea.changed, changed_by=idea.changed_by,
    )  # fmt: skip


@verb(Right.SEE, SUBJECT)
def find_ideas(
    actor: Actor, text: str = "", facets: Mapping[str, Sequence[str]] | None = None, reached: str = "", limit: int = 25, offset: int = 0
) -> Found:
    """Find ideas by words in any language, narrowed by facets whose counts never lead to nothing; `reached`: at least that stage."""
    chosen = {name: frozenset(values) for name, values in (facets or {}).items() if values}
    if unknown := chosen.keys() - set(FACETS):
        raise wrong(f"There is no facet {min(unknown)!r}. There are {', '.join(FACETS)}.", where=min(unknown))
    typed = fold(text[:300])
    rows = models.Idea.objects.filter(within(actor, Right.SEE), same_as=None)
    if reached in STAGES:
        rows = rows.filter(stage__in=STAGES[STAGES.index(reached) :])
    light = [
        (
            pk,
            {
                "domain": (domain,),
                "city": (city,),
                "standing": ("out" if out else stage,),
                "coverage": (coverage,),
                "evidence": (evidence,),
                "tag": tags,
            },
        )
        for pk, city, domain, stage, out, coverage, evidence, tags, words in rows.order_by("city", "key").values_list(
            "pk", "city", "domain", "stage", "out", "coverage", "evidence", "tags", "words"
        )
        if all(f" {word}" in words for word in typed)
    ]
    counted = {name: Counter(value for _pk, facts in light if _meets(facts, chosen, but=name) for value in facts[name] if value) for name in FACETS}
    hits = [pk for pk, facts in light if _meets(facts, chosen)]
    page = models.Idea.objects.select_related("same_as").in_bulk(hits[offset : offset + max(0, min(limit, 1000))])
    ideas = tuple(idea_of(page[pk]) for pk in hits[offset : offset + limit] if pk in page)
    return Found(ideas, len(hits), {name: dict(counts.most_common()) for name, counts in counted.items()})


def _meets(facts: Mapping[str, Sequence[str]], chosen: Mapping[str, frozenset[str]], but: str = "") -> bool:
    return all(name == but or not wanted.isdisjoint(facts[name]) for name, wanted in chosen.items())


@verb(Right.SEE, SUBJECT)
def get_idea(actor: Actor, key: str) -> Idea:
    """Return an idea. Raises `Problem` 404, also where the actor may not see it."""
    return idea_of(_get(actor, Right.SEE, key))


def _get(actor: Actor, right: Right, key: str, locked: bool = False) -> models.Idea:
    rows = models.Idea.objects.select_for_update() if locked else models.Idea.objects.select_related("same_as")
    found = rows.filter(within(actor, right), key=key).first()
    if found is None:
        raise not_found("idea", key)
    return found


@verb(Right.SEE, SUBJECT)
def list_decisions(actor: Actor, key: str = "", limit: int = 100) -> list[Decision]:
    """Return what was decided, the newest first: about one idea, or about all within reach."""
    rows = models.Decision.objects.select_related("idea").filter(idea__in=models.Idea.objects.filter(within(actor, Right.SEE)))
    rows = rows.filter(idea__key=key) if key else rows
    return [
        Decision(
            idea=each.idea.key, title=each.idea.title, kind=each.kind, before=each.before, after=each.after, reason=each.reason,
            by_name=each.by_name, time=each.time,
        )
        for each in rows.order_by("-pk")[: max(1, min(limit, 5000))]
    ]  # fmt: skip


@verb(Right.SEE, SUBJECT)
def get_funnel(actor: Actor) -> list[StageCount]:
    """Return the funnel in figures, counted from the decisions, as far as the actor may see."""
    rows = models.Idea.objects.filter(within(actor, Right.SEE), same_as=None).values_list("stage", "out")
    counted = Counter(rows)
    reached = {stage: sum(n for (at, _out), n in counted.items() if STAGES.index(at) >= place) for place, stage in enumerate(STAGES)}
    return [StageCount(stage, reached[stage], counted[stage, True], counted[stage, False] if stage != "roadmap" else 0) for stage in STAGES]


@verb(Right.EDIT, SUBJECT)
def set_ideas(actor: Actor, rows: Iterable[IdeaRow], loading: bool = False) -> Counts:
    """Put ideas into the base, known by their key (or made from city and title): new ones are added, others changed where they say something else.

    When `loading`, what people changed since is left as it is. A faulty one is refused with its place; the others are kept.
    """
    counts = Counts()
    held = reach(actor, Right.EDIT, SUBJECT)
    with transaction.atomic():
        known = {each.key: each for each in models.Idea.objects.all()}
        for number, row in enumerate(rows, 1):
            where = row.key or f"row {number}"
            if fault := fault_of(row):
                counts.refuse(where, fault)
                continue
            key = row.key or slug(f"{row.city} {next(iter(row.title.values()))}")
            before = known.get(key)
            if not held.allows(row.level, row.area) or (before is not None and not held.allows(Level(before.level), before.area)):
                counts.refuse(where, "you may not change ideas of this level here")
            elif before is None:
                known[key] = _write(models.Idea(key=key), row, actor, first=True)
                counts.added += 1
            elif (loading and before.version > 1) or idea_of(before).row == msgspec.structs.replace(row, key=key):
                counts.unchanged += 1
            else:
                _write(before, row, actor, first=loading)
                counts.changed += 1
        if counts.added or counts.changed:
            audit.record(actor, "idea.import", SUBJECT, {"added": counts.added, "changed": counts.changed, "refused": counts.refused})
    return counts


@verb(Right.EDIT, SUBJECT)
def set_idea(actor: Actor, key: str, row: IdeaRow, version: int) -> Idea:
    """Change an idea that was at `version` when it was read. Raises `Problem` 409 when somebody changed it meanwhile: nothing is overwritten."""
    if fault := fault_of(row):
        raise wrong(fault)
    demand(actor, Right.EDIT, SUBJECT, row.level, row.area)
    with transaction.atomic():
        idea = _get(actor, Right.EDIT, key, locked=True)
        check_version(idea.version, version, idea.changed_by)
        idea.version += 1
        _write(idea, msgspec.structs.replace(row, key=key), actor)
        audit.record(actor, "idea.set", f"{SUBJECT}:{key}", {"version": idea.version})
        return idea_of(idea)


def check_version(now: int, read: int, by: str = "") -> None:
    """Refuse a change of something that is no longer what it was when it was read. Raises `Problem` 409."""
    if now != read:
        told = "This was changed meanwhile. Nothing was overwritten: read it again, then change it."
        if by:
            told = f"This was changed meanwhile by {by}. Nothing was overwritten: read it again, then change it."
        raise Problem(409, "Changed meanwhile", told, by=by)


def fault_of(row: IdeaRow) -> str:
    """Return what is wrong with an idea, a sentence, or nothing."""
    if not any(text.strip() for text in row.title.values()):
        return "an idea has a title, in French, Dutch or English"
    if not row.city.strip():
        return "an idea has a city"
    if row.domain and row.domain not in DOMAINS:
        return f"there is no domain {row.domain!r}; there are {', '.join(DOMAINS)}"
    if row.source_url and not re.match(r"https?://", row.source_url):
        return "the address of a source begins with http:// or https://"
    if row.since is not None and not 1800 <= row.since <= 2100:
        return f"{row.since} is not a year in which it began"
    if row.evidence != "public_knowledge" and not (row.source or row.source_url):
        return "evidence that is published or verified has a source"
    return ""


def _write(idea: models.Idea, row: IdeaRow, actor: Actor, first: bool = False) -> models.Idea:
    names = ("title", "city", "about", "country", "domain", "since", "source", "source_url", "source_date", "evidence", "area")
    for name in names:
        setattr(idea, name, getattr(row, name))
    idea.tags, idea.level = list(row.tags), int(row.level)
    idea.words = " " + " ".join(
        fold(" ".join([*row.title.values(), *row.about.values(), row.city, *row.place.as_dict().values(), row.country, *row.tags, row.key]))
    )
    idea.changed, idea.changed_by = datetime.now(UTC), "" if first and actor.key == "system" else (actor.name or actor.key)
    idea.save()
    return idea


def slug(text: str) -> str:
    """Return a readable key."""
    return "-".join(fold(text))[:90].strip("-") or "idea"


@verb(Right.COMMAND, SUBJECT)
def decide(actor: Actor, key: str, kind: str, reason: str, version: int, to: Stage | None = None) -> Idea:
    """Let an idea pass to the next stage, leave it out where it stands, or bring it back in; each with its reason, kept for ever.

    Raises `Problem` 400 without a reason, 409 for a passage that skips a stage or the comparison with what exists.
    """
    if not reason.strip():
        raise wrong("A decision has a reason, in a sentence, so that others can follow it.", where="reason")
    with transaction.atomic():
        idea = _get(actor, Right.COMMAND, key, locked=True)
        check_version(idea.version, version, idea.changed_by)
        before = f"{'out ' if idea.out else ''}{idea.stage}"
        _move(idea, kind, to)
        _decided(actor, idea, kind, before, f"{'out ' if idea.out else ''}{idea.stage}", reason)
        return idea_of(idea)


def _move(idea: models.Idea, kind: str, to: Stage | None) -> None:
    following = STAGES[min(STAGES.index(idea.stage) + 1, len(STAGES) - 1)]
    if kind == "pass":
        if idea.out or idea.same_as_id or (to or following) != following or idea.stage == STAGES[-1]:
            raise Problem(409, "Not from here", f"From {idea.stage} an idea passes to {following}, one stage at a time, unless it was left out.")
        if following == "longlist" and not idea.coverage:
            raise Problem(409, "Compare first", "Compare the idea with the projects of the Region first: does it exist, partly, or not yet?")
        idea.stage = following
    elif kind == "exclude" and not idea.out:
        idea.out = True
    elif kind == "return" and idea.out:
        idea.out = False
    else:
        raise Problem(409, "Not from here", "An idea is let through, left out, or brought back after it was left out.")


def _decided(actor: Actor, idea: models.Idea, kind: str, before: str, after: str, reason: str) -> None:
    idea.version, idea.changed, idea.changed_by = idea.version + 1, datetime.now(UTC), actor.name or actor.key
    idea.save()
    models.Decision.objects.create(
        idea=idea, kind=kind, before=before[:100], after=after[:200], reason=reason.strip()[:5000], by=actor.key[:100],
        by_name=(actor.name or actor.key)[:200], time=idea.changed,
    )  # fmt: skip
    audit.record(actor, f"idea.{kind}", f"{SUBJECT}:{idea.key}", {"before": before, "after": after}, ground=reason)


@verb(Right.EDIT, SUBJECT)
def compare(actor: Actor, key: str, coverage: Coverage, matches: Sequence[str], reason: str, version: int) -> Idea:
    """Say whether an idea exists in the Region already, partly, or not, and in which projects (their keys, given from outside)."""
    if coverage not in ("exists", "partly", "missing"):
        raise wrong("Say whether it exists, exists partly, or is missing.", where="coverage")
    if coverage != "missing" and not matches and not reason.strip():
        raise wrong("Name a project in which it exists, or say in a sentence how you know.", where="matches")
    with transaction.atomic():
        idea = _get(actor, Right.EDIT, key, locked=True)
        check_version(idea.version, version, idea.changed_by)
        before, idea.coverage, idea.matches = idea.coverage, coverage, sorted({each[:100] for each in matches})
        _decided(actor, idea, "compare", before, f"{coverage} {' '.join(idea.matches)}".strip(), reason)
        return idea_of(idea)


@verb(Right.EDIT, SUBJECT)
def list_doubles(actor: Actor) -> list[tuple[Idea, Idea, float]]:
    """Return pairs of ideas that look like one, across languages, without those that somebody already merged or told apart."""
    rows = {each.key: idea_of(each) for each in models.Idea.objects.filter(within(actor, Right.EDIT), same_as=None)}
    apart = {frozenset(pair) for pair in models.Decision.objects.filter(kind="apart").values_list("idea__key", "after")}
    known = [likeness.Known(each.key, each.row.city, tuple(each.row.title.values())) for each in rows.values()]
    found = [pair for pair in likeness.pairs(known) if frozenset((pair.one, pair.other)) not in apart]
    return [(rows[pair.one], rows[pair.other], pair.likeness) for pair in found[:MOST_DOUBLES]]


@verb(Right.EDIT, SUBJECT)
def merge(actor: Actor, key: str, into: str, reason: str) -> Idea:
    """Say that an idea is the same as another, which stays; what was decided about both is kept. Raises `Problem` 409 for a circle."""
    with transaction.atomic():
        one, other = _get(actor, Right.EDIT, key, locked=True), _get(actor, Right.EDIT, into, locked=True)
        if one.pk == other.pk or other.same_as_id or one.same_as_id or models.Idea.objects.filter(same_as=one).exists():
            raise Problem(409, "Not these two", "Two different ideas, neither merged before, can be merged: the second stays.")
        one.same_as = other
        _decided(actor, one, "merge", "", into, reason)
        return idea_of(one)


@verb(Right.EDIT, SUBJECT)
def keep_apart(actor: Actor, key: str, other: str, reason: str = "") -> None:
    """Say that two ideas that look alike are two, so that they are not pointed out again."""
    with transaction.atomic():
        second = _get(actor, Right.EDIT, other)
        _decided(actor, _get(actor, Right.EDIT, key, locked=True), "apart", "", second.key, reason)


def titles(actor: Actor, keys: Iterable[str]) -> dict[str, Texts]:
    """Return the titles of the ideas with these keys that an actor may see."""
    return dict(models.Idea.objects.filter(within(actor, Right.SEE), key__in=list(keys)).values_list("key", "title"))
