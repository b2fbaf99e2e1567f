"""A device has keys of its own, writes its own streams and nothing else, and is gone the moment that it is revoked."""

from __future__ import annotations

import re

import pytest

from tests.foundations.observations.city import HOUR, NOON, actor, batch, make
from zinneke.foundations.audit import store as audit
from zinneke.foundations.devices import keys, models, store
from zinneke.foundations.devices.values import DeviceRow
from zinneke.foundations.observations import quarantine
from zinneke.foundations.observations import store as observations
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level, Right
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
EDIT = frozenset({Right.EDIT})


def registered(name: str = "bin-17", **more: object) -> tuple[Actor, str]:
    """Register a device for a new stream, and return its actor and key."""
    (stream,) = make(name, level=Level.SHARED)
    _, key = store.register(SYSTEM, DeviceRow(name=name, streams=(stream.id,), **more))  # type: ignore[arg-type]
    found = store.find_actor_by_key(key)
    assert found
    return found, key


def stream_of(who: Actor) -> int:
    return int(who.grants[0].subject.partition(".")[2])


def test_a_device_writes_its_own_stream_and_no_other() -> None:
    who, _ = registered()
    (other,) = make("other")
    receipt = observations.ingest(who, batch((stream_of(who), NOON, 10), (other.id, NOON, 10)))
    assert (receipt.stored, receipt.refusals) == (1, 1)
    assert "not yours" in receipt.refused[0].reason
    assert quarantine.list_quarantine(SYSTEM)[0].who == "device:bin-17"


def test_a_device_neither_declares_nor_corrects_nor_reads_what_is_closed() -> None:
    who, _ = registered()
    own = stream_of(who)
    observations.ingest(who, batch((own, NOON, 10)))
    assert observations.latest(who, ids=[own]) == []
    (thing,) = observations.list_things(SYSTEM)
    assert observations.set_things(who, [thing]).refused == 1
    with pytest.raises(Problem):
        observations.remove_entity(who, "Datastreams", own)
    assert quarantine.list_quarantine(who) == []
    assert store.list_devices(who) == []


def test_no_key_is_kept_and_another_platform_derives_another(settings: object) -> None:
    _, key = registered()
    row = models.Key.objects.get()
    assert key not in repr(vars(row))
    assert keys.derive(row.pk, row.device_id, row.salt) == key
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert keys.derive(row.pk, row.device_id, row.salt) != key


@pytest.mark.parametrize("sent", ["", "zd_", "zd_1_short", "zd_0_" + "a" * 43, "zd_1_" + "a" * 43, "zd_99_" + "a" * 43, "zd_1_" + "é" * 43])
def test_what_is_no_key_finds_nobody(sent: str) -> None:
    registered()
    assert store.find_actor_by_key(sent) is None


def test_two_keys_work_at_once_while_one_replaces_the_other() -> None:
    who, old = registered()
    new = store.add_key(SYSTEM, "bin-17")
    assert store.find_actor_by_key(old) == store.find_actor_by_key(new) == who
    with pytest.raises(Problem, match="two keys"):
        store.add_key(SYSTEM, "bin-17")
    first, second = store.get_device(SYSTEM, "bin-17").keys
    store.revoke_key(SYSTEM, "bin-17", first.id)
    assert store.find_actor_by_key(old) is None
    assert store.find_actor_by_key(new) == who
    with pytest.raises(Problem):
        store.revoke_key(SYSTEM, "bin-17", first.id)
    assert second.revoked is None


def test_a_revoked_device_is_out_at_once_though_it_was_remembered_and_its_keys_never_return() -> None:
    _, key = registered()
    assert store.find_by_name("bin-17")
    store.revoke(SYSTEM, "bin-17")
    assert store.find_actor_by_key(key) is None
    device = store.find_by_name("bin-17")
    assert device
    assert device.state == "revoked"
    with pytest.raises(Problem):
        store.actor_of(device)
    with pytest.raises(Problem):
        store.add_key(SYSTEM, "bin-17")
    store.restore(SYSTEM, "bin-17")
    assert store.find_actor_by_key(key) is None
    assert store.find_actor_by_key(store.add_key(SYSTEM, "bin-17"))


