"""Words that catalogues share, as data: EU data themes, licences, formats, frequencies, and the communes by the names sources use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from zinneke.kernel.text import Text, same

THEMES: dict[str, Text] = {
    "AGRI": Text(
        "Agriculture, pêche, sylviculture et alimentation", "Landbouw, visserij, bosbouw en voeding", "Agriculture, fisheries, forestry and food"
    ),
    "ECON": Text("Économie et finances", "Economie en financiën", "Economy and finance"),
    "EDUC": Text("Éducation, culture et sport", "Onderwijs, cultuur en sport", "Education, culture and sport"),
    "ENER": Text("Énergie", "Energie", "Energy"),
    "ENVI": Text("Environnement", "Milieu", "Environment"),
    "GOVE": Text("Gouvernement et secteur public", "Overheid en publieke sector", "Government and public sector"),
    "HEAL": Text("Santé", "Gezondheid", "Health"),
    "INTR": Text("Questions internationales", "Internationale vraagstukken", "International issues"),
    "JUST": Text(
        "Justice, système juridique et sécurité publique", "Justitie, rechtsstelsel en openbare veiligheid", "Justice, legal system and public safety"
    ),
    "REGI": Text("Régions et villes", "Regio’s en steden", "Regions and cities"),
    "SOCI": Text("Population et société", "Bevolking en samenleving", "Population and society"),
    "TECH": Text("Science et technologie", "Wetenschap en technologie", "Science and technology"),
    "TRAN": Text("Transports", "Vervoer", "Transport"),
}
"""The data themes of the EU Publications Office by code."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: its name, whether it is open (opendefinition.org), its address, and other ways in which sources write it."""

    key: str
    name: Text
    open: bool
    uri: str
    written: tuple[str, ...] = ()


def _cc(key: str, words: str, version: str, is_open: bool, *written: str) -> Licence:
    path = key.removeprefix("cc-").rsplit("-", 1)[0]
    return Licence(key, same(f"Creative Commons {words} {version}"), is_open, f"https://creativecommons.org/licenses/{path}/{version}/", written)


