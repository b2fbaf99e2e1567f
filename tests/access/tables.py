"""The world of the tables: four datasets, one for each item, and one whose columns are as different as the items are."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from typing import Any

import msgspec
from pmtiles.reader import Reader

from tests.access import ckan, explore
from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, changes, lists, opens, plain
from zinneke.foundations.tables import store
from zinneke.foundations.tables.closing import raise_level
from zinneke.foundations.tables.numbered import Slice
from zinneke.foundations.tables.values import ColumnSpec, Compare, Figure, Filter, Grouping, Key, Query, Spec, Term
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import Problem

ROOM = "zinneke.foundations.tables.store"
HANDLED = {
    f"{ROOM}.find_waiting": "asked in writing, upon a version that waits",
    f"{ROOM}.check_source": "reads only what it is given",
    f"{ROOM}.check_parts": "reads only what it is given",
    f"{ROOM}.check_closed": "reads only what it is given",
}
NAME = Term("column", ("name",))
MIXED = "quagmixed"
"""A dataset of Schaerbeek with a public, a shared and a personal column, beside its shapes."""
COLUMNS = {"quagopen": Level.PUBLIC, "quagwithin": Level.SHARED, "quagsecret": Level.PERSONAL}
REACHES = {"a visitor": 1, "a partner in Schaerbeek": 2, "a steward in Schaerbeek": 3, "an operator of smart_bins": 1, "an administrator": 3}


def columns(who: Somebody) -> set[str]:
    """Return the columns of the mixed dataset that somebody should find."""
    return set(list(COLUMNS)[: REACHES.get(who.kind, 1)])


def plant_one(item: Item) -> None:
    """Publish an item's dataset, again when it was changed."""
    rows = f"name,time,figure,lon,lat\n{item.mark},2026-11-20,41,4.35,50.85\n{item.mark}2,2026-11-21,42,4.36,50.86\n"
    rows += "".join(f"{item.mark},2026-12-{day:02},{day},4.35,50.85\n" for day in range(1, 30))  # enough for a line to be drawn
    spec = Spec(level=item.level, area=item.area, source=item.mark, time="time", lineage=(item.mark,))
    store.publish(SYSTEM, item.mark, rows.encode(), spec)


def plant() -> None:
    """Plant the items."""
    for item in ITEMS:
        plant_one(item)
    rows = "quagopen,quagwithin,quagsecret,day,lon,lat\n"
    rows += "".join(f"quagopenvalue,471101,471102,2026-11-{day},4.35,50.85\n" for day in (20, 21))
    levels = tuple(ColumnSpec(name=name, level=level) for name, level in COLUMNS.items())
    assert store.publish(SYSTEM, MIXED, rows.encode(), Spec(columns=levels, area=SCHAERBEEK)).changed


def doors() -> list[Door]:
    """Plant the world and return every reading door of the store."""
    plant()
    whole = (0, 0, 0)
    return [
        lists(f"{ROOM}.list_datasets", lambda who: plain(store.list_datasets(who.actor))),
        opens(f"{ROOM}.list_versions", lambda who, item: store.list_versions(who.actor, item.mark)),
        opens(f"{ROOM}.find_version", lambda who, item: store.find_version(who.actor, item.mark)),
        opens(f"{ROOM}.find_version", lambda who, item: store.find_version(who.actor, item.mark, 1)),
        opens(f"{ROOM}.get_version", lambda who, item: store.get_version(who.actor, item.mark)),
        opens(f"{ROOM}.compare", lambda who, item: store.compare(who.actor, item.mark, 1, 1).columns),
        opens(f"{ROOM}.read_rows", lambda who, item: store.read_rows(who.actor, item.mark).rows),
        opens(f"{ROOM}.stream_rows", lambda who, item: list(store.stream_rows(who.actor, item.mark).pieces)),
        opens(f"{ROOM}.read_groups", lambda who, item: store.read_groups(who.actor, item.mark, Grouping((Key("name", NAME),))).rows),
        opens(f"{ROOM}.read_slice", lambda who, item: store.read_slice(who.actor, item.mark, Slice()).rows),
        opens(f"{ROOM}.export_slice", lambda who, item: _read(store.export_slice(who.actor, item.mark, "csv", Slice())[0])),
        opens(f"{ROOM}.ask", lambda who, item: store.ask(who.actor, f'SELECT * FROM "{item.mark}"', str).rows),
        opens(f"{ROOM}.export", lambda who, item: _read(store.export(who.actor, item.mark, "csv"))),
        opens(f"{ROOM}.features", lambda who, item: store.features(who.actor, item.mark)["features"]),
        opens(f"{ROOM}.read_features", lambda who, item: store.read_features(who.actor, item.mark).rows),
        opens(f"{ROOM}.get_feature", lambda who, item: store.get_feature(who.actor, item.mark, "1.1").rows),
        opens(f"{ROOM}.tile", lambda who, item: store.tile(who.actor, item.mark, *whole).content),
        opens(f"{ROOM}.archive", lambda who, item: store.archive(who.actor, item.mark)[0].read_bytes()),
        opens(f"{ROOM}.tile_tags", lambda who, item: store.tile_tags(who.actor, item.mark)),
        opens(f"{ROOM}.series", lambda who, item: store.series(who.actor, item.mark, "time", ("figure",))),
        opens(f"{ROOM}.tally", lambda who, item: store.tally(who.actor, item.mark, "name")),
        *(_mixed(name, ask) for name, ask in _whole_answers().items()),
        *(_column(name, ask) for name, ask in _by_column().items()),
    ]


