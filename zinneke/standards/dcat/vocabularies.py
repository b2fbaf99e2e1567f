"""Our keys in the words of the EU's vocabularies: themes, frequencies, languages, file types, licences, rights. Each is told with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from zinneke.foundations.catalogue.high_value import CATEGORIES, LEGISLATION
from zinneke.foundations.catalogue.vocabularies import COMMUNES, FORMATS, FREQUENCIES, LANGUAGE_NAMES, LICENCES, THEMES
from zinneke.kernel.text import Text
from zinneke.standards.dcat.nodes import Node, words

AUTHORITY = "http://publications.europa.eu/resource/authority/"
MEDIA = "https://www.iana.org/assignments/media-types/"
CODES = {
    "frequency": {"continuous": "CONT", "semiannual": "ANNUAL_2", "irregular": "IRREG"},
    "language": {"fr": "FRA", "nl": "NLD", "en": "ENG", "de": "DEU"},
}
"""Codes of the authority tables that are not simply our key in capitals."""
LICENCE_CODES = {
    "cc0": "CC0", "cc-by-4.0": "CC_BY_4_0", "cc-by-2.0": "CC_BY_2_0", "cc-by-sa-4.0": "CC_BYSA_4_0", "cc-by-nc-4.0": "CC_BYNC_4_0",
    "cc-by-nc-nd-4.0": "CC_BYNCND_4_0", "odbl": "ODC_BL", "odc-by": "ODC_BY", "pddl": "ODC_PDDL", "etalab-2.0": "ETALAB_2_0", "eupl-1.2": "EUPL_1_2",
}  # fmt: skip
FILE_TYPES = {
    "wms": "WMS_SRVC", "wfs": "WFS_SRVC", "wcs": "WCS_SRVC", "wmts": "WMTS_SRVC", "api": "REST", "geotiff": "TIFF", "grid": "GRID_ASCII",
    "turtle": "RDF_TURTLE", "jsonld": "JSON_LD", "rdfxml": "RDF_XML", "ntriples": "RDF_N_TRIPLES", "image": "", "audio": "", "video": "",
    "other": "", "dwca": "", "gtfs": "",
}  # fmt: skip
"""File types that are not simply our key in capitals; "" where the EU has no word that is ours."""
TECHNIQUES = {
    "vector": Text("Vectoriel", "Vector", "Vector"),
    "grid": Text("Grille", "Raster", "Grid"),
    "textTable": Text("Texte et tableau", "Tekst en tabel", "Text, table"),
}  # fmt: skip
TECHNIQUE = "http://inspire.ec.europa.eu/metadata-codelist/SpatialRepresentationType/"
_TECHNIQUE_OF = {
    "vector": "geojson wfs kml gml shp gpkg gdb", "grid": "geotiff netcdf hdf grid wcs wms wmts image",
    "textTable": "csv tsv json parquet xlsx xls ods mdb dbf xml api turtle jsonld rdfxml n3 ntriples txt gtfs dwca atom html doc pdf",
}  # fmt: skip
TECHNIQUE_OF = {form: technique for technique, forms in _TECHNIQUE_OF.items() for form in forms.split()}
ACCESS = {
    "PUBLIC": Text("Public", "Openbaar", "Public"),
    "RESTRICTED": Text("Accès restreint", "Beperkt toegankelijk", "Restricted"),
    "NON_PUBLIC": Text("Non public", "Niet openbaar", "Not public"),
}
THEME_SCHEME = f"{AUTHORITY}data-theme"


def _authority(table: str, key: str) -> str:
    return f"{AUTHORITY}{table}/{CODES.get(table, {}).get(key, key.upper())}"


def theme(key: str) -> str:
    """Return the address of a theme."""
    return f"{AUTHORITY}data-theme/{key}"


def frequency(key: str) -> str:
    """Return the address of a frequency; "" for one that is not known."""
    return _authority("frequency", key) if key in FREQUENCIES else ""


def language(key: str) -> str:
    """Return the address of a language; "" for one that is not known."""
    return _authority("language", key) if key in LANGUAGE_NAMES else ""


def file_type(key: str) -> str:
    """Return the address of a form of data; "" for one that the EU does not name."""
    code = FILE_TYPES.get(key, key.upper()) if key in FORMATS else ""
    return f"{AUTHORITY}file-type/{code}" if code else ""


def licence(key: str) -> str:
    """Return the address of a licence, the EU's where it has one; "" where none is stated that is known."""
    if code := LICENCE_CODES.get(key):
        return f"{AUTHORITY}licence/{code}"
    return LICENCES[key].uri if key in LICENCES else ""


