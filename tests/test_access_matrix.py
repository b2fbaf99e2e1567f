"""Every door × everybody: generated from the registry, so that a door without a rule, or without a place in this matrix, fails."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.access import cast, portal
from tests.access.cast import Somebody
from tests.access.doors import Door
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import SYSTEM, Level, Right, reach
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import VERBS, Everyone, Known, Needs, Route, Verb

OPEN_ROUTES = {"GET /health", "GET /metrics", "GET /api", "GET /openapi.json", "GET /conformance"} | {
    "GET /robots.txt",
    "GET /sitemaps/pages.xml",
    "GET /opensearch/{language}.xml",
}
OPEN_ROUTES |= {f"GET /ogc{path}" for path in ("", "/", "/conformance", "/api", "/tileMatrixSets", "/tileMatrixSets/{matrix_set}")}
OPEN_PAGES = {
    "sign-in", "sign-in-code", "second-factor", "sign-out", "home", "search", "map", "about", "accessibility", "developers", "domain", "office",
}.union(*(getattr(world, "OPEN_PAGES", ()) for world in portal.WORLDS))  # fmt: skip
"""Doors that are open whatever happens. Those that show data read it through verbs, as whoever asks."""
ASKING_POSTS = {
    "POST /ngsi-ld/v1/entityOperations/query",
    "POST /ngsi-ld/v1/temporal/entityOperations/query",
    "POST /ngsi-ld/v1/entityMaps",
    "POST /api/where",
    "POST /api/3/action/{action}",
    "POST /api/action/{action}",
    "POST /ogc/collections/{collection}/items",
}
"""Routes that only read, though their question is too long for an address. CKAN's hold each action to a rule of its own, which is tried below."""
INVITING_POSTS = {"POST /api/campaigns/{key}/contributions"}
"""Routes at which everybody is invited to write, of what they may see: within the bounds that a campaign declares."""
OWN_WRITES = ("/api/subscriptions", "/api/alert-rules", "/ngsi-ld/v1/subscriptions", "/ngsi-ld/v1/csourceSubscriptions", "/ngsi-ld/v1/entityMaps/")
"""Under these whoever is known changes what is their own, and nothing else: tests/foundations/subscriptions/test_own.py; for alert rules
tests/foundations/observations/test_alert_rules.py, for entity maps tests/standards/ngsi_ld/test_mapping.py."""
WORLDS = portal.WORLDS
LEVELLESS = {
    "territory": "boundaries, streets and places are public facts; its tables have no level",
    "audit": "one closed subject: all or nothing",
    "papers": "what a record holds has the level of the record, asked by its room: tests/access of each",
    "identity": "one closed subject, by area of the organisation: tests/foundations/identity",
}


def stores() -> list[ModuleType]:
    return list(registry.modules("store"))


def verbs() -> dict[str, Verb]:
    assert stores()
    return VERBS


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def room_of(dotted: str) -> str:
    return dotted.split(".")[2]


