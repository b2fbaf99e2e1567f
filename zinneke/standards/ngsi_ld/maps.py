"""Entity maps: which entities a question meant when it was asked, and who has them, so that its pages do not shift. In memory, for minutes."""

from __future__ import annotations

import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.problem import not_found, wrong

HERE = "@none"
"""What stands for the house among those that have an entity."""
MOST, MOST_IDS, MOST_TOGETHER = 200, 10_000, 200_000
"""Maps that are kept, of which the one used longest ago goes first; entities of one, where it is made; and of all that are kept."""
USUAL, LONGEST = timedelta(minutes=10), timedelta(hours=1)
DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?")
_maps: OrderedDict[str, EntityMap] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class EntityMap:
    """One map: whose it is, until when, and the registrations of the sources that have each entity, in the order in which they are told."""

    key: str
    owner: str
    expires: datetime
    entities: Mapping[str, tuple[str, ...]]

    @property
    def document(self) -> dict[str, object]:
        """Return it as it is told."""
        until = self.expires.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        listed = {key: list(each) for key, each in self.entities.items()}
        return {"id": self.key, "type": "EntityMap", "expiresAt": until, "entityMap": listed, "linkedMaps": {}}


def keep(actor: Actor, entities: Mapping[str, tuple[str, ...]], lifetime: timedelta) -> EntityMap:
    """Keep a new map."""
    made = EntityMap(f"urn:ngsi-ld:EntityMap:{uuid.uuid4().hex}", actor.key, datetime.now(UTC) + lifetime, entities)
    with _lock:
        for key in [key for key, each in _maps.items() if each.expires <= datetime.now(UTC)]:
            del _maps[key]
        _maps[made.key] = made
        together = sum(len(each.entities) for each in _maps.values())
        while len(_maps) > 1 and (len(_maps) > MOST or together > MOST_TOGETHER):
            together -= len(_maps.popitem(last=False)[1].entities)
    return made


def find(actor: Actor, key: str) -> EntityMap | None:
    """Return one of one's own maps, None when it is over, or gone."""
    with _lock:
        found = _maps.get(key)
        if found is None or found.owner != actor.key:
            return None
        if found.expires <= datetime.now(UTC):
            del _maps[key]
            return None
        _maps.move_to_end(key)
        return found


def get(actor: Actor, key: str) -> EntityMap:
    """Return one of one's own maps. Raises `Problem` 404."""
    found = find(actor, key)
    if found is None:
        raise not_found("entity map", key)
    return found


def prolong(actor: Actor, key: str, expires: datetime) -> None:
    """Let one of one's own maps end at another moment, an hour from now at the most. Raises `Problem` 404."""
    found = get(actor, key)
    with _lock:
        _maps[key] = replace(found, expires=min(expires, datetime.now(UTC) + LONGEST))


def drop(actor: Actor, key: str) -> None:
    """Forget one of one's own maps. Raises `Problem` 404."""
    get(actor, key)
    with _lock:
        _maps.pop(key, None)


def forget() -> None:
    """Forget all maps."""
    with _lock:
        _maps.clear()


def lifetime(text: str) -> timedelta:
    """Read for how long a map is wanted; it is kept for an hour at the most. Raises `Problem` 400."""
    if not text:
        return USUAL
    match = DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise wrong("entityMapLifetime is a duration of hours, minutes and seconds, such as PT10M.", where="entityMapLifetime")
    hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return min(timedelta(hours=hours, minutes=minutes, seconds=seconds), LONGEST)