LICENCES: dict[str, Licence] = {
    licence.key: licence
    for licence in (
        Licence(
            "cc0", same("Creative Commons Zero (CC0 1.0)"), True, "https://creativecommons.org/publicdomain/zero/1.0/", ("CC0", "CC_ZERO", "cc-zero")
        ),
        _cc("cc-by-4.0", "BY", "4.0", True, "CC_BY_4_0", "CC BY 4.0", "CC_BY", "cc-by"),
        _cc("cc-by-2.0", "BY", "2.0", True, "CC_BY_2_0", "CC BY 2.0"),
        _cc("cc-by-sa-4.0", "BY-SA", "4.0", True, "CC_BYSA_4_0", "CC BY-SA 4.0", "cc-by-sa"),
        _cc("cc-by-nc-4.0", "BY-NC", "4.0", False, "CC_BYNC_4_0", "cc-nc", "CC BY-NC 4.0"),
        _cc("cc-by-nc-nd-4.0", "BY-NC-ND", "4.0", False, "CC_BYNCND_4_0"),
        Licence(
            "odbl",
            same("Open Database License (ODbL 1.0)"),
            True,
            "https://opendatacommons.org/licenses/odbl/1-0/",
            ("ODC_BL", "ODbL", "ODBL_1_0", "odc-odbl"),
        ),
        Licence("odc-by", same("Open Data Commons Attribution (ODC-By 1.0)"), True, "https://opendatacommons.org/licenses/by/1-0/", ("ODC_BY",)),
        Licence(
            "pddl",
            same("Open Data Commons Public Domain (PDDL 1.0)"),
            True,
            "https://opendatacommons.org/licenses/pddl/1-0/",
            ("ODC_PDDL", "odc-pddl"),
        ),
        Licence(
            "etalab-2.0",
            Text("Licence Ouverte 2.0", "Open Licentie 2.0 (Etalab)", "Open Licence 2.0 (Etalab)"),
            True,
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            ("ETALAB_2_0", "Licence Ouverte"),
        ),
        Licence(
            "ogl-3.0",
            same("Open Government Licence 3.0 (UK)"),
            True,
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            ("OGL 3.0", "OGL3", "uk-ogl"),
        ),
        Licence(
            "eupl-1.2",
            Text("Licence publique de l’Union européenne 1.2", "Openbare licentie van de Europese Unie 1.2", "European Union Public Licence 1.2"),
            True,
            "https://eupl.eu/1.2/",
            ("EUPL-1.2", "EUPL_1_2"),
        ),
        Licence("mit", same("MIT"), True, "https://opensource.org/license/mit", ("MIT",)),
        Licence("bsd-3", same("BSD (3 clauses)"), True, "https://opensource.org/license/bsd-3-clause", ("BSD_3_CLAUSE", "BSD-3")),
        Licence("apache-2.0", same("Apache 2.0"), True, "https://www.apache.org/licenses/LICENSE-2.0", ("Apache-2.0",)),
        Licence(
            "modellicentie-gratis-hergebruik",
            Text(
                "Licence type flamande – réutilisation gratuite",
                "Modellicentie voor gratis hergebruik (Vlaanderen)",
                "Flemish model licence – free reuse",
            ),
            True,
            "http://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
        ),
        Licence(
            "statbel",
            Text("Licence open data de Statbel", "Licentie open data van Statbel", "Statbel open data licence"),
            True,
            "https://statbel.fgov.be/sites/default/files/files/opendata/Licence%20open%20data_NL.pdf",
            ("Statbel open data",),
        ),
        Licence(
            "urbis",
            Text("Licence UrbIS Open Data", "UrbIS Open Data-licentie", "UrbIS Open Data licence"),
            True,
            "http://cirb.brussels/fr/nos-solutions/urbis-solutions/licence-urbis-open-data",
            ("UrbIS open data",),
        ),
        Licence(
            "elia",
            Text("Licence open data d’Elia", "Opendatalicentie van Elia", "Elia open data licence"),
            True,
            "https://www.elia.be/en/grid-data/elia-open-data-license",
        ),
        Licence(
            "fluvius",
            Text("Licence open data de Fluvius", "Licentie open data Fluvius", "Fluvius open data licence"),
            True,
            "https://opendata.fluvius.be/p/licentieopendatafluvius/",
        ),
        Licence(
            "belgium-infocenter",
            Text("Conditions d’Infocenter Belgium", "Voorwaarden van Infocenter Belgium", "Infocenter Belgium terms"),
            False,
            "https://infocenter.belgium.be/nl/copyright#license",
        ),
        Licence(
            "spw-cgu",
            Text("Conditions générales d’utilisation du SPW", "Algemene gebruiksvoorwaarden van de SPW", "SPW general terms of use"),
            False,
            "http://geoportail.wallonie.be/files/documents/ConditionsSPW/DataSPW-CGU.pdf",
        ),
        Licence(
            "spw-cga",
            Text("Conditions générales d’accès du SPW", "Algemene toegangsvoorwaarden van de SPW", "SPW general terms of access"),
            False,
            "http://geoportail.wallonie.be/files/documents/ConditionsSPW/DataSPW-CGA.pdf",
        ),
        Licence(
            "cbe-open",
            Text("Licence open data de la BCE", "Opendatalicentie van de KBO", "CBE open data licence"),
            True,
            "http://data.gov.be/license/cbe/open",
        ),
        Licence(
            "cbe-full",
            Text("Licence complète de la BCE", "Volledige licentie van de KBO", "CBE full licence"),
            False,
            "http://data.gov.be/license/cbe/full",
        ),
        Licence("other", Text("Autre licence", "Andere licentie", "Other licence"), False, ""),
        Licence("unknown", Text("Licence non précisée", "Licentie niet vermeld", "Licence not stated"), False, ""),
    )
}
"""The licences that occur in Belgium's catalogues, by key."""


