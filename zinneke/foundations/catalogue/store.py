"""Put datasets into the catalogue, find them again, say what is new. What an actor may not see is not in the question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db.models import Count, Max, Q, QuerySet

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import answers, grouping, intake, selecting, shelf
from zinneke.foundations.catalogue.authoring import (
    OURS,
    accept,
    add_dataset,
    delete_draft,
    list_turns,
    list_unpublished,
    needs_second,
    publish,
    send_back,
    set_dataset,
    set_rows,
    submit,
    withdraw,
)
from zinneke.foundations.catalogue.bodies import delete_body, list_bodies, set_body
from zinneke.foundations.catalogue.codes import Mask
from zinneke.foundations.catalogue.index import Index
from zinneke.foundations.catalogue.models import Entry, Load, State
from zinneke.foundations.catalogue.parts import add_part, find_by_mark, list_parts, remove_part
from zinneke.foundations.catalogue.question import LONGEST, understand
from zinneke.foundations.catalogue.reviewing import accept_version, find_waiting, list_rules, list_unsettled, list_waiting, refuse_version, set_rule
from zinneke.foundations.catalogue.segment import FACETS, Card, Floats
from zinneke.foundations.catalogue.standing import SUBJECT, dataset_of, seen_by
from zinneke.foundations.catalogue.values import (
    Dataset,
    DatasetRow,
    Digest,
    Edition,
    Found,
    News,
    Selected,
    SourceCount,
    Statistics,
    Suggestion,
    Texts,
)
from zinneke.foundations.catalogue.vocabularies import LICENCES
from zinneke.foundations.catalogue.wanted import EVERYTHING, CodedField, Named, Placed, Wanted, check, leaves
from zinneke.foundations.catalogue.words import fold, words
from zinneke.foundations.territory import store as territory
from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import Actor, Level, Reach, Right, parts, reach
from zinneke.kernel.event import Used, announce
from zinneke.kernel.load import Counts, Fault
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import choose

ORDERS = ("relevance", "newest", "title", "quality")
FURTHEST = 10_000
"""The largest offset; what lies further is reached with `after`."""
KEPT = 2_000
"""Whole entries that stay in memory beside the index."""


@verb(Right.EDIT, SUBJECT)
def set_datasets(actor: Actor, rows: Iterable[DatasetRow | Fault], source: str, whole: bool = True) -> Counts:
    """Bring a source's entries to what its rows say: new ones added, changed ones rewritten, the rest left alone.

    With `whole`, entries that the source no longer lists are marked as gone, never deleted; not when it listed nothing or
    something could not be read, since then nobody knows. Doing it again changes nothing.
    After a large change the index is built at once, so that no visitor waits for it.
    """
    if not source or source == OURS:
        raise wrong(f"{source!r} cannot be the name of a source. Name the catalogue that the rows come from.")
    held = reach(actor, Right.EDIT, SUBJECT)
    plan = intake.compare(rows, source, held)
    whole = whole and bool(plan.listed) and not plan.counts.refused
    gone = intake.write(plan, source, versioned=False, whole=whole, reach=held)
    plan.counts.changed += gone
    if len(plan.rows) > shelf.SMALL:
        shelf.current()
    if plan.counts.added or plan.counts.changed:
        detail = {"added": plan.counts.added, "changed": plan.counts.changed - gone, "gone": gone, "refused": plan.counts.refused}
        audit.record(actor, "set datasets", f"{SUBJECT}:{source}", detail)
    return plan.counts


@verb(Right.SEE, SUBJECT)
def search(
    actor: Actor,
    text: str = "",
    language: str = "en",
    facets: Mapping[str, Sequence[str]] | None = None,
    order: str = "relevance",
    limit: int = 20,
    offset: int = 0,
    after: str = "",
    box: Box | None = None,
) -> Found:
    """Find datasets by words in any of the three languages, narrowed by facets, with counts that never lead to nothing.

    `box` keeps to what is about a part of the map. `order` is one of `ORDERS`; `limit` 0 to 100, `offset` up to 10,000, `after` the
    cursor of the hit to continue behind.
    Raises `Problem` 400 for an unknown facet, order or cursor.
    """
    text = text[:LONGEST].encode(errors="replace").decode()
    chosen = {name: tuple(values) for name, values in (facets or {}).items() if values}
    _check(chosen, order, limit, offset, after)
    announce(Used("search"))
    index, mask = _view(actor)
    if box is not None:
        mask = mask & index.around(box, territory.areas_in(actor, box))
    wishes = understand(text)
    matches = index.search(mask, wishes, chosen, order, language, limit, offset, int(after) if after else None)
    suggestion, also = answers.spellings(index, mask, wishes, matches)
    cards = [answers.hit(index.card(document), language, str(key)) for document, key in zip(matches.documents, matches.keys, strict=True)]
    return Found(
        total=matches.total,
        hits=tuple(cards),
        facets=answers.facets(index, matches, chosen, language),
        text=text,
        language=language,
        order=order,
        suggestion=suggestion,
        also=also,
        after=str(matches.keys[-1]) if cards and matches.more else "",
        relaxed=matches.relaxed,
    )


def _check(chosen: Mapping[str, Sequence[str]], order: str, limit: int, offset: int, after: str) -> None:
    for name in chosen:
        if name not in FACETS:
            raise wrong(f"There is no facet {name!r}. There are {', '.join(FACETS)}.", where=name)
    if order not in ORDERS:
        raise wrong(f"There is no order {order!r}. There are {', '.join(ORDERS)}.", where="order")
    if not 0 <= limit <= 100 or not 0 <= offset <= FURTHEST:
        raise wrong(f"Ask for at most 100 datasets, from an offset up to {FURTHEST}; go further with `after`.", where="limit")
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise wrong("`after` is not a cursor of this search. Leave it out, or give the `after` of the page before.", where="after")


@verb(Right.SEE, SUBJECT)
def select(
    actor: Actor,
    wanted: Wanted = EVERYTHING,
    by: Sequence[str] = (),
    language: str = "en",
    limit: int = 20,
    offset: int = 0,
    counted: Sequence[CodedField] = (),
    most: int = 50,
) -> Selected:
    """Find datasets by a tree of wishes, what the query languages of other catalogues are translated to, and return them whole.

    `by` holds names of `selecting.ORDERS`, `-name` for the largest first, `limit` goes to 1,000; `counted` names the fields whose values
    are counted over all that were found, the `most` frequent of each (0: all). Raises `Problem` 400 for a tree that is too large.
    """
    limit, offset = max(0, min(limit, 1000)), max(0, min(offset, 2**53))
    index, found, scores = _answered(actor, wanted)
    page = selecting.order(index, found, scores, by, language, offset, limit) if limit else []
    return Selected(
        total=int(np.count_nonzero(found)),
        datasets=tuple(_whole(index, [int(index.ids[document]) for document in page])),
        counts=selecting.count(index, found, counted, most),
    )


@verb(Right.SEE, SUBJECT)
def group(actor: Actor, wanted: Wanted, keys: Sequence[grouping.Key], figures: Sequence[grouping.Figure], zone: str = "UTC") -> list[tuple[Any, ...]]:
    """Return the groups of what a tree of wishes means: the keys of each, None where a dataset has no value, then its figures.

    Without keys all of them are one group. Raises `Problem` 400 for a tree, or for groups, that are too large.
    """
    index, found, _ = _answered(actor, wanted)
    return grouping.group(index, found, keys, figures, zone)


def _answered(actor: Actor, wanted: Wanted) -> tuple[Index, Mask, Floats | None]:
    """Return the index, what of it is meant and may be seen, and how well each answers."""
    check(wanted)
    index, mask = _view(actor)
    found, scores = selecting.Selection(index, mask, _named(wanted), _touched(actor, wanted)).answer(wanted)
    return index, mask if wanted == EVERYTHING else found, scores


def _whole(index: Index, numbers: Sequence[int]) -> list[Dataset]:
    """Return entries as they were when the index was made, so that its mask holds for them; those used last stay in memory with it."""
    if len(index.datasets) > KEPT:
        index.datasets = {}
    kept = index.datasets
    if missing := [number for number in numbers if number not in kept]:
        for entry in Entry.objects.filter(pk__in=missing, sequence__lte=index.sequence):
            kept[entry.pk] = dataset_of(entry)
    return [kept[number] for number in numbers if number in kept]


def _named(wanted: Wanted) -> dict[Named, list[int]]:
    """Return the numbers of the entries that each `Named` part means."""
    found: dict[Named, list[int]] = {}
    for part in leaves(wanted):
        if isinstance(part, Named):
            meant = Q(key__in=part.keys[:1000])
            if part.like:
                meant |= Q(key__regex=f"^{selecting.pattern(part.like).pattern}$")
            found[part] = list(Entry.objects.filter(meant).values_list("pk", flat=True))
    return found


def _touched(actor: Actor, wanted: Wanted) -> dict[Placed, list[str]]:
    """Return the communes that each `Placed` part touches."""
    return {part: territory.areas_in(actor, part.box) for part in leaves(wanted) if isinstance(part, Placed)}


@verb(Right.SEE, SUBJECT)
def list_keys(actor: Actor, limit: int | None = None, offset: int = 0, open_only: bool = False) -> list[str]:
    """Return the keys of all datasets that the actor may see, or of the public ones, in alphabetical order; further tables of one are not said."""
    found = Entry.objects.filter(seen_by(actor), gone=False, part_of="").exclude(state="withdrawn").order_by("key").values_list("key", flat=True)
    if open_only:
        found = found.filter(level=Level.PUBLIC, state="published")
    return list(found[offset : None if limit is None else offset + limit])


@verb(Right.SEE, SUBJECT)
def publisher_names(actor: Actor) -> dict[str, Texts]:
    """Return the names of the publishers of all datasets that the actor may see, by key."""
    index, mask = _view(actor)
    counts = index.everything(mask)["publisher"]
    return {key: index.publishers.get(key, {}) for key, count in zip(index.facets["publisher"].values, counts.tolist(), strict=True) if count}


def _view(actor: Actor) -> tuple[Index, Mask]:
    """Return the index and what of it the actor may see."""
    index = shelf.current()
    return index, index.mask(
        reach(actor, Right.SEE, SUBJECT), _single(actor, Right.SEE), reach(actor, Right.EDIT, SUBJECT), _single(actor, Right.EDIT)
    )


def _single(actor: Actor, right: Right) -> dict[int, Reach]:
    """Return the reach on entries that the actor holds a grant of its own on."""
    keys = {part.partition(".")[2]: held for part, held in parts(actor, right, SUBJECT).items()}
    return {pk: keys[key] for pk, key in Entry.objects.filter(key__in=keys).values_list("pk", "key")} if keys else {}


@verb(Right.SEE, SUBJECT)
def suggest(actor: Actor, text: str, language: str = "en", limit: int = 8) -> list[Suggestion]:
    """Return what to offer under the search box: titles of the best datasets, and words that begin as the last one typed."""
    typed = words(text[:100])
    if not typed or limit < 1:
        return []
    index, mask = _view(actor)
    found = index.search(mask, understand(text), {}, "relevance", language, limit * 2, 0, None, counted=False)
    titles: dict[str, Suggestion] = {}
    for document in found.documents:
        card = index.card(document)
        title, lang = choose(card.title, language)
        titles.setdefault(fold(title), Suggestion(title, lang, card.key))
    ahead = " ".join(typed[:-1])
    terms = [Suggestion(f"{ahead} {word}".strip()) for word in index.completions(mask, typed[-1], max(1, limit // 2)) if fold(word) != typed[-1]]
    return [*terms[: limit // 2], *titles.values()][:limit]


@verb(Right.SEE, SUBJECT)
def get_dataset(actor: Actor, key: str) -> Dataset:
    """Return a dataset by its key. Raises `Problem` 404, also where the actor may not see it."""
    found = Entry.objects.filter(seen_by(actor), key=key).first()
    if found is None:
        raise not_found("dataset", key)
    return dataset_of(found)


@verb(Right.SEE, SUBJECT)
def find_by_uri(actor: Actor, uri: str, source: str = "") -> Dataset | None:
    """Return the dataset that a source knows by this address, None when there is none that the actor may see."""
    found = Entry.objects.filter(seen_by(actor), uri=uri)
    entry = (found.filter(source=source) if source else found).order_by("-versioned", "pk").first()
    return dataset_of(entry) if entry else None


@verb(Right.SEE, SUBJECT)
def list_datasets(actor: Actor, after: int = 0, limit: int = 100, source: str = "", published: bool = False) -> tuple[list[Dataset], int]:
    """Return datasets in a steady order, for those who read all of them, and the `after` of the next page (0 behind the last).

    `published` leaves out the drafts that an editor may see.
    """
    limit = max(1, min(limit, 1000))
    found = _published(actor) if published else Entry.objects.filter(seen_by(actor), gone=False).exclude(state="withdrawn")
    found = found.filter(pk__gt=after, **({"source": source} if source else {}))
    page = list(found.order_by("pk")[:limit])
    return [dataset_of(entry) for entry in page], page[-1].pk if len(page) == limit else 0


def _published(actor: Actor) -> QuerySet[Entry]:
    return Entry.objects.filter(seen_by(actor), gone=False, state="published")


@verb(Right.SEE, SUBJECT)
def page_datasets(actor: Actor, page: int, size: int = 100) -> list[Dataset]:
    """Return a numbered page, from 1 on, of the published datasets, in the order of `list_datasets`."""
    size = max(1, min(size, 1000))
    found = _published(actor).order_by("pk")
    return [dataset_of(entry) for entry in found[(page - 1) * size : page * size]]


@verb(Right.SEE, SUBJECT)
def list_addresses(actor: Actor, page: int, size: int) -> list[tuple[str, datetime]]:
    """Return the keys of a numbered page of the published datasets, and when each entry last changed: what a sitemap needs."""
    return list(_published(actor).order_by("pk").values_list("key", "changed")[(page - 1) * size : page * size])


@verb(Right.SEE, SUBJECT)
def get_edition(actor: Actor) -> Edition:
    """Return which edition of the catalogue the actor sees: what is read again under the same tag is the same."""
    state = State.objects.filter(pk=1).first()
    seen = _published(actor).aggregate(listed=Count("pk"), latest=Max("changed"))
    held = {"": reach(actor, Right.SEE, SUBJECT), **parts(actor, Right.SEE, SUBJECT)}
    said = f"{state.lineage if state else ''} {state.sequence if state else 0} {[(name, each.sql()) for name, each in held.items()]}"
    return Edition(hashlib.blake2b(said.encode(), digest_size=12).hexdigest(), seen["listed"], seen["latest"])


@verb(Right.SEE, SUBJECT)
def list_news(actor: Actor, limit: int = 10, language: str = "en") -> list[News]:
    """Return the newest changes of the data, versions of our own first."""
    limit = max(1, min(limit, 100))
    index, mask = _view(actor)
    dated = mask & ~index.draft & (index.modified > 0) & (index.modified <= int(datetime.now(UTC).timestamp()))
    news: list[News] = []
    for part in (dated & index.versioned, dated & ~index.versioned):
        found = index.search(part, (), {}, "newest", language, limit - len(news), 0, None, counted=False)
        news += [_news(index.card(document), language) for document in found.documents]
    return news


@verb(Right.SEE, SUBJECT)
def list_sources(actor: Actor) -> list[SourceCount]:
    """Return where entries come from, the largest source first."""
    seen = Entry.objects.filter(seen_by(actor)).values("source")
    counted = seen.annotate(listed=Count("pk", filter=Q(gone=False)), lost=Count("pk", filter=Q(gone=True)), latest=Max("changed"))
    return [SourceCount(each["source"], each["listed"], each["lost"], each["latest"]) for each in counted.order_by("-listed", "source")]


@verb(Right.SEE, SUBJECT)
def statistics(actor: Actor) -> Statistics:
    """Return the catalogue in figures, as far as the actor may see; drafts do not count."""
    index, mask = _view(actor)
    mask = mask & ~index.draft if (mask & index.draft).any() else mask
    counts = index.everything(mask)
    licences = zip(index.facets["licence"].values, counts["licence"].tolist(), strict=True)
    themes = zip(index.facets["theme"].values, counts["theme"].tolist(), strict=True)
    return Statistics(
        datasets=int(np.count_nonzero(mask)),
        versioned=int(np.count_nonzero(mask & index.versioned)),
        distributions=int(index.distributions[mask].sum()),
        publishers=int(np.count_nonzero(counts["publisher"])),
        sources=int(np.count_nonzero(counts["source"])),
        open=sum(count for key, count in licences if key in LICENCES and LICENCES[key].open),
        themes={key: count for key, count in sorted(themes, key=lambda each: -each[1]) if count},
    )


@verb(Right.EDIT, SUBJECT)
def find_digest(actor: Actor, key: str) -> Digest | None:
    """Return what was loaded last under a key (a file, a source), None when nothing was."""
    found = Load.objects.filter(pk=key).first()
    return Digest(found.key, found.digest, found.note, found.time) if found else None


@verb(Right.EDIT, SUBJECT)
def set_digest(actor: Actor, key: str, digest: str, note: str = "") -> None:
    """Note what was just loaded under a key, so that the same is not loaded again."""
    Load.objects.update_or_create(pk=key[:300], defaults={"digest": digest[:128], "note": note[:1000], "time": datetime.now(UTC)})


def _news(card: Card, language: str) -> News:
    title, lang = choose(card.title, language)
    publisher = choose(card.publisher_name, language)[0]
    what = "version" if card.versioned else "entry"
    assert card.modified is not None
    return News(key=card.key, title=title, lang=lang, publisher=publisher, what=what, when=card.modified, versioned=card.versioned)


INTERNAL = ("list_unsettled", "needs_second")
__all__ = [
    "OURS", "SUBJECT", "accept", "accept_version", "add_dataset", "add_part", "delete_body", "delete_draft", "find_by_mark", "find_by_uri",
    "find_digest", "find_waiting", "get_dataset", "list_bodies", "list_datasets", "list_keys", "list_news", "list_parts", "list_rules",
    "list_sources", "list_turns", "list_unpublished", "list_unsettled", "list_waiting", "needs_second", "publish", "publisher_names",
    "refuse_version", "remove_part", "search", "select", "send_back", "set_body", "set_dataset", "set_datasets", "set_digest", "set_rows",
    "set_rule", "statistics", "submit", "suggest", "withdraw",
]  # fmt: skip
