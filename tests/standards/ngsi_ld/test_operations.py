"""Which operations of the standard are there: docs/ngsi-ld.md says so of each, and the routes agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.standards.ngsi_ld.source import Source
from tests.standards.ngsi_ld.test_forwarding import A, bin_of, register
from zinneke.standards import ngsi_ld
from zinneke.standards.ngsi_ld.contexts import ROOT

LINE = re.compile(r"\| `(/[^`]*)`[^|]*\|([^|]*)\|([^|]*)\|")
METHOD = re.compile(r"`([A-Z]+)`")


def test_the_document_says_of_each_operation_whether_it_is_there() -> None:
    told, missing = set[tuple[str, str]](), set[tuple[str, str]]()
    text = Path("docs/ngsi-ld.md").read_text().partition("## Every operation")[2].partition("\n## ")[0]
    for path, there, not_there in LINE.findall(text):
        told |= {(path, each) for each in METHOD.findall(there)}
        missing |= {(path, each) for each in METHOD.findall(not_there)}
    routes = {(each.path.removeprefix(ROOT).replace(":path", ""), each.method) for each in ngsi_ld.ROUTES}
    assert {(path, method) for path, method in routes if not path.endswith("/")} == told
    assert missing and not missing & routes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["collation", "snapshot"])
def test_a_parameter_that_would_not_be_heeded_is_refused(broker: TestClient, name: str) -> None:
    assert broker.get(f"entities?type=Bin&{name}=true").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_every_type_is_everything_that_is_here(broker: TestClient, source: Source) -> None:
    for each in (bin_of(A), {"id": "urn:a:bench", "type": "Bench"}):
        assert broker.post("entities", json=each).status_code == 201
    register(broker, source)
    assert [each["id"] for each in broker.get("entities?type=*").json()] == [A, "urn:a:bench"]
    assert source.asked == []
    assert broker.get("entities?type=*&local=false").status_code == 400
    sent = {"type": "Query", "entities": [{"type": "*", "idPattern": "bench"}]}
    assert [each["id"] for each in broker.post("entityOperations/query", json=sent).json()] == ["urn:a:bench"]
    assert [each["id"] for each in broker.get("entities?type=(Bench,*);Bin").json()] == [A]