def own_functions(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield what a store offers: the functions that it defines, and those that it gathers from its room (`__all__`)."""
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__ or name in getattr(module, "__all__", ())
        if not name.startswith("_") and callable(value) and not inspect.isclass(value) and own:
            yield name, value


def test_every_public_function_of_a_store_is_a_verb_or_says_why_it_needs_no_right() -> None:
    faults = []
    for module in stores():
        internal = getattr(module, "INTERNAL", ())
        functions = dict(own_functions(module))
        faults += [f"{module.__name__}.INTERNAL names {name}, which is not there" for name in internal if name not in functions]
        for name, function in functions.items():
            declared = VERBS.get(f"{function.__module__}.{name}")
            if declared is not None and declared.function is function:
                if name in internal:
                    faults.append(f"{module.__name__}.{name} is both a verb and internal")
            elif name not in internal:
                faults.append(f"{module.__name__}.{name} is neither declared with @verb nor in INTERNAL")
            elif "needs no right" not in (function.__doc__ or "").lower():
                faults.append(f"{module.__name__}.{name} is internal; its docstring must say why it 'needs no right'")
    assert not faults, "\n".join(faults)


def test_every_verb_is_about_its_own_room() -> None:
    faults = [f"{name} is about {each.subject}" for name, each in verbs().items() if each.subject.partition(".")[0] != room_of(name)]
    assert not faults, "\n".join(faults)


def test_every_route_and_page_has_a_rule_and_only_the_listed_ones_are_open_to_everyone() -> None:
    faults = []
    for door, name, listed in (
        *((route, name_of(route), OPEN_ROUTES) for route in registry.routes()),
        *((page, page.name, OPEN_PAGES) for page in registry.pages()),
    ):
        if not isinstance(door.audience, Needs | Known | Everyone):
            faults.append(f"{name} has no rule")
        elif isinstance(door.audience, Everyone) and name not in listed:
            faults.append(f"{name} is open to everyone, and is not on the list of those that may be")
    assert not faults, "\n".join(faults)


def test_no_two_doors_have_the_same_address_or_name() -> None:
    addresses = [name_of(route) for route in registry.routes()]
    names = [page.name for page in registry.pages()]
    assert len(set(addresses)) == len(addresses)
    assert len(set(names)) == len(names)


def test_what_writes_needs_the_right_to_edit_or_command() -> None:
    writing = [route for route in registry.routes() if route.method not in ("GET", "HEAD") and name_of(route) not in ASKING_POSTS | INVITING_POSTS]
    writing = [route for route in writing if not (route.path.startswith(OWN_WRITES) and isinstance(route.audience, Known))]
    faults = [name_of(route) for route in writing if not isinstance(route.audience, Needs) or route.audience.right is Right.SEE]
    assert not faults, f"these write without the right to: {faults}"


def test_what_is_called_levelless_has_no_levels() -> None:
    from django.apps import apps

    faults = [f"{model.__name__}.level" for room in LEVELLESS for model in apps.get_app_config(room).get_models() if hasattr(model, "level")]
    assert not faults, "\n".join(faults)


# -- the guards ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def everybody(db: None) -> list[Somebody]:
    return cast.gather()


def guard(verb: Verb, who: Somebody) -> int:
    """Knock at a verb with a word it does not know: past the guard, Python itself refuses."""
    try:
        verb.function(who.actor, no_such_argument=None)
    except Problem as problem:
        return problem.status
    except TypeError:
        return 200
    raise AssertionError(f"{verb.name} takes any argument")


def expected_status(kind: str, right: Right, subject: str) -> int:
    if cast.passes(kind, right, subject):
        return 200
    return 401 if kind == cast.VISITOR else 403


def test_the_guard_of_every_verb_answers_everybody_as_the_table_says(everybody: list[Somebody]) -> None:
    faults = []
    for (name, verb), who in product(verbs().items(), everybody):
        found, due = guard(verb, who), expected_status(who.kind, verb.right, verb.subject)
        if found != due:
            faults.append(f"{name} answers {who.kind} with {found}, not {due}")
    assert not faults, "\n".join(faults)


def test_the_rule_of_every_route_and_page_answers_everybody_as_the_table_says(everybody: list[Somebody]) -> None:
    faults = []
    for door, who in product((*registry.routes(), *registry.pages()), everybody):
        audience = door.audience
        if isinstance(audience, Needs):
            due = expected_status(who.kind, audience.right, audience.subject)
        else:
            due = 401 if isinstance(audience, Known) and who.kind == cast.VISITOR else 200
        try:
            audience.check(who.actor)
            found = 200
        except Problem as problem:
            found = problem.status
        if found != due:
            faults.append(f"{getattr(door, 'name', door.path)} answers {who.kind} with {found}, not {due}")
    assert not faults, "\n".join(faults)


def test_the_reach_of_everybody_is_what_the_table_says(everybody: list[Somebody]) -> None:
    subjects = {each.subject for each in verbs().values()} | {"observations.smart_bins", "observations.air_quality", "tables.x", "platform"}
    faults = []
    for who, right, subject, level, area in product(everybody, Right, sorted(subjects), Level, ("", cast.SCHAERBEEK, cast.ANDERLECHT)):
        found, due = reach(who.actor, right, subject).allows(level, area), cast.allowed(who.kind, right, subject, level, area)
        if found is not due:
            faults.append(f"{who.kind} may {'' if found else 'not '}{right} {subject} {level.name} in {area or 'the region'}")
    assert not faults, "\n".join(faults)


# -- what is planted behind the doors -------------------------------------------------------------------------------------


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Give the stores a folder of their own, and nothing from before in memory."""
    from zinneke.foundations.observations import lifecycle

    lifecycle.stop()
    settings.DATA = tmp_path
    yield tmp_path
    lifecycle.stop()


def all_faults(doors: list[Door], everybody: list[Somebody]) -> str:
    return "\n".join(fault for door in doors for fault in door.faults(everybody))


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__.rpartition(".")[2])
def test_everybody_finds_behind_every_verb_what_they_should_and_nothing_else(world: ModuleType, everybody: list[Somebody], own_folder: Path) -> None:
    doors = world.doors()
    assert not (faults := all_faults(doors, everybody)), faults
    reading = {name for name, verb in verbs().items() if name.startswith(f"{world.ROOM}.") and not _writes(verb)}
    missing = reading - {door.name.partition(" ")[0] for door in doors} - set(world.HANDLED)
    assert not missing, f"add these verbs to tests/access/{world.__name__.rpartition('.')[2]}.py: {sorted(missing)}"


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__.rpartition(".")[2])
def test_everybody_changes_what_they_may_and_takes_nothing_over(world: ModuleType, everybody: list[Somebody], own_folder: Path) -> None:
    doors = world.writing()
    assert not (faults := all_faults(doors, everybody)), faults
    writing = {name for name, verb in verbs().items() if name.startswith(f"{world.ROOM}.") and _writes(verb)}
    missing = writing - {door.name.partition(" ")[0] for door in doors} - set(world.HANDLED)
    assert not missing, f"add these verbs to tests/access/{world.__name__.rpartition('.')[2]}.py: {sorted(missing)}"


