"""Tokens, sessions and people become actors; nobody gives more than they hold; what is taken away is gone at once."""

from __future__ import annotations

import threading
import timeit
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import login
from django.test import RequestFactory

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import memory, models, store
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level, Right, reach
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
BOSS, ANN = "boss@brussels.test", "ann@brussels.test"


def actor_of(email: str) -> Actor:
    actor = store.actor_of_person(models.Person.objects.get(email=email).pk)
    assert actor is not None
    return actor


def refused(status: int, call, *args, **kwargs) -> str:
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    assert caught.value.status == status, caught.value.detail
    return caught.value.detail


def test_a_token_is_its_owner_narrowed_by_its_scopes(add) -> None:
    add(ANN, ("steward", "21015", "*"))
    token = store.add_token(SYSTEM, ANN, "export", ["see:tables"], 10)
    actor = store.find_actor_by_token(token)
    assert actor is not None
    assert actor.key.startswith("token:")
    assert reach(actor, Right.SEE, "tables").allows(Level.PERSONAL, "21015")
    assert not reach(actor, Right.EDIT, "tables").allows(Level.PUBLIC, "21015")
    assert not reach(actor, Right.SEE, "observations").allows(Level.SHARED, "21015")
    assert reach(actor, Right.SEE, "observations").allows(Level.PUBLIC, "21015")


def test_a_token_has_256_bits_and_only_its_digest_is_kept_anywhere(add) -> None:
    add(ANN)
    token = store.add_token(SYSTEM, ANN, "export", ["see:*"], 10)
    assert token.startswith("zk_")
    assert len(token) == 3 + 43
    kept = str(list(models.Token.objects.values())) + str(audit.list_entries(SYSTEM)) + str(memory._found)
    assert token not in kept
    assert token[3:] not in kept


def test_a_revoked_token_an_expired_one_and_that_of_somebody_who_left_are_worth_nothing_at_once(add) -> None:
    add(ANN)
    for end in ("revoke", "expire", "leave"):
        token = store.add_token(SYSTEM, ANN, end, ["see:*"], 10)
        assert store.find_actor_by_token(token)
        if end == "revoke":
            store.revoke_token(SYSTEM, store.list_tokens(SYSTEM)[0].id)
        elif end == "expire":
            models.Token.objects.filter(name=end).update(expires=datetime.now(UTC) - timedelta(seconds=1))
            memory.forget()
        else:
            store.set_active(SYSTEM, ANN, False)
        assert store.find_actor_by_token(token) is None
        assert store.recall_actor_by_token(token) is None


def test_what_another_process_revoked_counts_after_a_few_seconds(add, monkeypatch: pytest.MonkeyPatch) -> None:
    add(ANN)
    token = store.add_token(SYSTEM, ANN, "export", ["see:*"], 10)
    assert store.find_actor_by_token(token)
    models.Token.objects.update(revoked=datetime.now(UTC))
    assert store.find_actor_by_token(token)
    now = memory.time.monotonic()
    monkeypatch.setattr(memory.time, "monotonic", lambda: now + memory.SECONDS + 0.1)
    assert store.find_actor_by_token(token) is None


def test_a_look_up_that_began_before_a_revocation_is_not_remembered_after_it() -> None:
    def slow() -> tuple[Actor, float]:
        memory.forget()
        return SYSTEM, 60.0

    assert memory.remember("token", "x", slow) is SYSTEM
    assert memory.recall("token", "x") is None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    for number in range(20):
        memory.remember("token", str(number), lambda: (SYSTEM, 60.0))
    assert len(memory._found) <= 3


def test_a_token_that_was_just_used_costs_far_less_than_a_twentieth_of_a_millisecond(add) -> None:
    add(ANN)
    token = store.add_token(SYSTEM, ANN, "export", ["see:*"], 10)
    store.find_actor_by_token(token)
    assert min(timeit.repeat(lambda: store.find_actor_by_token(token), number=200, repeat=5)) / 200 < 0.000_05


def test_use_of_a_token_is_noted_by_day_and_not_at_every_call(add, django_assert_num_queries) -> None:
    add(ANN)
    token = store.add_token(SYSTEM, ANN, "export", ["see:*"], 10)
    assert store.list_tokens(SYSTEM)[0].last_used is None
    store.find_actor_by_token(token)
    assert store.list_tokens(SYSTEM)[0].last_used == datetime.now(UTC).date()
    with django_assert_num_queries(0):
        store.find_actor_by_token(token)
    memory.forget()
    with django_assert_num_queries(2):
        store.find_actor_by_token(token)


