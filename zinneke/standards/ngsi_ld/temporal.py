"""Entities over time: their attributes as they were observed, or figures by period; and what was observed, appended or taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from zinneke.foundations.observations.attributes import verbs
from zinneke.foundations.observations.attributes.documents import told
from zinneke.foundations.observations.attributes.evolving import FIGURES
from zinneke.foundations.observations.attributes.past import moment
from zinneke.foundations.observations.attributes.values import MEMBERS, Edit, Evolution, Instance, Span, Wanted
from zinneke.kernel.problem import not_found, wrong
from zinneke.kernel.route import Call, Reply
from zinneke.standards.ngsi_ld import attrs, discovering, fragments, recalling, talk, wanted
from zinneke.standards.ngsi_ld.contexts import ROOT, Context
from zinneke.standards.ngsi_ld.discovering import Sought
from zinneke.standards.ngsi_ld.entities import edited
from zinneke.standards.ngsi_ld.forwarding import Question
from zinneke.standards.ngsi_ld.query import depth
from zinneke.standards.ngsi_ld.talk import AskAttribute, AskEntity, Options
from zinneke.standards.ngsi_ld.writing import Writer

TEMPORAL = f"{ROOT}/temporal/entities"
EARLIEST, LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
MOST = 10_000
"""Instances of one attribute in one answer."""
FORMS = ("temporalValues", "aggregatedValues")
INSTANCE = re.compile(r"(.+)/urn:ngsi-ld:Instance:(-?\d{1,17})(?::(.+))?")
"""An attribute and one of its instances in an address: its moment, and its dataset where it has one."""


def _span(asked: Options, needed: bool) -> Span:
    """Return which time is meant. Raises `Problem` 400."""
    rel, at, until = asked.get("timerel"), asked.get("timeAt"), asked.get("endTimeAt")
    if asked.get("timeproperty", "observedAt") not in ("observedAt", "createdAt", "modifiedAt"):
        raise wrong("timeproperty is observedAt, createdAt or modifiedAt.", where="timeproperty")
    if not rel and needed:
        raise wrong("Say which time: timerel=before, after or between, with timeAt.", where="timerel")
    if rel and (rel not in ("before", "after", "between") or not at or (rel == "between") != bool(until)):
        raise wrong("timerel is before or after with timeAt, or between with timeAt and endTimeAt.", where="timerel")
    moment = fragments.moment(at, "timeAt") if at else 0
    start = EARLIEST if rel in ("", "before") else moment + (rel == "after")
    end = moment if rel == "before" else fragments.moment(until, "endTimeAt") if rel == "between" else LATEST
    if start >= end:
        raise wrong("The time is empty: timeAt is not before endTimeAt.", where="endTimeAt")
    last = asked.number("lastN", 0, 1, 1_000_000) if asked.has("lastN") else None
    methods = tuple(asked.words("aggrMethods"))
    if unknown := set(methods) - set(FIGURES):
        raise wrong(f"There is no figure {sorted(unknown)[0][:40]!r}: {', '.join(FIGURES)}.", where="aggrMethods")
    period = asked.get("aggrPeriodDuration")
    origin = start if rel in ("", "before") else moment
    return Span(start=start, end=end, origin=origin, last=last, limit=MOST, methods=methods, period=period)


def _shape(asked: Options, span: Span) -> tuple[Span, str]:
    """Return the span, and in which form it is told: instances, values, or figures. Raises `Problem` 400."""
    words = {*asked.words("options"), *asked.words("format")}
    form = next((each for each in FORMS if each in words), "")
    asked.given = {**asked.given, "options": ",".join(words - set(FORMS) - {"simplified"}), "format": ""}
    if form == "aggregatedValues" and not span.methods:
        raise wrong("aggregatedValues needs aggrMethods.", where="aggrMethods")
    if form != "aggregatedValues" and span.methods:
        raise wrong("aggrMethods goes with options=aggregatedValues.", where="options")
    if form == "aggregatedValues" and span.last:
        raise wrong("Figures are of a whole time, not of the last so many.", where="lastN")
    return span, form or "instances"


def query(call: Call[None]) -> Reply:
    """Ask how entities were over time."""
    asked, context = talk.options(call), talk.linked(call)
    span, form = _shape(asked, _span(asked, needed=True))
    writer, meant = wanted.writer(asked, context), _plain(wanted.from_parameters(asked, context))
    media = talk.accepted(call)
    along = discovering.along(asked, (), meant, context), recalling.from_parameters(asked)
    asked.done()
    return _page(call, asked, context, media, meant, span, form, writer, along)


def query_sent(call: Call[None]) -> Reply:
    """Ask how entities were over time by a query that is sent."""
    asked = talk.options(call)
    sent, context = talk.body(call)
    meant, more = wanted.from_query(sent, asked, context)
    temporal = sent.get("temporalQ") or {}
    if not isinstance(temporal, dict):
        raise wrong("temporalQ is an object.", where="temporalQ")
    more.given |= {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in temporal.items()}
    span, form = _shape(more, _span(more, needed=True))
    writer, media = wanted.writer(more, context), talk.accepted(call)
    along = discovering.along(more, sent.get("entities") or (), meant, context), recalling.sent(call)
    more.done()
    more.given["local"] = asked.given.get("local", "false")
    return _page(call, more, context, media, _plain(meant), span, form, writer, along)


def _plain(meant: Wanted) -> Wanted:
    """Return which entities are meant. Raises `Problem` 400 where that depends on others, of which nothing is told over time."""
    if any(map(depth, meant.where)):
        raise wrong("Over time no conditions follow relationships. Ask /entities for the ids first.", where="q")
    return meant


def _page(
    call: Call[Any],
    asked: Options,
    context: Context,
    media: str,
    meant: Wanted,
    span: Span,
    form: str,
    writer: Writer,
    along: tuple[Sought, Question],
) -> Reply:
    found, evolutions = verbs.evolve(call.actor, meant, span, meant.having)
    headers: dict[str, str] = {}
    if asking := recalling.begin(call, asked, context, recalling.QUERY, span):
        recalled = recalling.queried(asking, *along, meant, found, evolutions, span)
        found, evolutions, headers = recalled.found, recalled.evolutions, dict(recalled.headers)
    headers |= {} if found.count is None else {"NGSILD-Results-Count": str(found.count)}
    if links := talk.page_links(call, TEMPORAL, asked.given, meant.limit, meant.offset, found.more) if not call.body else []:
        headers["Link"] = ", ".join(links)
    shown = [each for each in evolutions if each.entity.attributes or each.figures]
    return _answer(call, context, media, [_document(each, form, writer) for each in shown], shown, span, headers)


def _answer(call: Call[Any], context: Context, media: str, document: Any, evolutions: list[Evolution], span: Span, headers: dict[str, str]) -> Reply:
    """Answer, with 206 and the time that is told when there was more than one answer holds."""
    ends = [each.until for each in evolutions if each.until is not None]
    if not ends:
        return talk.answer(call, context, media, document, headers=headers)
    moments = [each.observed for evolution in evolutions for instances in evolution.entity.attributes.values() for each in instances if each.observed]
    start, end = (max(moments, default=span.end), min(ends)) if span.last else (min(moments, default=span.start), min(ends))
    headers["Content-Range"] = f"DateTime {told(start)}-{told(end)}/{span.last or '*'}"
    return talk.answer(call, context, media, document, 206, headers)


def _document(evolution: Evolution, form: str, writer: Writer) -> dict[str, Any]:
    entity, context = evolution.entity, writer.context
    found: dict[str, Any] = {"id": entity.id, "type": writer.types(entity.types)}
    if entity.scopes:
        found["scope"] = entity.scopes[0] if len(entity.scopes) == 1 else list(entity.scopes)
    if form == "aggregatedValues":
        for (name, dataset), figures in evolution.figures.items():
            made: dict[str, Any] = {"type": "Property"}
            made |= {method: [[value, told(start), told(end)] for value, start, end in rows] for method, rows in figures.items()}
            _put(found, context.compact(name), {**made, **({"datasetId": dataset} if dataset else {})})
        return found
    tell = _values if form == "temporalValues" else _instances
    for name, instances in entity.attributes.items():
        if (writer.only is None or name in writer.only) and name not in writer.without:
            found[context.compact(name)] = tell(instances, writer)
    return found


def _put(found: dict[str, Any], name: str, made: Any) -> None:
    before = found.get(name)
    found[name] = made if before is None else [*(before if isinstance(before, list) else [before]), made]


def _instances(instances: list[Instance], writer: Writer) -> list[Any]:
    made = []
    for each in instances:
        one = writer.instance(each)
        if isinstance(one, dict) and writer.form == "normalized":
            since = {} if each.modified is None else {"modifiedAt": told(each.modified)}
            one = {**one, **({"instanceId": _instance_id(each)} if each.observed else since)}
        made.append(one)
    return made


def _instance_id(instance: Instance) -> str:
    return f"urn:ngsi-ld:Instance:{instance.observed}" + (f":{quote(instance.dataset, safe=':')}" if instance.dataset else "")


def _values(instances: list[Instance], writer: Writer) -> Any:
    """Return pairs of value and moment, for each dataset and kind."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in instances:
        plural = {"value": "values", "object": "objects", "languageMap": "languageMaps", "vocab": "vocabs", "json": "jsons"}
        member = plural.get(MEMBERS[each.kind], f"{MEMBERS[each.kind]}s")
        line = found.setdefault((each.dataset, each.kind), {"type": each.kind, **({"datasetId": each.dataset} if each.dataset else {})})
        value = writer.vocab(each.value) if each.kind == "VocabProperty" else each.value
        line.setdefault(member, []).append([value, told(moment(each))])
    lines = list(found.values())
    return lines[0] if len(lines) == 1 else lines


