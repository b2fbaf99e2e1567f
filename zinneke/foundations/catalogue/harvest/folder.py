"""A plain folder of files on the web, as servers list it: files of one name are one dataset, in as many forms."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from zinneke.foundations.catalogue.harvest.asking import Rows, Visit
from zinneke.foundations.catalogue.readers import Described, DescribedForm, row_of
from zinneke.foundations.catalogue.vocabularies import FORMATS
from zinneke.kernel.problem import Problem, wrong

FORMS = frozenset({"csv", "tsv", "json", "geojson", "parquet", "xml", "xlsx", "xls", "ods", "kml", "gml", "shp", "gpkg", "zip", "txt"}) & set(FORMATS)
MOST = 10_000


class _Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and len(self.found) < MOST:
            self.found += [value for name, value in attrs if name == "href" and value]


def read(visit: Visit) -> Rows:
    """Read what lies in a folder, not in those below it."""
    at = visit.address if visit.address.endswith("/") else f"{visit.address}/"
    if not _welcome(visit, at):
        raise wrong("The robots.txt of this host asks not to read this folder. Ask its publisher first.")
    body = visit.document(at, "text/html").body.decode("utf-8", "replace")
    links = _Links()
    links.feed(body)
    links.close()
    forms: dict[str, dict[str, str]] = {}
    for link in links.found:
        try:
            address = urljoin(at, link).partition("#")[0].partition("?")[0]
        except ValueError:
            continue
        stem, dot, ending = address.removeprefix(at).rpartition(".")
        ending = ending.lower()
        if address.startswith(at) and dot and stem and "/" not in stem and ending in FORMS:
            forms.setdefault(stem, {})[ending] = address
    for stem, files in sorted(forms.items()):
        title = unquote(stem).replace("_", " ").replace("-", " ").strip()
        yield row_of(
            Described(
                uri=f"{at}{stem}",
                identifier=unquote(stem),
                title={visit.language: title or stem},
                landingPage=at,
                distributions=[DescribedForm(format=form, downloadURL=address) for form, address in sorted(files.items())],
            )
        )


def _welcome(visit: Visit, at: str) -> bool:
    """Say whether the host's robots.txt lets us read the folder; one that has none lets everybody."""
    parts = urlsplit(at)
    try:
        rules = visit.fetcher.get(f"{parts.scheme}://{parts.netloc}/robots.txt", accept="text/plain").body.decode("utf-8", "replace")
    except Problem:
        return True
    parser = RobotFileParser()
    parser.parse(rules[:100_000].splitlines())
    return parser.can_fetch("Zinneke", at)