@pytest.mark.parametrize("token", ["", "zk_", "zk_nobody", "x" * 40, "zk_" + "é" * 90, "zk_\udcff", "zk_" + "a" * 5000, "zk_\x00"])
def test_nonsense_is_nobodys_token(token: str) -> None:
    assert store.find_actor_by_token(token) is None


def session_of(email: str) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    request = RequestFactory().get("/")
    request.session = SessionStore()
    login(request, models.Person.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    assert request.session.session_key
    return request.session.session_key


def test_a_session_is_its_person_and_nobody_else_is_anybody(add) -> None:
    add(ANN, ("partner", "", "*"))
    key = session_of(ANN)
    assert store.actor_of_session(key) == actor_of(ANN)
    for stranger in ("", None, "nonsense", "x" * 5000, "\x00"):
        assert store.actor_of_session(stranger) is ANONYMOUS


@pytest.mark.parametrize("end", ["leave", "password", "factor", "role"])
def test_a_session_ends_when_the_person_leaves_or_their_proof_changes(add, end: str) -> None:
    add(ANN)
    key = session_of(ANN)
    assert store.actor_of_session(key).known
    if end == "leave":
        store.set_active(SYSTEM, ANN, False)
    elif end == "password":
        store.set_password(SYSTEM, ANN, "d'autres mots encore plus rares")
    elif end == "factor":
        store.reset_second_factor(SYSTEM, ANN)
    else:
        store.grant_role(SYSTEM, ANN, "administrator")
    assert store.actor_of_session(key) is ANONYMOUS


def test_a_role_given_or_taken_counts_at_once(add) -> None:
    add(ANN)
    assert not reach(actor_of(ANN), Right.SEE, "tables").allows(Level.SHARED, "21015")
    store.grant_role(SYSTEM, ANN, "partner", "21015")
    assert reach(actor_of(ANN), Right.SEE, "tables").allows(Level.SHARED, "21015")
    assert not reach(actor_of(ANN), Right.SEE, "tables").allows(Level.SHARED, "21001")
    store.revoke_role(SYSTEM, ANN, "partner", "21015")
    assert not reach(actor_of(ANN), Right.SEE, "tables").allows(Level.SHARED, "21015")


def test_partners_and_stewards_see_neither_people_nor_journal(add) -> None:
    add(ANN, ("partner", "", "*"), ("steward", "", "*"), ("operator", "", "*"))
    for read in (store.list_people, store.list_tokens, store.list_roles, audit.list_entries):
        refused(403, read, actor_of(ANN))


def test_nobody_gives_more_than_they_hold(add) -> None:
    add(BOSS)
    add(ANN)
    models.Grant.objects.create(person=models.Person.objects.get(email=BOSS), role="administrator", area="", subject="identity", by="test")
    memory.forget()
    boss = actor_of(BOSS)
    refused(403, store.grant_role, boss, ANN, "administrator")
    refused(403, store.grant_role, boss, BOSS, "steward", "21015", "*")
    store.grant_role(boss, ANN, "partner", "", "identity")


def test_an_administrator_of_one_commune_reaches_its_people_only(add) -> None:
    for key, area in (("ixelles", "21009"), ("anderlecht", "21001")):
        store.add_organisation(SYSTEM, key, {"fr": key}, area)
    add(BOSS, ("administrator", "21009", "*"))
    add("in@ixelles.test", organisation="ixelles")
    add("in@anderlecht.test", organisation="anderlecht")
    boss = actor_of(BOSS)
    assert [person.email for person in store.list_people(boss)] == ["in@ixelles.test"]
    assert [organisation.key for organisation in store.list_organisations(boss)] == ["ixelles"]
    store.grant_role(boss, "in@ixelles.test", "partner", "21009")
    refused(403, store.grant_role, boss, "in@ixelles.test", "partner", "")
    refused(404, store.grant_role, boss, "in@anderlecht.test", "partner", "21009")
    refused(404, store.set_password, boss, "in@anderlecht.test", "un mot de passe volé")
    refused(404, store.add_token, boss, "in@anderlecht.test", "x", ["see:*"], 1)
    refused(403, store.add_organisation, boss, "anderlecht", {"fr": "mine"}, "21009")
    refused(403, store.add_person, boss, "new@nowhere.test", "New")
    store.grant_role(SYSTEM, "in@ixelles.test", "administrator")
    for seize in (
        lambda: store.set_password(boss, "in@ixelles.test", "je prends la place"),
        lambda: store.reset_second_factor(boss, "in@ixelles.test"),
    ):
        refused(403, seize)


def test_a_token_gives_no_roles_and_makes_no_tokens_whatever_its_scopes(add) -> None:
    add(ANN, ("administrator", "", "*"))
    token = store.add_token(SYSTEM, ANN, "all", ["see:*", "edit:*", "edit:identity", "see:identity"], 10)
    actor = store.find_actor_by_token(token)
    refused(403, store.grant_role, actor, ANN, "partner")
    refused(403, store.revoke_role, actor, ANN, "administrator")
    refused(403, store.add_token, actor, ANN, "more", ["command:*"], 10)
    for own in (store.list_own_tokens, store.get_own_record):
        refused(401, own, actor)
    refused(401, store.add_own_token, actor, "more", ["command:*"])


def test_one_sees_and_revokes_ones_own_tokens_and_nobody_elses(add) -> None:
    add(ANN)
    add(BOSS)
    store.add_token(SYSTEM, BOSS, "theirs", ["see:*"], 10)
    ann = actor_of(ANN)
    token = store.add_own_token(ann, "mine", ["see:tables"], 3)
    assert [each.name for each in store.list_own_tokens(ann)] == ["mine"]
    theirs = models.Token.objects.get(name="theirs").pk
    refused(404, store.revoke_own_token, ann, theirs)
    store.revoke_own_token(ann, store.list_own_tokens(ann)[0].id)
    assert store.find_actor_by_token(token) is None
    refused(401, store.list_own_tokens, ANONYMOUS)


@pytest.mark.parametrize(
    ("role", "area", "subject"),
    [("king", "", "*"), ("partner", "21015; drop", "*"), ("partner", "", "secrets"), ("partner", "", ""), ("partner", "x" * 21, "*")],
)
def test_a_role_that_means_nothing_is_refused_with_a_sentence(add, role: str, area: str, subject: str) -> None:
    add(ANN)
    assert refused(400, store.grant_role, SYSTEM, ANN, role, area, subject).endswith(".")


@pytest.mark.parametrize("scopes", [[], [""], ["see"], ["see:"], ["own:*"], ["see:tables*"], ["see:../x"], ["SEE:tables"]])
def test_a_scope_that_means_nothing_is_refused_with_a_sentence(add, scopes: list[str]) -> None:
    add(ANN)
    assert "scope" in refused(400, store.add_token, SYSTEM, ANN, "x", scopes, 10)


def test_an_address_is_one_person_whatever_its_capitals(add) -> None:
    add(ANN)
    refused(409, store.add_person, SYSTEM, "ANN@brussels.test", "Again")
    refused(400, store.add_person, SYSTEM, "nobody", "No address")
    refused(400, store.add_person, SYSTEM, "weak@brussels.test", "Weak", None, "short")
    refused(404, store.add_person, SYSTEM, "lost@brussels.test", "Lost", "no such organisation")


def test_everything_is_in_the_journal_and_the_journal_stands(add) -> None:
    add(ANN, ("partner", "21015", "*"))
    store.revoke_role(SYSTEM, ANN, "partner", "21015")
    store.add_token(SYSTEM, ANN, "x", ["see:*"], 1)
    store.revoke_token(SYSTEM, store.list_tokens(SYSTEM, ANN)[0].id)
    actions = [entry.action for entry in audit.list_entries(SYSTEM)]
    assert actions == ["person.add", "role.grant", "role.revoke", "token.add", "token.revoke"]
    assert audit.verify(SYSTEM).ok


@pytest.mark.django_db(transaction=True)
def test_many_threads_may_ask_for_the_same_actor(add) -> None:
    from django.db import connection

    add(ANN)
    token = store.add_token(SYSTEM, ANN, "x", ["see:*"], 1)
    found: list[object] = []

    def ask() -> None:
        try:
            found.extend(store.find_actor_by_token(token) for _ in range(20))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert len(set(map(repr, found))) == 1
