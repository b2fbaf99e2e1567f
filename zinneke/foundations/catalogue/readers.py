"""Other catalogues' files as rows of ours. Pure: bytes in, rows and faults out; a bad line never stops the reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import msgspec

from zinneke.foundations.catalogue import vocabularies
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher, Texts
from zinneke.foundations.catalogue.vocabularies import CITY, COMMUNES, REGION_GEONAMES
from zinneke.foundations.catalogue.words import slug
from zinneke.kernel.load import Fault
from zinneke.kernel.period import read_moment_or_none

BELGIUM = ZoneInfo("Europe/Brussels")
Written = str | list[str]


class DescribedPublisher(msgspec.Struct):
    """Who publishes, as a source says it."""

    name: dict[str, Written] = {}
    uri: str = ""


class DescribedForm(msgspec.Struct):
    """One way to get the data, as a source says it."""

    title: dict[str, Written] = {}
    format: str = ""
    mediaType: str = ""
    downloadURL: str = ""
    accessURL: str = ""
    license: str = ""
    byteSize: str | float = 0


class DescribedPeriod(msgspec.Struct):
    """The period that data cover, as a source says it."""

    start: str = ""
    end: str = ""


class Described(msgspec.Struct):
    """A dataset in the words of its source, whatever the source speaks."""

    uri: str
    title: dict[str, Written] = {}
    identifier: str = ""
    description: dict[str, Written] = {}
    keywords: dict[str, list[str]] = {}
    themes: list[str] = []
    publisher: DescribedPublisher | None = None
    issued: str = ""
    modified: str = ""
    frequency: str = ""
    accessRights: str = ""
    languages: list[str] = []
    spatial: list[str] = []
    landingPage: str = ""
    temporal: DescribedPeriod | None = None
    distributions: list[DescribedForm] = []


_decode = msgspec.json.Decoder(Described).decode


def read_data_gov_be(lines: Iterable[bytes]) -> Iterator[DatasetRow | Fault]:
    """Read the national catalogue, one JSON dataset a line, as rows; a line that cannot be read is a fault with its number and byte.

    Texts lose their HTML; licences, formats, themes and frequencies become keys of `vocabularies`; dates without an offset
    are in Belgian time; communes of the Region are found in GeoNames addresses, publishers, titles and descriptions.
    """
    offset = 0
    for number, line in enumerate(lines, 1):
        start, offset = offset, offset + len(line)
        if not line.strip():
            continue
        where = f"line {number}, byte {start}"
        try:
            raw = _decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
            yield Fault(where, f"this is not a dataset in JSON: {fault}. Correct or remove the line; the others were read.")
            continue
        if not raw.uri.strip():
            yield Fault(where, "the dataset has no uri, so it could not be recognised next time. Give it one.")
            continue
        yield row_of(raw)


def row_of(raw: Described) -> DatasetRow:
    """Return a dataset, as a source describes it, as a row of ours: texts cleaned, words of its vocabularies as our keys, communes found."""
    title = _texts(raw.title, " ") or {"und": raw.identifier or raw.uri}
    description = _texts(raw.description, "\n")
    publisher = _publisher(raw.publisher)
    distributions = tuple(_distribution(each) for each in raw.distributions)
    licences = {each.licence for each in distributions if each.licence}
    return DatasetRow(
        uri=raw.uri.strip(),
        identifier=raw.identifier,
        title=title,
        description=description,
        keywords={language: tuple(dict.fromkeys(clean(word) for word in found)) for language, found in raw.keywords.items()},
        themes=tuple(dict.fromkeys(theme for word in raw.themes if (theme := word.split("#")[0]) in vocabularies.THEMES)),
        publisher=publisher,
        licence=licences.pop() if len(licences) == 1 else ("other" if licences else "unknown"),
        issued=read_moment_or_none(raw.issued, BELGIUM),
        modified=read_moment_or_none(raw.modified, BELGIUM),
        frequency=vocabularies.frequency_key(raw.frequency),
        access=raw.accessRights.lower().replace("_", "-"),
        languages=tuple(dict.fromkeys(vocabularies.LANGUAGE_CODES.get(code.lower(), code.lower()) for code in raw.languages)),
        spatial=tuple(raw.spatial),
        communes=communes(title, description, publisher, raw.spatial),
        start=raw.temporal.start[:10] if raw.temporal else "",
        end=raw.temporal.end[:10] if raw.temporal else "",
        page=_address(raw.landingPage),
        distributions=distributions,
    )


def _distribution(raw: DescribedForm) -> Distribution:
    size = str(raw.byteSize)
    url = _address(raw.downloadURL)
    return Distribution(
        title=_texts(raw.title, " "),
        format=vocabularies.format_key(raw.format, raw.mediaType) or _format_of_address(url),
        media_type=raw.mediaType if not raw.mediaType.startswith("http") else "",
        url=url,
        page=_address(raw.accessURL),
        licence=vocabularies.licence_key(raw.license) if raw.license else "",
        bytes=int(float(size)) if re.fullmatch(r"\d{1,15}(\.\d+)?", size) else 0,
    )


_SERVICE = re.compile(r"[?&]service=(wms|wfs|wcs|wmts)\b|/(wms|wfs|wcs|wmts)(?:[/?]|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z0-9]{2,8})(?:[?#].*)?$", re.IGNORECASE)
_EXPORT = re.compile(r"/exports/([a-z]+)\b", re.IGNORECASE)


def _format_of_address(url: str) -> str:
    if found := _SERVICE.search(url):
        return (found[1] or found[2]).lower()
    path = url.partition("://")[2].partition("/")[2]
    found = _EXPORT.search(path) or _ENDING.search(path)
    return vocabularies.format_key(found[1]) if found else ""


def _address(written: str) -> str:
    """Return an address that is safe to put in a link, else nothing."""
    written = written.strip()
    return written if written.startswith(("https://", "http://", "ftp://")) else ""


def _publisher(raw: DescribedPublisher | None) -> Publisher | None:
    names: Texts = {}
    for language, written in (raw.name if raw else {}).items():
        choices = [clean(each) for each in ([written] if isinstance(written, str) else written)]
        if choices:
            names[language] = next((each for each in choices if not _SLUG.fullmatch(each)), choices[0])
    names = {language: _CUT.sub("", name) for language, name in names.items() if name}
    if raw is None or not names:
        return None
    first = next(names[language] for language in ("fr", "nl", "en", *names) if language in names)
    return Publisher(slug(first) or "publisher", names, raw.uri)


_CUT = re.compile(r"(?<=[a-z]);(?=[a-z])")
"""What is left of a broken entity in the middle of a word: `he;t`."""
_SLUG = re.compile(r"[a-z0-9-]+")


def _texts(written: Mapping[str, Written], between: str) -> Texts:
    found = {language: clean(each if isinstance(each, str) else between.join(each)) for language, each in written.items()}
    return {language: each for language, each in found.items() if each}


class _Plain(HTMLParser):
    """Collects what a reader of the HTML would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n• " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


