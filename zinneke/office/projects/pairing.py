"""Following what projects have in common: computed from all of them, kept as pairs, decided once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import Actor, Right, refusal
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, not_found
from zinneke.kernel.text import Text
from zinneke.office.projects import alike as likeness
from zinneke.office.projects import keeping, shelf
from zinneke.office.projects.alike import Match, Spot
from zinneke.office.projects.models import Common, Record
from zinneke.office.projects.rules import Wrong
from zinneke.office.projects.values import Alike, Component, Fiche, Pair, Project, Reason

WHY = Text(
    "Dites pourquoi : la réponse reste lisible pour ceux qui viendront.", "Zeg waarom: het antwoord blijft leesbaar voor wie later komt.",
    "Say why: the answer stays readable for those who come later.",
)  # fmt: skip


def refresh() -> Counts:
    """Compute all pairs anew: open ones are brought up to date or go, what was accepted or refused stays as it was."""
    counts = Counts()
    projects = {record.key: (record.pk, shelf.project(record)) for record in Record.objects.exclude(phase="closed").order_by("key")}
    spots = {key: Spot.of(each.bbox) for key, (_, each) in projects.items() if each.bbox}
    found = likeness.match([each.fiche for _, each in projects.values()], spots)
    with transaction.atomic():
        held = {(row.one_id, row.other_id): row for row in Common.objects.select_for_update()}
        for match in found:
            _note(match, (projects[match.one][0], projects[match.other][0]), held, counts)
        Common.objects.filter(pk__in=[row.pk for row in held.values() if row.state == "open"]).delete()
    return counts


def _note(match: Match, ids: tuple[int, int], held: dict[tuple[int, int], Common], counts: Counts) -> None:
    reasons = [[each.kind, each.what, each.weight] for each in match.reasons]
    row = held.pop(ids, None)
    if row is None:
        Common.objects.create(one_id=ids[0], other_id=ids[1], score=match.score, duplicate=match.duplicate, reasons=reasons)
        counts.added += 1
    elif row.state == "open" and (row.score, row.reasons, row.duplicate) != (match.score, reasons, match.duplicate):
        row.score, row.reasons, row.duplicate = match.score, reasons, match.duplicate
        row.save()
        counts.changed += 1
    else:
        counts.unchanged += 1


def settle(actor: Actor, id: int, state: str, reason: str) -> Pair:
    """Decide about an open pair. Raises `Problem` 404, 409 when it was decided already, 422 without a reason."""
    seen = shelf.within(actor, Right.SEE, "one__") & shelf.within(actor, Right.SEE, "other__")
    mine = shelf.within(actor, Right.EDIT, "one__") | shelf.within(actor, Right.EDIT, "other__")
    with transaction.atomic():
        row = Common.objects.select_for_update(of=("self",)).select_related("one", "other").filter(seen, pk=id).first()
        if row is None:
            raise not_found("pair", id)
        if not Common.objects.filter(mine, pk=id).exists():
            raise refusal(actor, Right.EDIT, shelf.SUBJECT)
        if row.state != "open":
            raise Problem(409, "Decided already", f"{row.by} decided this on {row.day}: {row.state}. A decision is not taken twice.")
        if state not in ("accepted", "refused") or not reason.strip():
            raise keeping.faulty([Wrong("reason", WHY)])
        row.state, row.reason, row.by, row.day = state, reason.strip(), actor.name or actor.key, timezone.localdate()
        row.save()
        audit.record(actor, f"synergy.{state}", f"{shelf.SUBJECT}:{row.one.key}+{row.other.key}", {"reason": row.reason})
    return shelf.pair(row)


def alike(fiche: Fiche, projects: Sequence[Project], components: Sequence[Component], limit: int) -> list[Alike]:
    """Return what exists already and resembles a fiche, the most alike first; only words and the components it names count."""
    others = [each for each in projects if each.key != fiche.key]
    texts = likeness.Words([fiche, *(each.fiche for each in others), *(_as_fiche(each) for each in components)])
    found = []
    for at, each in enumerate(others, 1):
        cosine = texts.cosine(0, at)
        shared = [Reason("component", key, 0.3) for key in sorted({*fiche.components} & {*each.fiche.components, *each.fiche.offers})]
        reasons = ([Reason("words", ", ".join(texts.shared(0, at)), round(cosine, 2))] if cosine >= likeness.ALIKE else []) + shared
        if reasons:
            found.append(Alike(kind="project", key=each.key, name=each.fiche.name, reasons=tuple(reasons), score=sum(why.weight for why in reasons)))
    for at, part in enumerate(components, 1 + len(others)):
        cosine = texts.cosine(0, at)
        if cosine >= likeness.ALIKE and part.key not in (*fiche.components, *fiche.offers):
            why = Reason("words", ", ".join(texts.shared(0, at)), round(cosine, 2))
            found.append(Alike(kind="component", key=part.key, name=part.name, reasons=(why,), score=cosine))
    return sorted(found, key=lambda each: (-each.score, each.key))[:limit]


def _as_fiche(component: Component) -> Fiche:
    return Fiche(name=component.name, summary=component.about, owner="", domain="", key=component.key)
