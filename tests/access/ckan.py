"""CKAN's door to the worlds of the catalogue and the tables: what it finds, counts, offers and dumps is what whoever asks may see."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.access.cast import ITEMS, SCHAERBEEK, Item, Somebody
from tests.access.doors import Door, at_most, counts, lists, opens, silent
from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Publisher
from zinneke.foundations.tables import store as rows
from zinneke.foundations.tables.values import ColumnSpec, Spec
from zinneke.kernel.confidentiality import SYSTEM, Level

Ask = Callable[..., Any]
ROUTES = ("GET /api/3/action/{action}", "GET /api/action/{action}")
DUMP = "GET /datastore/dump/{id}"


def catalogue(ask: Ask) -> list[Door]:
    """Return the doors to the entries of the catalogue's world, which is planted already."""

    def get(who: Somebody, action: str, place: int = 0) -> Any:
        return ask(who, f"{('/api/3/action/', '/api/action/')[place]}{action}")

    def found(who: Somebody, action: str) -> Any:
        return get(who, action).json().get("result")

    everywhere = "include_private=true"
    facets = quote('["organization","tags","groups","level","commune","source"]')
    name = ROUTES[0]
    return [
        lists(name, lambda who: get(who, f"package_search?q=kerkrade&{everywhere}").content),
        lists(ROUTES[1], lambda who: get(who, f"package_search?q=kerkrade&{everywhere}", 1).content),
        lists(name, lambda who: get(who, f"package_search?rows=0&{everywhere}&facet.field={facets}").content),
        counts(name, lambda who: found(who, f"package_search?q=kerkrade&rows=0&{everywhere}")["count"], len),
        counts(
            name,
            lambda who: found(who, f"package_search?rows=0&{everywhere}&facet.field=groups")["facets"]["groups"],
            lambda seen: {"tran": len(seen)},
        ),
        at_most(name, lambda who: get(who, f"package_search?q=kerkrade&facet.field={facets}").content),
        *(
            silent(name, lambda who, item, q=query: found(who, f"package_search?{everywhere}&fq={quote(q.format(item.mark))}")["results"])
            for query in ("organization:publisher-{}", "tags:{}", "tags:{}*", "name:{}", "name:{}*", "title:{}", "NOT (-name:{})", "source:source-{}")
        ),
        *(
            silent(name, lambda who, item, q=query: found(who, f"package_search?{everywhere}&q={quote(q.format(item.mark))}")["results"])
            for query in ("{}", '"{}"', "{}*", "notes:{} OR nothing")
        ),
        lists(name, lambda who: get(who, f"package_list?{everywhere}").content),
        at_most(name, lambda who: get(who, "package_list").content),
        lists(name, lambda who: get(who, f"current_package_list_with_resources?{everywhere}").content),
        opens(name, lambda who, item: get(who, f"package_show?id={item.mark}")),
        opens(name, lambda who, item: get(who, f"resource_show?id={_resource(item)}")),
        opens(name, lambda who, item: get(who, f"resource_view_list?id={_resource(item)}")),
        lists(name, lambda who: get(who, "resource_search?query=format:CSV").content),
        lists(name, lambda who: get(who, "organization_list?all_fields=true").content),
        opens(name, lambda who, item: get(who, f"organization_show?id=publisher-{item.mark}&include_datasets=true")),
        lists(name, lambda who: get(who, "group_show?id=tran&include_datasets=true").content),
        lists(name, lambda who: get(who, "tag_list").content),
        opens(name, lambda who, item: get(who, f"tag_show?id={item.mark}")),
        lists(name, lambda who: get(who, "tag_search").content),
        lists(name, lambda who: get(who, "group_package_show?id=tran").content),
        opens(name, lambda who, item: get(who, f"member_list?id=publisher-{item.mark}")),
        silent(name, lambda who, item: found(who, f"tag_autocomplete?query={item.mark[:6]}")),
        silent(name, lambda who, item: found(who, f"organization_autocomplete?q={item.mark[:6]}")),
        silent(name, lambda who, item: found(who, f"package_autocomplete?q={item.mark[:6]}")),
        opens(name, lambda who, item: get(who, f"package_activity_list?id={item.mark}")),
        opens(name, lambda who, item: get(who, f"package_relationships_list?id={item.mark}")),
        opens(name, lambda who, item: get(who, f"dataset_follower_count?id={item.mark}")),
        opens(name, lambda who, item: get(who, f"organization_follower_count?id=publisher-{item.mark}")),
        lists(name, lambda who: get(who, "group_activity_list?id=tran").content),
        opens(name, lambda who, item: get(who, f"organization_activity_list?id=publisher-{item.mark}")),
        at_most(name, lambda who: get(who, "recently_changed_packages_activity_list").content),
        at_most(name, lambda who: get(who, "organization_list_for_user").content),
    ]


