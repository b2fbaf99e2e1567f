"""Projects, components and synergies for machines. A project's ETag is its version: send it back as If-Match, and nobody overwrites anybody."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec

from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.load import Counts
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.kernel.route import Call, Method, Needs, Reply, Route
from zinneke.office.projects import exports, intake, places, publiccode, store
from zinneke.office.projects.values import Alike, Choice, Component, Fiche, Gate, Organisation, Pair, Passage, Project, Wanted

READERS, WRITERS, DECIDERS = (Needs(right, store.SUBJECT) for right in (Right.SEE, Right.EDIT, Right.COMMAND))
Language = Literal["fr", "nl", "en"]
Word = Annotated[str, msgspec.Meta(max_length=300)]
Key = Annotated[str, msgspec.Meta(max_length=80)]


class AskProjects(msgspec.Struct, forbid_unknown_fields=True):
    """Words and filters; `kind` is `smart` (projects) or `works` (works in the street)."""

    q: Word = ""
    key: Word = ""
    lang: Language | None = None
    kind: Literal["smart", "works"] = "smart"
    domain: Word = ""
    challenge: Word = ""
    owner: Word = ""
    phase: Word = ""
    commune: Word = ""
    order: Literal["name", "changed", "end"] = "name"


class AskKey(msgspec.Struct, forbid_unknown_fields=True):
    """One thing by its key."""

    key: Key


class AskPairs(msgspec.Struct, forbid_unknown_fields=True):
    """Which pairs: open, accepted or refused."""

    state: Literal["open", "accepted", "refused"] = "open"
    kind: Literal["", "smart", "works"] = ""


class AskPair(msgspec.Struct, forbid_unknown_fields=True):
    """One pair by its number."""

    id: int


class Settled(msgspec.Struct, forbid_unknown_fields=True):
    """A decision about a pair and its reason."""

    state: Literal["accepted", "refused"]
    reason: Word


class GivenProjects(msgspec.Struct):
    """How many projects answer, they themselves, and the choices of each filter."""

    total: int
    projects: tuple[Project, ...]
    choices: dict[str, tuple[Choice, ...]]


class GivenProject(msgspec.Struct):
    """A project, the gates it has passed, and the address of its page."""

    project: Project
    gates: list[Gate]
    page: str


def _wanted(ask: AskProjects) -> Wanted:
    asked = {name: getattr(ask, name) for name in Wanted.__struct_fields__ if name != "text"}
    return Wanted(text=ask.q, **asked)


def _found(call: Call[AskProjects]) -> GivenProjects:
    language = call.ask.lang or call.language
    communes = {area.code: area.name.get(language, area.code) for area in territory.list_areas(call.actor, "commune")}
    found = store.search(call.actor, _wanted(call.ask), language, communes)
    return GivenProjects(len(found.projects), found.projects, found.choices)


def list_projects(call: Call[AskProjects]) -> GivenProjects:
    """Find projects; each filter's choices say how many projects they leave, and none leads to nothing."""
    return _found(call)