@dataclass(frozen=True, slots=True)
class Format:
    """A form of data: the name people read, whether machines read it without losing structure, other ways to write it, and words."""

    name: str
    readable: bool
    written: tuple[str, ...] = ()
    words: Text | None = None

    @property
    def label(self) -> Text:
        """Return the name as readers of each language know it."""
        return self.words or same(self.name)


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", True, ("text/csv", "text/x-comma-separated-values")),
    "tsv": Format("TSV", True, ("text/tab-separated-values",)),
    "json": Format("JSON", True, ("application/json",)),
    "geojson": Format("GeoJSON", True, ("application/geo+json", "application/vnd.geo+json")),
    "parquet": Format("Parquet", True, ("application/parquet", "application/vnd.apache.parquet")),
    "xml": Format("XML", True, ("application/xml", "text/xml")),
    "xlsx": Format("Excel (XLSX)", True, ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)),
    "xls": Format("Excel (XLS)", True, ("application/vnd.ms-excel", "excel")),
    "ods": Format("OpenDocument", True, ("application/vnd.oasis.opendocument.spreadsheet",)),
    "wms": Format(
        "WMS", True, ("wms_srvc", "ogc:wms", "ogc:wms-1.3.0-http-get-capabilities", "ogc:wms-1.3.0-http-get-map", "ogc:wms-1.1.1-http-get-map")
    ),
    "wfs": Format("WFS", True, ("wfs_srvc", "ogc:wfs", "ogc:wfs-1.0.0-http-get-capabilities")),
    "wcs": Format("WCS", True, ("wcs_srvc",)),
    "wmts": Format("WMTS", True, ("wmts_srvc", "ogc:wmts")),
    "api": Format("API", True, ("rest", "odata", "sparql", "openapi")),
    "atom": Format("Atom", True, ("application/atom+xml", "rss")),
    "kml": Format("KML", True, ("application/vnd.google-earth.kml+xml", "kmz", "glg:kml-2.0-http-get-map")),
    "gml": Format("GML", True, ("application/gml+xml", "gmz")),
    "shp": Format("Shapefile", True, ("application/vnd.shp", "shapefile", "shape")),
    "gpkg": Format("GeoPackage", True, ("application/geopackage+sqlite3", "geopackage")),
    "gdb": Format("Geodatabase", True, ("esri file geodatabase",)),
    "mdb": Format("Access", True, ("application/vnd.ms-access",)),
    "geotiff": Format("GeoTIFF", True, ("image/tiff;application=geotiff",)),
    "netcdf": Format("NetCDF", True, ("application/x-netcdf", "application/netcdf")),
    "hdf": Format("HDF", True, ("application/x-hdf",)),
    "grid": Format("Grid", True, ("grid_ascii",), Text("Grille", "Raster", "Grid")),
    "turtle": Format("RDF Turtle", True, ("rdf_turtle", "text/turtle", "ttl")),
    "jsonld": Format("JSON-LD", True, ("json_ld", "application/ld+json")),
    "rdfxml": Format("RDF/XML", True, ("rdf_xml", "application/rdf+xml", "rdf")),
    "n3": Format("Notation3", True, ("text/n3",)),
    "ntriples": Format("N-Triples", True, ("rdf_n_triples", "application/n-triples")),
    "dwca": Format("Darwin Core", True, ("application/dwca",)),
    "gtfs": Format("GTFS", True),
    "dbf": Format("dBase", True),
    "zip": Format("ZIP", False, ("application/zip", "gzip", "jar", "application/gzip")),
    "txt": Format("Text", False, ("text/plain", "media-types.xhtml#text"), Text("Texte", "Tekst", "Text")),
    "pdf": Format("PDF", False, ("application/pdf",)),
    "html": Format("Web page", False, ("text/html", "application/x-php"), Text("Page web", "Webpagina", "Web page")),
    "doc": Format("Word", False, ("docx", "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")),
    "image": Format(
        "Image", False, ("tiff", "png", "jpeg", "jpeg2000", "mrsid", "image/png", "image/jpeg", "image/tiff"), Text("Image", "Afbeelding", "Image")
    ),
    "audio": Format("Audio", False, ("wav", "mp3", "audio/vnd.wave", "audio/mpeg", "audio/mp4")),
    "video": Format("Video", False, ("mov", "mpeg4", "video/quicktime", "video/mp4"), Text("Vidéo", "Video", "Video")),
    "other": Format("Other", False, ("bin", "dtd_xml", "dtd_sgml", "application/octet-stream"), Text("Autre", "Andere", "Other")),
}
"""The forms of data by key."""

FREQUENCIES: dict[str, tuple[Text, int]] = {
    "continuous": (Text("en continu", "doorlopend", "continuously"), 1),
    "hourly": (Text("chaque heure", "elk uur", "every hour"), 1),
    "daily": (Text("chaque jour", "elke dag", "every day"), 1),
    "weekly": (Text("chaque semaine", "elke week", "every week"), 7),
    "monthly": (Text("chaque mois", "elke maand", "every month"), 31),
    "quarterly": (Text("chaque trimestre", "elk kwartaal", "every quarter"), 92),
    "semiannual": (Text("deux fois par an", "tweemaal per jaar", "twice a year"), 183),
    "annual": (Text("chaque année", "elk jaar", "every year"), 366),
    "triennial": (Text("tous les trois ans", "om de drie jaar", "every three years"), 1096),
    "decennial": (Text("tous les dix ans", "om de tien jaar", "every ten years"), 3653),
    "never": (Text("jamais mis à jour", "nooit bijgewerkt", "never updated"), 0),
    "irregular": (Text("irrégulièrement", "onregelmatig", "irregularly"), 0),
}
"""How often data are updated: the words, and the longest normal time between two updates in days (0: no term)."""

WRITTEN_FREQUENCIES = {
    "cont": "continuous", "continuous": "continuous", "update_cont": "continuous", "hourly": "hourly", "daily": "daily", "weekly": "weekly",
    "weekly_2": "weekly", "monthly": "monthly", "quarterly": "quarterly", "semiannual": "semiannual", "annual_2": "semiannual",
    "annual": "annual", "yearly": "annual",
    "driejaarlijks": "triennial", "triennial": "triennial", "decennial": "decennial", "never": "never", "notplanned": "never",
    "irreg": "irregular", "irregular": "irregular", "asneeded": "irregular", "as_needed": "irregular", "periodic": "irregular",
}  # fmt: skip
"""How sources write a frequency (the last part of an address, lower case), and the key we keep."""