def access(key: str) -> str:
    """Return the address of an access right: PUBLIC, RESTRICTED or NON_PUBLIC."""
    return f"{AUTHORITY}access-right/{key}"


def place(commune: str) -> str:
    """Return the address of a commune of the Region; "" for one that has none."""
    return f"https://sws.geonames.org/{COMMUNES[commune].geonames}/" if commune in COMMUNES and COMMUNES[commune].geonames else ""


def _concept(uri: str, name: Text, scheme: str, *kinds: str) -> Node:
    facts = [*words("skos:prefLabel", name.as_dict())]
    return uri, ("skos:Concept", *kinds), [*facts, ("skos:inScheme", "<", scheme)] if scheme else facts


def _concepts() -> Iterator[Node]:
    yield from (_concept(theme(key), name, THEME_SCHEME) for key, name in THEMES.items())
    yield from (_concept(frequency(key), name, f"{AUTHORITY}frequency", "dct:Frequency") for key, (name, _days) in FREQUENCIES.items())
    yield from (_concept(language(key), name, f"{AUTHORITY}language", "dct:LinguisticSystem") for key, name in LANGUAGE_NAMES.items())
    yield from (_concept(access(key), name, f"{AUTHORITY}access-right", "dct:RightsStatement") for key, name in ACCESS.items())
    yield from (_concept(f"{TECHNIQUE}{key}", name, TECHNIQUE.rstrip("/")) for key, name in TECHNIQUES.items())
    yield from (_concept(each.uri, each.name, "http://data.europa.eu/bna/asd487ae75") for each in CATEGORIES.values())
    for key, form in FORMATS.items():
        if uri := file_type(key):
            yield _concept(uri, form.label, f"{AUTHORITY}file-type", "dct:MediaTypeOrExtent")
    for key, each in LICENCES.items():
        if uri := licence(key):
            same = [("skos:exactMatch", "<", each.uri)] if each.uri and each.uri != uri else []
            yield uri, ("dct:LicenseDocument",), [*words("dct:title", each.name.as_dict()), *same]
    for code, commune in COMMUNES.items():
        if uri := place(code):
            yield uri, ("dct:Location",), [*words("skos:prefLabel", commune.name.as_dict()), ("dct:identifier", "", code)]
    yield LEGISLATION, ("eli:LegalResource",), []
    yield (THEME_SCHEME, ("skos:ConceptScheme",), [*words("dct:title", Text("Thèmes de données", "Gegevensthema’s", "Data themes").as_dict())])


@cache
def concepts() -> dict[str, Node]:
    """Return every concept of these vocabularies by its address."""
    return {node[0]: node for node in _concepts()}


class Told:
    """What was told already in one document, so that a concept is told once, and with it what it is. It forgets before it grows large."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def new(self, uri: str) -> bool:
        """Say whether this is the first time that this address is met."""
        if uri in self._seen:
            return False
        if len(self._seen) > 50_000:
            self._seen.clear()
        self._seen.add(uri)
        return True

    def concept(self, uri: str) -> Iterator[Node]:
        """Yield a concept the first time."""
        if self.new(uri) and (node := concepts().get(uri)):
            yield node

    def once(self, uri: str, make: Callable[[], Node]) -> Iterator[Node]:
        """Yield what is made for an address the first time."""
        if self.new(uri):
            yield make()
