"""Rows as a client of CKAN's DataStore reads them: searched, asked in SQL, described, dumped; and what is refused."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from ckanapi import NotFound, RemoteCKAN, ValidationError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from zinneke.foundations.catalogue.wanted import check
from zinneke.foundations.tables import sql as questions
from zinneke.kernel.problem import Problem
from zinneke.standards.ckan import solr


def test_rows_are_filtered_searched_sorted_and_paged(ckan: RemoteCKAN) -> None:
    search = ckan.action.datastore_search
    found = search(resource_id="trees.csv", limit=2)
    assert (found["total"], len(found["records"]), found["records"][0]["_id"]) == (30, 2, 1)
    assert [(each["id"], each["type"]) for each in found["fields"]][:3] == [("_id", "int"), ("species", "text"), ("height", "float8")]
    assert found["fields"][2]["info"]["unit"] == "m"
    assert search(resource_id="trees.csv", filters={"species": "oak"})["total"] == 12
    assert search(resource_id="trees.csv", filters={"species": ["oak", "elm"], "height": 0})["total"] == 1
    assert search(resource_id="trees.csv", filters={"_id": [3, 4]})["total"] == 2
    assert search(resource_id="trees.csv", q="elephant")["total"] == 6
    assert search(resource_id="trees.csv", q={"species": "gri"}, filters={"height": 2})["total"] == 1
    rows = search(resource_id="trees.csv", sort="height desc, species", limit=3, offset=1, fields="height,species")["records"]
    assert [row["height"] for row in rows] == [14.0, 13.5, 13.0]
    assert search(resource_id="trees.csv", sort="_id desc", limit=1)["records"][0]["_id"] == 30
    distinct = search(resource_id="trees.csv", fields=["species"], distinct=True, sort="species", include_total=False)
    assert [row["species"] for row in distinct["records"]] == ["=lime", "éléphant gris", "elm", "oak"]
    assert "total" not in distinct
    everything = search(resource_id="trees", limit=100_000)
    assert everything["limit"] == 32_000


def test_pages_of_a_search_join_without_a_gap(ckan: RemoteCKAN, machine: TestClient) -> None:
    seen: list[int] = []
    address = "/api/3/action/datastore_search?resource_id=trees.csv&limit=7&q=oak"
    while True:
        found = machine.get(address).json()["result"]
        if not found["records"]:
            break
        seen += [row["_id"] for row in found["records"]]
        address = found["_links"]["next"]
    assert len(seen) == len(set(seen)) == 12


def test_records_come_as_lists_csv_and_tsv_and_nothing_in_them_runs_in_a_spreadsheet(ckan: RemoteCKAN) -> None:
    search = ckan.action.datastore_search
    where = {"resource_id": "trees.csv", "filters": {"species": "=lime"}, "limit": 1, "fields": ["species", "height"]}
    assert search(**where, records_format="lists")["records"] == [["=lime", 1.5]]
    assert search(**where, records_format="csv")["records"] == '"\'=lime",1.5\n'
    assert search(**where, records_format="tsv")["records"] == '"\'=lime"\t1.5\n'


def test_one_select_is_answered_over_what_may_be_seen(ckan: RemoteCKAN) -> None:
    ask = ckan.action.datastore_search_sql
    found = ask(sql='SELECT species, count(*) AS n, max(height) FROM "trees.csv" WHERE height > 1 GROUP BY species ORDER BY n DESC, species LIMIT 2')
    assert [(row["species"], row["n"]) for row in found["records"]] == [("oak", 10), ("=lime", 6)]
    assert [each["type"] for each in found["fields"]] == ["text", "int8", "float8"]
    found = ask(sql='SELECT a.species FROM "trees.csv" a JOIN "trees" b ON a._id = b._id WHERE b.species ILIKE \'EL%\' AND a._id < 10')
    assert found["records"] == [{"species": "elm"}, {"species": "elm"}]
    found = ask(sql="SELECT date_trunc('month', planted) AS m, avg(height)::int AS h FROM \"trees\" GROUP BY 1")
    assert found["records"][0]["m"].startswith("2026-01-01")


HOSTILE = (
    "SELECT 1",
    "DROP TABLE x",
    "SELECT 1; SELECT 2",
    'SELECT * FROM "trees" UNION SELECT * FROM "trees"',
    'WITH t AS (SELECT 1) SELECT * FROM t JOIN "trees" ON true',
    'SELECT (SELECT count(*) FROM "trees") FROM "trees"',
    'SELECT * FROM "trees" WHERE _id IN (SELECT _id FROM "trees")',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM duckdb_settings()",
    "SELECT getenv('HOME') FROM \"trees\"",
    'SELECT pg_sleep(10) FROM "trees"',
    "SELECT repeat('x', 1000000000) FROM \"trees\"",
    "SELECT replace(species, 'o', 'oooooooooo') FROM \"trees\"",
    'SELECT sum(height) OVER () FROM "trees"',
    'SELECT * FROM "trees", "trees" b',
    'SELECT * FROM "trees" CROSS JOIN "trees" b',
    'SELECT * FROM generate_series(1, 1000000000) JOIN "trees" ON true',
    'SELECT * INTO x FROM "trees"',
    'SELECT * FROM "trees" FOR UPDATE',
    'SELECT * FROM "trees" LIMIT (SELECT 1)',
    'SELECT * FROM "trees" LIMIT -1',
    'SELECT nonsense FROM "trees"',
    'SELECT x.species FROM "trees"',
    'SELECT species::json FROM "trees"',
    "SELECT 'x'::int FROM \"trees\"",
    'SELECT geometry FROM "trees"',
    'SELECT "trees" FROM "trees"',
    "COPY (SELECT 1) TO '/tmp/x'",
    "ATTACH '/tmp/x'",
    "PRAGMA database_list",
    "SELECT " + "(" * 400 + "1" + ")" * 400 + ' FROM "trees"',
    "SELECT 1 " + "+ 1 " * 1500 + 'FROM "trees"',
    'SELECT * FROM "trees" ' + "".join(f'JOIN "trees" t{n} ON true ' for n in range(6)),
    "SELECT * FROM \"trees\" WHERE species ~ '(a+)+$'",
    'SELECT "\0" FROM "trees"',
    "",
    "SELECT",
    "🌳",
)


def test_hostile_sql_is_refused_with_a_sentence(ckan: RemoteCKAN) -> None:
    for sql in HOSTILE:
        with pytest.raises((ValidationError, NotFound)) as fault:
            ckan.action.datastore_search_sql(sql=sql)
        told = str(fault.value)
        assert "/tmp/" not in told.replace(sql, "")
        assert "parquet" not in told
    with pytest.raises(NotFound):
        ckan.action.datastore_search_sql(sql='SELECT * FROM "bike-counts"')


def test_a_question_that_takes_too_long_is_stopped(ckan: RemoteCKAN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SECONDS", 0.01)
    joins = "".join(f'JOIN "trees" t{n} ON t{n}._id > 0 ' for n in range(3))
    words = " + ".join(f"length(upper(t1.species || t2.species || '{n}'))" for n in range(12))
    with pytest.raises(ValidationError, match="stopped after"):
        ckan.action.datastore_search_sql(sql=f'SELECT sum(t0.height * t1.height + {words}) FROM "trees" {joins}')


PIECES = st.sampled_from(
    ["SELECT", "FROM", '"trees"', "*", "species", "_id", "count(*)", ",", "(", ")", "WHERE", "=", "'oak'", "1", "GROUP BY", "ORDER BY", "AND",
     "NOT", "JOIN", "ON", "UNION", "WITH", "x", "AS", ";", "--", "/*", "::int", "LIMIT", "OVER", "read_csv", "'", '"', "[", "]", ".", "||", "CASE"]
)  # fmt: skip


@given(pieces=st.lists(PIECES, max_size=14), start=st.sampled_from(["", "SELECT * FROM ", 'SELECT species FROM "trees" WHERE ']))
@settings(max_examples=60, deadline=None)
def test_any_heap_of_words_is_a_select_that_is_listed_or_a_sentence(pieces: list[str], start: str) -> None:
    try:
        tree = questions.read(start + " ".join(pieces))
    except Problem as problem:
        assert problem.status == 400
        assert problem.detail
        return
    assert questions.tables_of(tree) is not None
    assert all(type(node) in questions._ALLOWED for node in tree.walk())


SOLR = st.sampled_from(
    ["title:", "tags:", "a", "air quality", '"', "(", ")", "AND", "OR", "NOT", "+", "-", "*", "*:*", "[", "]", "TO", "NOW", "/DAY", "~2", "^3", "\\",
     "metadata_modified:", "{!", "}", "name:x*", "&&", "||", "!", ":", "é", "groups:(a OR b)"]
)  # fmt: skip


@given(
    query=st.one_of(st.text(max_size=60), st.lists(SOLR, max_size=12).map(" ".join), st.lists(SOLR, max_size=12).map("".join)), lenient=st.booleans()
)
@example("metadata_modified:{9999-12-31T23:59:59.5Z TO *]", False)
@settings(max_examples=150, deadline=None)
def test_any_query_is_a_tree_or_a_sentence(query: str, lenient: bool) -> None:
    try:
        check(solr.read(query, lenient=lenient))
    except Problem as problem:
        assert problem.status == 400
        assert problem.detail


@given(query=st.lists(SOLR, max_size=8).map(" ".join))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_query_is_answered(ckan: RemoteCKAN, query: str) -> None:
    for parameters in ({"q": query}, {"fq": query}):
        try:
            assert ckan.action.package_search(**parameters)["count"] <= 3
        except Exception as fault:
            assert type(fault).__name__ in ("SearchQueryError", "ValidationError")  # noqa: PT017 either is an answer


def test_deep_and_wide_queries_are_refused() -> None:
    for query in ("(" * 60 + "a" + ")" * 60, " OR ".join(f"tags:x{n}" for n in range(500)), "name:*a*b*c*", "x" * 9000, "NOT " * 60 + "a"):
        with pytest.raises(Problem) as fault:
            check(solr.read(query))
        assert fault.value.status == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"resource_id": "trees.csv", "sort": "nonsense"},
        {"resource_id": "trees.csv", "sort": "height sideways"},
        {"resource_id": "trees.csv", "fields": "nonsense"},
        {"resource_id": "trees.csv", "filters": {"nonsense": 1}},
        {"resource_id": "trees.csv", "filters": {"height": "tall"}},
        {"resource_id": "trees.csv", "filters": {"height": {"a": 1}}},
        {"resource_id": "trees.csv", "filters": "{"},
        {"resource_id": "trees.csv", "q": {"nonsense": "x"}},
        {"resource_id": "trees.csv", "limit": -1},
        {"resource_id": "trees.csv", "records_format": "xml"},
        {"resource_id": "trees.csv", "distinct": True, "fields": ["geometry"]},
        {"q": "x"},
    ],
)
def test_what_cannot_be_asked_of_rows_is_refused_by_name(ckan: RemoteCKAN, parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ckan.action.datastore_search(**parameters)


def test_a_resource_without_rows_of_ours_is_not_in_the_datastore(ckan: RemoteCKAN) -> None:
    link = ckan.action.package_show(id="bike-counts")["resources"][0]["id"]
    for name in (link, "bike-counts", "nonsense", "trees.nonsense"):
        with pytest.raises(NotFound):
            ckan.action.datastore_search(resource_id=name)


def test_fields_are_described(ckan: RemoteCKAN) -> None:
    info = ckan.action.datastore_info(id="trees.csv")
    assert info["meta"]["count"] == 30
    assert [each["id"] for each in info["fields"]] == ["species", "height", "planted", "lat", "lon", "geometry"]


def test_a_dump_streams_every_row_in_each_form(machine: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(machine.get("/datastore/dump/trees.csv?bom=true").content.decode("utf-8-sig"))))
    assert (len(rows), rows[0]["_id"], rows[3]["species"]) == (30, "1", "'=lime")
    tabbed = machine.get("/datastore/dump/trees.csv?format=tsv&fields=species,height&limit=2&sort=height%20desc").text.splitlines()
    assert tabbed == ['"species"\t"height"', '"éléphant gris"\t14.5', '"\'=lime"\t14']
    told = machine.get("/datastore/dump/trees.csv?format=json")
    document = json.loads(told.content)
    assert (len(document["records"]), document["fields"][0]["id"], document["records"][0][1]) == (30, "_id", "oak")
    assert "attachment" in told.headers["content-disposition"]
    assert machine.get("/datastore/dump/nonsense").json()["error"]["__type"] == "Not Found Error"
    assert machine.get("/datastore/dump/trees.csv?format=xml").status_code == 409