def _read(export: Any) -> bytes:
    return b"".join(export.chunks)


def _whole_answers() -> dict[str, Callable[[Somebody], Any]]:
    return {
        "list_datasets": lambda who: [plain(each) for each in store.list_datasets(who.actor) if each.dataset == MIXED],
        "list_versions": lambda who: plain(store.list_versions(who.actor, MIXED)),
        "find_version": lambda who: plain(store.find_version(who.actor, MIXED)),
        "get_version": lambda who: plain(store.get_version(who.actor, MIXED)),
        "read_rows": lambda who: plain(store.read_rows(who.actor, MIXED).records()),
        "compare": lambda who: (plain(store.compare(who.actor, MIXED, 1, 1)), plain(store.read_rows(who.actor, MIXED).records())),
        "read_slice": lambda who: plain(store.read_slice(who.actor, MIXED, Slice())),
        "export_slice": lambda who: _read(store.export_slice(who.actor, MIXED, "csv", Slice())[0]),
        "ask": lambda who: plain(store.ask(who.actor, f'SELECT * FROM "{MIXED}"', str)),
        "features": lambda who: store.features(who.actor, MIXED),
        "read_features": lambda who: msgspec.json.encode(store.read_features(who.actor, MIXED).records()),
        "get_feature": lambda who: msgspec.json.encode(store.get_feature(who.actor, MIXED, "1.2").records()),
        "export csv": lambda who: _read(store.export(who.actor, MIXED, "csv")),
        "export json": lambda who: _read(store.export(who.actor, MIXED, "json")),
        "export geojson": lambda who: _read(store.export(who.actor, MIXED, "geojson")),
        **{f"export {form}": (lambda who, f=form: _read(store.export(who.actor, MIXED, f))) for form in ("jsonl", "kml", "fgb")},
        "export parquet": lambda who: _read(store.export(who.actor, MIXED, "parquet")),
        "archive": lambda who: _unpacked(store.archive(who.actor, MIXED)[0].read_bytes()),
        "tile": lambda who: store.tile(who.actor, MIXED, 0, 0, 0).content,
    }


def _unpacked(archive: bytes) -> bytes:
    """Return what an archive of tiles says of itself, and its first tile."""
    reader = Reader(lambda start, length: archive[start : start + length])
    return repr(reader.metadata()).encode() + gzip.decompress(reader.get(0, 0, 0) or b"")