def export_csv(call: Call[AskProjects]) -> Reply:
    """Return the same list as CSV; the import reads it again."""
    body = exports.as_csv(_found(call).projects, call.base, call.ask.lang or call.language)
    return Reply(body, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="projects.csv"'})


def export_geojson(call: Call[AskProjects]) -> dict[str, Any]:
    """Return the projects of the list that have a place."""
    found = _found(call).projects
    return exports.as_geojson(found, places.shapes(call.actor, [each.key for each in found]), call.ask.lang or call.language)


def export_jsonld(call: Call[AskProjects]) -> dict[str, Any]:
    """Return the same list as JSON-LD."""
    return exports.as_jsonld(_found(call).projects, store.list_organisations(call.actor), call.base)


def export_calendar(call: Call[AskProjects]) -> Reply:
    """Return the milestones and promised ends of the list, to subscribe to from a calendar."""
    return Reply(exports.as_calendar(_found(call).projects, call.base, call.ask.lang or call.language), media_type="text/calendar; charset=utf-8")


def get_project(call: Call[AskKey]) -> Reply:
    """Return one project, with its version as ETag."""
    return _project(call, store.get_project(call.actor, call.ask.key))


def _project(call: Call[AskKey], project: Project, status: int = 200) -> Reply:
    gates = store.list_gates(call.actor, project.key)
    given = GivenProject(project, gates, exports.address(project.key, call.base, call.language))
    if call.headers.get("if-none-match") == _tag(project.version) and status == 200:
        return Reply(status=304, headers={"ETag": _tag(project.version)})
    return Reply(msgspec.json.encode(given), status, headers={"ETag": _tag(project.version)})


def _tag(version: int) -> str:
    return f'"{version}"'


def _version(call: Call[Any], there: bool) -> int | None:
    """Return the version that the sender read. Raises `Problem` 428 when they do not say, 412 when they expected nothing there."""
    given = call.headers.get("if-match", "")
    if found := re.fullmatch(r'(?:W/)?"(\d{1,9})"', given.strip()):
        return int(found[1])
    if not there and not given:
        return None
    if call.headers.get("if-none-match") == "*" and there:
        raise Problem(412, "It is there already", "Something has this key already. Read it, then send its ETag as If-Match to change it.")
    raise Problem(428, "Say which version you read", "Send the ETag of what you read as If-Match, so that nothing of others is overwritten.")


def _guarded(problem: Problem) -> Problem:
    return Problem(412, problem.title, problem.detail, **problem.extra) if problem.status == 409 else problem


def put_project(call: Call[AskKey]) -> Reply:
    """Write a project: a new key makes a new one, as an idea; a known one needs `If-Match`. Its phase changes by gates only."""
    held = store.find_project(call.actor, call.ask.key)
    version = _version(call, held is not None)
    fiche: Fiche = call.body
    if fiche.key not in ("", call.ask.key):
        raise wrong(f"The address says {call.ask.key!r}, the body {fiche.key!r}. Send one of them.", where="key")
    try:
        kept = store.set_project(call.actor, msgspec.structs.replace(fiche, key=call.ask.key), version)
    except Problem as problem:
        raise (_guarded(problem) if version else problem) from None
    return _project(call, kept, 200 if held else 201)


def add_project(call: Call[None]) -> Reply:
    """Write a new project, as an idea, under a key made of its name where the body gives none."""
    kept = store.set_project(call.actor, call.body)
    given = GivenProject(kept, store.list_gates(call.actor, kept.key), exports.address(kept.key, call.base, call.language))
    return Reply(msgspec.json.encode(given), 201, headers={"ETag": _tag(kept.version), "Location": f"{call.base}/api/projects/{kept.key}"})


def find_alike(call: Call[None]) -> list[Alike]:
    """Return the projects and components that resemble a fiche before it is sent, and why."""
    return store.find_alike(call.actor, call.body)


def import_projects(call: Call[None]) -> Counts:
    """Keep the projects of a CSV file or Excel workbook; good rows are kept, the others told by row. A second time changes nothing."""
    return store.take_projects(call.actor, intake.read(call.body, places.lookups(call.actor)))


def pass_gate(call: Call[AskKey]) -> Reply:
    """Pass a project to another phase by a decision that is kept; into service only with evidence of each audience."""
    return _project(call, store.pass_gate(call.actor, call.ask.key, call.body))


def confirm(call: Call[AskKey]) -> Reply:
    """Say that a project's record is right as of today."""
    return _project(call, store.confirm_project(call.actor, call.ask.key))


def list_components(call: Call[None]) -> list[Component]:
    """Return the components: the platform's own first, then the others, then what is missing by priority."""
    return store.list_components(call.actor)


def get_component(call: Call[AskKey]) -> Reply:
    """Return one component, with its version as ETag."""
    found = store.get_component(call.actor, call.ask.key)
    return Reply(msgspec.json.encode(found), headers={"ETag": _tag(found.version)})


def put_component(call: Call[AskKey]) -> Reply:
    """Write a component: a new key makes a new one, a known one needs `If-Match`."""
    return _keep_component(call, msgspec.structs.replace(call.body, key=call.ask.key))


def put_publiccode(call: Call[AskKey]) -> Reply:
    """Write a component from its publiccode.yml."""
    return _keep_component(call, publiccode.read(call.body, call.ask.key))


def _keep_component(call: Call[AskKey], component: Component) -> Reply:
    there = any(each.key == call.ask.key for each in store.list_components(call.actor))
    version = _version(call, there)
    try:
        kept = store.set_component(call.actor, component, version)
    except Problem as problem:
        raise (_guarded(problem) if version else problem) from None
    return Reply(msgspec.json.encode(kept), 200 if there else 201, headers={"ETag": _tag(kept.version)})


def list_organisations(call: Call[None]) -> list[Organisation]:
    """Return the organisations that may own projects."""
    return list(store.list_organisations(call.actor).values())


def put_organisation(call: Call[AskKey]) -> Organisation:
    """Keep an organisation that may own projects."""
    organisation = msgspec.structs.replace(call.body, key=call.ask.key)
    store.set_organisation(call.actor, organisation)
    return organisation


def list_pairs(call: Call[AskPairs]) -> list[Pair]:
    """Return the pairs with something in common of which you may edit one project, the weightiest first, each reason spelled out."""
    return store.list_pairs(call.actor, call.ask.state, call.ask.kind)


def settle_pair(call: Call[AskPair]) -> Pair:
    """Accept or refuse what two projects have in common; the decision is kept for ever."""
    if call.ask.id >= 2**62:
        raise not_found("pair", call.ask.id)
    return store.settle_pair(call.actor, call.ask.id, call.body.state, call.body.reason)


def refresh_pairs(call: Call[None]) -> Counts:
    """Compute anew what projects have in common; what was decided stays as it was."""
    return store.refresh_pairs(call.actor)


FILE = intake.LARGEST + 1_000


def _reads(path: str, call: Any, gives: Any, summary: str, ask: type | None = None, media: str = "application/json") -> Route:
    return Route(method="GET", path=path, call=call, audience=READERS, ask=ask, gives=gives, summary=summary, tags=("projects",), media_type=media)


def _writes(method: Method, path: str, call: Any, takes: Any, gives: Any, summary: str, limit: int = 1_000_000, audience: Needs = WRITERS) -> Route:
    asks = {"{key}": AskKey, "{id}": AskPair}
    ask = next((kind for place, kind in asks.items() if place in path), None)
    return Route(
        method=method, path=path, call=call, audience=audience, ask=ask, takes=takes, gives=gives, summary=summary, limit=limit, tags=("projects",)
    )


ROUTES = (
    _reads("/api/projects", list_projects, GivenProjects, "Find projects", AskProjects),
    _writes("POST", "/api/projects", add_project, Fiche, GivenProject, "Write a new project"),
    _reads("/api/projects.csv", export_csv, None, "The list as CSV", AskProjects, "text/csv"),
    _reads("/api/projects.geojson", export_geojson, dict[str, Any], "The list as GeoJSON", AskProjects, "application/geo+json"),
    _reads("/api/projects.jsonld", export_jsonld, dict[str, Any], "The list as JSON-LD", AskProjects, "application/ld+json"),
    _reads("/api/projects.ics", export_calendar, None, "Milestones as a calendar", AskProjects, "text/calendar"),
    _writes("POST", "/api/projects/import", import_projects, bytes, Counts, "Projects from CSV or Excel", FILE),
    _writes("POST", "/api/projects/alike", find_alike, Fiche, list[Alike], "What resembles a project"),
    _reads("/api/projects/organisations", list_organisations, list[Organisation], "Who may own projects"),
    _writes("PUT", "/api/projects/organisations/{key}", put_organisation, Organisation, Organisation, "Keep an organisation"),
    _reads("/api/projects/{key}", get_project, GivenProject, "One project", AskKey),
    _writes("PUT", "/api/projects/{key}", put_project, Fiche, GivenProject, "Write a project"),
    _writes("POST", "/api/projects/{key}/gates", pass_gate, Passage, GivenProject, "Pass a gate", audience=DECIDERS),
    _writes("POST", "/api/projects/{key}/confirm", confirm, None, GivenProject, "Confirm a record"),
    _reads("/api/components", list_components, list[Component], "The component catalogue"),
    _reads("/api/components/{key}", get_component, Component, "One component", AskKey),
    _writes("PUT", "/api/components/{key}", put_component, Component, Component, "Write a component"),
    _writes("PUT", "/api/components/{key}/publiccode", put_publiccode, bytes, Component, "A component from publiccode.yml", 200_000),
    Route(
        method="GET", path="/api/synergies", call=list_pairs, audience=WRITERS, ask=AskPairs, gives=list[Pair],
        summary="What projects have in common", tags=("projects",),
    ),
    _writes("POST", "/api/synergies/refresh", refresh_pairs, None, Counts, "Look anew for what projects have in common", audience=DECIDERS),
    _writes("POST", "/api/synergies/{id}", settle_pair, Settled, Pair, "Decide about a synergy"),
)  # fmt: skip