def _resource(item: Item) -> str:
    from zinneke.standards.ckan.shape import resource_ids

    return resource_ids(item.mark, store.get_dataset(SYSTEM, item.mark).row.distributions)[0]


def plant_tables(mixed: str, columns: dict[str, Level]) -> None:
    """Give the datasets of the tables' world their entries, so that they are resources."""
    for item in ITEMS:
        row = DatasetRow(uri=f"urn:test:{item.mark}", key=f"{item.mark}-rows", title={"en": item.mark}, level=item.level, area=item.area)
        store.publish(SYSTEM, row, f"name,figure\n{item.mark},41\n{item.mark},42\n".encode(), Spec(level=item.level, area=item.area, time=""))
    rows = f"{','.join(columns)}\nquagopenvalue,471101,471102\nquagopenvalue,471101,471102\n"
    spec = Spec(columns=tuple(ColumnSpec(name=name, level=level) for name, level in columns.items()), area=SCHAERBEEK)
    store.publish(SYSTEM, DatasetRow(uri="urn:test:mixed", key=mixed, title={"en": mixed}, level=Level.PUBLIC), rows.encode(), spec)


def tables(
    ask: Ask, mixed: str, whole: Callable[..., Door], column: Callable[..., Door], refuse: Callable[[Any], Any], seen: Callable[[Somebody], set[str]]
) -> list[Door]:
    """Return the doors to rows: each item's, then column by column those of the mixed dataset."""
    name, action = ROUTES[0], "/api/3/action/"
    found = []
    for path, door in (
        ("/datastore/dump/{}", DUMP),
        ("/datastore/dump/{}?format=tsv", DUMP),
        ("/datastore/dump/{}?format=json", DUMP),
        (f"{action}datastore_search?resource_id={{}}", name),
        (f"{action}datastore_search?resource_id={{}}&records_format=csv", name),
        (f"{action}datastore_info?id={{}}", name),
    ):
        found.append(opens(door, lambda who, item, a=path: ask(who, a.format(f"{item.mark}-rows.csv"))))
        found.append(whole(door, lambda who, a=path: ask(who, a.format(mixed)).content, "info" not in path))
    sql = 'SELECT * FROM "{}"'
    found.append(opens(name, lambda who, item: ask(who, f"{action}datastore_search_sql?sql={quote(sql.format(f'{item.mark}-rows'))}")))
    found.append(whole(name, lambda who: ask(who, f"{action}datastore_search_sql?sql={quote(sql.format(mixed))}").json()["result"]["records"]))
    for path in (
        f"/datastore/dump/{mixed}?fields={{}}",
        f"{action}datastore_search?resource_id={mixed}&fields={{}}",
        f"{action}datastore_search?resource_id={mixed}&sort={{}}",
        f"{action}datastore_search?resource_id={mixed}&filters=" + '{{"{}":"471101"}}',
        f"{action}datastore_search?resource_id={mixed}&q=" + '{{"{}":"x"}}',
        f"{action}datastore_search_sql?sql=" + quote(f'SELECT count(*) FROM "{mixed}" WHERE ') + "{}+IS+NULL",
        f"{action}datastore_search_sql?sql=" + quote(f'SELECT "{mixed}".') + "{}" + quote(f' FROM "{mixed}"'),
    ):
        found.append(column(DUMP if "dump" in path else name, lambda who, each, a=path: refuse(ask(who, a.format(each)))))
    found.append(
        Door(
            name,
            lambda who, expected: _searched(ask(who, f"{action}datastore_search?resource_id={mixed}&q=471102&limit=0"), "quagsecret" in seen(who)),
        )
    )
    return found


def _searched(response: Any, due: bool) -> str:
    """Say whether words find rows by what stands in a column that is out of reach."""
    total = response.json()["result"]["total"]
    return "" if (total > 0) is due else f"finds {total} rows by a word of the personal column"


REFUSED = {
    f"{what}_{verb}"
    for what, verbs in {
        "organization": "create update patch delete purge member_create member_delete",
        "group": "create update patch delete purge member_create member_delete",
        "tag": "create update delete",
        "vocabulary": "create update delete",
        "resource_view": "create update delete reorder clear",
    }.items()
    for verb in verbs.split()
}
"""Actions that are about no dataset: without a name who may edit is told what is wrong, everybody else that they may not."""
LINK = "https://example.org/elsewhere.csv"


_TICK = itertools.count(1)


def _planted(item: Item) -> str:
    key = f"written{next(_TICK)}-{item.mark}"
    link = Distribution(format="csv", url=LINK)
    body = Publisher(f"body-{item.mark}", {"en": f"Body {item.mark}"})
    row = DatasetRow(uri=f"urn:{key}", key=key, title={"en": key}, publisher=body, level=item.level, area=item.area, distributions=(link,))
    store.publish(SYSTEM, row, b"name,figure\na,1\nb,2\n", Spec(level=item.level, area=item.area))
    return key


