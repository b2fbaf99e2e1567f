"""What the catalogue takes and gives back. Texts are kept by language: `{"fr": …, "nl": …, "en": …}`, possibly lacking some."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from zinneke.kernel.box import Box
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import choose

Texts = dict[str, str]
State = Literal["draft", "review", "published", "withdrawn"]
"""Where a dataset of our own stands: being made, waiting for a reviewer, open as its level says, or taken back with a reason."""


class Publisher(msgspec.Struct, frozen=True):
    """Who publishes: a readable key, the names by language, and an address that identifies the organisation."""

    key: str
    name: Texts
    uri: str = ""


class Distribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to get a dataset. `format` and `licence` are keys of `vocabularies`; `url` downloads, `page` explains; `bytes` 0 is unknown.

    `mark` is the identifier that it came with, or was given: in our own datasets it leads to this way, whatever its address becomes.
    """

    title: Texts = {}
    format: str = ""
    media_type: str = ""
    url: str = ""
    page: str = ""
    licence: str = ""
    bytes: int = 0
    mark: str = ""


class Series(msgspec.Struct, frozen=True):
    """The series that a dataset belongs to, as its source declares it."""

    uri: str
    title: Texts = {}


class DatasetRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dataset as it is put into the catalogue.

    `themes`, `licence`, `frequency` and the distributions' formats are keys of `vocabularies`; `communes` are NIS codes;
    `access` is the word of the source for the data itself (public, restricted, non-public), whereas `level` and `area`
    say who may see the entry. `level` None means public, or for a dataset of our own the strictest of its columns.
    `key` asks for an address of its own; without it one is made from the title. `box` is the place that the data cover.
    `hvd` are the categories of high-value data that the source declares (keys of `high_value`), `series` the series that it says
    the dataset belongs to. `part_of` is the key of the dataset of our own that this one is a further table of, `groups` are those
    of the register (`bodies`) that it belongs to.
    """

    uri: str
    title: Texts
    identifier: str = ""
    description: Texts = {}
    keywords: dict[str, tuple[str, ...]] = {}
    themes: tuple[str, ...] = ()
    publisher: Publisher | None = None
    licence: str = ""
    issued: datetime | None = None
    modified: datetime | None = None
    frequency: str = ""
    access: str = ""
    languages: tuple[str, ...] = ()
    spatial: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    box: Box | None = None
    start: str = ""
    end: str = ""
    page: str = ""
    contact: str = ""
    distributions: tuple[Distribution, ...] = ()
    level: Level | None = None
    area: str = ""
    same_as: tuple[str, ...] = ()
    key: str = ""
    hvd: tuple[str, ...] = ()
    series: Series | None = None
    part_of: str = ""
    groups: tuple[str, ...] = ()


class Advice(msgspec.Struct, frozen=True):
    """Points that a dataset lacks: which criterion, how many of its points were earned, and what to do, by language."""

    criterion: str
    earned: int
    points: int
    advice: Texts


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset as the catalogue keeps it.

    `state` is draft, review, published or withdrawn, `since` when for a dataset of our own, and `reason` why; `etag` changes with
    the description, and is what a change names as `expected`. `waits` is the number of a version that somebody else looks at first,
    or 0. `quality` is 0 to 100 with `advice` for each point lost; `versioned` says that we keep its rows ourselves (under the same key
    in `tables`); `gone` that its source no longer lists it; `changed` is when the entry last changed here.
    """

    key: str
    source: str
    row: DatasetRow
    level: Level
    area: str
    quality: int
    advice: tuple[Advice, ...]
    versioned: bool
    gone: bool
    first_seen: datetime
    changed: datetime
    state: State = "published"
    since: datetime | None = None
    reason: str = ""
    etag: str = ""
    waits: int = 0

    @property
    def uri(self) -> str:
        """Return the address that identifies the dataset at its source."""
        return self.row.uri

    @property
    def title(self) -> Texts:
        """Return the titles by language."""
        return self.row.title

    @property
    def description(self) -> Texts:
        """Return the descriptions by language, plain text."""
        return self.row.description

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """Return the ways to get the data."""
        return self.row.distributions

    def title_in(self, language: str) -> tuple[str, str]:
        """Return the title for a reader, and the language it is in."""
        return choose(self.row.title, language)

    def description_in(self, language: str) -> tuple[str, str]:
        """Return the description for a reader, and the language it is in."""
        return choose(self.row.description, language)


Asks = Literal["declared", "first", "always"]
"""When a second person looks: where something is declared not to be personal, also before the first publication, before every version too."""


class ReviewRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a publisher asks of a second person, since when, and who said so."""

    publisher: str
    asks: Asks
    actor: str = ""
    since: datetime | None = None


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that publishes, or a group of datasets, as it is described here: its key, its name and what it is, by language."""

    key: str
    title: Texts
    description: Texts = {}


class Turn(msgspec.Struct, frozen=True):
    """One step of a dataset through publication: the state it came to, by whom, when and why."""

    state: str
    actor: str
    name: str
    time: datetime
    reason: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset among the results, in the reader's words; `lang` and `excerpt_lang` are the languages those are really in.

    `cursor`, given as `after`, continues behind this hit.
    """

    key: str
    title: str
    lang: str
    excerpt: str
    excerpt_lang: str
    publisher: str
    publisher_key: str
    licence: str
    formats: tuple[str, ...]
    themes: tuple[str, ...]
    communes: tuple[str, ...]
    level: Level
    versioned: bool
    source: str
    modified: datetime | None
    quality: int
    cursor: str = ""
    state: str = "published"


class FacetValue(msgspec.Struct, frozen=True):
    """One choice of a facet: how many results it leaves, and whether it is chosen now."""

    value: str
    label: str
    count: int
    selected: bool = False


class Facet(msgspec.Struct, frozen=True):
    """One way to narrow the results, most frequent choices first; `more` further choices are not listed."""

    key: str
    label: str
    values: tuple[FacetValue, ...]
    more: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a search. `suggestion` is another spelling to offer when nothing was found, `also` one that far more have when hardly
    anything was; `after`, if more follow, continues behind the last hit; `relaxed` says that no dataset has all the words and these
    have most of them.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    text: str = ""
    language: str = "en"
    order: str = "relevance"
    suggestion: str = ""
    also: str = ""
    after: str = ""
    relaxed: bool = False


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """What a tree of wishes found: how many, the page of them whole, and for each coded field asked for its values with their counts."""

    total: int
    datasets: tuple[Dataset, ...] = ()
    counts: dict[str, list[tuple[str, int]]] = {}


class Suggestion(msgspec.Struct, frozen=True):
    """One line under the search box: a title that leads to its dataset (`key`), or a word to search for."""

    text: str
    lang: str = ""
    key: str = ""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something that changed: which dataset, when, and whether it is new, changed or a version of our own."""

    key: str
    title: str
    lang: str
    publisher: str
    what: str
    when: datetime
    versioned: bool


class SourceCount(msgspec.Struct, frozen=True):
    """One source of entries: how many it lists now, how many are gone, and when it last changed."""

    key: str
    datasets: int
    gone: int
    changed: datetime | None


class Statistics(msgspec.Struct, frozen=True):
    """The catalogue in figures, as far as the asker may see."""

    datasets: int
    versioned: int
    distributions: int
    publishers: int
    sources: int
    open: int
    themes: dict[str, int]


class Edition(msgspec.Struct, frozen=True):
    """The catalogue as one asker sees it: a tag that differs when anything in it does, how many datasets are listed, the last change."""

    tag: str
    datasets: int
    changed: datetime | None


class Digest(msgspec.Struct, frozen=True):
    """The ledger's line about one load: what was read last (its digest), when, and a note."""

    key: str
    digest: str
    note: str
    when: datetime


class Duplicate(msgspec.Struct, frozen=True):
    """Two entries that look like one dataset: their keys, the other's source, by what they were recognised, and what both say."""

    key: str
    other: str
    source: str
    by: str
    evidence: str


class HarvestReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a run. `names` are those that are listed no longer: `gone` are marked so, or `missing` ones left as they were.

    `notes` say why nothing was marked: nothing (was listed), shrunk, incomplete; or unchanged, when the source said so itself.
    `faults` are where and what could not be taken, `changes_only` that only what changed was asked for.
    """

    listed: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    missing: int = 0
    refused: int = 0
    names: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0
    changes_only: bool = False


class HarvestRun(msgspec.Struct, frozen=True):
    """One run of a harvest. `outcome` is done, unchanged, kept (something was not marked as gone) or failed."""

    time: datetime
    seconds: float
    outcome: str
    report: HarvestReport


class HarvestSource(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue elsewhere that is read every so many hours; `language` is that of texts that name none.

    Its entries have its level and area. What follows `area` is known of it, not asked.
    """

    kind: str
    address: str
    key: str = ""
    hours: int = 24
    language: str = ""
    level: Level = Level.PUBLIC
    area: str = ""
    owner: str = ""
    active: bool = True
    due: datetime | None = None
    reading: bool = False
    failures: int = 0
    last: HarvestRun | None = None
