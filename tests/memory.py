"""What a process keeps in memory, forgotten between tests: each has records of its own."""

from __future__ import annotations

from zinneke.foundations.catalogue import shelf
from zinneke.foundations.devices import campaigns
from zinneke.foundations.identity import memory
from zinneke.foundations.observations import arrivals, pace, register
from zinneke.foundations.observations.alerting import records as rules
from zinneke.foundations.observations.alerting import watching
from zinneke.foundations.subscriptions import waiting
from zinneke.foundations.tables import ahead, tiling, versions
from zinneke.office.publishing import counting, voices
from zinneke.office.scenarios import limits, running
from zinneke.standards.ngsi_ld import contexts, forwarding, maps
from zinneke.standards.sensorthings import latest
from zinneke.web import live, standing


def forget() -> None:
    """Forget actors, things, versions, tiles, the index, uses counted, who waits, who asked how often, and how solutions stood."""
    rooms = (
        memory.forget,
        arrivals.forget,
        campaigns.forget,
        pace.forget,
        register.forget,
        watching.forget,
        rules.declared.cache_clear,
        versions.forget,
        tiling.forget,
        shelf.forget,
        counting.forget,
        voices.forget_pace,
        limits.forget,
        waiting.forget,
        contexts.forget,
        forwarding.forget,
        maps.forget,
        latest.forget,
        ahead.forget,
    )
    for each in rooms:
        each()
    for kept in (running._memory, live._held, standing._kept):
        kept.clear()
