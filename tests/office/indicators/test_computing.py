from __future__ import annotations

import pytest

from tests.office.indicators.conftest import FIGURES, NORTH, PEOPLE_PER_HOME, SOUTH, in_force, officer, publish, sheet, summed
from zinneke.foundations.tables.models import VersionRecord
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level, Right
from zinneke.office.indicators import measures, models, store
from zinneke.office.indicators.measures import Change, Other, Ranked, Ratio, Rows, Split, Sum, Surface
from zinneke.office.indicators.values import City, Ranking, Value, ValueRow

pytestmark = pytest.mark.usefixtures("town")


def latest(key: str, area: str = "", period: str = "2020", dimension: str = "") -> Value:
    return next(v for v in store.list_values(ANONYMOUS, key) if (v.area, v.period, v.dimension) == (area, period, dimension))


def test_a_sum_is_computed_for_each_commune_and_the_region_with_the_version_it_came_from() -> None:
    in_force("people", sheet(summed("people")))
    assert store.compute(SYSTEM).added == 6
    assert latest("people").value == 330
    assert latest("people", NORTH).value == 110
    assert latest("people").provenance["inputs"][0].startswith("figures@1 ")


def test_a_division_by_zero_is_an_absent_value_with_its_reason() -> None:
    in_force("per-home", sheet(PEOPLE_PER_HOME))
    store.compute(SYSTEM)
    assert latest("per-home", NORTH).value == pytest.approx(2.2)
    assert (latest("per-home", SOUTH).value, latest("per-home", SOUTH).absent) == (None, "zero_divisor")


def test_computing_again_changes_nothing() -> None:
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    assert store.compute(SYSTEM).added == 0
    assert len(store.list_runs(SYSTEM, "people")) == 1


def test_new_data_make_a_new_value_and_what_was_published_can_be_read_again() -> None:
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    before = latest("people").decided
    publish(FIGURES.replace("110", "115"))
    store.compute(SYSTEM)
    assert before is not None
    assert latest("people", NORTH).value == 115
    assert next(v.value for v in store.list_values(ANONYMOUS, "people", before) if v.area == NORTH and v.period == "2020") == 110
    old, new = store.history(ANONYMOUS, "people", "2020", NORTH)
    assert (old.value, new.value, old.ended is not None) == (110, 115, True)


def test_a_dataset_that_vanished_is_told_and_the_published_values_stay() -> None:
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    VersionRecord.objects.filter(dataset="figures").delete()
    counts = store.compute(SYSTEM)
    assert "not any more" in counts.faults[0].what
    assert latest("people").value == 330
    assert "not any more" in store.get_indicator(ANONYMOUS, "people").fault


def test_a_column_that_vanished_is_told() -> None:
    in_force("people", sheet(summed("people")))
    publish("year,nis,inhabitants\n2020,21015,3\n")
    assert "has changed" in store.compute(SYSTEM).faults[0].what


def test_figures_of_confidential_columns_stay_as_confidential() -> None:
    publish(FIGURES.replace("110", "111"), people=Level.PERSONAL)
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    assert store.list_values(ANONYMOUS, "people") == []
    assert not store.series(officer(1, Right.SEE), "people")
    assert store.list_values(SYSTEM, "people")


def test_values_follow_when_their_data_become_more_confidential() -> None:
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    assert store.list_values(ANONYMOUS, "people")
    publish(FIGURES + "2021,21015,1,1\n", people=Level.SHARED)
    store.compute(SYSTEM)
    assert store.list_values(ANONYMOUS, "people") == []


def test_a_correction_by_hand_is_not_overruled_by_the_next_computing_and_a_refusal_is_final() -> None:
    writer, reviewer = officer(1, Right.SEE, Right.EDIT), officer(2, Right.SEE, Right.EDIT, Right.COMMAND)
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    store.enter_values(writer, "people", [ValueRow(period="2020", value=112, area=NORTH)], "two were forgotten")
    store.decide_values(reviewer, [value.id for _, value in store.list_drafts(reviewer)], True, "counted")
    store.compute(SYSTEM)
    assert latest("people", NORTH).value == 112
    (draft,) = [value for _, value in store.list_drafts(reviewer)]
    assert draft.value == 110
    store.decide_values(reviewer, [draft.id], False, "the register was late")
    store.compute(SYSTEM)
    assert store.list_drafts(reviewer) == []
    assert latest("people", NORTH).value == 112


def test_what_is_made_of_another_indicator_comes_after_it_and_takes_its_level() -> None:
    publish(FIGURES.replace("110", "111"), people=Level.PERSONAL)
    in_force("a-density", sheet(Ratio(of=Other("people"), per=Surface()), unit="/km2"))
    in_force("people", sheet(summed("people")))
    store.compute(SYSTEM)
    assert store.list_values(ANONYMOUS, "a-density") == []
    assert next(v.value for v in store.list_values(SYSTEM, "a-density") if v.area == NORTH and v.period == "2019") == 10


