"""Campaigns: what people measure with what they carry. Of who they are nothing is kept; of where they were, what the campaign declares."""

from __future__ import annotations

import re
import secrets
import threading
from datetime import UTC, date, datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from zinneke.foundations.audit import store as audit
from zinneke.foundations.devices import coarsening, models
from zinneke.foundations.devices.values import Campaign, Contributed, Contribution, Taking
from zinneke.foundations.identity.within import within
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.values import Batch, Detail, Place, Stream, StreamRow, Thing
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import SYSTEM, Actor, Grant, Level, Right, demand
from zinneke.kernel.pacing import Pacing
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import LANGUAGES

SUBJECT = "devices"
AN_HOUR = 60
"""What one address may contribute in an hour."""
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LEAST_METRES, MOST_METRES = 100, 20_000
_pacing = Pacing(3_600)
_salt: tuple[date, bytes] = (date.min, b"")
_lock = threading.Lock()


@verb(Right.SEE, SUBJECT)
def list_campaigns(actor: Actor) -> list[Campaign]:
    """Return the campaigns within reach, the newest first."""
    return _all(actor, Right.SEE)


@verb(Right.SEE, SUBJECT)
def get_campaign(actor: Actor, key: str) -> Campaign:
    """Return one campaign. Raises `Problem` 404."""
    return _one(actor, Right.SEE, key)


@verb(Right.EDIT, SUBJECT)
def list_kept(actor: Actor) -> list[Campaign]:
    """Return the campaigns that the actor may change, the newest first."""
    return _all(actor, Right.EDIT)


@verb(Right.EDIT, SUBJECT)
def get_kept(actor: Actor, key: str) -> Campaign:
    """Return one campaign that the actor may change. Raises `Problem` 404."""
    return _one(actor, Right.EDIT, key)


def _all(actor: Actor, right: Right) -> list[Campaign]:
    return [_value(row) for row in models.Campaign.objects.filter(within(actor, right, SUBJECT))]


def _one(actor: Actor, right: Right, key: str) -> Campaign:
    row = models.Campaign.objects.filter(within(actor, right, SUBJECT), key=key).first()
    if row is None:
        raise not_found("campaign", key)
    return _value(row)


@verb(Right.EDIT, SUBJECT)
def declare(actor: Actor, campaign: Campaign) -> Campaign:
    """Declare a new campaign. Raises `Problem` 400, 403, or 409 when there is one of that key."""
    if models.Campaign.objects.filter(key=campaign.key).exists():
        raise Problem(409, "Already there", f"There is a campaign {campaign.key} already. Choose another key.", where="key")
    return set_campaign(actor, campaign)


@verb(Right.SEE, SUBJECT)
def list_takings(actor: Actor, key: str) -> list[Taking]:
    """Return what came of a campaign, by square, the newest first, as far as the actor sees its observations. Raises `Problem` 404."""
    get_campaign(actor, key)
    streams: list[Stream] = []
    after = 0
    while page := observations.list_streams(actor, reading="value", solution="", after=after, limit=1_000):
        after = page[-1].id
        streams += [each for each in page if each.thing.startswith(f"campaign/{key}-") and each.rows]
    newest = {each.stream.id: each for each in observations.latest(actor, ids=[each.id for each in streams], limit=len(streams))} if streams else {}
    found = []
    for each in streams:
        last = newest.get(each.id)
        if last is not None and last.thing.place is not None:
            found.append(Taking(each.id, last.thing.place.lon, last.thing.place.lat, each.area, each.rows, last.time, last.value))
    return sorted(found, key=lambda each: each.last, reverse=True)


@verb(Right.EDIT, SUBJECT)
def set_campaign(actor: Actor, campaign: Campaign) -> Campaign:
    """Declare a campaign, or change it. What was contributed stays where it was put. Raises `Problem` 400 or 403."""
    demand(actor, Right.EDIT, SUBJECT, campaign.level, campaign.area)
    _check(campaign)
    before = models.Campaign.objects.filter(key=campaign.key).first()
    if before is not None:
        demand(actor, Right.EDIT, SUBJECT, Level(before.level), before.area)
    told = {name: getattr(campaign, name) for name in campaign.__struct_fields__}
    models.Campaign.objects.update_or_create(key=campaign.key, defaults=told)
    kept = {"metres": campaign.metres, "starts": campaign.starts.isoformat(), "ends": campaign.ends.isoformat(), "level": int(campaign.level)}
    kept |= {"closed": campaign.closed}
    audit.record(actor, "campaign.set", f"campaign:{campaign.key}", kept)
    return campaign


def _check(campaign: Campaign) -> None:
    if not KEY.fullmatch(campaign.key):
        raise wrong("A campaign's key has small letters, figures and hyphens, 60 at most.", where="key")
    for where, text in (("name", campaign.name), ("about", campaign.about), ("reading", campaign.reading)):
        if any(not text.get(language, "").strip() for language in LANGUAGES):
            raise wrong("Write it in French, Dutch and English.", where=where)
    if not campaign.low < campaign.high:
        raise wrong("The lowest plausible value must be below the highest.", where="low")
    if campaign.metres and not LEAST_METRES <= campaign.metres <= MOST_METRES:
        raise wrong(f"A square has from {LEAST_METRES} to {MOST_METRES:,} metres; 0 stands for the neighbourhood.", where="metres")
    if campaign.starts > campaign.ends:
        raise wrong("The campaign ends before it begins.", where="ends")


