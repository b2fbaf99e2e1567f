"""The doors: the whole catalogue, a page of it, one dataset; each in three forms, and an address that leads to the form that is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Annotated, Any

import msgspec

from zinneke import __version__
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Dataset, Edition
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call, Needs, Reply, Route
from zinneke.kernel.text import Text
from zinneke.standards.dcat import services, vocabularies
from zinneke.standards.dcat.datasets import Teller
from zinneke.standards.dcat.negotiation import wanted
from zinneke.standards.dcat.nodes import Fact, Node, moment, words
from zinneke.standards.dcat.vocabularies import Told
from zinneke.standards.dcat.writers import FORMS, Form, encoded

SIZE = 100
"""Datasets on a page."""
AT_ONCE = 500
"""Datasets that are read at once for the whole catalogue."""
READERS = Needs(Right.SEE, store.SUBJECT)
CLASSES = ("https://semiceu.github.io/DCAT-AP/releases/3.0.1/", "https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/")
TITLE = Text("Catalogue de données Zinneke", "Datacatalogus Zinneke", "Zinneke data catalogue")
ABOUT = Text(
    "Tous les jeux de données que cette plateforme connaît et que vous pouvez voir.",
    "Alle datasets die dit platform kent en die u mag zien.",
    "Every dataset that this platform knows and that you may see.",
)


class AskCatalog(msgspec.Struct, forbid_unknown_fields=True):
    """A page of a hundred datasets, from 1 on; without it, the whole catalogue in one stream."""

    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class AskDataset(msgspec.Struct, forbid_unknown_fields=True):
    """A dataset by its key."""

    key: Annotated[str, msgspec.Meta(max_length=200)]


class AskVersion(msgspec.Struct, forbid_unknown_fields=True):
    """A version of a dataset of our own."""

    key: Annotated[str, msgspec.Meta(max_length=200)]
    mark: Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,8}-[0-9a-f]{12}$")]


def get_catalog(form: Form, call: Call[AskCatalog]) -> Reply:
    """Return the catalogue as DCAT-AP 3: all of it as a stream, or a numbered page with Hydra's links to the others."""
    edition = store.get_edition(call.actor)
    page = call.ask.page
    pages = max(1, -(-edition.datasets // SIZE))
    if page is not None and page > pages:
        raise not_found("page", page)
    headers = _validators(f"{edition.tag} {form.key} {page} {call.base}", edition.changed, call.actor.known)
    if page is not None:
        headers["Link"] = ", ".join(f'<{call.base}/dcat/catalog.{form.key}?page={number}>; rel="{rel}"' for rel, number in _others(page, pages))
    if _unchanged(call, headers):
        return Reply(status=304, headers=headers)
    nodes = _catalog(call.actor, call.base, f"{call.base}/dcat/catalog.{form.key}", edition, page, pages)
    return Reply(encoded(form.write(nodes)), media_type=form.media_type, headers=headers)


def _catalog(actor: Actor, base: str, document: str, edition: Edition, page: int | None, pages: int) -> Iterator[Node]:
    """Yield the catalogue, its services and publisher, then datasets as they are read."""
    told = Told()
    teller = Teller(base, told, services.mounted())
    here = f"{base}/dcat/catalog"
    facts: list[Fact] = [*words("dct:title", TITLE.as_dict()), *words("dct:description", ABOUT.as_dict()), ("dct:identifier", "", here)]
    facts += [("dct:publisher", "<", f"{here}#publisher"), ("dcat:contactPoint", "<", f"{here}#contact"), ("foaf:homepage", "<", f"{base}/")]
    facts += [("dct:language", "<", vocabularies.language(key)) for key in ("fr", "nl", "en")]
    facts += [("dcat:themeTaxonomy", "<", vocabularies.THEME_SCHEME), *moment("dct:modified", edition.changed)]
    facts += [("dcat:service", "<", each.uri(base)) for each in teller.services]
    yield here, ("dcat:Catalog",), facts
    yield f"{base}/", ("foaf:Document",), []
    for uri in (vocabularies.THEME_SCHEME, *(vocabularies.language(key) for key in ("fr", "nl", "en"))):
        yield from told.concept(uri)
    for service in teller.services:
        yield from teller.tell_service(service)
    yield from teller.tell_platform()
    if page is not None:
        yield _view(document, page, pages, edition.datasets)
    for batch in _read(actor, page):
        yield here, (), [("dcat:dataset", "<", teller.subject(each)) for each in batch]
        for each in batch:
            yield from teller.tell(each, tables.find_version(actor, each.key) if each.versioned else None)


def _read(actor: Actor, page: int | None) -> Iterator[list[Dataset]]:
    if page is not None:
        yield store.page_datasets(actor, page, SIZE)
        return
    after = 0
    while True:
        batch, after = store.list_datasets(actor, after, AT_ONCE, published=True)
        yield batch
        if not after:
            return


def _others(page: int, pages: int) -> list[tuple[str, int]]:
    found = [("first", 1), ("last", pages)]
    found += [("previous", page - 1)] if page > 1 else []
    return found + ([("next", page + 1)] if page < pages else [])


def _view(document: str, page: int, pages: int, total: int) -> Node:
    """Return the page as Hydra names it, in its present words and in those that harvesters learned first."""
    facts: list[Fact] = [("hydra:totalItems", "^xsd:integer", str(total)), ("hydra:itemsPerPage", "^xsd:integer", str(SIZE))]
    for rel, number in _others(page, pages):
        facts += [(f"hydra:{rel}", "<", f"{document}?page={number}"), (f"hydra:{rel}Page", "<", f"{document}?page={number}")]
    return f"{document}?page={page}", ("hydra:PartialCollectionView", "hydra:PagedCollection"), facts


def get_dataset(form: Form, call: Call[AskDataset]) -> Reply:
    """Return one dataset as DCAT-AP 3, with its distributions and, when it is our own, every version."""
    dataset = store.get_dataset(call.actor, call.ask.key)
    versions = tables.list_versions(call.actor, dataset.key) if dataset.versioned and tables.find_version(call.actor, dataset.key) else []
    said = f"{dataset.key} {dataset.changed} {versions[0].number if versions else 0} {form.key} {call.base}"
    headers = _validators(said, dataset.changed, call.actor.known)
    if _unchanged(call, headers):
        return Reply(status=304, headers=headers)
    told = Told()
    teller = Teller(call.base, told, services.mounted())
    nodes = teller.tell(dataset, versions[0] if versions else None, versions)
    return Reply(encoded(form.write(nodes)), media_type=form.media_type, headers=headers)


def _validators(said: str, changed: datetime | None, known: bool) -> dict[str, str]:
    """Return what a client asks again with. The tag is weak: what is told twice is the same, its compression may not be."""
    headers = {"ETag": f'W/"{hashlib.blake2b(f"{__version__} {said}".encode(), digest_size=12).hexdigest()}"'}
    headers |= {"Last-Modified": format_datetime(changed.astimezone(UTC).replace(microsecond=0), usegmt=True)} if changed else {}
    return headers | {"Cache-Control": "private, no-cache" if known else "no-cache"}


def _unchanged(call: Call[Any], headers: dict[str, str]) -> bool:
    """Say whether the asker has this already. Its tag decides when it sends one; a date alone says nothing of what became visible since."""
    tags = call.headers.get("if-none-match", "")
    if tags:
        return tags.strip() == "*" or headers["ETag"] in (tag.strip() for tag in tags.split(","))
    return bool(since := call.headers.get("if-modified-since")) and since == headers.get("Last-Modified")


def find_catalog(call: Call[AskCatalog]) -> Reply:
    """Lead to the catalogue in the form that the asker accepts: Turtle, JSON-LD, RDF/XML, or the page for people."""
    ending = wanted(call.headers.get("accept", ""))
    asked = f"?page={call.ask.page}" if call.ask.page else ""
    return _see(f"{call.base}/{call.language}/search/" if ending == "html" else f"{call.base}/dcat/catalog.{ending}{asked}")


def find_dataset(call: Call[AskDataset]) -> Reply:
    """Lead to a dataset in the form that the asker accepts: its page, or Turtle, JSON-LD or RDF/XML. This address never changes."""
    dataset = store.get_dataset(call.actor, call.ask.key)
    ending = wanted(call.headers.get("accept", ""))
    return _see(f"{call.base}/{call.language}/data/{dataset.key}/" if ending == "html" else f"{call.base}/dcat/datasets/{dataset.key}.{ending}")


def find_version(call: Call[AskVersion]) -> Reply:
    """Lead to one version of a dataset, which never changes: its page, or what describes it."""
    dataset = store.get_dataset(call.actor, call.ask.key)
    number = int(call.ask.mark.partition("-")[0])
    version = tables.find_version(call.actor, dataset.key, number) if dataset.versioned else None
    if version is None or version.mark != call.ask.mark:
        raise not_found("version", f"{dataset.key}/{call.ask.mark}")
    ending = wanted(call.headers.get("accept", ""))
    page = f"{call.base}/{call.language}/data/{dataset.key}/?version={version.number}"
    return _see(page if ending == "html" else f"{call.base}/dcat/datasets/{dataset.key}.{ending}", {"X-Content-Digest": f"sha256:{version.digest}"})


def _see(address: str, more: dict[str, str] | None = None) -> Reply:
    return Reply(status=303, headers={"Location": address, "Vary": "Accept, Accept-Language, Authorization, Cookie", **(more or {})})


_TAGS = ("dcat",)
ROUTES = (
    *(
        route
        for form in FORMS.values()
        for route in (
            Route(
                method="GET", path=f"/dcat/catalog.{form.key}", call=partial(get_catalog, form), audience=READERS, ask=AskCatalog,
                media_type=form.media_type, summary=f"The catalogue as DCAT-AP 3 ({form.media_type})", tags=_TAGS, conformance=CLASSES,
            ),
            Route(
                method="GET", path="/dcat/datasets/{key}." + form.key, call=partial(get_dataset, form), audience=READERS, ask=AskDataset,
                media_type=form.media_type, summary=f"A dataset as DCAT-AP 3 ({form.media_type})", tags=_TAGS,
            ),
        )
    ),
    Route(method="GET", path="/dcat/catalog", call=find_catalog, audience=READERS, ask=AskCatalog, status=303, slow=False,
          media_type="text/turtle", summary="The catalogue in the form that is asked for", tags=_TAGS),
    Route(method="GET", path="/dcat/datasets/{key}", call=find_dataset, audience=READERS, ask=AskDataset, status=303,
          media_type="text/turtle", summary="A dataset in the form that is asked for", tags=_TAGS),
    Route(method="GET", path="/datasets/{key}", call=find_dataset, audience=READERS, ask=AskDataset, status=303,
          media_type="text/turtle", summary="The permanent address of a dataset", tags=_TAGS),
    Route(method="GET", path="/datasets/{key}/versions/{mark}", call=find_version, audience=READERS, ask=AskVersion, status=303,
          media_type="text/turtle", summary="The permanent address of a version", tags=_TAGS),
)  # fmt: skip
