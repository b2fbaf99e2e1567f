"""The actions that write packages and resources: each a step that the catalogue takes, or refuses, whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import Dataset, DatasetRow, Distribution
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import Actor, Level
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import Call
from zinneke.standards.ckan import shape
from zinneke.standards.ckan.asking import UPLOAD, Upload, read, sent
from zinneke.standards.ckan.describing import Fields, ResourceFields, describe, ours, resource_row
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


def published(actor: Actor, dataset: Dataset) -> Dataset:
    """Bring a draft to the public, through its review."""
    if dataset.state in ("draft", "withdrawn"):
        dataset = store.submit(actor, dataset.key)
    return store.accept(actor, dataset.key)


def package_update(call: Call[Any], ask: AskPackage) -> dict[str, Any]:
    """Describe a package anew: what is not sent is emptied, apart from its level, its area and the rows that we keep."""
    held = find(call.actor, ask.id or ask.name)
    kept = held.row
    blank = DatasetRow(
        uri=kept.uri, title={}, key=held.key, level=kept.level, area=kept.area, hvd=kept.hvd, series=kept.series, box=kept.box,
        same_as=kept.same_as, modified=kept.modified, publisher=kept.publisher, distributions=kept.distributions, keywords=kept.keywords,
    )  # fmt: skip
    fields = sent(call)
    empty = {"owner_org": "", "tags": [], "resources": []}
    given = {**{name: value for name, value in empty.items() if name not in fields}, **fields}
    if not (fields.get("title") or fields.get("title_translated")):
        given["title"] = held.key
    return _described(call, ask, held, describe(call, blank, given))


def package_patch(call: Call[Any], ask: AskPackage) -> dict[str, Any]:
    """Change some fields of a package; `private` false, or `state` active, publishes a draft, and `state` deleted withdraws."""
    held = find(call.actor, ask.id or ask.name)
    fields = sent(call)
    if "title" in fields and "title_translated" not in fields:
        fields = {**fields, "title_translated": held.row.title}
    if "notes" in fields and "notes_translated" not in fields:
        fields = {**fields, "notes_translated": held.row.description}
    return _described(call, ask, held, describe(call, held.row, fields))


def _described(call: Call[Any], ask: AskPackage, held: Dataset, row: DatasetRow) -> dict[str, Any]:
    if not any(row.title.values()):
        raise wrong("Missing value", where="title")
    if ask.name and ask.id and ask.name not in (held.key, ask.id):
        raise wrong("The name of a package never changes, so that links to it hold.", where="name")
    if held.state == "published" and held.level is Level.PUBLIC and (ask.private or ask.state == "draft"):
        raise wrong("What is published stays so. Withdraw it with package_delete, or say a level in its extras.", where="private")
    made = store.set_dataset(call.actor, held.key, row, held.etag)
    if ask.state == "deleted":
        _deleted(call.actor, made)
        made = store.get_dataset(call.actor, held.key) if made.state == "published" else made
    elif held.state != "published" and not ask.private and ask.state != "draft" and (ask.state == "active" or ask.private is False):
        made = published(call.actor, made)
    return shape.package(made, call.base, call.language)


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


def resource_create(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Add a resource: an address elsewhere, or a file whose rows we keep, as the first version of the package's table."""
    if not ask.package_id:
        raise wrong("Missing value", where="package_id")
    held = find(call.actor, ask.package_id)
    fields = sent(call)
    if isinstance(file := fields.get(UPLOAD), Upload):
        if held.versioned:
            raise wrong(f"{held.key} has its rows already. Send the next version with resource_update, id {held.key}.csv.", where=UPLOAD)
        return kept_rows(call, held, file.content, file.name)
    if not fields.get("url"):
        raise wrong("Missing value: give a url, or a file as upload. Rows alone go to datastore_create.", where="url")
    made = resource_row(call, read(ResourceFields, {**fields, "id": ""}))
    if any(each.url == made.url for each in held.row.distributions):
        raise wrong("The package has a resource with this address already.", where="url")
    row = msgspec.structs.replace(held.row, distributions=(*held.row.distributions, made))
    done = store.set_dataset(call.actor, held.key, row, held.etag)
    place = next(place for place, each in enumerate(done.row.distributions) if each.url == made.url)
    return shape.resource(done, place, done.row.distributions[place], call.base, call.language)


