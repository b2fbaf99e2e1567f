"""The doors of Explore v2.1: those to records stand in the world of the tables, those to the catalogue in its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.access.doors import Door, counts, lists, opens, silent
from zinneke.kernel.problem import Problem

ROOT = "/api/explore/v2.1/catalog"
ONE = f"{ROOT}/datasets/{{dataset_id}}"
RECORDS = (
    ("/records", "/records"),
    ("/records", "/records?group_by={label}&select=count(*)"),
    ("/records/{record_id}", "/records/1.1"),
    ("/facets", "/facets?facet={label}"),
    ("/attachments", "/attachments"),
    ("/exports", "/exports"),
    *(("/exports/{format}", f"/exports/{form}") for form in ("csv", "json", "jsonl", "geojson", "parquet", "kml", "turtle", "rdfxml", "jsonld")),
)
"""Doors to one dataset: the end of the route, and of an address."""
WHOLE = ("/records", "/records/{record_id}", "/exports/{format}")
BY_COLUMN = (
    ("/records", "/records?select={column}"),
    ("/records", "/records?where={column} is not null"),
    ("/records", "/records?where={column} = {column}"),
    ("/records", "/records?order_by={column} desc"),
    ("/records", "/records?refine={column}:471101"),
    ("/records", "/records?exclude={column}:471101"),
    ("/records", "/records?group_by={column}"),
    ("/records", "/records?select=count({column})"),
    ("/records/{record_id}", "/records/1.1?select={column}"),
    ("/facets", "/facets?facet={column}"),
    ("/facets", "/facets?where={column} is null"),
    ("/exports/{format}", "/exports/csv?select={column}"),
    ("/exports/{format}", "/exports/parquet?where={column} is null"),
)


def of_tables(ask: Callable[..., Any], mixed: Callable[..., Door], column: Callable[..., Door], name: str) -> list[Door]:
    """Return the doors to records: each for the items, then for the columns of the mixed dataset."""
    found = []
    for path, end in RECORDS:
        door = f"GET {ONE}{path}"
        found.append(opens(door, lambda who, item, e=end: _plain(ask(who, f"{ROOT}/datasets/{item.mark}{e.format(label='name')}"))))
        whole = path in WHOLE and "group_by" not in end
        found.append(mixed(door, lambda who, e=end: ask(who, f"{ROOT}/datasets/{name}{e.format(label='quagopen')}").content, whole))
    for path, end in BY_COLUMN:
        found.append(column(f"GET {ONE}{path}", lambda who, asked, e=end: _or_problem(ask(who, f"{ROOT}/datasets/{name}{e.format(column=asked)}"))))
    return found


def of_catalogue(ask: Callable[..., Any]) -> list[Door]:
    """Return the doors to the catalogue."""

    def total(who: Any) -> int:
        return int(json.loads(ask(who, f'{ROOT}/datasets?where="kerkrade"&limit=0').content)["total_count"])

    return [
        lists(f"GET {ROOT}/datasets", lambda who: ask(who, f"{ROOT}/datasets?limit=100").content),
        counts(f"GET {ROOT}/datasets", total, len),
        silent(f"GET {ROOT}/datasets", lambda who, item: ask(who, f'{ROOT}/datasets?where=dataset_id="{item.mark}"').content),
        silent(f"GET {ROOT}/datasets", lambda who, item: ask(who, f"{ROOT}/datasets?refine=publisher:publisher-{item.mark}").content),
        opens(f"GET {ONE}", lambda who, item: _plain(ask(who, f"{ROOT}/datasets/{item.mark}"))),
        lists(f"GET {ROOT}/facets", lambda who: ask(who, f"{ROOT}/facets?facet=publisher").content),
        Door(f"GET {ROOT}/exports", lambda who, expected: "" if b"csv" in ask(who, f"{ROOT}/exports").content else "names no form"),
        *(lists(f"GET {ROOT}/exports/{{format}}", lambda who, f=form: ask(who, f"{ROOT}/exports/{f}").content) for form in ("csv", "json")),
        lists(f"GET {ROOT}/exports/{{format}}", lambda who: ask(who, f'{ROOT}/exports/json?where="kerkrade"').content),
    ]


def _plain(response: Any) -> Any:
    if response.status_code >= 400:
        raise Problem(response.status_code, "", response.json()["message"])
    return response.content


def _or_problem(response: Any) -> Any:
    if response.status_code >= 400:
        told = response.json()
        raise Problem(response.status_code, told["error_code"], told["message"])
    return response.content
