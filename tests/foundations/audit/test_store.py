"""The journal in the database: whole under threads, kept with its deed, readable by those who may."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from zinneke.foundations.audit import models
from zinneke.foundations.audit import store as audit
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem


@pytest.mark.django_db
def test_what_is_recorded_is_read_back_and_verified() -> None:
    first = audit.record(SYSTEM, "test", "a:1", {"number": 1, "word": "é"}, "because")
    second = audit.record("person:3", "test", "a:2")
    assert second == first + 1
    entries = audit.list_entries(SYSTEM, after=first - 1)
    assert [(entry.actor, entry.detail, entry.ground) for entry in entries] == [
        ("system", {"number": 1, "word": "é"}, "because"),
        ("person:3", {}, ""),
    ]
    assert entries[1].previous == entries[0].hash
    assert audit.verify(SYSTEM).ok
    assert [entry.subject for entry in audit.list_entries(SYSTEM, who="person:3")] == ["a:2"]


@pytest.mark.django_db
def test_a_change_and_a_cut_in_the_database_are_found() -> None:
    for number in range(5):
        audit.record(SYSTEM, "test", f"a:{number}")
    models.Entry.objects.filter(seq=3).update(actor="person:1")
    assert audit.verify(SYSTEM).first_bad == 3
    models.Entry.objects.filter(seq=3).update(actor="system")
    assert audit.verify(SYSTEM).ok
    models.Entry.objects.filter(seq=5).delete()
    assert audit.verify(SYSTEM).first_bad == 5


@pytest.mark.django_db
def test_an_entry_stands_or_falls_with_its_deed() -> None:
    before = audit.record(SYSTEM, "test", "a")
    with pytest.raises(ValueError, match="deed"), transaction.atomic():
        audit.record(SYSTEM, "test", "b")
        raise ValueError("the deed failed")
    assert audit.record(SYSTEM, "test", "c") == before + 1
    assert audit.verify(SYSTEM).ok


@pytest.mark.django_db
def test_an_entry_is_neither_written_again_nor_deleted() -> None:
    audit.record(SYSTEM, "test", "a")
    entry = models.Entry.objects.get(seq=1)
    entry.actor = "person:9"
    with pytest.raises(Exception, match="UNIQUE|duplicate"), transaction.atomic():
        entry.save()
    with pytest.raises(RuntimeError, match="cannot be deleted"):
        entry.delete()


@pytest.mark.django_db
def test_only_those_with_a_right_on_the_journal_itself_read_it() -> None:
    steward = Actor("person:1", grants=(Grant("steward", frozenset(Right), Level.PERSONAL),))
    for actor in (ANONYMOUS, steward):
        for read in (audit.list_entries, audit.verify):
            with pytest.raises(Problem) as refused:
                read(actor)
            assert refused.value.status == (403 if actor.known else 401)


@pytest.mark.django_db(transaction=True)
def test_several_threads_write_one_chain() -> None:
    faults: list[Exception] = []
    before = audit.verify(SYSTEM).entries

    def write() -> None:
        try:
            for number in range(10):
                audit.record(SYSTEM, "test", f"a:{number}")
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    verdict = audit.verify(SYSTEM)
    assert verdict.ok
    assert verdict.entries == before + 40


@pytest.mark.django_db
def test_the_command_lists_and_verifies() -> None:
    from zinneke.foundations.audit import commands
    from zinneke.kernel.command import find

    said: list[str] = []

    class Out:
        def say(self, line: str) -> None:
            said.append(line)

        def progress(self, label: str, done: int, total: int) -> None:
            """Nothing to show."""

    def zinneke(*words: str) -> int:
        command, args = find({"audit": commands.COMMANDS[0]}, ["audit", *words])
        return command.run(args, Out())

    audit.record("person:3", "test", "a:1", {"n": 1}, "because")
    audit.record("person:4", "test", "a:2")
    assert zinneke("list", "--who", "person:3") == 0
    assert len(said) == 1
    assert "a:1" in said[0]
    assert zinneke("verify") == 0
    assert said[-1] == "2 entries stand."
    models.Entry.objects.filter(seq=2).update(subject="a:9")
    assert zinneke("verify") == 1
    assert said[-1] == "Entry 2 is not what was written; 1 before it stand."
