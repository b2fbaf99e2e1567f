"""The machines' door: what a client asks in words, and what it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.foundations.tables.conftest import SECRET_ROWS, SECRETS, reader
from zinneke.foundations.tables import routes, store
from zinneke.foundations.tables.values import Published
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call, Reply

Publish = Callable[..., Published]
TREES = "species,height,lat,lon,day\noak,1.5,50.8,4.3,2024-01-01\nelm,2.5,50.9,4.4,2024-01-02\n"


def call(function: Any, ask: type, actor: Actor = ANONYMOUS, body: bytes = b"", headers: dict[str, str] | None = None, **given: Any) -> Any:
    """Call a route as the adapter does: text in, plain data out."""
    answer = function(Call(actor, msgspec.convert({"dataset": "trees", **given}, ask, strict=False), body, headers=headers or {}))
    return answer if isinstance(answer, Reply) else msgspec.json.decode(msgspec.json.encode(answer))


def test_rows_are_asked_in_words(publish: Publish) -> None:
    publish(TREES)
    found = call(routes.get_rows, routes.AskRows, where=["height:gt:2"], select=["species", "day"], limit="5")
    assert found == {"columns": ["species", "day"], "rows": [{"species": "elm", "day": "2024-01-02"}], "total": 1, "next": ""}
    assert call(routes.get_rows, routes.AskRows, where=["species:in:oak|elm", "day:between:2024-01-01|2024-01-01"])["total"] == 1
    assert call(routes.get_rows, routes.AskRows, bbox="4.35,50.85,5,51")["total"] == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"where": ["height"]}, "no condition|no operator"),
        ({"where": ["hight:gt:2"]}, "Did you mean 'height'"),
        ({"where": ["height:above:2"]}, "no operator"),
        ({"where": ["height:gt:x"]}, "no decimal"),
        ({"bbox": "1,2,3"}, "not a box"),
        ({"bbox": "5,2,3,4"}, "swapped"),
    ],
)
def test_what_cannot_be_understood_is_told(publish: Publish, given: dict[str, Any], says: str) -> None:
    publish(TREES)
    with pytest.raises(Problem, match=says) as refused:
        call(routes.get_rows, routes.AskRows, **given)
    assert refused.value.status == 400


def test_a_version_tells_its_columns_and_levels_in_words(publish: Publish) -> None:
    publish(TREES)
    found = call(routes.get_table, routes.AskDataset)
    assert found["columns"][1]["name"] == "height" and found["columns"][1]["level"] == "public" and found["level"] == "public"
    assert found["columns"][1]["profile"]["mean"] == 2.0 and found["geometry"] == "point" and found["time"] == "day"
    assert [each["number"] for each in call(routes.list_table_versions, routes.AskVersions)["versions"]] == [1]


def test_figures_come_under_their_names(publish: Publish) -> None:
    publish(TREES)
    assert call(routes.get_series, routes.AskSeries, value=["height"], step="month") == {"columns": ["day", "height"], "rows": [["2024-01-01", 2.0]]}
    assert call(routes.get_tally, routes.AskTally, column="species")["rows"] == [["elm", 1], ["oak", 1]]


def test_a_download_has_a_name_and_a_type(publish: Publish) -> None:
    publish(TREES)
    reply = call(routes.get_export, routes.AskExport, form="csv", where=["species:eq:oak"])
    assert reply.headers["Content-Disposition"] == 'attachment; filename="trees-1.csv"' and reply.media_type.startswith("text/csv")
    assert b"".join(reply.body).count(b"\r\n") == 2


def test_a_tile_is_sent_once_and_none_where_nothing_is(publish: Publish) -> None:
    publish(TREES)
    reply = call(routes.get_tile, routes.AskTile, z=0, x=0, y=0)
    assert reply.status == 200 and reply.body and reply.headers["Cache-Control"].startswith("public")
    again = call(routes.get_tile, routes.AskTile, z=0, x=0, y=0, headers={"if-none-match": reply.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert call(routes.get_tile, routes.AskTile, z=8, x=0, y=0).status == 204


@pytest.mark.django_db
def test_a_tile_of_another_reader_is_another_tile() -> None:
    store.publish(SYSTEM, "trees", SECRET_ROWS, SECRETS)
    shared, personal = (call(routes.get_tile, routes.AskTile, reader(level), z=0, x=0, y=0) for level in (Level.SHARED, Level.PERSONAL))
    assert shared.headers["ETag"] != personal.headers["ETag"] and shared.headers["Cache-Control"].startswith("private")
    assert b"Jan" not in shared.body and b"Jan" in personal.body


@pytest.mark.django_db
def test_publishing_answers_what_became_of_every_row() -> None:
    done = call(routes.post_table, routes.AskPublish, SYSTEM, b"a,b\n1,2\n3\n", columns=["b:shared"], form="csv")
    assert (done["changed"], done["read"], done["kept"], done["set_aside"]) == (True, 2, 1, 1)
    assert done["faults"][0]["where"].startswith("trees.csv: row 3") and done["version"]["columns"][1]["level"] == "shared"
    with pytest.raises(Problem, match="gives no level"):
        call(routes.post_table, routes.AskPublish, SYSTEM, b"a\n1\n", columns=["b"])


@pytest.mark.django_db
def test_the_list_goes_on_after_its_last_key() -> None:
    for name in ("a1", "a2", "a3"):
        store.publish(SYSTEM, name, b"n\n1\n")
    first = msgspec.to_builtins(routes.list_tables(Call(ANONYMOUS, routes.AskList(limit=2))))
    assert [each["dataset"] for each in first["versions"]] == ["a1", "a2"] and first["next"] == "a2"
    second = msgspec.to_builtins(routes.list_tables(Call(ANONYMOUS, routes.AskList(after="a2", limit=2))))
    assert [each["dataset"] for each in second["versions"]] == ["a3"] and second["next"] == ""
