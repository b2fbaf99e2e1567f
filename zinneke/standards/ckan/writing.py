"""The actions that write packages and resources: each a step that the catalogue takes, or refuses, whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.tables_of import own_table
from zinneke.foundations.catalogue.values import Dataset, DatasetRow
from zinneke.kernel.confidentiality import Actor, Level
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import shape, tabling
from zinneke.standards.ckan.asking import UPLOAD, Many, Upload, many, read, sent
from zinneke.standards.ckan.describing import Fields, ResourceFields, describe, resource_row
from zinneke.standards.ckan.packages import AskId, find, find_resource

REASON = "Deleted through the CKAN API."


class AskPackage(msgspec.Struct):
    """A package: `name`, `title`, `notes` (also `…_translated`), `tags`, `groups`, `license_id`, `owner_org`, `extras`, `resources`."""

    name: str = ""
    title: str = ""
    id: str = ""
    state: str = ""
    private: bool | None = None


class AskResource(msgspec.Struct):
    """A resource: `package_id`, and `url` or a file `upload`; `name`, `format`, `mimetype`, `size`."""

    id: str = ""
    package_id: str = ""


def package_create(call: Call[Any], ask: AskPackage) -> dict[str, Any]:
    """Describe a new package and publish it at once; with `private` true, or `state` draft, it stays a draft."""
    fields = sent(call)
    if not (ask.name or ask.title or fields.get("title_translated")):
        raise wrong("Missing value", where="name")
    given = dict(fields) if ask.title or fields.get("title_translated") else {**fields, "title": ask.name}
    row = describe(call, DatasetRow(uri=_address(call.actor, fields), title={}, key=ask.name, level=Level.PUBLIC), given)
    try:
        made = store.add_dataset(call.actor, row)
    except Problem as problem:
        raise wrong(problem.detail, where="name") if problem.status in (400, 409) else problem from None
    if ask.private or ask.state == "draft":
        return shape.package(made, call.base, call.language)
    try:
        made = published(call.actor, made)
    except Problem:
        store.delete_draft(call.actor, made.key)
        raise
    return shape.package(made, call.base, call.language)


def _address(actor: Actor, fields: Fields) -> str:
    """Return the address of a package that comes with an identifier of its own, as those of another portal do."""
    given = str(fields.get("id") or "")
    if len(given) != 36 or given.count("-") != 4:
        return ""
    if store.find_by_uri(actor, shape.URN + given):
        raise wrong("There is a package with this id already. Use package_update.", where="id")
    return shape.URN + given


def described(call: Call[Any], held: Dataset, row: DatasetRow, where: str) -> Dataset:
    """Describe a dataset anew; what is refused because something has it already is told of a field."""
    try:
        return store.set_dataset(call.actor, held.key, row, held.etag)
    except Problem as problem:
        raise wrong(problem.detail, where=where) if problem.status == 409 and "identifier" in problem.detail else problem from None


def published(actor: Actor, dataset: Dataset) -> Dataset:
    """Bring a draft to the public, through its review."""
    if dataset.state in ("draft", "withdrawn"):
        dataset = store.submit(actor, dataset.key)
    return dataset if store.needs_second(actor, dataset.key) else store.accept(actor, dataset.key)


def package_update(call: Call[Any], ask: AskPackage) -> dict[str, Any]:
    """Describe a package anew: what is not sent is emptied, apart from its level, its area and the rows that we keep."""
    held = find(call.actor, ask.id or ask.name)
    kept, fields = held.row, sent(call)
    blank = DatasetRow(
        uri=kept.uri, title={}, key=held.key, level=kept.level, area=kept.area, hvd=kept.hvd, series=kept.series, box=kept.box,
        same_as=kept.same_as, modified=kept.modified, publisher=kept.publisher, distributions=kept.distributions, keywords=kept.keywords,
        licence=kept.licence,
    )  # fmt: skip
    empty = {"owner_org": "", "license_id": "", "tags": [], "resources": []}
    given = {**{name: value for name, value in empty.items() if name not in fields}, **fields}
    if not (fields.get("title") or fields.get("title_translated")):
        given["title"] = held.key
    return written(call, ask, held, describe(call, blank, given))


def package_patch(call: Call[Any], ask: AskPackage) -> dict[str, Any]:
    """Change some fields of a package; `private` false, or `state` active, publishes a draft, and `state` deleted withdraws."""
    held = find(call.actor, ask.id or ask.name)
    fields = sent(call)
    if "title" in fields and "title_translated" not in fields:
        fields = {**fields, "title_translated": held.row.title}
    if "notes" in fields and "notes_translated" not in fields:
        fields = {**fields, "notes_translated": held.row.description}
    return written(call, ask, held, describe(call, held.row, fields))


def written(call: Call[Any], ask: AskPackage, held: Dataset, row: DatasetRow) -> dict[str, Any]:
    """Describe a package that was read as a row has it, and bring it where the asker says: to the public, or away from it."""
    if not any(row.title.values()):
        raise wrong("Missing value", where="title")
    if ask.name and ask.id and ask.name not in (held.key, ask.id):
        raise wrong("The name of a package never changes, so that links to it hold.", where="name")
    if held.state == "published" and held.level is Level.PUBLIC and (ask.private or ask.state == "draft"):
        raise wrong("What is published stays so. Withdraw it with package_delete, or say a level in its extras.", where="private")
    made = described(call, held, row, "resources")
    if ask.state == "deleted":
        _deleted(call.actor, made)
        made = store.get_dataset(call.actor, held.key) if made.state == "published" else made
    elif held.state != "published" and not ask.private and ask.state != "draft" and (ask.state == "active" or ask.private is False):
        made = published(call.actor, made)
    return shape.package(made, call.base, call.language)


class AskOwner(msgspec.Struct):
    """A package, and the organisation that it goes to."""

    id: str
    organization_id: str


def package_owner_org_update(call: Call[Any], ask: AskOwner) -> None:
    """Give a package to another organisation."""
    held = find(call.actor, ask.id)
    described(call, held, describe(call, held.row, {"owner_org": ask.organization_id}), "organization_id")


class AskOrder(msgspec.Struct):
    """A package, and its resources in their new order; those that are not named come behind."""

    id: str
    order: Many


def package_resource_reorder(call: Call[Any], ask: AskOrder) -> dict[str, Any]:
    """Put the resources of a package into another order."""
    held, order = find(call.actor, ask.id), many(ask.order)
    ids = shape.resource_ids(held.key, held.row.distributions)
    if len(set(order)) < len(order) or not set(order) <= set(ids):
        raise wrong("Name resources of this package by their ids, each once.", where="order")
    places = {name: place for place, name in enumerate([*order, *(each for each in ids if each not in order)])}
    each = shape.steady(held.key, sorted(zip(ids, held.row.distributions, strict=True), key=lambda pair: places[pair[0]]))
    done = described(call, held, msgspec.structs.replace(held.row, distributions=each), "order")
    return {"id": ask.id, "order": shape.resource_ids(done.key, done.row.distributions)}


def package_delete(call: Call[Any], ask: AskId) -> None:
    """Delete a draft; withdraw a package that was published: its page stays and says so, its rows are closed."""
    _deleted(call.actor, find(call.actor, ask.id))


def _deleted(actor: Actor, dataset: Dataset) -> None:
    if dataset.state == "published":
        store.withdraw(actor, dataset.key, REASON)
    elif dataset.state != "withdrawn":
        store.delete_draft(actor, dataset.key)
    else:  # asked, so that whoever may not edit it is told so
        store.list_turns(actor, dataset.key)


def dataset_purge(call: Call[Any], ask: AskId) -> None:
    """Delete a draft for good. What was published is never gone without a trace: it is withdrawn with package_delete."""
    held = find(call.actor, ask.id)
    if held.state in ("published", "withdrawn"):
        store.list_turns(call.actor, held.key)  # asked, so that whoever may not edit it is told so
        raise wrong("What was published leaves a page that says why it is gone. Withdraw it with package_delete.", where="id")
    store.delete_draft(call.actor, held.key)


def resource_create(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Add a resource: an address elsewhere, or a file whose rows we keep, as the first version of the package's table."""
    if not ask.package_id:
        raise wrong("Missing value", where="package_id")
    held = find(call.actor, ask.package_id)
    fields = sent(call)
    if isinstance(file := fields.get(UPLOAD), Upload):
        return tabling.new_table(call, held, read(ResourceFields, fields), file.content, file.name)
    if not fields.get("url") and not fields.get("name"):
        raise wrong("Missing value: give a url, a file as upload, or a name under which rows come with datastore_create.", where="url")
    made = resource_row(call, read(ResourceFields, fields))
    if made.url and any(each.url == made.url for each in held.row.distributions):
        raise wrong("The package has a resource with this address already.", where="url")
    row = msgspec.structs.replace(held.row, distributions=(*held.row.distributions, made))
    done = described(call, held, row, "id")
    place = len(done.row.distributions) - 1
    return shape.resource(done, place, done.row.distributions[place], call.base, call.language)