LANGUAGE_CODES = {"fra": "fr", "fre": "fr", "nld": "nl", "dut": "nl", "eng": "en", "deu": "de", "ger": "de"}

LANGUAGE_NAMES: dict[str, Text] = {
    "fr": Text("Français", "Frans", "French"),
    "nl": Text("Néerlandais", "Nederlands", "Dutch"),
    "en": Text("Anglais", "Engels", "English"),
    "de": Text("Allemand", "Duits", "German"),
}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune as catalogues name it: NIS code, names, other spellings, its address in GeoNames, and words too common to trust alone."""

    code: str
    name: Text
    geonames: str
    other: tuple[str, ...] = ()
    doubtful: bool = False


COMMUNES: dict[str, Commune] = {
    commune.code: commune
    for commune in (
        Commune("21001", same("Anderlecht"), "2803202"),
        Commune("21002", Text("Auderghem", "Oudergem", "Auderghem"), "2802961"),
        Commune("21003", Text("Berchem-Sainte-Agathe", "Sint-Agatha-Berchem", "Berchem-Sainte-Agathe"), "2802248", ("Berchem Sainte-Agathe",)),
        Commune("21004", Text("Ville de Bruxelles", "Stad Brussel", "City of Brussels"), "", ("Bruxelles-Ville", "Brussel-Stad")),
        Commune("21005", same("Etterbeek"), "2798573"),
        Commune("21006", same("Evere"), "2798555"),
        Commune("21007", Text("Forest", "Vorst", "Forest"), "2798142", (), True),
        Commune("21008", same("Ganshoren"), "2797845"),
        Commune("21009", Text("Ixelles", "Elsene", "Ixelles"), "2795012"),
        Commune("21010", same("Jette"), "2794915"),
        Commune("21011", same("Koekelberg"), "2794192"),
        Commune("21012", Text("Molenbeek-Saint-Jean", "Sint-Jans-Molenbeek", "Molenbeek-Saint-Jean"), "2791019"),
        Commune("21013", Text("Saint-Gilles", "Sint-Gillis", "Saint-Gilles"), "2787415", (), True),
        Commune("21014", Text("Saint-Josse-ten-Noode", "Sint-Joost-ten-Node", "Saint-Josse-ten-Noode"), "2787388", ("Saint-Josse",)),
        Commune("21015", Text("Schaerbeek", "Schaarbeek", "Schaerbeek"), "2787150"),
        Commune("21016", Text("Uccle", "Ukkel", "Uccle"), "2785124"),
        Commune("21017", Text("Watermael-Boitsfort", "Watermaal-Bosvoorde", "Watermael-Boitsfort"), "2783980"),
        Commune("21018", Text("Woluwe-Saint-Lambert", "Sint-Lambrechts-Woluwe", "Woluwe-Saint-Lambert"), "2783477", ("Woluwé-Saint-Lambert",)),
        Commune("21019", Text("Woluwe-Saint-Pierre", "Sint-Pieters-Woluwe", "Woluwe-Saint-Pierre"), "2783475", ("Woluwé-Saint-Pierre",)),
    )
}
"""The communes of the Region by NIS code."""

CITY = "21004"
"""The commune whose name is also the Region's: meant only when its own administration publishes, or its full name is said."""
REGION_GEONAMES = frozenset({"2800867", "3337389", *(commune.geonames for commune in COMMUNES.values() if commune.geonames)})
"""GeoNames addresses that lie in the Region."""


@lru_cache(1000)
def licence_key(written: str) -> str:
    """Return the key of a licence however a source writes it; `other` for one that we do not know, `unknown` for none."""
    if not written:
        return "unknown"
    return _LICENCES.get(_plain(written)) or "other"


def format_key(*written: str) -> str:
    """Return the key of the first form that is known among what a source says (format, then media type); "" when none is."""
    for word in written:
        if word and (key := _FORMATS.get(word.lower())):
            return key
    return ""


def frequency_key(written: str) -> str:
    """Return the key of an update frequency; "" when it is unknown."""
    return WRITTEN_FREQUENCIES.get(written.rsplit("#", 1)[-1].rsplit("/", 1)[-1].lower(), "")


def _plain(address: str) -> str:
    return address.lower().replace("https://", "http://").removeprefix("http://").removeprefix("www.").removesuffix("/legalcode").rstrip("/")


_LICENCES = {_plain(word): licence.key for licence in LICENCES.values() for word in (licence.uri, licence.key, *licence.written) if word}
_FORMATS = {word.lower(): key for key, form in FORMATS.items() for word in (key, form.name, *form.written)}
