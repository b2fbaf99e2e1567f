"""A package as a client of CKAN writes it, made into a dataset as the catalogue takes it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.tables_of import own_table
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.catalogue.vocabularies import LICENCES, THEMES, format_key, licence_key
from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import wrong
from zinneke.kernel.route import Call
from zinneke.kernel.text import choose
from zinneke.standards.ckan import shape
from zinneke.standards.ckan.asking import mapped, read
from zinneke.standards.ckan.packages import MARK

LANGUAGES = ("fr", "nl", "en", "de")
MOST_TEXT = 20_000
MOST_LISTED = 300
Fields = Mapping[str, Any]
_PLAIN = ("identifier", "frequency", "access", "start", "end")
_LISTS = {"language": "languages", "spatial_uri": "spatial", "commune": "communes"}
_TIMES = ("issued", "modified")


class ResourceFields(msgspec.Struct):
    """What is said of a resource."""

    url: str = ""
    name: str = ""
    format: str = ""
    mimetype: str = ""
    license: str = ""
    size: int = 0
    id: str = ""


class _Named(msgspec.Struct):
    name: str = ""
    id: str = ""
    title: str = ""


class _Extra(msgspec.Struct):
    key: str
    value: Any = ""


def describe(call: Call[Any], row: DatasetRow, fields: Fields) -> DatasetRow:
    """Return a dataset with the fields that a client sent put to it; the others stay. Raises `Problem` 400 naming the field."""
    said: dict[str, Any] = {}
    for name, own in (("title", "title"), ("notes", "description")):
        if name in fields or f"{name}_translated" in fields:
            said[own] = texts(fields, name, call.language)
    if fields.keys() & {"tags", "tag_string", "keywords"}:
        said["keywords"] = _keywords(fields, row, call.language)
    if "groups" in fields:
        said["themes"], said["groups"] = _groups(call, fields["groups"])
    if "license_id" in fields:
        said["licence"] = (written := _text(fields, "license_id")) and _licence(written)
    if "owner_org" in fields:
        said["publisher"] = _publisher(call, row, fields)
    if fields.keys() & {"maintainer", "maintainer_email"}:
        said["contact"] = _text(fields, "maintainer_email") or _text(fields, "maintainer")
    return msgspec.structs.replace(row, **said, **_linked(call, row, fields), **_extras(fields.get("extras") or []))


def _linked(call: Call[Any], row: DatasetRow, fields: Fields) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if (address := _text(fields, "url")) and not address.startswith(f"{call.base}/"):
        said["page"] = web_address(address, "url")
    if "resources" in fields:
        listed = _listed(fields["resources"], ResourceFields, "resources")
        held = [(each, _held(row, each.id)) for each in listed if not ours(call, row, each)]
        made = [(each.id if before else "", resource_row(call, each, before, row.licence)) for each, before in held]
        said["distributions"] = shape.steady(row.key, made)
    return said


def ours(call: Call[Any], row: DatasetRow, given: ResourceFields) -> bool:
    """Say whether a resource is one of our own forms of the rows, which stay whatever is said of them."""
    if (held := _held(row, given.id)) and own_table(held.url):
        return True
    table = own_table(given.url.removeprefix(call.base))
    return bool(table) and (table == row.key or any(table == own_table(each.url) for each in row.distributions))


def resource_row(call: Call[Any], given: ResourceFields, held: Distribution | None = None, licence: str = "") -> Distribution:
    """Return a resource as a way to get a dataset, under a licence; what comes back as it was shown stays as it is held."""
    if len(given.name) > 1000 or len(given.format) > 100 or len(given.mimetype) > 200 or not 0 <= given.size < 2**53:
        raise wrong("A resource has a name of at most 1,000 characters, a format of 100, a media type of 200 and a size in bytes.", where="resources")
    shown = shape.shown(held, licence, call.base, call.language) if held else {}
    same = {name for name, value in shown.items() if value == getattr(given, name)}
    known = format_key(given.format, given.mimetype)
    mark = given.id if MARK.fullmatch(given.id) else held.mark if held else ""
    if not given.url and not given.name and not mark and not (held and held.page):
        raise wrong("A resource has a url, or a name under which its rows will come.", where="url")
    title = held.title if held else {}
    if given.name and "name" not in same:
        title = {**title, call.language: given.name}
    return Distribution(
        title=title,
        format=held.format if held and "format" in same else known or given.format.lower(),
        media_type=given.mimetype or (held.media_type if held else ""),
        url=held.url if held and "url" in same else web_address(given.url, "url") if given.url else "",
        page=held.page if held else "",
        licence=_licence(given.license) if given.license and "license" not in same else held.licence if held else "",
        bytes=given.size,
        mark=mark or ("" if given.url or held else str(uuid.uuid4())),
    )


def _held(row: DatasetRow, name: str) -> Distribution | None:
    return dict(zip(shape.resource_ids(row.key, row.distributions), row.distributions, strict=True)).get(name)


def web_address(written: str, where: str) -> str:
    """Return an address of the web. Raises `Problem` 400 for anything else: it becomes a link on a page."""
    try:
        parts = urlsplit(written)
        good = (
            parts.scheme in ("http", "https", "ftp")
            and bool(parts.hostname)
            and len(written) <= 2000
            and written.isprintable()
            and " " not in written
        )
    except ValueError:
        good = False
    if not good:
        raise wrong(f"{written[:60]!r} is no address of the web. Write it whole, beginning with https://.", where=where)
    return written


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or len(str(value)) > MOST_TEXT:
        raise wrong(f"This takes a text of at most {MOST_TEXT:,} characters.", where=name)
    return str(value).strip()


def texts(fields: Fields, name: str, language: str) -> dict[str, str]:
    """Return a text by language: those of `…_translated`, and the plain one in the language of the request where it says
    something else. Languages that are not kept here are passed over, unless there is no other.
    """
    given = mapped(fields.get(f"{name}_translated") or {}, f"{name}_translated")
    if (unknown := set(given) - set(LANGUAGES)) and not set(given) & set(LANGUAGES):
        raise wrong(f"{sorted(unknown)[0][:20]!r} is no language that is kept here; there are {', '.join(LANGUAGES)}.", where=f"{name}_translated")
    found = {code: _text(given, code) for code in given if given[code] and code in LANGUAGES}
    plain = _text(fields, name)
    if plain and plain != choose(found, language)[0]:
        found[language] = plain
    return found


def _listed(value: Any, kind: type[Any], where: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value) if value.strip() else []
        except (msgspec.DecodeError, RecursionError):
            raise wrong("This takes a list.", where=where) from None
    if not isinstance(value, list) or len(value) > MOST_LISTED:
        raise wrong(f"This takes a list of at most {MOST_LISTED}.", where=where)
    if not all(isinstance(each, Mapping) for each in value):
        raise wrong("This takes a list of objects.", where=where)
    return [read(kind, {name: part for name, part in each.items() if part is not None}) for each in value]


def _keywords(fields: Fields, row: DatasetRow, language: str) -> dict[str, tuple[str, ...]]:
    """Return the keywords: those of a tag that has languages already stay there."""
    given = mapped(fields.get("keywords") or {}, "keywords") or row.keywords
    spoken: dict[str, dict[str, None]] = {}
    for code, said in given.items():
        for word in said if code in LANGUAGES and isinstance(said, list | tuple) else ():
            spoken.setdefault(word, {})[code] = None
    if "tags" in fields or "tag_string" in fields:
        words = [each.name for each in _listed(fields.get("tags") or [], _Named, "tags")]
        words += [each.strip() for each in _text(fields, "tag_string").split(",")]
    else:
        words = list(spoken)
    if len(words) > MOST_LISTED or any(not isinstance(word, str) or len(word) > 200 for word in words):
        raise wrong(f"There are at most {MOST_LISTED} tags, each of at most 200 characters.", where="tags")
    found: dict[str, tuple[str, ...]] = {}
    for word in dict.fromkeys(filter(None, words)):
        for code in spoken.get(word, (language,)):
            found[code] = (*found.get(code, ()), word)
    return found


def _groups(call: Call[Any], value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the themes of the European Union, and the groups that were described here, among the groups of a package."""
    themes, groups = [], []
    for each in _listed(value, _Named, "groups"):
        key = each.name or each.id
        if key.upper() in THEMES:
            themes.append(key.upper())
        elif key in store.list_bodies(call.actor, "group"):
            groups.append(key)
        else:
            raise wrong(f"There is no group {key[:60]!r}. See group_list; group_create describes a new one.", where="groups")
    return tuple(dict.fromkeys(themes)), tuple(dict.fromkeys(groups))