def test_a_place_in_a_ranking_is_as_confidential_as_the_ranking() -> None:
    words = {"fr": "R"}
    ranking = Ranking(key="r", name=words, edition="1", publisher="p", method=words, address="", cities=2, parts={}, note=words)
    store.set_ranking(SYSTEM, ranking, [City("Oslo", "NO", 1, 7.1), City("Brussels", "BE", 2, 5.4)], Level.SHARED)
    in_force("rank", sheet(Ranked(ranking="r", city="Brussels")))
    store.compute(SYSTEM)
    assert store.list_values(ANONYMOUS, "rank") == []
    assert [value.value for value in store.list_values(SYSTEM, "rank")] == [2]


def test_indicators_made_of_one_another_are_refused_and_no_other() -> None:
    in_force("people", sheet(summed("people")))
    in_force("x", sheet(Other("y")))
    in_force("y", sheet(Other("x")))
    counts = store.compute(SYSTEM)
    assert {fault.where for fault in counts.faults} == {"x", "y"}
    assert latest("people").value == 330


def test_old_years_keep_the_definition_that_was_in_force() -> None:
    found = in_force("people", sheet(summed("people")))
    store.revise(SYSTEM, "people", sheet(summed("homes")), found.revision, "2020", "homes are what we count now")
    store.submit(SYSTEM, "people")
    store.decide(SYSTEM, "people", "validated", "read")
    store.compute(SYSTEM)
    assert (latest("people", NORTH, "2019").value, latest("people", NORTH, "2019").version) == (100, 1)
    assert (latest("people", NORTH, "2020").value, latest("people", NORTH, "2020").version) == (50, 2)


def test_few_people_are_withheld_and_a_divisor_may_be_held() -> None:
    in_force("few", sheet(summed("people", least=2)))
    in_force("held", sheet(Ratio(of=Rows(dataset="figures", area="nis", period="2022"), per=summed("people"), hold=3)))
    store.compute(SYSTEM)
    assert latest("few", NORTH).absent == "too_few"
    assert latest("held", NORTH, "2022").provenance["held"] == "2020"
    assert latest("held", NORTH, "2022").quality >= 4


def test_a_split_tells_figures_apart_and_the_sheet_knows_it() -> None:
    publish("year,nis,people,sex\n2020,21015,3,1\n2020,21015,4,2\n")
    in_force("apart", sheet(summed("people", split=Split("sex", "sex", {"1": "m", "2": "f"})), expected=("commune", "sex", "age")))
    store.compute(SYSTEM)
    assert latest("apart", NORTH, dimension="sex:f").value == 4
    assert [gap.what for gap in store.gaps(ANONYMOUS) if gap.kind == "disaggregation"] == ["age"]


def test_change_and_sum() -> None:
    in_force("growth", sheet(Change(of=summed("people")), unit="%", signed=True))
    in_force("all", sheet(Sum((summed("people"), summed("homes")))))
    store.compute(SYSTEM)
    assert latest("growth", NORTH).value == pytest.approx(10)
    assert latest("all", NORTH).value == 160


def test_an_implausible_figure_waits_for_somebody() -> None:
    in_force("people", sheet(summed("people"), high=105))
    store.compute(SYSTEM)
    assert {v.value for v in store.list_values(ANONYMOUS, "people")} == {100}
    assert models.ValueRecord.objects.filter(state="draft").count() == 5


def test_a_query_with_faults_is_not_kept() -> None:
    assert measures.faults(Rows(dataset="x", take="sum", year="y"))
    assert measures.faults(Rows(dataset="x", year="y", period="2020"))
    deep: measures.Measure = Surface()
    for _ in range(8):
        deep = Sum((deep,))
    assert "deep" in measures.faults(deep)[0]


def test_the_face_of_dashboards_agrees_with_the_values() -> None:
    in_force("people", sheet(summed("people"), better="up"))
    store.compute(SYSTEM)
    stand = store.standing(ANONYMOUS, "people", NORTH)
    assert stand.latest is not None
    assert stand.previous is not None
    assert (stand.latest.value, stand.previous.value, stand.status) == (110, 100, "unknown")
    compared = store.compare(ANONYMOUS, "people")
    assert (compared.period, compared.region, [each.area for each in compared.communes]) == ("2020", 330, [SOUTH, NORTH])
    assert {gap.kind for gap in store.gaps(ANONYMOUS)} >= {"no_target", "no_outcome"}