def read(call: Call[AskEntity]) -> Reply:
    """Read how one entity was over time."""
    asked, context = talk.options(call), talk.linked(call)
    span, form = _shape(asked, _span(asked, needed=False))
    writer = wanted.writer(asked, context)
    names = tuple(context.expand(name) for name in (*asked.words("attrs"), *asked.words("pick")) if name not in wanted.MEMBERS)
    asked.truth("local")
    media = talk.accepted(call)
    asked.done()
    _, evolutions = verbs.evolve(call.actor, Wanted(ids=(call.ask.id,), limit=1), span, names)
    asking = recalling.begin(call, asked, context, recalling.RETRIEVE, span)
    if asking is not None:
        evolutions = recalling.retrieved(asking, call.ask.id, evolutions, span, asked)
    headers = asking.headers if asking is not None else {}
    if not evolutions:
        problem = not_found("entity", call.ask.id)
        problem.headers |= headers
        raise problem
    return _answer(call, context, media, _document(evolutions[0], form, writer), evolutions, span, headers)


def create(call: Call[None]) -> Reply:
    """Create an entity with its attributes over time, or append to one that is there."""
    talk.options(call).done()
    sent, context = talk.body(call)
    if not isinstance(sent, dict):
        raise wrong("An entity is an object.")
    head = fragments.whole({name: value for name, value in sent.items() if name in fragments.IDENTITY}, context)
    first, *later = _rounds(_over_time(sent, context))
    new = edited(call, Edit(id=head.id, new=None, types=head.types, scopes=head.scopes, put=first)).new
    for put in later:
        edited(call, Edit(id=head.id, put=put))
    if new:
        return Reply(status=201, headers={"Location": f"{TEMPORAL}/{quote(head.id, safe=':')}"})
    return Reply(status=204)