def _licence(written: str) -> str:
    key = licence_key("" if written == "notspecified" else written)
    if key == "other" and written.lower() != "other" and "other" not in written.lower():
        raise wrong(f"There is no licence {written[:60]!r}. See license_list: {', '.join(list(LICENCES)[:6])} …", where="license_id")
    return key


def _publisher(call: Call[Any], row: DatasetRow, fields: Fields) -> Publisher | None:
    """Return the publisher that an organisation stands for: the one that the dataset has, one that is known, or one that is named along."""
    key = _text(fields, "owner_org")
    if not key or (row.publisher and row.publisher.key == key):
        return row.publisher if key else None
    names = store.publisher_names(call.actor).get(key)
    given = fields.get("organization")
    if names is None:
        told = store.list_bodies(call.actor, "organization")
        name = key if key in told else str(given.get("name", "")) if isinstance(given, Mapping) and given.get("id") == key else ""
        if name in told:
            return Publisher(name, told[name].title)
        named = read(_Named, {name: part for name, part in given.items() if part is not None}) if isinstance(given, Mapping) else _Named()
        if key not in (named.name, named.id) or not named.title or len(key) > 200 or len(named.title) > 500:
            said = f"There is no organization {key[:60]!r}. See organization_create, or send organization: {{name, title}} along."
            raise wrong(said, where="owner_org")
        key, names = named.name or key, {call.language: named.title}
    return Publisher(key, names)


def _extras(value: Any) -> dict[str, Any]:
    """Return what CKAN has no field for; what we have none for either is passed over."""
    said: dict[str, Any] = {}
    for each in _listed(value, _Extra, "extras"):
        text = str(each.value).strip()[:2000]
        if each.key in _PLAIN:
            said[each.key] = text
        elif each.key in _LISTS:
            said[_LISTS[each.key]] = tuple(part.strip() for part in text.split(",") if part.strip())
        elif each.key in _TIMES and text:
            try:
                time = datetime.fromisoformat(text)
            except ValueError:
                raise wrong(f"{text[:40]!r} is no moment. Write it like 2026-11-20T12:00:00.", where=each.key) from None
            said[each.key] = time if time.tzinfo else time.replace(tzinfo=UTC)
        elif each.key == "area":
            said["area"] = text
        elif each.key == "level":
            if text.upper() not in Level.__members__:
                raise wrong(f"{text[:40]!r} is no level; there are {', '.join(each.name.lower() for each in Level)}.", where="level")
            said["level"] = Level[text.upper()]
    return said
