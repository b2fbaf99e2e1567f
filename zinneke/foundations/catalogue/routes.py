"""The catalogue for machines: search, one dataset, suggestions, news."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.segment import FACETS
from zinneke.foundations.catalogue.values import Advice, Asks, DatasetRow, Found, News, ReviewRule, SourceCount, State, Suggestion
from zinneke.kernel.box import read_box
from zinneke.kernel.confidentiality import Level, Right, reach
from zinneke.kernel.route import Call, Needs, Route

Language = Literal["fr", "nl", "en"]
Query = Annotated[str, msgspec.Meta(max_length=10_000, description="Words in French, Dutch or English; the first 300 characters count.")]
Choices = Annotated[list[str], msgspec.Meta(max_length=50)]
READERS = Needs(Right.SEE, store.SUBJECT)


class AskDatasets(msgspec.Struct, forbid_unknown_fields=True):
    """Words, facets (repeat one to choose several values of it), order and page. `offset` up to 10,000, beyond that `after`."""

    q: Query = ""
    lang: Language | None = None
    publisher: Choices = []
    theme: Choices = []
    licence: Choices = []
    format: Choices = []
    level: Choices = []
    commune: Choices = []
    source: Choices = []
    language: Choices = []
    order: Literal["relevance", "newest", "title", "quality"] = "relevance"
    limit: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20
    offset: Annotated[int, msgspec.Meta(ge=0, le=store.FURTHEST)] = 0
    after: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,18}$")] = ""
    bbox: Annotated[str, msgspec.Meta(max_length=120, description="west,south,east,north in degrees: what is about this part of the map")] = ""


class AskDataset(msgspec.Struct, forbid_unknown_fields=True):
    """A dataset by its key."""

    key: Annotated[str, msgspec.Meta(max_length=200)]


class AskSuggestions(msgspec.Struct, forbid_unknown_fields=True):
    """What was typed so far."""

    q: Query = ""
    lang: Language | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8


class AskNews(msgspec.Struct, forbid_unknown_fields=True):
    """How many lines of news."""

    lang: Language | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class GivenDataset(msgspec.Struct):
    """A dataset with its quality, advice for each point lost, and the address of its page."""

    key: str
    source: str
    level: Level
    area: str
    versioned: bool
    gone: bool
    quality: int
    advice: tuple[Advice, ...]
    page: str
    dataset: DatasetRow
    state: State = "published"
    reason: str = ""
    etag: str = ""
    waits: int = 0
    waiting: str = ""


def list_datasets(call: Call[AskDatasets]) -> Found:
    """Find datasets in French, Dutch and English at once, with the count of every facet's values.

    Inside a facet choices are alternatives, between facets all must hold. Words are data: there is no syntax. Nothing that
    the asker may not see is counted.
    """
    ask = call.ask
    chosen = {name: getattr(ask, name) for name in FACETS}
    box = read_box(ask.bbox) if ask.bbox else None
    return store.search(call.actor, ask.q, ask.lang or call.language, chosen, ask.order, ask.limit, ask.offset, ask.after, box)


def get_dataset(call: Call[AskDataset]) -> GivenDataset:
    """Return everything known of one dataset."""
    found = store.get_dataset(call.actor, call.ask.key)
    page = f"{call.base}/{call.language}/data/{found.key}/"
    waits = found.waits if reach(call.actor, Right.EDIT, store.SUBJECT).allows(found.level, found.area) else 0
    waiting = store.find_waiting(call.actor, found.key) if waits else None
    return GivenDataset(
        found.key, found.source, found.level, found.area, found.versioned, found.gone, found.quality, found.advice, page, found.row,
        found.state, found.reason, found.etag, waits, waiting.mark if waiting else "",
    )  # fmt: skip


def suggest(call: Call[AskSuggestions]) -> list[Suggestion]:
    """Return words and titles to offer while somebody types."""
    return store.suggest(call.actor, call.ask.q, call.ask.lang or call.language, call.ask.limit)


def list_news(call: Call[AskNews]) -> list[News]:
    """Return the newest changes of the data, versions of our own first."""
    return store.list_news(call.actor, call.ask.limit, call.ask.lang or call.language)


def list_sources(call: Call[None]) -> list[SourceCount]:
    """Return the catalogues that entries come from."""
    return store.list_sources(call.actor)


class AskRule(msgspec.Struct, forbid_unknown_fields=True):
    """A publisher by its key."""

    publisher: Annotated[str, msgspec.Meta(max_length=200)]


class TakeRule(msgspec.Struct, forbid_unknown_fields=True):
    """When a second person looks: `declared`, `first` (also before the first publication), `always` (before each version too)."""

    asks: Asks


class TakeVerdict(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the version that waits becomes public, which one that is (`waiting` of the dataset), and a word about it; needed when it does not."""

    accept: bool
    version: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


def list_rules(call: Call[None]) -> list[ReviewRule]:
    """Return what publishers ask of a second person; of all others, `declared` holds."""
    return [msgspec.structs.replace(each, actor="") for each in store.list_rules(call.actor).values()]


def put_rule(call: Call[AskRule]) -> ReviewRule:
    """Declare what a publisher asks of a second person from now on."""
    return store.set_rule(call.actor, call.ask.publisher, call.body.asks)


def post_verdict(call: Call[AskDataset]) -> GivenDataset:
    """Make the version of a dataset that waits public, or refuse it: by somebody else than who sent it."""
    key, said = call.ask.key, call.body
    if said.accept:
        store.accept_version(call.actor, key, said.version, said.reason)
    else:
        store.refuse_version(call.actor, key, said.version, said.reason)
    return get_dataset(call)


ROUTES = (
    Route(method="GET", path="/api/review-rules", call=list_rules, audience=READERS, gives=list[ReviewRule],
          summary="When a second person looks", tags=("catalogue",)),
    Route(method="PUT", path="/api/review-rules/{publisher}", call=put_rule, audience=Needs(Right.COMMAND, store.SUBJECT), ask=AskRule,
          takes=TakeRule, gives=ReviewRule, summary="Declare when a second person looks", tags=("catalogue",)),
    Route(method="POST", path="/api/datasets/{key}/waiting-version", call=post_verdict, audience=Needs(Right.EDIT, store.SUBJECT),
          ask=AskDataset, takes=TakeVerdict, gives=GivenDataset, summary="Publish or refuse a version that waits", tags=("catalogue",)),
    Route(method="GET", path="/api/datasets", call=list_datasets, audience=READERS, ask=AskDatasets, gives=Found,
          summary="Find datasets", tags=("catalogue",)),
    Route(method="GET", path="/api/datasets/{key}", call=get_dataset, audience=READERS, ask=AskDataset, gives=GivenDataset,
          summary="One dataset", tags=("catalogue",)),
    Route(method="GET", path="/api/suggest", call=suggest, audience=READERS, ask=AskSuggestions, gives=list[Suggestion],
          summary="What to offer under the search box", tags=("catalogue",)),
    Route(method="GET", path="/api/news", call=list_news, audience=READERS, ask=AskNews, gives=list[News],
          summary="Newest changes of the data", tags=("catalogue",)),
    Route(method="GET", path="/api/sources", call=list_sources, audience=READERS, gives=list[SourceCount],
          summary="Catalogues that entries come from", tags=("catalogue",)),
)  # fmt: skip
