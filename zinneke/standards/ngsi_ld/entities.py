"""Entities: created, read, replaced, merged into, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.values import Edit, Linked, Outcome, Wanted
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import forwarding, fragments, querying, talk, wanted
from zinneke.standards.ngsi_ld import joining as joined
from zinneke.standards.ngsi_ld.contexts import Context
from zinneke.standards.ngsi_ld.editing import Editing, Work, only
from zinneke.standards.ngsi_ld.fragments import Fragment
from zinneke.standards.ngsi_ld.querying import ENTITIES
from zinneke.standards.ngsi_ld.talk import GEO, AskEntity
from zinneke.standards.ngsi_ld.writing import Writer


def edited(call: Call[Any], edit: Edit) -> Outcome:
    """Apply one edit. Raises whatever became of it instead."""
    outcome = verbs.edit_linked(call.actor, [edit])[0]
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def edit_of(found: Fragment, entity: str, **how: Any) -> Edit:
    """Return a fragment as an edit of an entity."""
    return Edit(id=entity, types=found.types, scopes=found.scopes, put=found.attributes, drop=tuple(found.gone), **how)


def create(call: Call[None]) -> Reply:
    """Create an entity with its attributes; what is measured of it becomes its first observations."""
    found = read_new(call)
    edited(call, edit_of(found, found.id, new=True))
    return Reply(status=201, headers={"Location": f"{ENTITIES}/{quote(found.id, safe=':')}"})


def read_new(call: Call[Any]) -> Fragment:
    """Return the entity that is to be created. Raises `Problem` 400."""
    talk.options(call).done()
    return fragments.whole(*talk.body(call))


@dataclass(frozen=True, slots=True)
class Reading:
    """How one entity is to be told: as what, with what it leads to, and with what registered sources hold of it."""

    call: Call[AskEntity]
    context: Context
    writer: Writer
    place: str
    attrs: list[str]
    media: str
    joining: joined.Joining
    asking: forwarding.Asking | None

    def told(self, entity: Linked) -> Reply:
        """Return the answer. Raises `Problem` 404 when it has none of the attributes that are asked for."""
        headers = self.asking.headers if self.asking else {}
        if self.attrs and not any(self.context.expand(name) in entity.attributes for name in self.attrs):
            raise not_found("attribute", ", ".join(self.attrs))
        if self.media == GEO:
            return talk.geojson(self.call, self.context, self.writer.feature(entity, self.place), headers)
        documents = joined.documents(self.call.actor, self.joining, self.writer, [entity])
        return talk.answer(self.call, self.context, self.media, documents if self.joining.way == "flat" else documents[0], headers=headers)


def _reading(call: Call[AskEntity]) -> Reading:
    asked, context = talk.options(call), talk.linked(call)
    joining, place, attrs = joined.read(asked), querying.place_of(asked, context), asked.words("attrs")
    writer, media, asking = wanted.writer(asked, context, joining.level), talk.accepted(call, GEO), forwarding.begin(call, asked, context)
    asked.done()
    return Reading(call, context, writer, place, attrs, media, joining, asking)


def read(call: Call[AskEntity]) -> Reply:
    """Read one entity."""
    reading = _reading(call)
    return reading.told(_read(call, reading.asking))


def recall(call: Call[AskEntity]) -> Reply | None:
    """Read one entity that is in memory, whole; None when anything else must be asked."""
    reading = _reading(call) if talk.at_hand(call) else None
    if reading is None or reading.asking is not None or reading.joining.way:
        return None
    entity = verbs.recall_linked(call.actor, call.ask.id)
    return None if entity is None else reading.told(entity)


def _read(call: Call[AskEntity], asking: forwarding.Asking | None) -> Linked:
    """Return an entity, with what registered sources hold of it. Raises `Problem` 404, which says which source did not answer."""
    if asking is None:
        return verbs.get_linked(call.actor, call.ask.id)
    here = verbs.find_linked(call.actor, Wanted(ids=(call.ask.id,), limit=1)).entities
    whole = forwarding.retrieved(asking, call.ask.id, here[0] if here else None)
    if whole is None:
        problem = not_found("entity", call.ask.id)
        problem.headers |= asking.headers
        raise problem
    return whole


def _same(found: Fragment, entity: str) -> None:
    if not fragments.is_uri(entity):
        raise wrong(f"{entity[:100]!r} is no URI.", where="id")
    if found.id and found.id != entity:
        raise wrong("The id of an entity stays: the body has another than the address.", where="id")


def replace(call: Call[AskEntity]) -> Reply:
    """Replace an entity by what is sent; what is left out is deleted, with what was measured of it."""
    edited(call, edit_of(read_whole(call), call.ask.id, whole=True))
    return Reply(status=204)


def read_whole(call: Call[AskEntity]) -> Fragment:
    """Return what an entity is to be replaced by. Raises `Problem` 400."""
    talk.options(call).done()
    found = fragments.read(*talk.body(call))
    _same(found, call.ask.id)
    if not found.types:
        raise wrong("An entity has a type.", where="type")
    return found


@Editing
def merge(call: Call[AskEntity]) -> Work:
    """Merge what is sent into an entity; `urn:ngsi-ld:null` takes away."""
    asked = talk.options(call)
    moment = fragments.moment(asked.get("observedAt"), "observedAt") if asked.has("observedAt") else None
    form, lang = talk.form(asked)[0], asked.get("lang")
    asked.done()
    sent, context = talk.body(call)
    found = fragments.read(sent, context, simple=form == "simplified")
    _same(found, call.ask.id)
    return only(lambda _: Reply(status=204), edit_of(found, call.ask.id, how="merge", moment=moment, lang=lang))


def delete(call: Call[AskEntity]) -> Reply:
    """Delete an entity with all that was measured of it."""
    read_gone(call)
    verbs.remove_linked(call.actor, call.ask.id)
    return Reply(status=204)


def read_gone(call: Call[AskEntity]) -> None:
    """Read which entity is to be deleted. Raises `Problem` 400."""
    asked = talk.options(call)
    for name in ("type", "local"):
        asked.get(name)
    asked.done()
    if not fragments.is_uri(call.ask.id):
        raise wrong(f"{call.ask.id[:100]!r} is no URI.", where="id")