def append(call: Call[AskEntity]) -> Reply:
    """Append what was observed of an entity: for each attribute a list of instances, each with its moment."""
    talk.options(call).done()
    sent, context = talk.body(call)
    if not isinstance(sent, dict):
        raise wrong("Attributes are sent as an object.")
    for put in _rounds(_over_time(sent, context)):
        edited(call, Edit(id=call.ask.id, put=put))
    return Reply(status=204)


def _rounds(put: dict[str, list[Instance]]) -> Iterator[dict[str, list[Instance]]]:
    """Yield what is written together: all that is measured, and of the rest one instance after the other, each the past of the next."""
    first = {name: [each for each in instances if each.kind == "Property"] for name, instances in put.items()}
    waiting: list[tuple[str, Instance]] = []
    seen: set[tuple[str, str]] = set()
    for name, instances in put.items():
        for each in sorted((each for each in instances if each.kind != "Property"), key=moment):
            if (name, each.dataset) in seen:
                waiting.append((name, each))
            else:
                first[name].append(each)
                seen.add((name, each.dataset))
    yield {name: instances for name, instances in first.items() if instances}
    yield from ({name: [each]} for name, each in waiting)


def _over_time(sent: dict[str, Any], context: Context) -> dict[str, list[Instance]]:
    """Return what was sent of each attribute. Raises `Problem` 400 for a Property without its moment."""
    put: dict[str, list[Instance]] = {}
    for name, value in sent.items():
        if name in fragments.IDENTITY or name in fragments.SYSTEM:
            continue
        for each in value if isinstance(value, list) else [value]:
            (instance,) = fragments.attribute(name, each, context)
            if instance.value is msgspec.UNSET or (instance.kind == "Property" and instance.observed is None):
                raise wrong(f"{name!r} over time needs a value and observedAt in each instance.", where=name)
            put.setdefault(context.expand(name), []).append(instance)
    if sum(len(each) for each in put.values()) > MOST:
        raise wrong(f"An entity is sent with {MOST:,} instances at the most.")
    return put