@verb(Right.SEE, SUBJECT)
def contribute(actor: Actor, key: str, given: Contribution, address: str) -> Contributed:
    """Take what somebody measured, its place coarsened first, and return what was kept of it once it is on disk.

    The sender's address is counted for an hour and gives the pseudonym of the day, in memory only. Raises `Problem` 400, 404, 409 or 429.
    """
    campaign = get_campaign(actor, key)
    now = datetime.now(UTC)
    if not is_open(campaign, now.astimezone(ZoneInfo(settings.CITY_ZONE)).date()):
        raise Problem(409, "Not open", "This campaign takes nothing today. Its dates stand on its page.")
    _check_pace(address)
    if not campaign.low <= given.value <= campaign.high:
        raise wrong(f"{given.value:g} is not plausible here: give a value from {campaign.low:g} to {campaign.high:g}.", where="value")
    cell, place, area = _coarse(campaign, given)
    stream = _stream(campaign, cell, place, area)
    who = pseudonym(f"{key} {cell}", address)
    writer = Actor("contributor", grants=(Grant("contributor", frozenset({Right.EDIT}), Level.PERSONAL, subject=f"observations.{stream.id}"),))
    batch = Batch.of([(stream.id, now, given.value)])
    told = {0: Detail(parameters=msgspec.json.encode({"contributor": who}).decode())}
    receipt = observations.ingest(writer, Batch(batch.streams, batch.times, batch.values, details=told))
    if receipt.refused:
        raise wrong(receipt.refused[0].reason, where="value")
    return Contributed(stream.id, now, given.value, place.lon, place.lat, who)


def is_open(campaign: Campaign, today: date) -> bool:
    """Say whether a campaign takes contributions on a day.

    Needs no right: it looks at what whoever asks has been given.
    """
    return not campaign.closed and campaign.starts <= today <= campaign.ends


def _coarse(campaign: Campaign, given: Contribution) -> tuple[str, Place, str]:
    """Return the name, the middle and the commune of where a contribution is put. Raises `Problem` 400 outside."""
    at = territory.locate_one(SYSTEM, given.lon, given.lat)
    if not at.commune or (campaign.area and at.commune != campaign.area) or (not campaign.metres and not at.neighbourhood):
        raise wrong("That place is outside of where this campaign is held.", where="lon, lat")
    if not campaign.metres:
        lon, lat = territory.get_area(SYSTEM, at.neighbourhood).centre
        return f"area-{at.neighbourhood}", Place(lon, lat), at.commune
    cell, lon, lat = coarsening.cell(given.lon, given.lat, campaign.metres)
    return f"{campaign.metres}-{cell}", Place(lon, lat), territory.locate_one(SYSTEM, lon, lat).commune or at.commune


def _stream(campaign: Campaign, cell: str, place: Place, area: str) -> Stream:
    """Return the stream of a square or neighbourhood, declared when somebody contributes there first."""
    thing = f"campaign/{campaign.key}-{cell}"
    found = observations.find_stream(SYSTEM, f"{thing}/value")
    if found is None or found.level != campaign.level:
        observations.set_things(SYSTEM, [Thing(key=thing, name=campaign.name, kind="campaign", place=place, area=area, level=campaign.level)])
        row = StreamRow(
            key=f"{thing}/value", thing=thing, name=campaign.reading, reading="value", unit=campaign.unit, low=campaign.low, high=campaign.high,
            level=campaign.level,
        )  # fmt: skip
        observations.set_streams(SYSTEM, [row])
        found = observations.find_stream(SYSTEM, f"{thing}/value")
        assert found
    return found


def pseudonym(what: str, address: str) -> str:
    """Return the pseudonym of an address for one square of a campaign and one day: the salt is random, in memory alone, gone the next day."""
    global _salt
    today = datetime.now(UTC).date()
    with _lock:
        if _salt[0] != today:
            _salt = (today, secrets.token_bytes(32))
        salt = _salt[1]
    return blake2b(f"{what} {address}".encode(), key=salt, digest_size=6).hexdigest()


def _check_pace(address: str) -> None:
    if wait := _pacing.take(pseudonym("pace", address), AN_HOUR):
        after = {"Retry-After": str(int(wait) + 1)}
        raise Problem(429, "Too many at once", "Many measurements came from here within an hour. Come back a little later.", after)


def forget() -> None:
    """Forget who contributed how much, and the salt of the day."""
    global _salt
    _pacing.forget()
    with _lock:
        _salt = (date.min, b"")


def _value(row: models.Campaign) -> Campaign:
    told = {name: getattr(row, name) for name in Campaign.__struct_fields__}
    return Campaign(**{**told, "level": Level(row.level)})
