"""Whatever bytes are sent and however they are said to be read: a version, or a problem that says why; never a fault of ours."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.tables import store
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

PIECES = st.sampled_from(
    [
        b"a",
        b"1",
        b"-",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b'"',
        b"\x00",
        b"\xff",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b'"a"',
        b"null",
        b"1e999",
        b"2024-01-01",
        b"0/0/0",
        b"lat,lon\n",
    ]
    + [
        b'{"type":"FeatureCollection","features":[',
        b'{"geometry":{"type":"Point","coordinates":[',
        b"NaN",
        b"9" * 30,
        b"\xef\xbb\xbf",
        b"\x1f\x8b",
        b"PAR1",
        b"PK\x03\x04",
    ]
)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    source=st.lists(PIECES, max_size=25).map(b"".join) | st.binary(max_size=60),
    form=st.sampled_from(["", "csv", "json", "jsonl", "geojson", "parquet"]),
    crs=st.sampled_from(["EPSG:4326", "EPSG:4326", "EPSG:31370", "EPSG:1", "x"]),
    encoding=st.sampled_from(["", "", "", "", "cp1252", "utf-16", "hex", "no such"]),
    zone=st.sampled_from(["Europe/Brussels"] * 8 + ["Mars/Base", ""]),
)
def test_any_bytes_are_a_version_or_a_problem(source: bytes, form: str, crs: str, encoding: str, zone: str) -> None:
    try:
        done = store.publish(SYSTEM, "any", source, Spec(form=form, crs=crs, encoding=encoding, zone=zone))  # type: ignore[arg-type]
    except Problem as problem:
        assert problem.status in (400, 413) and problem.detail
    else:
        assert done.read == done.kept + done.set_aside
        assert store.read_rows(SYSTEM, "any").total == done.kept
