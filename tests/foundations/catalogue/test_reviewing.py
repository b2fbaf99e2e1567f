"""A second pair of eyes: what a publisher asks holds by every way in, for the first publication and for each version after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from zinneke.foundations.catalogue import reviewing, store
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.identity import store as identity
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec, Treatment
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.event import RowsComing
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
PARKS = Publisher("parks", {"en": "Parks"})
EDITING = frozenset({Right.SEE, Right.EDIT})


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def editor(name: str, *more: Right) -> Actor:
    return Actor(name, name=name.title(), grants=(Grant("steward", EDITING | frozenset(more), Level.PERSONAL),))


ANN, BOB, CHIEF = editor("ann"), editor("bob"), editor("chief", Right.COMMAND)


def published(publisher: Publisher | None = PARKS) -> str:
    store.publish(SYSTEM, DatasetRow(uri="urn:trees", key="trees", title={"en": "Trees"}, publisher=publisher), b"name\noak\n", Spec())
    return "trees"


def names(actor: Actor = ANONYMOUS) -> list[Any]:
    return [row[0] for row in tables.read_rows(actor, "trees").rows]


def mark(key: str) -> str:
    waiting = store.find_waiting(BOB, key)
    return waiting.mark if waiting else ""


def test_of_a_publisher_that_asks_for_it_each_new_version_waits_until_somebody_else_opens_it() -> None:
    key = published()
    store.set_rule(CHIEF, "parks", "always")
    done = store.set_rows(ANN, key, b"name\noak\nelm\n", Spec())
    assert (done.version.number, done.version.held) == (2, True)
    assert names() == ["oak"]
    assert names(ANN) == ["oak"], "the current version stays the current one, for editors too"
    assert [each.number for each in tables.list_versions(ANONYMOUS, key)] == [1]
    assert store.get_dataset(ANN, key).waits == 2
    assert [each.key for each in store.list_waiting(BOB)] == [key]
    waiting = store.find_waiting(BOB, key)
    assert waiting is not None
    assert waiting.rows == 2
    with pytest.raises(Problem, match="sent this version yourself"):
        store.accept_version(ANN, key, mark(key))
    made = store.accept_version(BOB, key, mark(key), "looks right")
    assert (made.waits, names()) == (0, ["oak", "elm"])
    assert [(turn.state, turn.actor) for turn in store.list_turns(BOB, key)][-2:] == [("waiting", "ann"), ("renewed", "bob")]
    with pytest.raises(Problem):
        store.accept_version(BOB, key, mark(key))


def test_a_version_that_waits_is_replaced_by_the_next_one_or_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    key = published()
    store.set_rule(CHIEF, "parks", "always")
    store.set_rows(ANN, key, b"name\nelm\n", Spec())
    assert not store.set_rows(ANN, key, b"name\nelm\n", Spec()).changed, "the same again is the same that waits"
    store.set_rows(ANN, key, b"name\nash\n", Spec())
    waiting = store.find_waiting(ANN, key)
    assert waiting is not None
    assert tables.read_rows(ANN, key, number=waiting.number).rows == [("ash",)]
    with pytest.raises(Problem, match="Say why"):
        store.refuse_version(BOB, key, waiting.mark, " ")
    store.refuse_version(BOB, key, waiting.mark, "not these")
    assert store.find_waiting(ANN, key) is None
    assert names() == ["oak"]
    assert [each.number for each in tables.list_versions(SYSTEM, key)] == [1]
    assert store.set_rows(SYSTEM, key, b"name\noak\nyew\n", Spec()).version.held is False, "what was reviewed once is refreshed by itself"
    assert names() == ["oak", "yew"]


def test_before_the_first_publication_somebody_else_looks_where_the_publisher_asks_so_and_naming_another_publisher_is_no_way_around() -> None:
    store.set_rule(CHIEF, "parks", "first")
    made = store.add_dataset(ANN, DatasetRow(uri="", key="woods", title={"en": "Woods"}, publisher=PARKS))
    store.set_rows(ANN, made.key, b"name\noak\n", Spec())
    store.submit(ANN, made.key)
    with pytest.raises(Problem, match="somebody (else|other)"):
        store.accept(ANN, made.key)
    held = store.get_dataset(ANN, made.key)
    with pytest.raises(Problem, match="second person"):
        store.set_dataset(ANN, made.key, msgspec.structs.replace(held.row, publisher=None), held.etag)
    assert store.accept(BOB, made.key).state == "published"
    assert store.set_rows(ANN, made.key, b"name\nelm\n", Spec()).version.held is False


def test_without_a_rule_a_second_person_looks_only_at_what_is_newly_declared_not_to_be_personal() -> None:
    key = published(None)
    assert store.set_rows(ANN, key, b"name\nelm\n", Spec()).version.held is False
    declared = Spec(treatments=(Treatment("declare", "name", why="names of trees"),))
    assert store.set_rows(ANN, key, b"name\nash\n", declared).version.held is True
    store.accept_version(BOB, key, mark(key))
    assert store.set_rows(ANN, key, b"name\nyew\n", declared).version.held is False, "it was looked at once"
    with pytest.raises(Problem):
        store.set_rule(ANN, "parks", "always")


def test_a_person_is_one_and_the_same_by_the_browser_and_by_each_of_their_tokens() -> None:
    store.set_rule(CHIEF, "parks", "always")
    ann, laptop, phone = (Actor(name, grants=ANN.grants, person=5) for name in ("person:5", "token:9", "token:10"))
    made = store.add_dataset(ann, DatasetRow(uri="", key="trees", title={"en": "Trees"}, publisher=PARKS))
    store.set_rows(ann, made.key, b"name\noak\n", Spec())
    store.submit(laptop, made.key)
    for each in (ann, laptop, phone):
        with pytest.raises(Problem, match="somebody (else|other)"):
            store.accept(each, made.key)
    store.accept(BOB, made.key)
    store.set_rows(phone, made.key, b"name\nelm\n", Spec())
    for each in (ann, laptop, phone):
        with pytest.raises(Problem, match="sent this version yourself"):
            store.accept_version(each, made.key, mark(made.key))
    assert {turn.actor for turn in store.list_turns(BOB, made.key)} == {"person:5", "bob"}


def test_the_tables_of_a_package_are_each_looked_at_by_somebody_else() -> None:
    made = store.add_dataset(ANN, DatasetRow(uri="", key="trees", title={"en": "Trees"}))
    store.set_rows(ANN, made.key, b"name\noak\n", Spec())
    part = store.add_part(ANN, made.key, {"en": "More"})
    store.set_rows(ANN, part.key, b"name\nelm\n", Spec(treatments=(Treatment("declare", "name", why="names of trees"),)))
    store.submit(ANN, made.key)
    assert store.needs_second(ANN, made.key)
    with pytest.raises(Problem, match="somebody (else|other)"):
        store.accept(ANN, made.key)
    store.accept(BOB, made.key)
    assert store.get_dataset(ANONYMOUS, part.key).state == "published"


@pytest.mark.parametrize("what", ["rows", "description"])
def test_who_changes_what_is_in_review_does_not_accept_it_then(what: str) -> None:
    store.set_rule(CHIEF, "parks", "first")
    made = store.add_dataset(BOB, DatasetRow(uri="", key="trees", title={"en": "Trees"}, publisher=PARKS))
    store.set_rows(BOB, made.key, b"name\noak\n", Spec())
    held = store.submit(BOB, made.key)
    assert not store.needs_second(ANN, made.key)
    if what == "rows":
        store.set_rows(ANN, made.key, b"name\nelm\n", Spec())
    else:
        store.set_dataset(ANN, made.key, msgspec.structs.replace(store.get_dataset(ANN, made.key).row, title={"en": "Elms"}), held.etag)
    assert [(turn.state, turn.actor) for turn in store.list_turns(BOB, made.key)][-1] == ("changed", "ann")
    for each in (ANN, BOB):
        with pytest.raises(Problem, match="somebody (else|other)"):
            store.accept(each, made.key)
    assert store.accept(editor("cas"), made.key).state == "published"


def test_what_is_public_is_not_given_to_a_publisher_that_asks_for_a_second_person_but_by_who_may_command() -> None:
    key = published(None)
    store.set_rule(CHIEF, "parks", "first")
    held = store.get_dataset(ANN, key)
    with pytest.raises(Problem, match="That publisher asks"):
        store.set_dataset(ANN, key, msgspec.structs.replace(held.row, publisher=PARKS), held.etag)
    made = store.set_dataset(CHIEF, key, msgspec.structs.replace(held.row, publisher=PARKS), held.etag)
    assert made.row.publisher == PARKS


def test_a_rule_is_declared_only_by_who_may_command_everywhere() -> None:
    steward = (Grant("administrator", frozenset(Right), Level.PERSONAL, area="21015"), Grant("x", frozenset(Right), subject="catalogue.trees"))
    with pytest.raises(Problem) as refused:
        store.set_rule(Actor("local", grants=steward), "parks", "declared")
    assert refused.value.status == 403


@pytest.mark.parametrize("state", ["draft", "review", "withdrawn"])
def test_rows_of_what_is_not_published_never_come_past_its_description(state: str) -> None:
    made = store.add_dataset(ANN, DatasetRow(uri="", key="trees", title={"en": "Trees"}))
    for move in {"draft": (), "review": (store.submit,), "withdrawn": (store.submit, store.accept)}[state]:
        move(ANN, made.key)
    if state == "withdrawn":
        store.withdraw(ANN, made.key, "wrong")
    with pytest.raises(Problem, match="not published"):
        reviewing.guard(RowsComing(made.key))
    reviewing.guard(RowsComing("of-nobody"))


def test_what_is_accepted_is_the_version_that_was_looked_at() -> None:
    key = published()
    store.set_rule(CHIEF, "parks", "always")
    store.set_rows(ANN, key, b"name\nelm\n", Spec())
    seen = mark(key)
    store.set_rows(ANN, key, b"name\nash\n", Spec())
    with pytest.raises(Problem, match="Another version") as refused:
        store.accept_version(BOB, key, seen)
    assert refused.value.status == 409
    with pytest.raises(Problem, match="Another version"):
        store.refuse_version(BOB, key, seen, "no elms")
    assert names() == ["oak"]
    store.accept_version(BOB, key, mark(key))
    assert names() == ["ash"]


@pytest.mark.django_db(transaction=True)
def test_the_rules_are_read_by_everybody_declared_by_who_may_command_and_hold_for_programs_too() -> None:
    from zinneke.asgi.house import build
    from zinneke.foundations.catalogue import lifecycle

    lifecycle.start()
    key = published()
    tokens = {}
    for name, role in (("ann", "steward"), ("bob", "steward"), ("chief", "administrator")):
        identity.add_person(SYSTEM, f"{name}@brussels.test", name)
        identity.grant_role(SYSTEM, f"{name}@brussels.test", role, "", "*")
        scopes = ["see:*", "edit:*", *(["command:*"] if role == "administrator" else [])]
        tokens[name] = {"Authorization": f"Bearer {identity.add_token(SYSTEM, f'{name}@brussels.test', 'laptop', scopes)}"}
    client = TestClient(build(), raise_server_exceptions=False)
    assert client.put("/api/review-rules/parks", json={"asks": "always"}, headers=tokens["ann"]).status_code == 403
    assert client.put("/api/review-rules/parks", json={"asks": "sometimes"}, headers=tokens["chief"]).status_code == 400
    assert client.put("/api/review-rules/parks", json={"asks": "always"}, headers=tokens["chief"]).status_code == 200
    assert [(each["publisher"], each["asks"], each["actor"]) for each in client.get("/api/review-rules").json()] == [("parks", "always", "")]
    past = client.post(f"/api/tables/{key}", content=b"name\nelm\n", headers=tokens["ann"])
    assert past.status_code == 409, past.text
    assert "resource_update" in past.text
    sent = {"resource_id": "trees.csv", "method": "insert", "records": [{"name": "elm"}], "force": True}
    assert client.post("/api/3/action/datastore_upsert", json=sent, headers=tokens["ann"]).status_code == 200
    assert client.get(f"/api/tables/{key}/rows").json()["total"] == 1
    assert client.get(f"/api/datasets/{key}").json()["waits"] == 0
    assert client.get(f"/api/datasets/{key}", headers=tokens["bob"]).json()["waits"] == 2
    verdict = f"/api/datasets/{key}/waiting-version"
    yes = {"accept": True, "version": client.get(f"/api/datasets/{key}", headers=tokens["bob"]).json()["waiting"]}
    assert client.post(verdict, json=yes).status_code == 401
    assert client.post(verdict, json={"accept": True}, headers=tokens["bob"]).status_code == 400
    assert client.post(verdict, json={"accept": True, "version": "2-000000000000"}, headers=tokens["bob"]).status_code == 409
    assert client.post(verdict, json=yes, headers=tokens["ann"]).status_code == 409
    assert client.post(verdict, json=yes, headers=tokens["bob"]).status_code == 200
    assert client.get(f"/api/tables/{key}/rows").json()["total"] == 2


def test_rows_are_never_more_open_than_their_dataset_is_described(tmp_path: Path) -> None:
    key = published()
    store.set_rows(SYSTEM, key, b"name\noak\nelm\n", Spec())
    assert names() == ["oak", "elm"]
    held = store.get_dataset(SYSTEM, key)
    store.set_dataset(ANN, key, msgspec.structs.replace(held.row, level=Level.SHARED), held.etag)
    for number in (None, 1, 2):
        with pytest.raises(Problem):
            tables.read_rows(ANONYMOUS, key, number=number)
    assert names(ANN) == ["oak", "elm"]
    assert tables.get_version(ANN, key).level is Level.SHARED
    held = store.get_dataset(SYSTEM, key)
    store.set_dataset(ANN, key, msgspec.structs.replace(held.row, level=Level.PUBLIC), held.etag)
    with pytest.raises(Problem):
        tables.read_rows(ANONYMOUS, key)
