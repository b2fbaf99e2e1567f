"""Forms: what a page of HTML asks, or a list of fields in JSON."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Annotated

import msgspec

from zinneke.kernel.payload import read_document
from zinneke.kernel.problem import wrong
from zinneke.office.cartography.reading.origin import Origin, decoded, worded
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.things import Field, Form, Words

ASKS_NOTHING = {"hidden", "submit", "button", "image", "reset", "search"}
MOST_FIELDS = 5_000


class AskedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field as JSON gives it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    label: Words | str = ""
    type: str = ""
    required: bool = False
    seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None


class AskedForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form as JSON gives it: `{"title": …, "volume": 1200, "fields": [{"name": …, "label": …}]}`."""

    title: Words | str
    fields: tuple[AskedField, ...]
    volume: Annotated[int, msgspec.Meta(ge=0)] | None = None
    web: str = ""


def read(data: bytes, origin: Origin) -> Scanned:
    """Read a form from HTML or JSON. Raises `Problem` 400 when nothing is asked in it."""
    text = decoded(data)
    if text.lstrip()[:1] == "{":
        return _read_json(data, origin)
    page = _Page()
    page.feed(text)
    page.close()
    fields = tuple(page.fields())
    if not fields:
        raise wrong("This page asks nothing: there is no input, select or textarea with a name in it.")
    return origin.scanned([origin.row(origin.key(), Form(fields), origin.title or page.title.strip() or origin.name)])


def _read_json(data: bytes, origin: Origin) -> Scanned:
    try:
        asked = msgspec.convert(read_document(data), AskedForm)
    except msgspec.ValidationError as fault:
        raise wrong(f"This is no form: {fault}.", where=str(fault).rpartition("`")[0].rpartition("`")[2]) from None
    fields = tuple(Field(each.name, worded(each.label), each.type, each.required, each.seconds) for each in asked.fields[:MOST_FIELDS])
    return origin.scanned([origin.row(origin.key(), Form(fields, asked.volume, asked.web[:500]), origin.title or asked.title)])


class _Page(HTMLParser):
    """Finds what a page asks, with the label of each: the one that names it, or in which it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language = "en"
        self._found: dict[str, dict[str, str]] = {}
        self._labels: dict[str, str] = {}
        self._label: str | None = None
        self._inside: list[str] = []
        self._text = ""
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag asks."""
        given = {name: value or "" for name, value in attrs}
        self._tag = tag
        if tag == "html" and given.get("lang", "")[:2] in ("fr", "nl", "en"):
            self.language = given["lang"][:2]
        elif tag == "label":
            self._label, self._text, self._inside = given.get("for", ""), "", []
        elif tag in ("input", "select", "textarea") and given.get("name") and given.get("type", "") not in ASKS_NOTHING:
            required = "required" in given or given.get("aria-required") == "true"
            said = given.get("aria-label") or given.get("placeholder", "")
            kind = given.get("type") or tag
            self._found.setdefault(given["name"], {"id": given.get("id", ""), "type": kind, "required": "1" if required else "", "said": said})
            if self._label is not None:
                self._inside.append(given["name"])

    def handle_endtag(self, tag: str) -> None:
        """Give the label to what it names."""
        if tag == "label" and self._label is not None:
            text = " ".join(self._text.split())
            for name in self._inside:
                self._found[name]["said"] = text
            if self._label:
                self._labels[self._label] = text
            self._label = None
        self._tag = ""

    def handle_data(self, data: str) -> None:
        """Gather the words of a label, and the title."""
        if self._label is not None:
            self._text += data
        elif self._tag == "title":
            self.title += data

    def fields(self) -> list[Field]:
        """Return the fields; those that share a name, such as the boxes of one question, are one."""
        return [
            Field(name, worded({self.language: self._labels.get(each["id"]) or each["said"]}), each["type"], bool(each["required"]))
            for name, each in list(self._found.items())[:MOST_FIELDS]
        ]