def _by_column() -> dict[str, Callable[[Somebody, str], Any]]:
    """Return the ways to ask for a column by name: to read, order, filter, count or draw it."""
    return {
        "read_rows column": lambda who, name: store.read_rows(who.actor, MIXED, Query(columns=(name,))),
        "read_rows order": lambda who, name: store.read_rows(who.actor, MIXED, Query(order=(f"-{name}",))),
        "read_rows where": lambda who, name: store.read_rows(who.actor, MIXED, Query(where=(Filter(name, "null", False),))),
        "stream_rows": lambda who, name: store.stream_rows(who.actor, MIXED, Query(columns=(name,))),
        "read_rows computed": lambda who, name: store.read_rows(who.actor, MIXED, Query(computed=(("x", Term("column", (name,))),))),
        "read_rows compare": lambda who, name: store.read_rows(
            who.actor, MIXED, Query(where=(Compare("eq", Term("column", (name,)), Term("column", (name,))),))
        ),
        "read_groups": lambda who, name: store.read_groups(who.actor, MIXED, Grouping((Key("x", Term("column", (name,))),))),
        "read_groups figure": lambda who, name: store.read_groups(
            who.actor, MIXED, Grouping(figures=(Figure("x", "count", Term("column", (name,))),))
        ),
        "export where": lambda who, name: _read(store.export(who.actor, MIXED, "csv", Query(where=(Filter(name, "null", False),)))),
        "export order": lambda who, name: _read(store.export(who.actor, MIXED, "csv", Query(order=(name,)))),
        "features where": lambda who, name: store.features(who.actor, MIXED, where=(Filter(name, "null", False),)),
        "read_features column": lambda who, name: store.read_features(who.actor, MIXED, Query(columns=(name,))),
        "read_features order": lambda who, name: store.read_features(who.actor, MIXED, Query(order=(f"-{name}",))),
        "read_features where": lambda who, name: store.read_features(who.actor, MIXED, Query(where=(Filter(name, "null", False),))),
        "series where": lambda who, name: store.series(who.actor, MIXED, "day", (), where=(Filter(name, "null", False),)),
        "read_slice column": lambda who, name: store.read_slice(who.actor, MIXED, Slice(columns=(name,))),
        "read_slice order": lambda who, name: store.read_slice(who.actor, MIXED, Slice(order=(name,))),
        "read_slice where": lambda who, name: store.read_slice(who.actor, MIXED, Slice(where=(Filter(name, "null", False),))),
        "read_slice text": lambda who, name: store.read_slice(who.actor, MIXED, Slice(texts=((name, "x"),))),
        "ask where": lambda who, name: store.ask(who.actor, f'SELECT 1 FROM "{MIXED}" WHERE {name} IS NULL', str),
        "ask order": lambda who, name: store.ask(who.actor, f'SELECT 1 FROM "{MIXED}" AS m ORDER BY m."{name}"', str),
        "tally": lambda who, name: store.tally(who.actor, MIXED, name),
        "tally where": lambda who, name: store.tally(who.actor, MIXED, "quagopen", where=(Filter(name, "null", False),)),
    }


def _mixed(name: str, ask: Callable[[Somebody], Any], whole: bool = True) -> Door:
    """Return a door to the mixed dataset: it shows the columns within reach, all of them when `whole`, and no other."""
    values = {"quagopen": "quagopenvalue", "quagwithin": "471101", "quagsecret": "471102"}

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        answer = ask(who)
        text = answer.decode("latin-1") if isinstance(answer, bytes) else repr(answer)
        due, found = columns(who), {column for column in COLUMNS if column in text.replace(values["quagopen"], "")}
        hidden = [column for column in set(COLUMNS) - due if values[column] in text]
        right = found == due if whole else found <= due
        return "" if right and not hidden else f"shows columns {sorted(found)} and values of {hidden}, where {sorted(due)} are within reach"

    return Door(name if " /" in name else f"{ROOM}.{name}", fault)


