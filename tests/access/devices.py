"""The world of the devices: one for each item, registered in its area, as confidential as it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.access.cast import ITEMS, Item, Somebody
from tests.access.doors import Door, changes, lists, opens, plain
from tests.access.observations import refused
from zinneke.foundations.devices import campaigns, certificates, models, store
from zinneke.foundations.devices.values import Campaign, DeviceRow
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

ROOM = "zinneke.foundations.devices.store"
CERTIFICATES = "zinneke.foundations.devices.certificates"
CAMPAIGNS = "zinneke.foundations.devices.campaigns"
HANDLED: dict[str, str] = {}


def row(item: Item, **other: Any) -> DeviceRow:
    """Return a planted device, or the same otherwise."""
    return DeviceRow(**{"name": item.mark, "kind": item.mark, "area": item.area, "level": item.level, **other})


def plant() -> None:
    """Plant the items: a device and a campaign for each."""
    for item in ITEMS:
        store.register(SYSTEM, row(item))
        campaigns.set_campaign(SYSTEM, campaign(item))


def campaign(item: Item, **other: Any) -> Campaign:
    """Return a planted campaign, or the same otherwise."""
    text = dict.fromkeys(("fr", "nl", "en"), item.mark)
    planted = {"key": item.mark, "name": text, "about": text, "reading": text, "low": 0, "high": 1, "area": item.area, "level": item.level}
    return Campaign(**{**planted, "starts": date(2026, 1, 1), "ends": date(2126, 1, 1), **other})


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    plant()
    return [
        lists(f"{ROOM}.list_devices", lambda who: plain(store.list_devices(who.actor))),
        opens(f"{ROOM}.get_device", lambda who, item: plain(store.get_device(who.actor, item.mark))),
        lists(f"{CAMPAIGNS}.list_kept", lambda who: plain(campaigns.list_kept(who.actor)), edits=True),
        opens(f"{CAMPAIGNS}.get_kept", lambda who, item: plain(campaigns.get_kept(who.actor, item.mark)), edits=True),
        opens(f"{CAMPAIGNS}.list_takings", lambda who, item: campaigns.list_takings(who.actor, item.mark) == []),
        lists(f"{CAMPAIGNS}.list_campaigns", lambda who: plain(campaigns.list_campaigns(who.actor))),
        opens(f"{CAMPAIGNS}.get_campaign", lambda who, item: plain(campaigns.get_campaign(who.actor, item.mark))),
    ]


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, each restored after a knock."""
    plant()
    fresh = itertools.count()

    def again(item: Item) -> None:
        models.Device.objects.filter(name__startswith=item.mark).delete()
        store.register(SYSTEM, row(item))

    def on(name: str, act: Callable[[Somebody, Item], Any]) -> Door:
        return changes(f"{ROOM}.{name}", lambda who, item: act(who, item) or True, again)

    return [
        on("register", lambda who, item: store.register(who.actor, row(item, name=f"{item.mark}-{next(fresh)}"))),
        on("set_device", lambda who, item: store.set_device(who.actor, row(item, kind="another"))),
        on("add_key", lambda who, item: store.add_key(who.actor, item.mark)),
        on("revoke_key", lambda who, item: store.revoke_key(who.actor, item.mark, _key(item))),
        changes(f"{CERTIFICATES}.add_certificate", lambda who, item: certificates.add_certificate(who.actor, item.mark, _fresh()), again),
        changes(f"{CERTIFICATES}.revoke_certificate", _revoke_certificate, again),
        on("revoke", lambda who, item: store.revoke(who.actor, item.mark)),
        on("restore", lambda who, item: store.restore(who.actor, item.mark)),
        changes(
            f"{CAMPAIGNS}.declare",
            lambda who, item: campaigns.declare(who.actor, campaign(item, key=f"{item.mark}-{next(fresh)}")),
            lambda item: None,
        ),
        changes(f"{CAMPAIGNS}.set_campaign", lambda who, item: campaigns.set_campaign(who.actor, campaign(item, high=2)), lambda item: None),
    ]


def _fresh() -> str:
    return secrets.token_hex(32)


def _revoke_certificate(who: Somebody, item: Item) -> bool:
    made = certificates.add_certificate(SYSTEM, item.mark, _fresh())
    try:
        certificates.revoke_certificate(who.actor, item.mark, made.id)
    except Problem:
        certificates.revoke_certificate(SYSTEM, item.mark, made.id)
        raise
    return True


def _key(item: Item) -> int:
    return store.get_device(SYSTEM, item.mark).keys[0].id


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()
    return [
        lists("GET /api/devices", lambda who: ask(who, "/api/devices").content),
        opens("GET /api/devices/{name}", lambda who, item: ask(who, f"/api/devices/{item.mark}")),
        lists("GET /api/campaigns", lambda who: ask(who, "/api/campaigns").content),
        opens("GET /api/campaigns/{key}", lambda who, item: ask(who, f"/api/campaigns/{item.mark}")),
    ]


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the devices and return the pages of whoever runs sensors; the observations' world is planted."""
    plant()
    bins = "observations.smart_bins"

    def sensor(item: Item) -> int:
        found = observations.find_stream(SYSTEM, f"smart_bins/{item.mark}/fill")
        assert found
        return found.id

    return [
        lists("devices", lambda who: get(who, "/en/devices/").content, edits=True),
        opens("device", lambda who, item: get(who, f"/en/devices/{item.mark}/").status_code == 200, edits=True),
        lists("campaigns-kept", lambda who: get(who, "/en/campaigns/").content, edits=True),
        opens("campaign", lambda who, item: get(who, f"/en/campaigns/{item.mark}/").status_code == 200, edits=True),
        lists("campaigns", lambda who: get(who, "/en/contribute/").content),
        opens("contribute", lambda who, item: get(who, f"/en/contribute/{item.mark}/").status_code == 200),
        lists("quarantine", lambda who: get(who, "/en/quarantine/?solution=smart_bins").content, bins, edits=True),
        opens("quarantined", lambda who, item: get(who, f"/en/quarantine/{refused('smart_bins', item)}/").status_code == 200, bins, edits=True),
        lists("alerts", lambda who: get(who, "/en/alerts/?solution=smart_bins").content, bins),
        opens("sensor-live", lambda who, item: get(who, f"/en/sensors/{sensor(item)}/live/"), bins),
    ]


OWN_PAGES = {"device-act", "campaign-act", "sensor-keep"}