def _link_of(key: str) -> str:
    from zinneke.standards.ckan.shape import resource_ids

    found = store.get_dataset(SYSTEM, key).row.distributions
    return next(mark for mark, each in zip(resource_ids(key, found), found, strict=True) if each.url == LINK)


def _extras(item: Item, level: str = "", area: str = "") -> list[dict[str, str]]:
    return [{"key": "level", "value": level or item.level.name.lower()}, {"key": "area", "value": area or item.area}]


def _new(item: Item, key: str) -> dict[str, Any]:
    return {"name": f"new{next(_TICK)}-{item.mark}", "title": "New", "extras": _extras(item)}


def _bare(item: Item, key: str) -> str:
    name = f"bare-{key}"
    store.add_dataset(SYSTEM, DatasetRow(uri=f"urn:{name}", key=name, title={"en": name}, level=item.level, area=item.area))
    return name


def writing(ask: Ask) -> list[Door]:
    """Return every action that writes, upon a published dataset with rows and a link, of each item's level and area."""
    ways: dict[str, Callable[[Item, str], dict[str, Any]]] = {
        "package_create": _new,
        "package_create draft": lambda item, key: {**_new(item, key), "private": True},
        "package_update": lambda item, key: {"id": key, "title": "Other"},
        "package_patch": lambda item, key: {"id": key, "title": "Other"},
        "package_patch over": lambda item, key: {"id": key, "extras": _extras(item, "public", SCHAERBEEK)},
        "package_patch deleted": lambda item, key: {"id": key, "state": "deleted"},
        "package_patch published": lambda item, key: {"id": _bare(item, key), "state": "active"},
        "package_revise": lambda item, key: {"match": {"id": key}, "update": {"title": "Other"}},
        "package_owner_org_update": lambda item, key: {"id": key, "organization_id": f"body-{item.mark}"},
        "package_resource_reorder": lambda item, key: {"id": key, "order": [_link_of(key)]},
        "package_delete": lambda item, key: {"id": key},
        "dataset_purge": lambda item, key: {"id": _bare(item, key)},
        "package_delete draft": lambda item, key: {"id": _bare(item, key)},
        "resource_create": lambda item, key: {"package_id": key, "url": "https://example.org/more.csv"},
        "resource_create table": lambda item, key: {"package_id": key, "name": "Place for rows"},
        "resource_update": lambda item, key: {"id": _link_of(key), "url": "https://example.org/other.csv"},
        "resource_patch": lambda item, key: {"id": _link_of(key), "name": "Other"},
        "resource_delete": lambda item, key: {"id": _link_of(key)},
        "datastore_create": lambda item, key: {"resource": {"package_id": _bare(item, key)}, "records": [{"name": "c"}], "primary_key": "name"},
        "datastore_create further": lambda item, key: {"resource": {"package_id": key, "name": "Further"}, "records": [{"name": "c"}]},
        "datastore_create more": lambda item, key: {"resource_id": f"{key}.csv", "records": [{"name": "c"}]},
        "datastore_upsert": lambda item, key: {"resource_id": f"{key}.csv", "records": [{"name": "b", "figure": 3}], "primary_key": "name"},
        "datastore_delete": lambda item, key: {"resource_id": f"{key}.csv", "filters": {"name": "a"}},
        "datastore_records_delete": lambda item, key: {"resource_id": f"{key}.csv", "filters": {"name": "a"}},
    }

    def knock(name: str, asked: Callable[[Item, str], dict[str, Any]]) -> Callable[[Somebody, Item], Any]:
        ready: dict[str, tuple[str, dict[str, Any]]] = {}

        def once(who: Somebody, item: Item) -> Any:
            """Ask upon what is still untouched from the one before, else upon something new."""
            if item.mark not in ready:
                made = _planted(item)
                ready[item.mark] = made, asked(item, made)
            key, sent = ready[item.mark]
            before = _state(key)
            response = ask(who, f"/api/3/action/{name.partition(' ')[0]}", "POST", sent)
            untouched = _state(key) == before
            assert response.status_code == 200 or untouched, f"{name} was refused to {who.kind}, and changed something"
            if response.status_code == 200:
                del ready[item.mark]
            return response

        def _state(key: str) -> Any:
            found = store.get_dataset(SYSTEM, key)
            return found.etag, found.state, rows.get_version(SYSTEM, key).number, sorted(store.list_keys(SYSTEM))

        return once

    return [opens(name, knock(name, asked), edits=True) for name, asked in ways.items()]