def _writes(verb: Verb) -> bool:
    """Say whether a verb changes rather than reads: it takes more than the right to see, and is not named as readers are."""
    return verb.right is not Right.SEE and not verb.name.startswith(("get_", "find_", "list_", "check_"))


def test_every_room_has_a_world_or_no_levels() -> None:
    rooms = {room_of(module.__name__) for module in stores()}
    missing = rooms - set(LEVELLESS) - {room_of(world.ROOM) for world in WORLDS}
    assert not missing, f"plant a world for {sorted(missing)} in tests/access"


# -- through the machines' door --------------------------------------------------------------------------------------------


@pytest.fixture
def machine() -> Any:
    from zinneke.asgi.house import build

    client = TestClient(build(), raise_server_exceptions=False)

    def ask(who: Somebody, address: str, method: str = "GET", sent: Any = None) -> Any:
        response = client.request(method, address, headers=who.headers, json=sent)
        assert response.status_code != 500, f"{address} as {who.kind}: {response.text}"
        return response

    return ask


def filled(path: str) -> str:
    """Return a path with something in each of its places."""
    return path.replace("{z}", "1").replace("{x}", "0").replace("{y}", "0").replace("{", "").replace("}", "").replace(":path", "")


@pytest.mark.django_db(transaction=True)
def test_every_route_refuses_those_it_should_and_every_door_a_revoked_token(machine: Any) -> None:
    everybody, faults = cast.gather(), []
    revoked = Somebody("a revoked token", everybody[0].actor, cast.revoked_token())
    for route in registry.routes():
        address = filled(route.path)
        if machine(revoked, address, route.method).status_code != 401:
            faults.append(f"{name_of(route)} lets a revoked token pass")
        for who in everybody:
            if isinstance(route.audience, Needs):
                due = expected_status(who.kind, route.audience.right, route.audience.subject)
                if due != 200 and (found := machine(who, address, route.method).status_code) != due:
                    faults.append(f"{name_of(route)} answers {who.kind} with {found}, not {due}")
    assert not faults, "\n".join(faults)


@pytest.mark.django_db(transaction=True)
def test_no_cache_on_the_way_keeps_what_somebody_known_was_given(machine: Any) -> None:
    visitor, partner, *_ = cast.gather()
    for address in ("/api/latest", "/api/tables", "/api/datasets", "/api/areas", "/api"):
        given = machine(partner, address)
        assert "private" in given.headers["cache-control"], address
        assert "authorization" in given.headers["vary"].lower(), address
        assert "private" not in machine(visitor, address).headers.get("cache-control", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__.rpartition(".")[2])
