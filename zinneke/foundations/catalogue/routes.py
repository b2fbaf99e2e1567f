"""The catalogue for machines: search, one dataset, suggestions, news."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.segment import FACETS
from zinneke.foundations.catalogue.values import Advice, DatasetRow, Found, News, SourceCount, State, Suggestion
from zinneke.kernel.box import read_box
from zinneke.kernel.confidentiality import Level, Right
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
    return GivenDataset(
        found.key, found.source, found.level, found.area, found.versioned, found.gone, found.quality, found.advice, page, found.row,
        found.state, found.reason, found.etag,
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


ROUTES = (
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