def delete(call: Call[AskEntity]) -> Reply:
    """Delete an entity with all that was observed of it."""
    talk.options(call).done()
    verbs.remove_linked(call.actor, call.ask.id)
    return Reply(status=204)


def _meant(call: Call[AskAttribute], context: Context) -> tuple[str, str, int]:
    """Return the attribute, the dataset and the moment of the instance that an address names. Raises `Problem` 404."""
    match = INSTANCE.fullmatch(call.ask.attr)
    if match is None:
        raise not_found("instance", call.ask.attr)
    return context.expand(match[1]), unquote(match[3] or ""), int(match[2])


def change_instance(call: Call[AskAttribute]) -> Reply:
    """Correct what was observed at one moment; what it was before is kept. The moment itself is the instance's key, and stays."""
    talk.options(call).done()
    sent, context = talk.body(call)
    name, dataset, moment = _meant(call, context)
    if not isinstance(sent, dict) or len(sent) != 1 or context.expand(next(iter(sent))) != name:
        raise wrong("The body has the attribute of the address, and no other.", where="body")
    given = next(iter(sent.values()))
    parts = given if isinstance(given, list) else [given]
    if len(parts) != 1:
        raise wrong("An instance is changed by one instance.", where=call.ask.attr)
    (instance,) = fragments.attribute(next(iter(sent)), parts[0], context)
    if instance.observed not in (None, moment) or instance.dataset not in ("", dataset):
        raise wrong("The moment and the dataset of an instance stay. Delete it, and append another.", where="observedAt")
    if instance.value is msgspec.UNSET:
        raise wrong("An instance is changed by another value.", where=call.ask.attr)
    verbs.check_instance(call.actor, call.ask.id, name, dataset, moment)
    instance.observed, instance.dataset = moment, dataset
    edited(call, Edit(id=call.ask.id, put={name: [instance]}))
    return Reply(status=204)


def delete_attribute(call: Call[AskAttribute]) -> Reply:
    """Delete an attribute with its history, or the one instance that the address names."""
    if not INSTANCE.fullmatch(call.ask.attr):
        done = attrs.delete(call)
        verbs.forget_past(call.actor, call.ask.id, talk.linked(call).expand(call.ask.attr))
        return done
    talk.options(call).done()
    name, dataset, moment = _meant(call, talk.linked(call))
    verbs.remove_instance(call.actor, call.ask.id, name, dataset, moment)
    return Reply(status=204)
