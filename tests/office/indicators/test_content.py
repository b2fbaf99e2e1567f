from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from zinneke.cli.manifest import CITIES
from zinneke.kernel.confidentiality import ANONYMOUS
from zinneke.office.indicators import loading, measures, rules, store

SHIPPED = CITIES / "brussels" / "indicators.toml"


def content() -> loading.Content:
    return msgspec.toml.decode(SHIPPED.read_bytes(), type=loading.Content)


def test_every_shipped_indicator_is_without_fault_and_written_in_three_languages() -> None:
    found = content()
    assert sum(each.measure is not None for each in found.indicator) >= 40
    for each in found.indicator:
        for defined in loading._definitions(found, each):
            assert not rules.sheet_faults(defined.sheet), each.key
            for words in (defined.sheet.name, defined.sheet.definition, defined.sheet.source, defined.sheet.misses or defined.sheet.name):
                assert set(words) == {"fr", "nl", "en"}, each.key


def test_what_an_indicator_is_made_of_is_there() -> None:
    keys = {each.key for each in content().indicator}
    assert {need for each in content().indicator for need in measures.needs(each.measure)} <= keys


@pytest.mark.django_db
def test_statements_and_rankings_load_once(tmp_path: Path) -> None:
    blocks = CITIES / "brussels" / "building_blocks.toml"
    assert loading.load_statements(blocks, {}).added >= 10
    assert loading.load_statements(blocks, {}).added == 0
    assert {each.block for each in store.list_statements(ANONYMOUS)} == {"data", "technologies", "governance", "collaboration", "human_capital"}
    table = tmp_path / "ranking.csv"
    table.write_text("City,Country,Score\nOslo,Norway,7138\nBrussels,Belgium,5379\nNowhere,,x\n", encoding="utf-8")
    ranking = {"key": "r", "name": {"fr": "R"}, "edition": "1", "publisher": "p", "method": {}, "address": "", "cities": 0, "parts": {}, "note": {}}
    options = {"ranking": ranking, "divide": 1000, "columns": {"city": "City", "country": "Country", "score": "Score"}}
    counts = loading.load_ranking(table, options)
    assert (counts.added, counts.refused) == (2, 1)
    assert loading.load_ranking(table, options).added == 0
    assert [(city.name, city.rank, city.score) for city in store.get_ranking(ANONYMOUS, "r")[1]] == [("Oslo", 1, 7.138), ("Brussels", 2, 5.379)]
