from __future__ import annotations

import pytest

from tests.office.indicators.conftest import in_force, sheet, summed
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.spreadsheet import as_csv
from zinneke.office.indicators import exports, store

pytestmark = pytest.mark.usefixtures("town")


def test_the_ngsi_ld_entity_is_a_key_performance_indicator_with_its_value_and_standing() -> None:
    found = in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    entity = exports.entity(found, store.standing(ANONYMOUS, "people", ""), "Region", "http://x", "en")
    assert entity["type"] == "KeyPerformanceIndicator"
    assert entity["id"] == "urn:ngsi-ld:KeyPerformanceIndicator:people:region"
    assert (entity["kpiValue"]["value"], entity["currentStanding"]["value"]) == (330, "undetermined")
    assert entity["calculationPeriod"]["value"] == {"from": "2020-01-01", "to": "2021-01-01"}


def test_sdmx_csv_marks_what_is_missing_and_writes_intervals_as_durations() -> None:
    found = in_force("people", sheet(summed("people", period="2020-06/2021-05", year="", least=2)))
    store.compute(SYSTEM)
    lines = as_csv(exports.SDMX, exports.sdmx(found, store.list_values(ANONYMOUS, "people"))).splitlines()
    assert lines[0].startswith("STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,FREQ,REF_AREA")
    assert any("2020-06-01/P12M" in line and ",04000," in line for line in lines[1:])
