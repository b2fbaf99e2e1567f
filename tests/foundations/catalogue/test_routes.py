"""The catalogue's doors for machines: bounds are kept, the answers are what the store says."""

from __future__ import annotations

import msgspec
import pytest

from zinneke.foundations.catalogue import store
from zinneke.foundations.catalogue.routes import ROUTES, AskDatasets
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.kernel.route import Call

pytestmark = pytest.mark.django_db


def ask(path: str, **values: object) -> object:
    route = next(route for route in ROUTES if route.path == path)
    asked = msgspec.convert(values, type=route.ask, strict=False) if route.ask else None
    answer = route.call(Call(ANONYMOUS, asked, language="nl", base="https://zinneke.example"))
    return msgspec.json.decode(msgspec.json.encode(answer))


@pytest.fixture(autouse=True)
def _some() -> None:
    store.set_datasets(SYSTEM, [DatasetRow(uri="http://example.org/1", title={"nl": "Bomen", "fr": "Arbres"}, themes=("ENVI",))], "test")


def test_search_answers_in_the_readers_language_with_facets() -> None:
    found = ask("/api/datasets", q="trees", theme=["ENVI"], limit="5")
    assert found["total"] == 1 and found["hits"][0]["title"] == "Bomen"
    assert ask("/api/datasets", q="trees", lang="fr")["hits"][0]["title"] == "Arbres"
    assert {facet["key"]: facet["label"] for facet in found["facets"]}["theme"] == "Thema"


def test_a_dataset_comes_with_its_page_and_its_quality() -> None:
    found = ask("/api/datasets/{key}", key="arbres")
    assert found["page"] == "https://zinneke.example/nl/data/arbres/"
    assert found["dataset"]["title"]["fr"] == "Arbres" and 0 < found["quality"] < 100 and found["advice"]
    with pytest.raises(Problem):
        ask("/api/datasets/{key}", key="nothing")


def test_suggestions_news_and_sources_are_lists() -> None:
    assert [each["key"] for each in ask("/api/suggest", q="bom") if each["key"]] == ["arbres"]
    assert ask("/api/news") == []
    assert ask("/api/sources")[0]["key"] == "test"


@pytest.mark.parametrize("values", [{"limit": 101}, {"offset": 10_001}, {"after": "x"}, {"q": "x" * 10_001}, {"order": "magic"}, {"colour": "red"}])
def test_what_is_out_of_bounds_is_refused_before_anything_runs(values: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, type=AskDatasets, strict=False)