def test_what_a_device_may_write_changes_at_once() -> None:
    who, key = registered()
    (other,) = make("other")
    store.set_device(SYSTEM, DeviceRow(name="bin-17", kind="gateway", streams=(other.id,)))
    changed = store.find_actor_by_key(key)
    assert changed
    assert stream_of(changed) == other.id
    assert observations.ingest(changed, batch((stream_of(who), NOON, 1))).stored == 0
    assert observations.ingest(changed, batch((other.id, NOON, 1))).stored == 1


def test_nobody_lets_a_device_write_what_they_may_not_write() -> None:
    (stream,) = make("closed", level=Level.SHARED)
    keeper = actor("devices", Level.SHARED, rights=frozenset({Right.SEE, Right.EDIT}))
    with pytest.raises(Problem) as caught:
        store.register(keeper, DeviceRow(name="mine", streams=(stream.id,)))
    assert caught.value.status == 403
    both = Actor("both", grants=(*keeper.grants, *actor("observations", Level.PUBLIC).grants))
    with pytest.raises(Problem) as caught:
        store.register(both, DeviceRow(name="mine", streams=(stream.id,)))
    assert caught.value.status == 404
    assert store.list_devices(SYSTEM) == []


@pytest.mark.parametrize(
    "row",
    [
        DeviceRow(name=""),
        DeviceRow(name="a b"),
        DeviceRow(name="x" * 101),
        DeviceRow(name="a", kind="\0"),
        DeviceRow(name="a", area="x y"),
        DeviceRow(name="a", organisation="nobody"),
        DeviceRow(name="a", streams=(2**31,)),
        DeviceRow(name="a", streams=(0, -4)),
        DeviceRow(name="a", streams=tuple(range(1, 102))),
    ],
    ids=repr,
)
def test_a_device_that_cannot_be_kept_is_refused_with_a_sentence(row: DeviceRow) -> None:
    with pytest.raises(Problem) as caught:
        store.register(SYSTEM, row)
    assert caught.value.status in (400, 404)
    assert not models.Device.objects.exists()


def test_a_name_is_given_once() -> None:
    registered()
    with pytest.raises(Problem, match="already") as caught:
        store.register(SYSTEM, DeviceRow(name="bin-17"))
    assert caught.value.status == 409


def test_devices_are_listed_within_reach_and_page_by_page() -> None:
    for name, area in (("a1", "21004"), ("a2", "21001"), ("a3", "21004")):
        store.register(SYSTEM, DeviceRow(name=name, area=area))
    here = actor("devices", Level.SHARED, "21004")
    assert [each.name for each in store.list_devices(here)] == ["a1", "a3"]
    assert [each.name for each in store.list_devices(here, after="a1")] == ["a3"]
    assert store.list_devices(ANONYMOUS) == []
    with pytest.raises(Problem) as caught:
        store.get_device(here, "a2")
    assert caught.value.status == 404
    for act in (lambda: store.revoke(here, "a2"), lambda: store.add_key(here, "a2"), lambda: store.set_device(here, DeviceRow(name="a2"))):
        with pytest.raises(Problem):
            act()


def test_the_journal_tells_who_registered_rotated_and_revoked_and_no_key() -> None:
    _, key = registered()
    other = store.add_key(SYSTEM, "bin-17")
    store.revoke(SYSTEM, "bin-17")
    told = audit.list_entries(SYSTEM, subject="device:bin-17")
    assert [each.action for each in told] == ["device.register", "device.key.add", "device.revoke"]
    assert not re.search(f"{re.escape(key)}|{re.escape(other)}", repr(told))


def test_a_stream_grant_reaches_through_every_level_of_the_mask() -> None:
    one, two = make("one", "two", level=Level.PERSONAL)
    single = actor(f"observations.{one.id}", Level.PERSONAL)
    narrow = actor(f"observations.{two.id}", Level.PUBLIC)
    assert observations.ingest(single, batch((one.id, NOON, 1), (two.id, NOON, 1))).stored == 1
    assert observations.ingest(narrow, batch((two.id, NOON + HOUR, 1))).stored == 0
    observations.check_streams(single, [one.id])
    with pytest.raises(Problem):
        observations.check_streams(single, [one.id, two.id])