def _column(name: str, ask: Callable[[Somebody, str], Any]) -> Door:
    def refusal(who: Somebody, column: str) -> str:
        try:
            ask(who, column)
        except Problem as problem:
            return str(msgspec.to_builtins(problem.document()))
        return ""

    def fault(who: Somebody, expected: frozenset[str]) -> str:
        for column in COLUMNS:
            told, due = refusal(who, column), column in columns(who)
            if due is bool(told):
                return f"{'refuses' if due else 'answers about'} column {column}"
            said, _, meant = told.partition(" Did you mean")
            if told and (
                said.replace(column, "nonsense") not in refusal(who, "nonsense") or any(other in meant for other in set(COLUMNS) - columns(who))
            ):
                return f"tells a hidden column {column} from one that is not there: {told}"
        return ""

    return Door(name if " /" in name else f"{ROOM}.{name}", fault)


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route: each for the items, then for the columns of the mixed dataset."""
    plant()
    found = [
        lists("GET /api/tables", lambda who: ask(who, "/api/tables").content),
        _mixed("GET /api/tables", lambda who: _only_mixed(ask(who, "/api/tables"))),
    ]
    for path, address in ADDRESSES:
        name = f"GET {path}"
        found.append(opens(name, lambda who, item, a=address: ask(who, a.format(dataset=item.mark, label="name"))))
        found.append(
            _mixed(
                name,
                lambda who, a=address: _plainly(ask(who, a.format(dataset=MIXED, label="quagopen"))),
                not path.endswith(("tally", "series", "compare")),
            )
        )
    found.append(lists("GET /ogc/collections", lambda who: ask(who, "/ogc/collections").content))
    for path, rest in OGC_ADDRESSES:
        name = f"GET {path}"
        found.append(opens(name, lambda who, item, r=rest: ask(who, f"/ogc/collections/{item.mark}{r}")))
        found.append(_mixed(name, lambda who, r=rest: ask(who, f"/ogc/collections/{MIXED}{r}").content, "/" in rest and not rest.endswith("tiles")))
    for path, address in BY_COLUMN:
        found.append(_column(f"GET {path}", lambda who, name, a=address: _or_problem(ask(who, a.format(dataset=MIXED, column=name)))))
    sent = f"/ogc/collections/{MIXED}/items"
    asked = _column(f"POST {OGC}/items", lambda who, name: _or_problem(ask(who, sent, "POST", {"op": "isNull", "args": [{"property": name}]})))
    found.append(asked)
    ckan.plant_tables(f"{MIXED}-rows", COLUMNS)
    found += ckan.tables(ask, f"{MIXED}-rows", _mixed, _column, _or_problem, columns)
    return [*found, *explore.of_tables(ask, _mixed, _column, MIXED)]


ADDRESSES = (
    ("/api/tables/{dataset}", "/api/tables/{dataset}"),
    ("/api/tables/{dataset}/versions", "/api/tables/{dataset}/versions"),
    ("/api/tables/{dataset}/compare", "/api/tables/{dataset}/compare?older=1&newer=1"),
    ("/api/tables/{dataset}/rows", "/api/tables/{dataset}/rows"),
    ("/api/tables/{dataset}/export/{form}", "/api/tables/{dataset}/export/csv"),
    ("/api/tables/{dataset}/export/{form}", "/api/tables/{dataset}/export/json"),
    ("/api/tables/{dataset}/export/{form}", "/api/tables/{dataset}/export/geojson"),
    ("/api/tables/{dataset}/export/{form}", "/api/tables/{dataset}/export/parquet"),
    ("/api/tables/{dataset}/features", "/api/tables/{dataset}/features"),
    ("/api/tables/{dataset}/series", "/api/tables/{dataset}/series"),
    ("/api/tables/{dataset}/tally", "/api/tables/{dataset}/tally?column={label}"),
    ("/tiles/tables/{dataset}/{z}/{x}/{y}.mvt", "/tiles/tables/{dataset}/0/0/0.mvt"),
    ("/tiles/tables/{dataset}.pmtiles", "/tiles/tables/{dataset}.pmtiles"),
)
OGC = "/ogc/collections/{collection}"
OGC_ADDRESSES = (
    (OGC, ""),
    (f"{OGC}/items", "/items"),
    (f"{OGC}/items", "/items?f=html"),
    (f"{OGC}/items/{{item}}", "/items/1.2"),
    (f"{OGC}/schema", "/schema"),
    (f"{OGC}/queryables", "/queryables"),
    (f"{OGC}/sortables", "/sortables"),
    (f"{OGC}/tiles", "/tiles"),
    (f"{OGC}/tiles/{{matrix_set}}", "/tiles/WebMercatorQuad"),
    (f"{OGC}/tiles/{{matrix_set}}", "/tiles/WebMercatorQuad?f=tilejson"),
    (f"{OGC}/tiles/{{matrix_set}}/{{matrix}}/{{row}}/{{column}}", "/tiles/WebMercatorQuad/0/0/0"),
)
"""Doors of OGC API, each as a route and what is asked after the collection."""
BY_COLUMN = (
    (f"{OGC}/items", "/ogc/collections/{dataset}/items?properties={column}"),
    (f"{OGC}/items", "/ogc/collections/{dataset}/items?sortby={column}"),
    (f"{OGC}/items", "/ogc/collections/{dataset}/items?{column}=471101"),
    ("/api/tables/{dataset}/rows", "/api/tables/{dataset}/rows?select={column}"),
    ("/api/tables/{dataset}/rows", "/api/tables/{dataset}/rows?where={column}:null:false"),
    ("/api/tables/{dataset}/rows", "/api/tables/{dataset}/rows?order=-{column}"),
    ("/api/tables/{dataset}/export/{form}", "/api/tables/{dataset}/export/parquet?where={column}:null:false"),
    ("/api/tables/{dataset}/features", "/api/tables/{dataset}/features?where={column}:null:false"),
    ("/api/tables/{dataset}/series", "/api/tables/{dataset}/series?time=day&where={column}:null:false"),
    ("/api/tables/{dataset}/tally", "/api/tables/{dataset}/tally?column={column}"),
)


def _plainly(response: Any) -> bytes:
    return _unpacked(response.content) if response.content.startswith(b"PMTiles") else response.content


def _only_mixed(response: Any) -> str:
    return repr([each for each in response.json()["versions"] if each["dataset"] == MIXED])


def _or_problem(response: Any) -> Any:
    if response.status_code >= 400:
        told = response.json()
        raise Problem(response.status_code, told.get("title", ""), told.get("detail") or repr(told.get("error", "")))
    return response.content


def _closing() -> Door:
    """Return the verb that closes versions, each time upon a dataset of its own."""
    tick = itertools.count(1)

    def raised(who: Somebody, item: Item) -> Any:
        key = f"raised{next(tick)}-{item.mark}"
        store.publish(SYSTEM, key, b"name\noak\n", Spec(level=item.level, area=item.area))
        raise_level(who.actor, key, item.level)
        return True

    return changes("zinneke.foundations.tables.closing.raise_level", raised, lambda item: None)


def writing() -> list[Door]:
    """Plant the world and return every writing door of the store, taking datasets over among them."""
    plant()
    tick = itertools.count(1)

    def published(who: Somebody, item: Item) -> Any:
        return store.publish(who.actor, item.mark, f"name\n{next(tick)}\n".encode(), Spec(level=item.level, area=item.area)).changed

    def opened(who: Somebody, item: Item) -> Any:
        return store.publish(who.actor, item.mark, f"name\n{next(tick)}\n".encode(), Spec(level=Level.PUBLIC, area=SCHAERBEEK)).changed

    def held(who: Somebody, item: Item) -> Any:
        store.hold(who.actor, item.mark)
        return store.get_version(SYSTEM, item.mark).held

    def released(who: Somebody, item: Item) -> Any:
        store.hold(SYSTEM, item.mark)
        store.release(who.actor, item.mark)
        return not store.get_version(SYSTEM, item.mark).held

    def discarded(who: Somebody, item: Item) -> Any:
        store.publish(SYSTEM, f"held-{item.mark}", f"name\n{next(tick)}\n".encode(), Spec(level=item.level, area=item.area), held=True)
        return store.discard(who.actor, f"held-{item.mark}")

    def waiting(item: Item) -> str:
        spec = Spec(level=item.level, area=item.area)
        version = store.publish(SYSTEM, item.mark, f"name\n{next(tick)}\n".encode(), spec, waits=True).version
        assert version.held
        return version.mark

    def settled(who: Somebody, item: Item) -> Any:
        return store.settle(who.actor, item.mark, True, waiting(item))

    def restore(item: Item) -> None:
        if waits := store.find_waiting(SYSTEM, item.mark):
            store.settle(SYSTEM, item.mark, False, waits.mark)
        store.release(SYSTEM, item.mark)
        plant_one(item)

    doors = {"publish": published, "publish over": opened, "hold": held, "release": released, "discard": discarded}
    doors |= {"settle": settled, "find_waiting": lambda who, item: store.find_waiting(who.actor, waiting(item) and item.mark)}
    return [*(changes(f"{ROOM}.{name}", ask, restore) for name, ask in doors.items()), _closing()]