def resource_update(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Describe a resource anew; a file as `upload` becomes the next version of the rows that we keep."""
    return _resource(call, ask, whole=True)


def resource_patch(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Change some fields of a resource, or send the next version of its rows as `upload`."""
    return _resource(call, ask, whole=False)


def _resource(call: Call[Any], ask: AskResource, *, whole: bool) -> dict[str, Any]:
    fields = sent(call)
    file = fields.get(UPLOAD)
    if isinstance(file, Upload) and (waiting := tabling.awaited(call, ask.id)):
        return tabling.new_table(call, waiting, ResourceFields(), file.content, file.name)
    held, place = find_resource(call.actor, ask.id)
    before = held.row.distributions[place]
    if isinstance(file, Upload):
        return tabling.next_rows(call, held, place, file.content, file.name)
    if own_table(before.url):
        return _named(call, held, place, fields)
    told = {"url": before.url, "format": before.format, "mimetype": before.media_type, "size": before.bytes}
    kept = {"url": before.url} if whole else told
    made = resource_row(call, read(ResourceFields, {**kept, **fields}), before, held.row.licence)
    ways = shape.identified(held.key, held.row.distributions)
    ways[place] = ways[place][0], made
    done = described(call, held, msgspec.structs.replace(held.row, distributions=shape.steady(held.key, ways)), "id")
    return shape.resource(done, place, done.row.distributions[place], call.base, call.language)


def _named(call: Call[Any], held: Dataset, place: int, fields: Fields) -> dict[str, Any]:
    """Call a resource made from our own rows otherwise: its name is all that can be said of it."""
    before = held.row.distributions[place]
    told = shape.resource(held, place, before, call.base, call.language)
    if other := [name for name in ("url", "format") if name in fields and fields[name] != told[name]]:
        raise wrong("This resource is made from the rows that we keep. Send new rows as upload, or with datastore_upsert.", where=other[0])
    if not fields.get("name"):
        raise wrong("Of rows that we keep, the name can be changed here. Send new rows as upload, or with datastore_upsert.", where="name")
    made = msgspec.structs.replace(before, title={**before.title, call.language: str(fields["name"])[:1000]})
    each = tuple(made if number == place else other for number, other in enumerate(held.row.distributions))
    done = described(call, held, msgspec.structs.replace(held.row, distributions=each), "name")
    return shape.resource(done, place, done.row.distributions[place], call.base, call.language)


def resource_delete(call: Call[Any], ask: AskId) -> None:
    """Take a resource away: an address elsewhere, or a further table, whose rows are closed; the first table goes with its package."""
    held, place = find_resource(call.actor, ask.id)
    table = own_table(held.row.distributions[place].url)
    if table and table != held.key:
        return store.remove_part(call.actor, table, REASON)
    if table:
        raise wrong("These rows are ours, and a version never goes. Withdraw the package with package_delete.", where="id")
    ways = shape.identified(held.key, held.row.distributions)
    described(call, held, msgspec.structs.replace(held.row, distributions=shape.steady(held.key, ways[:place] + ways[place + 1 :])), "id")
    return None


def _elsewhere(name: str, said: str) -> Callable[[Call[Any], Any], Any]:
    def refuse(call: Call[Any], ask: Any) -> Any:
        raise wrong(said)

    refuse.__name__, refuse.__doc__ = name, f"Not done here. {said}"
    return refuse


_SAID = {
    "organization": "Who belongs to an organization is kept with people and their roles, on the page of who may do what.",
    "group": "Packages belong to groups by their own groups; people do not.",
    "tag": "Tags are the keywords of the datasets: they come and go with them. Name them in tags of a package.",
    "vocabulary": "There are no vocabularies of tags here: tags are the keywords of the datasets.",
    "resource_view": "A table has its page, with map, figures and frames for other pages; views come and go with the table.",
}
REFUSED = tuple(
    _elsewhere(f"{what}_{verb}", said)
    for what, said in _SAID.items()
    for verb in (("member_create", "member_delete") if what in ("organization", "group") else ("create", "update", "delete"))
) + tuple(_elsewhere(f"resource_view_{verb}", _SAID["resource_view"]) for verb in ("reorder", "clear"))
"""The actions of CKAN that have no place here, each with the sentence that says where such things come from."""
