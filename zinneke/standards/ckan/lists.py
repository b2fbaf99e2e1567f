"""The actions about what packages belong to: organisations (publishers), groups (the EU's themes), tags, licences, formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Dataset
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES
from zinneke.foundations.catalogue.wanted import Coded, CodedField, Every
from zinneke.foundations.catalogue.words import fold
from zinneke.kernel.confidentiality import Actor, Level, Right, reach
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import shape
from zinneke.standards.ckan.asking import Many, many
from zinneke.standards.ckan.packages import MOST, WHOLE, AskActivity, AskPrefix, Start, changed

Whole = dict[str, Any]
_SORTS = ("name", "title", "package_count", "packages")


class AskPlaces(msgspec.Struct):
    """A list of organisations or groups: names, or with `all_fields` each whole."""

    all_fields: bool = False
    sort: str = "title asc"
    order_by: str = ""
    limit: Annotated[int, msgspec.Meta(ge=0)] | None = None
    offset: Start = 0
    organizations: Many = ""
    groups: Many = ""
    include_dataset_count: bool = True
    permission: str = ""
    id: str = ""


class AskPlace(msgspec.Struct):
    """One organisation, group or tag by its name; with `include_datasets` its packages too."""

    id: str
    include_datasets: bool = False
    include_dataset_count: bool = True
    limit: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = 10


class AskTags(msgspec.Struct):
    """A list of tags: those that contain `query`, all without one."""

    query: str = ""
    vocabulary_id: str = ""
    all_fields: bool = False


class AskTagSearch(msgspec.Struct):
    """A search of tags: those that contain every word of `query` (or `q`)."""

    query: Many = ""
    q: Many = ""
    vocabulary_id: str = ""
    limit: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = MOST
    offset: Start = 0


class AskMembers(msgspec.Struct):
    """The packages of an organisation or a group: `object_type` may be `package` alone."""

    id: str
    object_type: str = "package"
    capacity: str = ""
    limit: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = MOST
    offset: Start = 0


def counts(actor: Actor, field: CodedField) -> dict[str, int]:
    """Return each value of a field with the number of packages that have it, as far as the actor may see."""
    return dict(store.select(actor, WHOLE, limit=0, counted=(field,), most=0).counts[field])


def _organisations(call: Call[Any]) -> dict[str, Whole]:
    names, told, counted = store.publisher_names(call.actor), store.list_bodies(call.actor, "organization"), counts(call.actor, "publisher")

    def shown(key: str) -> Whole:
        body = told.get(key)
        title, said = (body.title, body.description) if body else (names.get(key, {}), {})
        return shape.organisation(key, title, call.language, counted.get(key, 0), said)

    return {key: shown(key) for key in {**counted, **told}}


def _groups(call: Call[Any]) -> dict[str, Whole]:
    counted, told = counts(call.actor, "theme"), store.list_bodies(call.actor, "group")
    known = {**dict.fromkeys(THEMES), **counted, **told}
    return {each.lower(): shape.group(each, call.language, counted.get(each, 0), told.get(each)) for each in known}


def _listed(ask: AskPlaces, found: Mapping[str, Whole], named: list[str]) -> list[Any]:
    name, _, way = (ask.sort or ask.order_by).strip().partition(" ")
    if name not in _SORTS or way.strip() not in ("", "asc", "desc"):
        raise wrong(f"Cannot sort by field {name[:60]!r}. Sort by {', '.join(_SORTS)}.", where="sort")
    field = "package_count" if name == "packages" else name
    kept = sorted((each for each in found.values() if not named or each["name"] in named), key=lambda each: each["name"])
    kept.sort(key=lambda each: fold(each[field]) if isinstance(each[field], str) else each[field], reverse=way.strip() == "desc")
    page = kept[ask.offset : None if ask.limit is None else ask.offset + ask.limit]
    return page if ask.all_fields else [each["name"] for each in page]


def organization_list(call: Call[Any], ask: AskPlaces) -> list[Any]:
    """List the organisations that publish."""
    return _listed(ask, _organisations(call), many(ask.organizations))


def group_list(call: Call[Any], ask: AskPlaces) -> list[Any]:
    """List the groups: the data themes of the European Union."""
    return _listed(ask, _groups(call), many(ask.groups))


def organization_list_for_user(call: Call[Any], ask: AskPlaces) -> list[Any]:
    """List the organisations for which the asker may publish: all for whoever may edit the catalogue everywhere, else their own."""
    everywhere = reach(call.actor, Right.EDIT, store.SUBJECT).allows(0)  # type: ignore[arg-type]
    found = {} if not call.actor.known else _organisations(call)
    own = {key: {**each, "capacity": "editor"} for key, each in found.items() if everywhere or key == call.actor.organisation}
    return _listed(msgspec.structs.replace(ask, all_fields=True), own, [])


def organization_show(call: Call[Any], ask: AskPlace) -> Whole:
    """Show an organisation."""
    return _shown(call, ask, _organisations(call).get(ask.id), Coded("publisher", (ask.id,)), "organization")


def group_show(call: Call[Any], ask: AskPlace) -> Whole:
    """Show a group."""
    return _shown(call, ask, _groups(call).get(ask.id.lower()), Coded("theme", (ask.id.upper(), ask.id)), "group")


def _shown(call: Call[Any], ask: AskPlace, found: Whole | None, wanted: Coded, what: str) -> Whole:
    if found is None:
        raise not_found(what, ask.id)
    whole = {**found, "users": [], "tags": [], "groups": [], "extras": []}
    if ask.include_datasets:
        page = store.select(call.actor, Every((wanted, WHOLE)), ("-changed",), call.language, ask.limit)
        whole["packages"] = [shape.package(each, call.base, call.language) for each in page.datasets]
    return whole


def tag_list(call: Call[Any], ask: AskTags) -> list[Any]:
    """List tags in alphabetical order."""
    if ask.vocabulary_id:
        raise not_found("vocabulary", ask.vocabulary_id)
    part = fold(ask.query)
    found = sorted(word for word in counts(call.actor, "keyword") if part in fold(word))
    return [shape.tag(word) for word in found] if ask.all_fields else found


def tag_search(call: Call[Any], ask: AskTagSearch) -> Whole:
    """Find tags, and say how many there are."""
    parts = [fold(each) for each in (*many(ask.query), *many(ask.q))]
    words = sorted(word for word in counts(call.actor, "keyword") if not ask.vocabulary_id and all(part in fold(word) for part in parts))
    return {"count": len(words), "results": [shape.tag(word) for word in words[ask.offset : ask.offset + ask.limit]]}


def group_package_show(call: Call[Any], ask: AskMembers) -> list[Whole]:
    """List the packages of a group, those that changed last first."""
    return [shape.package(each, call.base, call.language) for each in _members(call, ask, _groups(call).get(ask.id.lower()))]


def member_list(call: Call[Any], ask: AskMembers) -> list[list[str]]:
    """List the packages of an organisation or a group by id, each with the word public or private; people are not told."""
    found = _organisations(call).get(ask.id) or _groups(call).get(ask.id.lower())
    if ask.object_type not in ("", "package") and found is not None:
        return []
    page = _members(call, ask, found)
    told = [[shape.package_id(each), "package", "public" if each.level is Level.PUBLIC else "private"] for each in page]
    return [each for each in told if ask.capacity in ("", each[2])]


def _members(call: Call[Any], ask: AskMembers, found: Whole | None) -> tuple[Dataset, ...]:
    if found is None:
        raise not_found("group", ask.id)
    wanted = Coded("publisher", (ask.id,)) if found.get("is_organization") else Coded("theme", (ask.id.upper(), ask.id))
    return store.select(call.actor, Every((wanted, WHOLE)), ("-changed",), call.language, ask.limit, ask.offset).datasets


def organization_activity_list(call: Call[Any], ask: AskActivity) -> list[Whole]:
    """List which packages of an organisation came or changed last."""
    return _changed(call, ask, _organisations(call).get(ask.id))


def group_activity_list(call: Call[Any], ask: AskActivity) -> list[Whole]:
    """List which packages of a group came or changed last."""
    return _changed(call, ask, _groups(call).get(ask.id.lower()))


def _changed(call: Call[Any], ask: AskActivity, found: Whole | None) -> list[Whole]:
    return [changed(each) for each in _members(call, AskMembers(ask.id, limit=ask.limit, offset=ask.offset), found)]


def tag_show(call: Call[Any], ask: AskPlace) -> Whole:
    """Show a tag."""
    wanted = Every((Coded("keyword", (ask.id,)), WHOLE))
    found = store.select(call.actor, wanted, ("-changed",), call.language, ask.limit if ask.include_datasets else 0)
    if not found.total:
        raise not_found("tag", ask.id)
    packages = {"packages": [shape.package(each, call.base, call.language) for each in found.datasets]} if ask.include_datasets else {}
    return {**shape.tag(ask.id), **packages}


def tag_autocomplete(call: Call[Any], ask: AskPrefix) -> list[str]:
    """Return tags to offer while somebody types: those that begin so first."""
    return _offered(ask, {word: word for word in counts(call.actor, "keyword")})


def organization_autocomplete(call: Call[Any], ask: AskPrefix) -> list[Whole]:
    """Return organisations to offer while somebody types."""
    return _places(ask, _organisations(call))


def group_autocomplete(call: Call[Any], ask: AskPrefix) -> list[Whole]:
    """Return groups to offer while somebody types."""
    return _places(ask, _groups(call))


def _places(ask: AskPrefix, found: Mapping[str, Whole]) -> list[Whole]:
    offered = _offered(ask, {key: f"{each['title']} {key}" for key, each in found.items()})
    return [{name: found[key][name] for name in ("id", "name", "title")} for key in offered]


def _offered(ask: AskPrefix, words: Mapping[str, str]) -> list[str]:
    part = fold(ask.typed.strip())
    if not part:
        return []
    holding = ((fold(text), key) for key, text in words.items())
    found = sorted((not text.startswith(part), text, key) for text, key in holding if part in text)
    return [key for _begins, _text, key in found[ask.offset : ask.offset + ask.limit]]


def format_autocomplete(call: Call[Any], ask: AskPrefix) -> list[str]:
    """Return formats to offer while somebody types, the most frequent first."""
    part = ask.typed.strip().lower()
    names = ((FORMATS[key].name.lower() if key in FORMATS else key) for key in counts(call.actor, "format"))
    return [name for name in names if part and part in name][: ask.limit]


def license_list(call: Call[Any], ask: AskPlaces) -> list[Whole]:
    """List the licences that packages may have."""
    return [shape.licence(key, call.language) for key in LICENCES]


def vocabulary_list(call: Call[Any], ask: AskPlaces) -> list[Whole]:
    """List the vocabularies of tags: there is none, tags are free."""
    return []