def resource_update(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Describe a resource anew; a file as `upload` becomes the next version of the rows that we keep."""
    return _resource(call, ask, whole=True)


def resource_patch(call: Call[Any], ask: AskResource) -> dict[str, Any]:
    """Change some fields of a resource, or send the next version of its rows as `upload`."""
    return _resource(call, ask, whole=False)


def _resource(call: Call[Any], ask: AskResource, *, whole: bool) -> dict[str, Any]:
    held, place = find_resource(call.actor, ask.id)
    before, fields = held.row.distributions[place], sent(call)
    own = ours(call, held.row, ResourceFields(url=before.url))
    if isinstance(file := fields.get(UPLOAD), Upload):
        if not own:
            raise wrong("This resource is an address elsewhere. Send a file with resource_create.", where=UPLOAD)
        return kept_rows(call, held, file.content, file.name)
    if own:
        raise wrong("This resource is made from the rows that we keep. Send new rows as upload, or with datastore_upsert.", where="id")
    told = {"url": before.url, "format": before.format, "mimetype": before.media_type, "size": before.bytes}
    kept = {"url": before.url} if whole else told
    made = resource_row(call, read(ResourceFields, {**kept, **fields}), before)
    each = tuple(made if number == place else other for number, other in enumerate(held.row.distributions))
    done = store.set_dataset(call.actor, held.key, msgspec.structs.replace(held.row, distributions=each), held.etag)
    return shape.resource(done, place, done.row.distributions[place], call.base, call.language)


def resource_delete(call: Call[Any], ask: AskId) -> None:
    """Take a resource away that is an address elsewhere; rows that we keep go with their package."""
    held, place = find_resource(call.actor, ask.id)
    if ours(call, held.row, ResourceFields(url=held.row.distributions[place].url)):
        raise wrong("These rows are ours, and a version never goes. Withdraw the package with package_delete.", where="id")
    left = tuple(each for number, each in enumerate(held.row.distributions) if number != place)
    store.set_dataset(call.actor, held.key, msgspec.structs.replace(held.row, distributions=left), held.etag)


def kept_rows(call: Call[Any], held: Dataset, content: bytes, name: str, columns: tuple[ColumnSpec, ...] = ()) -> dict[str, Any]:
    """Keep a file as the next version of a package's rows; columns in which people are recognised stay closed."""
    store.list_turns(call.actor, held.key)  # whoever may not edit it is told so before anything is read
    before = tables.find_version(call.actor, held.key) if held.versioned else None
    if before is not None and before.treatments:
        raise wrong("Columns of these rows were treated before they were published. Publish the next version in the browser.", where=UPLOAD)
    spec = Spec(name=name[:200], level=held.level, area=held.area, licence=held.row.licence, columns=columns)
    try:
        store.set_rows(call.actor, held.key, content, tables.check_closed(call.actor, content, spec))
    except Problem as problem:
        raise wrong(problem.detail, where=UPLOAD) if problem.status in (400, 409, 413, 415, 422) else problem from None
    done = store.get_dataset(call.actor, held.key)
    found: list[tuple[int, Distribution]] = [
        (place, each) for place, each in enumerate(done.row.distributions) if shape.resource_id(done.key, place, each) == f"{done.key}.csv"
    ]
    return shape.resource(done, *found[0], call.base, call.language)


def _elsewhere(name: str, said: str) -> Callable[[Call[Any], Any], Any]:
    def refuse(call: Call[Any], ask: Any) -> Any:
        raise wrong(said)

    refuse.__name__, refuse.__doc__ = name, f"Not done here. {said}"
    return refuse


_SAID = {
    "organization": "Organizations are the publishers of the datasets: they come and go with them. Name one in owner_org.",
    "group": "Groups are the data themes of the European Union, which nobody changes here. Name them in groups of a package.",
    "tag": "Tags are the keywords of the datasets: they come and go with them. Name them in tags of a package.",
    "vocabulary": "There are no vocabularies of tags here: tags are the keywords of the datasets.",
}
REFUSED = tuple(
    _elsewhere(f"{what}_{verb}", said)
    for what, said in _SAID.items()
    for verb in ("create", "update", "patch", "delete", "purge", "member_create", "member_delete")
    if what in ("organization", "group") or verb in ("create", "update", "delete")
)
"""The actions of CKAN that have no place here, each with the sentence that says where such things come from."""
