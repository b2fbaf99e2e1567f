"""A dataset as nodes: itself, its publisher and contact, when and where, every distribution, and for one of our own its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import quote

from zinneke.foundations.catalogue.high_value import CATEGORIES, LEGISLATION, recognise
from zinneke.foundations.catalogue.store import OURS
from zinneke.foundations.catalogue.values import Dataset, DatasetRow, Distribution
from zinneke.foundations.catalogue.vocabularies import FORMATS
from zinneke.foundations.tables.values import Version
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import same
from zinneke.standards.dcat import vocabularies
from zinneke.standards.dcat.agents import agent, contact
from zinneke.standards.dcat.nodes import Fact, Node, address, day, kind_of, moment, words
from zinneke.standards.dcat.services import Service, platform
from zinneke.standards.dcat.vocabularies import Told

_ACCESS = {"public": "PUBLIC", "restricted": "RESTRICTED", "non-public": "NON_PUBLIC"}
_LAW: tuple[Fact, ...] = (("dcatap:applicableLegislation", "<", LEGISLATION),)
_LEVELS = {Level.PUBLIC: "PUBLIC", Level.SHARED: "RESTRICTED", Level.PERSONAL: "NON_PUBLIC"}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells datasets within one document: `base` is our public address, `told` what the document said already, `services` our interfaces."""

    base: str
    told: Told
    services: Sequence[Service] = ()

    def permanent(self, key: str) -> str:
        """Return the permanent address of a dataset here."""
        return f"{self.base}/datasets/{quote(key)}"

    def subject(self, dataset: Dataset) -> str:
        """Return the address that identifies a dataset: its source's own where that is one, and not one of ours, else the permanent one here."""
        theirs = address(dataset.row.uri) if dataset.source != OURS else ""
        return theirs if theirs and not theirs.startswith(self.base) else self.permanent(dataset.key)

    def tell(self, dataset: Dataset, version: Version | None = None, versions: Sequence[Version] = ()) -> Iterator[Node]:
        """Yield everything about a dataset; `version` is the current one of our own, `versions` all of them, when they are to be told too."""
        row, subject, here = dataset.row, self.subject(dataset), self.permanent(dataset.key)
        facts: list[Fact] = [*words("dct:title", row.title), *words("dct:description", row.description)]
        facts += [("dcat:keyword", kind, text) for kind, text in _keywords(row)]
        facts += [
            ("dct:identifier", "", row.identifier or row.uri or dataset.key),
            *moment("dct:issued", row.issued),
            *moment("dct:modified", row.modified),
        ]
        yield from self._vocabulary(dataset, facts, version)
        yield from self._who(row, here, facts)
        yield from self._pages(dataset, here, facts)
        yield from self._when_and_where(row, here, version, facts)
        valued = bool(recognised := recognise(row))
        categories: list[Fact] = [("dcatap:hvdCategory", "<", CATEGORIES[each.category].uri) for each in recognised]
        facts += categories
        for _predicate, _kind, uri in categories:
            yield from self.told.concept(uri)
        yield from self._legislation(facts, valued)
        if row.series and (series := address(row.series.uri)):
            facts.append(("dcat:inSeries", "<", series))
            titles = list(words("dct:title", row.series.title or row.title))
            yield from self.told.once(
                series, lambda: (series, ("dcat:DatasetSeries",), [*titles, *(("dct:description", *fact[1:]) for fact in titles)])
            )
        serving = [service for service in self.services if service.serves(dataset, version)]
        for number, distribution in enumerate(row.distributions, 1):
            yield from self._distribution(distribution, f"{here}#distribution-{number}", row, valued, serving, facts)
        for service in serving:
            yield from self.tell_service(service)
            yield service.uri(self.base), (), [("dcat:servesDataset", "<", subject), *categories, *(_LAW if valued else ())]
        if version is not None:
            facts.append(("dcat:version", "", str(version.number)))
            facts += [("owl:sameAs", "<", uri) for other in row.same_as if (uri := address(other)) and uri != subject]
            yield from self._lineage(version, here, facts)
        for edition, before in zip_longest(versions, versions[1:]):
            facts.append(("dcat:hasVersion", "<", f"{here}/versions/{edition.mark}"))
            yield from self._version(dataset, edition, before, subject)
        yield subject, ("dcat:Dataset",), facts

    def tell_service(self, service: Service) -> Iterator[Node]:
        """Yield a service of ours the first time."""
        yield from self.tell_platform()
        if self.told.new(service.uri(self.base)):
            yield from service.tell(self.base)

    def tell_platform(self) -> Iterator[Node]:
        """Yield whoever answers for this platform, the first time."""
        if self.told.new(f"{self.base}/dcat/catalog#publisher"):
            yield from platform(self.base, self.told)

    def _refer(self, facts: list[Fact], predicate: str, uri: str) -> Iterator[Node]:
        if uri:
            facts.append((predicate, "<", uri))
            yield from self.told.concept(uri)

    def _vocabulary(self, dataset: Dataset, facts: list[Fact], version: Version | None) -> Iterator[Node]:
        row = dataset.row
        for theme in row.themes:
            yield from self._refer(facts, "dcat:theme", vocabularies.theme(theme))
        yield from self._refer(facts, "dct:accrualPeriodicity", vocabularies.frequency(row.frequency))
        for language in row.languages:
            yield from self._refer(facts, "dct:language", vocabularies.language(language))
        closed = _LEVELS[dataset.level] if dataset.level is not Level.PUBLIC else _ACCESS.get(row.access, "PUBLIC")
        yield from self._refer(facts, "dct:accessRights", vocabularies.access(closed))
        yield from self._refer(facts, "dct:license", vocabularies.licence(row.licence))
        facts += [("dct:isPartOf", "<", self.permanent(row.part_of))] if row.part_of else []
        forms = {vocabularies.TECHNIQUE_OF.get(each.format, "") for each in row.distributions}
        technique = next((each for each in vocabularies.TECHNIQUES if each in forms), "")
        if version is not None:
            technique = "vector" if version.geometry else "textTable"
        if technique:
            yield from self._refer(facts, "adms:representationTechnique", f"{vocabularies.TECHNIQUE}{technique}")

    def _who(self, row: DatasetRow, here: str, facts: list[Fact]) -> Iterator[Node]:
        if row.publisher is not None:
            publisher = row.publisher
            uri = address(publisher.uri) or f"{self.base}/dcat/publishers/{quote(publisher.key)}"
            facts.append(("dct:publisher", "<", uri))
            yield from self.told.once(uri, lambda: agent(uri, publisher))
        if row.contact:
            uri = f"{here}#contact"
            facts.append(("dcat:contactPoint", "<", uri))
            yield contact(uri, row.contact, row.publisher)

    def _pages(self, dataset: Dataset, here: str, facts: list[Fact]) -> Iterator[Node]:
        """Tell the pages: at the source its own, ours beside it; of our own data, ours."""
        landing = address(dataset.row.page) if dataset.source != OURS else ""
        pages = [("dcat:landingPage", landing), ("foaf:page", here)] if landing else [("dcat:landingPage", here)]
        for predicate, uri in pages:
            facts.append((predicate, "<", uri))
            if self.told.new(uri):
                yield uri, ("foaf:Document",), []

    def _when_and_where(self, row: DatasetRow, here: str, version: Version | None, facts: list[Fact]) -> Iterator[Node]:
        period = [*day("dcat:startDate", row.start), *day("dcat:endDate", row.end, last=True)]
        if period:
            facts.append(("dct:temporal", "<", f"{here}#period"))
            yield f"{here}#period", ("dct:PeriodOfTime",), period
        for uri in dict.fromkeys((*(address(each) for each in row.spatial), *(vocabularies.place(code) for code in row.communes))):
            if uri:
                facts.append(("dct:spatial", "<", uri))
                if self.told.new(uri):
                    yield vocabularies.concepts().get(uri) or (uri, ("dct:Location",), [])
        if version is not None and version.bbox:
            west, south, east, north = version.bbox
            box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
            facts.append(("dct:spatial", "<", f"{here}#place"))
            yield f"{here}#place", ("dct:Location",), [("dcat:bbox", "^gsp:wktLiteral", box)]

    def _legislation(self, facts: list[Fact], valued: bool) -> Iterator[Node]:
        if valued:
            facts += _LAW
            yield from self.told.concept(LEGISLATION)

    def _distribution(
        self, given: Distribution, uri: str, row: DatasetRow, valued: bool, serving: Sequence[Service], facts: list[Fact]
    ) -> Iterator[Node]:
        download, ours = address(_absolute(given.url, self.base)), given.url.startswith("/")
        access = address(given.page) or download or address(row.page)
        if not access:
            return
        facts.append(("dcat:distribution", "<", uri))
        form = FORMATS.get(given.format)
        title = given.title or (form.label if form else same("Data")).as_dict()
        said: list[Fact] = [*words("dct:title", title), ("dcat:accessURL", "<", access)]
        said += [("dcat:downloadURL", "<", download)] if download else []
        said += [("dcat:byteSize", "^xsd:nonNegativeInteger", str(given.bytes))] if given.bytes > 0 else []
        yield from self._refer(said, "dct:license", vocabularies.licence(given.licence or row.licence))
        yield from self._refer(said, "dct:format", vocabularies.file_type(given.format))
        if "/" in given.media_type and (media := address(vocabularies.MEDIA + given.media_type.partition(";")[0].strip().lower())):
            said.append(("dcat:mediaType", "<", media))
            if self.told.new(media):
                yield media, ("dct:MediaType",), []
        yield from self._legislation(said, valued)
        if ours:
            said += [("dcat:accessService", "<", service.uri(self.base)) for service in serving if service.path == "/api/tables"]
        yield uri, ("dcat:Distribution",), said

    def _lineage(self, version: Version, here: str, facts: list[Fact]) -> Iterator[Node]:
        steps = [step for step in (version.source, *version.lineage) if step]
        if steps:
            facts.append(("dct:provenance", "<", f"{here}#provenance"))
            yield f"{here}#provenance", ("dct:ProvenanceStatement",), [("rdfs:label", "@en", "; ".join(steps))]

    def _version(self, dataset: Dataset, version: Version, before: Version | None, subject: str) -> Iterator[Node]:
        """Tell one version: a dataset that never changes, by its permanent address and the digest of what it was made from."""
        here = f"{self.permanent(dataset.key)}/versions/{version.mark}"
        row = dataset.row
        facts: list[Fact] = [*words("dct:title", row.title), *words("dct:description", row.description or row.title)]
        facts += [("dct:identifier", "", f"{dataset.key}@{version.number} sha256:{version.digest}"), ("dcat:version", "", str(version.number))]
        facts += [*moment("dct:issued", version.created), ("dcat:isVersionOf", "<", subject)]
        facts += [("dcat:previousVersion", "<", f"{self.permanent(dataset.key)}/versions/{before.mark}")] if before else []
        for theme in row.themes:
            facts.append(("dcat:theme", "<", vocabularies.theme(theme)))
        for language in row.languages:
            yield from self._refer(facts, "dct:language", vocabularies.language(language))
        if row.publisher is not None:
            facts.append(("dct:publisher", "<", address(row.publisher.uri) or f"{self.base}/dcat/publishers/{quote(row.publisher.key)}"))
        yield from self._refer(facts, "dct:license", vocabularies.licence(row.licence))
        yield from self._refer(facts, "adms:representationTechnique", vocabularies.TECHNIQUE + ("vector" if version.geometry else "textTable"))
        recognised = recognise(row)
        facts += [("dcatap:hvdCategory", "<", CATEGORIES[each.category].uri) for each in recognised]
        facts += _LAW if recognised else ()
        yield here, ("dcat:Dataset",), facts


def _absolute(url: str, base: str) -> str:
    return f"{base}{url}" if url.startswith("/") else url


def _keywords(row: DatasetRow) -> Iterator[tuple[str, str]]:
    for language, found in row.keywords.items():
        kind = kind_of(language)
        yield from ((kind, word) for word in dict.fromkeys(found) if word)
