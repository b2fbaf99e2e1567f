"""Entities written ahead as JSON with holes where what is measured goes, so that a page of them is only filled and joined."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from zinneke.foundations.observations.entities import asking, newest, sets
from zinneke.foundations.observations.entities.newest import Listed
from zinneke.foundations.observations.values import Answered, Entity
from zinneke.standards.sensorthings import document
from zinneke.standards.sensorthings.document import Writer
from zinneke.standards.sensorthings.options import Options, write_token

encoder = msgspec.json.Encoder()
_HOLE = re.compile(rb"\x00([PO])(\d+)\.(\d+)\x00")
"""A hole: of which kind, of which selection of observations, of which stream. JSON has no such bytes."""
Path = tuple[str, ...]


def plain(options: Options) -> Options:
    """Return options without the observations that they expand."""
    inner = {name: plain(each) for name, each in (options.expand or {}).items() if name != "Observations"}
    return replace(options, expand=inner or None)


def observations(options: Options, path: Path = ()) -> Iterator[tuple[Path, Options]]:
    """Yield where observations are expanded, and with which options."""
    for name, inner in (options.expand or {}).items():
        if name == "Observations":
            yield (*path, name), inner
        else:
            yield from observations(inner, (*path, name))


class Observation:
    """The newest observation of a stream as JSON, for one selection of its properties."""

    def __init__(self, root: str, options: Options) -> None:
        self._writer, self._options = Writer(root), options
        self._forms: dict[tuple[str | None, bool], bytes] = {}

    def write(self, stream: int, time: int, value: float, quality: int, more: bool) -> bytes:
        """Return the list with the one observation, and the link to the earlier ones where there are `more`."""
        told = newest.QUALITIES.get(quality)
        form = self._forms.get((told, more))
        if form is None:
            form = self._forms[told, more] = self._form(told, more)
        token = base64.urlsafe_b64encode(b"[%d,%d,%d]" % (time, stream, time)).rstrip(b"=") if more else b""
        return form % {
            b"n": b"%d.%d" % (stream, time),
            b"s": b"%d" % stream,
            b"m": asking.moment(time).encode(),
            b"r": b"null" if math.isnan(value) else encoder.encode(value),
            b"k": token,
        }

    def _form(self, quality: str | None, more: bool) -> bytes:
        """Return the same with names in the places of what changes, written as every observation is."""
        result, told = msgspec.Raw(b"\x01R"), msgspec.Raw(quality.encode()) if quality else None
        values = {"phenomenonTime": "\x01M", "result": result, "resultTime": None, "resultQuality": told, "validTime": None, "parameters": None}
        made = b"[%b]" % encoder.encode(self._writer.entity("Observations", Entity("\x01N", values), self._options))
        if more:
            link = document.next_link(f"{self._writer.root}/Datastreams(\x01S)/Observations", self._options, ())
            link = link.removesuffix(write_token(())) + "\x01K"
            made += b"," + encoder.encode({"Observations@iot.nextLink": link})[1:-1]
        made = made.replace(b"%", b"%%").replace(b"\x01R", b"%(r)b")
        for mark, name in (("N", b"%(n)b"), ("S", b"%(s)b"), ("M", b"%(m)b"), ("K", b"%(k)b")):
            made = made.replace(b"\\u0001" + mark.encode(), name)
        return made


@dataclass(slots=True)
class Prepared:
    """One entity: `pieces` with `holes` between, of which streams, and which of them had been heard of. `filled` is it as it stood at `seen`."""

    id: int
    pieces: list[bytes]
    holes: list[tuple[bytes, int, int]]
    streams: list[int]
    heard: list[bool]
    filled: bytes = b""
    seen: list[int] | None = None

    @property
    def size(self) -> int:
        """Return about how many bytes of memory it takes."""
        return 2 * sum(len(piece) for piece in self.pieces) + 1_000 * (1 + len(self.streams))

    def fill(self, stood: Listed, at: int, variants: Sequence[Observation]) -> bool:
        """Put what stands from `at` on into the holes; False when a stream was heard of that had not been, or the other way round."""
        end = at + len(self.streams)
        if stood.changed[at:end] == self.seen:
            return True
        if [count > 0 for count in stood.rows[at:end]] != self.heard:
            return False
        parts = [self.pieces[0]]
        for (kind, variant, place), piece in zip(self.holes, self.pieces[1:], strict=True):
            one = at + place
            if kind == b"P":
                parts.append(b'"%b"' % (asking.period(stood.first[one], stood.last[one]) or "").encode())
            elif not stood.rows[one]:
                parts.append(b"[]")
            else:
                row = (self.streams[place], stood.last[one], stood.values[one], stood.qualities[one], stood.rows[one] > 1)
                parts.append(variants[variant].write(*row))
            parts.append(piece)
        self.filled, self.seen = b"".join(parts), stood.changed[at:end]
        return True


class Preparing:
    """Writes entities of one set with holes; `places` says of which selection the observations at each place are."""

    def __init__(self, root: str, set_name: str, options: Options, places: dict[Path, int]) -> None:
        self._writer, self._set, self._options, self._places = Writer(root), set_name, options, places

    def prepare(self, entity: Entity) -> Prepared:
        """Return one entity, prepared."""
        heard: dict[int, bool] = {}
        self._mark(self._set, entity, self._options, heard)
        made = self._writer.entity(self._set, entity, self._options)
        self._hollow(made, entity, self._options, ())
        first, *rest = _HOLE.split(encoder.encode(made))
        streams = list(heard)
        holes = [(rest[at], int(rest[at + 1]), streams.index(int(rest[at + 2]))) for at in range(0, len(rest), 4)]
        return Prepared(int(entity.id), [first, *rest[3::4]], holes, streams, list(heard.values()))

    def _mark(self, set_name: str, entity: Entity, options: Options, heard: dict[int, bool]) -> None:
        """Put marks in the places of what is measured, and where observations will be, none."""
        if set_name == "Datastreams":
            number = int(entity.id)
            heard[number] = entity.values["phenomenonTime"] is not None
            if heard[number]:
                entity.values["phenomenonTime"] = msgspec.Raw(b"\x00P0.%d\x00" % number)
        for name, inner in (options.expand or {}).items():
            if name == "Observations":
                entity.linked[name] = Answered(name, [])
                continue
            for each in _linked(entity, name):
                self._mark(sets.get_link(set_name, name).target, each, inner, heard)

    def _hollow(self, made: dict[str, Any], entity: Entity, options: Options, path: Path) -> None:
        """Put marks in the places of observations."""
        for name, inner in (options.expand or {}).items():
            here = (*path, name)
            if name == "Observations":
                made[name] = msgspec.Raw(b"\x00O%d.%d\x00" % (self._places[here], int(entity.id)))
            elif name in made:
                inside = made[name] if isinstance(made[name], list) else [made[name]]
                for document_, each in zip(inside, _linked(entity, name), strict=True):
                    self._hollow(document_, each, inner, here)


def _linked(entity: Entity, name: str) -> list[Entity]:
    found = entity.linked.get(name)
    return [] if found is None else found.entities if isinstance(found, Answered) else [found]