def test_everybody_finds_behind_every_route_what_they_should_and_nothing_else(world: ModuleType, machine: Any, own_folder: Path) -> None:
    everybody = cast.gather()
    doors = world.routes(machine)
    assert not (faults := all_faults(doors, everybody)), faults
    room = room_of(world.ROOM)
    reading = {
        name_of(route)
        for route in registry.routes()
        if isinstance(route.audience, Needs) and route.audience.subject.partition(".")[0] == room and route.method == "GET"
    }
    missing = reading - {door.name for door in doors}
    assert not missing, f"add these routes to tests/access/{world.__name__.rpartition('.')[2]}.py: {sorted(missing)}"


@pytest.mark.django_db(transaction=True)
def test_everybody_writes_through_the_actions_of_ckan_what_they_may_and_nothing_else(machine: Any, own_folder: Path) -> None:
    from tests.access import ckan
    from zinneke.standards.ckan.actions import ACTIONS

    everybody = cast.gather()
    doors = ckan.writing(machine)
    assert not (faults := all_faults(doors, everybody)), faults
    writing = {name for name, action in ACTIONS.items() if action.writes}
    assert writing == {door.name.partition(" ")[0] for door in doors} | ckan.REFUSED
    for who, name in product(everybody, sorted(ckan.REFUSED)):
        due = 409 if cast.passes(who.kind, Right.EDIT, "catalogue") else 403
        assert machine(who, f"/api/3/action/{name}", "POST", {}).status_code == due, (who.kind, name)
    administrator = next(who for who in everybody if who.kind == cast.ADMINISTRATOR)
    for name in sorted(writing):
        assert machine(administrator, f"/api/3/action/{name}?id=quagpublic").status_code == 400, name


def test_every_reading_route_is_about_a_room_with_a_world_or_without_levels() -> None:
    known = set(LEVELLESS) | {room_of(world.ROOM) for world in WORLDS} | set(cast.CLOSED)
    faults = [
        name_of(route) for route in registry.routes() if isinstance(route.audience, Needs) and route.audience.subject.partition(".")[0] not in known
    ]
    assert not faults, f"these are about rooms without a world: {faults}"


# -- through the people's door ---------------------------------------------------------------------------------------------


@pytest.fixture
def browser() -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    def get(who: Somebody, address: str) -> Any:
        client = Client()
        if who.person is not None:
            client.force_login(get_user_model().objects.get(pk=who.person))
        response = client.get(address)
        assert response.status_code < 500, f"{address} as {who.kind}"
        response.content  # noqa: B018  a stream is read to its end
        return response

    return get


@pytest.mark.django_db
def test_no_page_shows_anybody_more_than_they_may_see(browser: Any, own_folder: Path) -> None:
    everybody = [who for who in cast.gather() if who.kind != cast.NARROW]
    doors = portal.doors(browser)
    assert not (faults := all_faults(doors, everybody)), faults
    missing = {page.name for page in registry.pages()} - {door.name for door in doors} - portal.OWN
    assert not missing, f"add these pages to tests/access/portal.py: {sorted(missing)}"


# -- the matrix itself -------------------------------------------------------------------------------------------------------


def deciding(world: ModuleType) -> list[str]:
    """Return every name under which the decision is taken in a world's room: `reach` in its modules, and in the condition that all rooms share."""
    package = ".".join(world.ROOM.split(".")[:3])
    places = [name for name, module in list(sys.modules.items()) if name.startswith(f"{package}.") and getattr(module, "reach", None) is reach]
    return [f"{place}.reach" for place in (*places, "zinneke.foundations.identity.within")]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__.rpartition(".")[2])
def test_the_matrix_names_every_door_of_a_room_that_forgets_its_rule(
    world: ModuleType, everybody: list[Somebody], own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = world.doors()
    for name in deciding(world):
        monkeypatch.setattr(name, lambda actor, right, subject: reach(SYSTEM, right, subject))
    visitor = [who for who in everybody if who.kind == cast.VISITOR]
    silent = {door.name for door in doors} - {door.name for door in doors if door.faults(visitor)}
    guarded = {door.name for door in doors if door.edits}
    assert silent <= guarded, f"these noticed nothing: {sorted(silent - guarded)}"
