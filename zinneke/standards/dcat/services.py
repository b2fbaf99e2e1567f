"""Our own interfaces as data services: each that is mounted, what it is by which standard, and which datasets it serves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from zinneke.foundations.catalogue.values import Dataset, Publisher
from zinneke.foundations.tables.values import Version
from zinneke.kernel import registry
from zinneke.kernel.text import Text, same
from zinneke.standards.dcat import vocabularies
from zinneke.standards.dcat.agents import agent, contact
from zinneke.standards.dcat.nodes import Fact, Node, words
from zinneke.standards.dcat.vocabularies import Told

TYPE = "http://inspire.ec.europa.eu/metadata-codelist/SpatialDataServiceType/"
Serves = Callable[[Dataset, Version | None], bool]


@dataclass(frozen=True, slots=True)
class Service:
    """An interface: where it begins, what it is called, the standard that it keeps, and what it serves."""

    path: str
    title: Text
    about: Text
    standard: str
    serves: Serves
    kind: str = "download"

    def uri(self, base: str) -> str:
        """Return the address that identifies the service."""
        return f"{base}/dcat/catalog#{self.path.strip('/').replace('/', '-')}"

    def tell(self, base: str) -> Iterator[Node]:
        """Yield the service and its standard."""
        here = self.uri(base)
        facts: list[Fact] = [*words("dct:title", self.title.as_dict()), *words("dct:description", self.about.as_dict())]
        facts += [("dct:identifier", "", here), ("dcat:endpointURL", "<", base + self.path)]
        facts += [("dcat:endpointDescription", "<", f"{base}/openapi.json"), ("foaf:page", "<", f"{base}/en/developers/")]
        facts += [("dcat:contactPoint", "<", f"{base}/dcat/catalog#contact"), ("dct:publisher", "<", f"{base}/dcat/catalog#publisher")]
        facts += [("dct:accessRights", "<", vocabularies.access("PUBLIC")), ("dct:type", "<", TYPE + self.kind)]
        facts += [("dcat:theme", "<", vocabularies.theme("REGI"))]
        if self.standard:
            facts.append(("dct:conformsTo", "<", self.standard))
            yield self.standard, ("dct:Standard",), [*words("dct:title", same(self.title.en).as_dict())]
        yield here, ("dcat:DataService",), facts


def _rows(dataset: Dataset, version: Version | None) -> bool:
    return dataset.versioned


def _shapes(dataset: Dataset, version: Version | None) -> bool:
    return version is not None and bool(version.geometry)


def _all(dataset: Dataset, version: Version | None) -> bool:
    return False


_KNOWN = (
    Service(
        "/api/tables", Text("Tables", "Tabellen", "Tables"),
        Text("Les lignes, les figures et les téléchargements des jeux de données.", "De rijen, de cijfers en de downloads van de datasets.",
             "The rows, figures and downloads of the datasets."), "", _rows,
    ),
    Service(
        "/api/3/action", same("CKAN Action API"),
        Text("Le catalogue et les lignes, pour les clients de CKAN.", "De catalogus en de rijen, voor clients van CKAN.",
             "The catalogue and the rows, for clients of CKAN."), "https://docs.ckan.org/en/latest/api/", _rows,
    ),
    Service(
        "/api/explore/v2.1", same("Explore API 2.1"),
        Text("Le catalogue et les lignes, pour les clients de l’API Explore.", "De catalogus en de rijen, voor clients van de Explore-API.",
             "The catalogue and the rows, for clients of the Explore API."), "https://help.opendatasoft.com/apis/ods-explore-v2/", _rows,
    ),
    Service(
        "/ogc", same("OGC API"),
        Text("Les données géographiques selon les standards de l’OGC.", "De geografische gegevens volgens de standaarden van het OGC.",
             "The geographical data by the standards of the OGC."), "http://www.opengis.net/doc/IS/ogcapi-features-1/1.0", _shapes,
    ),
    Service(
        "/sta/v1.1", same("OGC SensorThings API 1.1"),
        Text("Les capteurs et leurs mesures.", "De sensoren en hun metingen.", "The sensors and their measurements."),
        "http://www.opengis.net/doc/is/sensorthings/1.1", _all,
    ),
    Service(
        "/ngsi-ld/v1", same("NGSI-LD"),
        Text("Ce que la ville mesure, selon le standard de l’ETSI.", "Wat de stad meet, volgens de standaard van ETSI.",
             "What the city measures, by the standard of ETSI."), "https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/", _all,
    ),
    Service(
        "/open311/v2", same("Open311 GeoReport v2"),
        Text("Les signalements des habitants.", "De meldingen van inwoners.", "What people report."), "https://wiki.open311.org/GeoReport_v2/", _all,
    ),
)  # fmt: skip


@cache
def mounted() -> tuple[Service, ...]:
    """Return the services that have a route in this house."""
    paths = {route.path for route in registry.routes()}
    return tuple(each for each in _KNOWN if any(path == each.path or path.startswith(f"{each.path}/") for path in paths))


def platform(base: str, told: Told) -> Iterator[Node]:
    """Yield whoever answers for the platform, and what every service refers to."""
    name = os.environ.get("ZINNEKE_PUBLISHER", "").strip() or "Zinneke"
    ours = Publisher("platform", {"fr": name, "nl": name, "en": name})
    yield agent(f"{base}/dcat/catalog#publisher", ours)
    yield contact(f"{base}/dcat/catalog#contact", f"{base}/en/about/", ours)
    yield f"{base}/en/developers/", ("foaf:Document",), []
    kind = Text("Service de téléchargement", "Downloaddienst", "Download service")
    yield f"{TYPE}download", ("skos:Concept",), [*words("skos:prefLabel", kind.as_dict()), ("skos:inScheme", "<", TYPE.rstrip("/"))]
    for uri in (vocabularies.access("PUBLIC"), vocabularies.theme("REGI")):
        yield from told.concept(uri)