_HIDDEN = frozenset({"script", "style", "template", "title", "head"})
_BLOCKS = frozenset(["p", "br", "div", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article", "blockquote"])
_TAG = re.compile(r"</?[a-zA-Z!]|&[#a-zA-Z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\xa0]{2,}|[\t\xa0]")
_LINES = re.compile(r"\s*\n\s*\n\s*|[ \t]*\n[ \t]*")


def clean(text: str) -> str:
    """Return a text without HTML, control and direction characters, with single spaces and at most one empty line."""
    return _cleaned(text) if len(text) < 100 else _plain(text)


def _plain(text: str) -> str:
    if not _UNUSUAL.search(text):
        return text.strip()
    if _TAG.search(text):
        parser = _Plain()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    text = _SPACES.sub(" ", _CONTROL.sub(" ", text))
    if "\n" in text:
        text = _LINES.sub(lambda gap: "\n\n" if gap[0].count("\n") > 1 else "\n", text)
    return text.strip()


_UNUSUAL = re.compile(r"[^ -%'-;=-~\u00a1-\u024f]|  ")
_cleaned = lru_cache(20_000)(_plain)

_GEONAMES = {commune.geonames: code for code, commune in COMMUNES.items() if commune.geonames}
_NAMES: list[tuple[str, str, str, bool]] = sorted(
    {
        (name.lower(), language, code, commune.doubtful)
        for code, commune in COMMUNES.items()
        for language, name in (("fr", commune.name.fr), ("nl", commune.name.nl), *(("", other) for other in commune.other))
    }
)
_CITY_NAMES = frozenset(name.lower() for name in (COMMUNES[CITY].name.fr, COMMUNES[CITY].name.nl, COMMUNES[CITY].name.en, "Bruxelles", "Brussel"))


def communes(title: Texts, description: Texts, publisher: Publisher | None, spatial: Iterable[str]) -> tuple[str, ...]:
    """Return the NIS codes of the Region's communes that a dataset is about, by address, publisher and names in its texts.

    A name counts as a whole word, in its own language; one that is also an ordinary word or another town's name counts only
    for datasets of the Region. The capital's own name alone means the commune only where the City itself publishes.
    """
    ids = {address.rstrip("/").rsplit("/", 1)[-1] for address in spatial}
    found = {_GEONAMES[each] for each in ids if each in _GEONAMES}
    regional = not ids.isdisjoint(REGION_GEONAMES)
    if publisher:
        names = {name.lower() for name in publisher.name.values()}
        if not names.isdisjoint(_CITY_NAMES):
            found.add(CITY)
        found.update(code for name, _language, code, doubtful in _NAMES if name in names and (regional or not doubtful))
    for texts in (title, description):
        for language, text in texts.items():
            lowered = text.lower()
            for name, native, code, doubtful in _NAMES:
                trusted = not doubtful or (regional and native == language)
                if trusted and name in lowered and code not in found and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lowered):
                    found.add(code)
    return tuple(sorted(found))
