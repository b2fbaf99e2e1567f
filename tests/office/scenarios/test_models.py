"""What the models compute: hand-computed cases, published ones, and the ends of the range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.office.scenarios import rules
from zinneke.office.scenarios.declared import assignment, fleet, lighting, models, renewal, signals, speed_limit, sun
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import Question

MODELS = list(models().values())


def draws(model: Model, size: int = 1, **changed: float) -> dict[str, Any]:
    return {key: np.full(size, float(value)) for key, value in (model.defaults() | changed).items()}


def ask(key: str, **changed: float) -> Any:
    model = models()[key]
    return rules.answer(model, Question(model=key, version=model.version, changed=changed, draws=200))


# -- every model -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_a_declaration_has_no_faults(model: Model) -> None:
    keys = [each.key for each in model.inputs]
    assert len(set(keys)) == len(keys)
    assert not {"seed", "draws", "engine", "model", "area", "level", "edition", "parent", "discussion"} & set(keys)
    for each in model.inputs:
        assert rules.fault_of(each, each.default) is None, each.key
        assert each.lever or each.source or each.group.en in ("The period",), f"{each.key} says no source"
        assert each.spread is None or each.spread[0] < 1 < each.spread[1], each.key
        assert not (each.lever and each.spread), f"{each.key}: what is decided is known exactly"
    assert any(each.lever for each in model.inputs)
    assert model.blind
    assert model.assumptions
    question = Question(model=model.key, version=model.version, draws=model.draws)
    assert rules.check(model, question) == {}
    for preset in model.presets:
        changed = dict(preset.values)
        assert rules.check(model, Question(model=model.key, version=model.version, changed=changed, draws=model.draws)) == {}
        assert all(model.input(key).lever for key in changed), "a preset is a decision"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_without_a_change_nothing_changes(model: Model) -> None:
    result = rules.answer(model, Question(model=model.key, version=model.version, draws=100))
    for figure in result.figures:
        assert figure.change.mid == figure.change.low == figure.change.high == 0
    assert len(result.labels) == len(result.figures[0].before.mid)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
@settings(max_examples=6)
@given(data=st.data())
def test_any_values_in_range_give_finite_figures_or_a_sentence(model: Model, data: st.DataObject) -> None:
    changed = {}
    for each in data.draw(st.lists(st.sampled_from(model.inputs), max_size=5, unique_by=lambda each: each.key)):
        value = data.draw(st.integers(int(np.ceil(each.low)), int(each.high)) if each.whole else st.floats(each.low, each.high), label=each.key)
        changed[each.key] = float(value)
    try:
        result = rules.answer(model, Question(model=model.key, version=model.version, changed=changed, draws=100))
    except Problem as problem:
        assert problem.status == 400
        assert problem.detail
        return
    for figure in result.figures:
        for band in (figure.baseline, figure.scenario):
            assert np.isfinite([band.low, band.mid, band.high]).all()
            assert band.low <= band.mid <= band.high


# -- the sun and the lamps --------------------------------------------------------------------------------------------------

KNOWN = {
    (3, 20): ("06:46", "18:54"),
    (6, 21): ("05:29", "21:59"),
    (9, 22): ("07:28", "19:41"),
    (12, 21): ("08:42", "16:38"),
}
"""Sunrise and sunset at Brussels in the time of its clocks, by another program that follows Meeus (astral 3.2)."""


@pytest.mark.parametrize(("day", "times"), KNOWN.items(), ids=str)
def test_the_sun_rises_and_sets_over_brussels_when_almanacs_say(day: tuple[int, int], times: tuple[str, str]) -> None:
    from datetime import date

    index = (date(sun.YEAR, *day) - date(sun.YEAR, 1, 1)).days
    shift = sun.clock_shift("Europe/Brussels")[index]
    for computed, told in zip(sun.sun_times(50.85, 4.35), times, strict=True):
        hours, minutes = map(int, told.split(":"))
        assert abs((computed[index] + shift) * 60 - (hours * 60 + minutes)) <= 3, told


def test_a_night_at_the_equator_lasts_twelve_hours_less_the_refraction_and_in_a_polar_night_the_sun_stays_down() -> None:
    rise, fall = sun.sun_times(0, 0)
    assert np.allclose(fall - rise, 12.12, atol=0.02)
    rise, fall = sun.sun_times(80, 0)
    assert fall[355] - rise[355] == 0
    assert fall[172] - rise[172] == pytest.approx(24)


def test_lamps_in_brussels_burn_some_4_100_hours_a_year_and_more_when_lit_earlier() -> None:
    zero, hour = np.zeros(1), np.full(1, -30.0)
    usual = lighting.burning(50.85, 4.35, zero, zero).sum()
    assert 4_200 < usual < 4_350
    assert lighting.burning(50.85, 4.35, hour, hour).sum() == pytest.approx(usual + 365, abs=1)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [(0, 0, {}), (0, 24, dict.fromkeys(range(24), 1.0)), (22, 2, {22: 1, 23: 1, 0: 1, 1: 1}), (23.5, 0.25, {23: 0.5, 0: 0.25}), (5, 5.5, {5: 0.5})],
)
def test_dimming_hours_cross_midnight_and_may_begin_within_an_hour(begin: float, end: float, hours: dict[int, float]) -> None:
    found = lighting.dimmed(np.array([begin]), np.array([end]))[0]
    assert {hour: share for hour, share in enumerate(found.tolist()) if share} == pytest.approx(hours)


def test_lamps_use_what_is_computed_by_hand() -> None:
    model = models()["street-lighting"]
    given_ = draws(model, lamps=1000, led=100, dimmable=100, watts_led=50, loss=10, price=0.2, grid=0.1)
    plain = model.compute(given_, ())
    hours = plain["hours"].total[0]
    assert plain["energy"].total[0] == pytest.approx(1000 * 50 * hours / 1e6)
    assert plain["cost"].total[0] == pytest.approx(plain["energy"].total[0] * 0.2)
    dark = model.compute(given_ | draws(model, dim_until=24.0, dim_level=0, lamps=1000, led=100, dimmable=100, watts_led=50, loss=10), ())
    assert dark["energy"].total[0] == pytest.approx(plain["energy"].total[0] * 0.1), "the driver still uses its tenth"


def test_a_second_step_that_is_lighter_than_the_first_is_refused_with_a_sentence() -> None:
    with pytest.raises(Problem, match="deeper dimming"):
        ask("street-lighting", dim_from=22, dim_until=6, dim_level=40, deep_from=0, deep_until=5, deep_level=70)


# -- the low-emission zone ---------------------------------------------------------------------------------------------------


def test_one_year_of_one_class_is_vehicles_times_kilometres_times_grams() -> None:
    model = models()["low-emission-zone"]
    rows = (fleet.Vehicles("car", "diesel", "6", 1000, 10_000),)
    found = renewal.compute(draws(model, years=1), rows)
    assert found["nox"].total[0] == pytest.approx(1000 * 10_000 * 0.40 / 1e6)
    assert found["pm"].total[0] == pytest.approx(1000 * 10_000 * (0.0015 + 0.0115) / 1e6)
    assert found["co2"].total[0] == pytest.approx(1000 * 10_000 * 165 / 1e6)
    assert found["touched"].total[0] == 0


def test_a_ban_that_everybody_answers_with_an_electric_vehicle_leaves_wear_only() -> None:
    model = models()["low-emission-zone"]
    rows = (fleet.Vehicles("car", "diesel", "6", 1000, 10_000),)
    all_electric = {"given_up": 0, "exempt": 0, "against": 0, "electric_swap": 100, "years": 1, "diesel_6": 2025}
    found = renewal.compute(draws(model, **all_electric), rows)
    assert found["nox"].total[0] == 0
    assert found["pm"].total[0] == pytest.approx(1000 * 10_000 * 0.0115 / 1e6)
    assert found["electric"].total[0] == 100
    assert found["touched"].total[0] == 1000


def test_a_ban_that_nobody_heeds_changes_no_emission() -> None:
    model = models()["low-emission-zone"]
    heedless = {"given_up": 0, "exempt": 0, "against": 100, "diesel_6": 2028, "years": 6}
    free, banned = (renewal.compute(draws(model, **values), fleet.DEFAULT) for values in (heedless | {"diesel_6": 2060}, heedless))
    assert banned["nox"].total == pytest.approx(free["nox"].total)
    assert banned["against"].series[0, 3] > 0


def test_who_gives_up_drives_no_more() -> None:
    model = models()["low-emission-zone"]
    rows = (fleet.Vehicles("car", "diesel", "6", 1000, 10_000),)
    found = renewal.compute(draws(model, given_up=100, exempt=0, against=0, years=1, diesel_6=2025), rows)
    assert found["co2"].total[0] == 0


def test_the_step_of_2026_touches_what_is_left_of_its_classes() -> None:
    model = models()["low-emission-zone"]
    found = renewal.compute(draws(model, years=2), fleet.DEFAULT)
    left = (38_000 + 14_000) * 0.92 + 4_000 * (1 - 0.08 * 1.6)
    assert found["touched"].series[0].tolist() == pytest.approx([0, left])


def test_an_earlier_ban_never_emits_more() -> None:
    early, late = ask("low-emission-zone", diesel_all=2027), ask("low-emission-zone", diesel_all=2031)
    assert early.figure("nox").scenario.mid < late.figure("nox").scenario.mid < early.figure("nox").baseline.mid


def test_shares_of_more_than_everybody_are_refused_with_a_sentence() -> None:
    with pytest.raises(Problem, match="more than everybody"):
        ask("low-emission-zone", given_up=90, exempt=60, against=50)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("kind,fuel,euro\ncar,diesel,4", "columns"),
        ("kind,fuel,euro,vehicles,km\n", "rows"),
        ("kind,fuel,euro,vehicles,km\ncar,diesel,4,-5,6000", "vehicles must be a number from 0"),
        ("kind,fuel,euro,vehicles,km\ncar,diesel,4,nan,6000", "vehicles"),
        ("kind,fuel,euro,vehicles,km\ncar,diesel,4,10,inf", "km"),
        ("kind,fuel,euro,vehicles,km\ncar,coal,4,10,10", "fuel 'coal'"),
        ("kind,fuel,euro,vehicles,km\ncar,diesel,9,10,10", "euro '9'"),
        ("kind,fuel,euro,vehicles,km\ncar,diesel,4,10", "4 values"),
        ("kind,fuel,euro,vehicles,km\n" + "car,diesel,4,10,10\n" * 101, "1 to 100 rows"),
    ],
)
def test_a_fleet_that_cannot_be_read_says_which_line_and_why(text: str, says: str) -> None:
    with pytest.raises(Problem) as caught:
        fleet.read(text)
    assert caught.value.status == 400
    assert says in caught.value.detail
    assert caught.value.extra["said"].fr != caught.value.extra["said"].nl


def test_a_fleet_is_read_with_semicolons_any_order_and_euro_in_words() -> None:
    assert fleet.read("\ufeffEuro;KM;vehicles;fuel;kind\nEuro 5;6000;10;Diesel;car\n;7000;3;electric;van") == (
        ("car", "diesel", "5", 10.0, 6000.0),
        ("van", "electric", "-", 3.0, 7000.0),
    )


FLEETS = st.lists(
    st.builds(
        fleet.Vehicles,
        st.sampled_from(fleet.KINDS),
        st.sampled_from(("diesel", "petrol")),
        st.sampled_from(fleet.EUROS),
        st.floats(0, 1e6),
        st.floats(0, 1e5),
    ),
    min_size=1,
    max_size=20,
)


@given(FLEETS)
def test_a_written_fleet_reads_as_itself(rows: list[fleet.Vehicles]) -> None:
    written = fleet.write(tuple(rows))
    assert fleet.write(fleet.read(written)) == written


@given(st.text(max_size=200))
def test_any_text_as_a_fleet_is_rows_or_a_sentence(text: str) -> None:
    try:
        assert fleet.read(text)
    except Problem as problem:
        assert problem.detail


# -- streets --------------------------------------------------------------------------------------------------------------------


def test_three_roads_share_their_traffic_as_in_sheffi() -> None:
    """Sheffi (1985), figure 5.1: t = 10, 20, 25 minutes free, capacities 2, 4, 3, ten vehicles: about 3.58, 4.62 and 1.79, all in 25.4 minutes."""
    routes = assignment.simple_routes([("a", "b"), ("a", "x"), ("x", "b"), ("a", "y"), ("y", "b")], [("a", "b")], 2)
    free = np.array([[10.0, 20.0, 0.0, 25.0, 0.0]])
    rise = free * 0.15 / np.array([[2.0, 4.0, 1.0, 3.0, 1.0]]) ** 4
    demand = np.array([[10.0]])
    # flows below one vehicle rest only at STILL, so the same network is taken a hundred times as large
    flow = assignment.equilibrium(free, rise / 100**4, 4, demand * 100, routes)[0] / 100
    assert flow[[0, 1, 3]] == pytest.approx([3.58, 4.62, 1.79], abs=0.03)
    times = 10 * (1 + 0.15 * (flow[0] / 2) ** 4), 20 * (1 + 0.15 * (flow[1] / 4) ** 4), 25 * (1 + 0.15 * (flow[3] / 3) ** 4)
    assert times == pytest.approx([25.4] * 3, abs=0.1)


def test_a_new_road_makes_everybody_later_as_braess_said() -> None:
    """Braess (1968): six vehicles need 83 without the road across and 92 with it."""
    links = [("s", "a"), ("a", "t"), ("s", "b"), ("b", "t"), ("a", "b")]
    free = np.array([[0.0, 50.0, 50.0, 0.0, 10.0]])
    rise = np.array([[10.0, 1.0, 1.0, 10.0, 1.0]])
    scale = 100.0
    for count, due in ((4, 83.0), (5, 92.0)):
        routes = assignment.simple_routes(links[:count], [("s", "t")], 3)
        flow = assignment.equilibrium(free[:, :count], rise[:, :count] / scale, 1, np.array([[6.0 * scale]]), routes)
        cost = (free[:, :count] + rise[:, :count] / scale * flow) @ routes.uses.T
        assert cost.min() == pytest.approx(due, abs=0.2)
        assert assignment.gap(flow, free[:, :count], rise[:, :count] / scale, 1, np.array([[6.0 * scale]]), routes).max() < 1e-3


@settings(max_examples=8)
@given(st.integers(0, 2**20))
def test_traffic_of_any_network_finds_its_equilibrium(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = (3, len(speed_limit.LINKS))
    free = chance.uniform(0.2, 2, size)
    rise = free * 0.15 / chance.uniform(300, 1200, size) ** 4
    demand = chance.uniform(0, 500, (3, len(speed_limit.PAIRS)))
    flow = assignment.equilibrium(free, rise, 4, demand, speed_limit.ROUTES)
    assert (flow >= -1e-9).all()
    assert (assignment.gap(flow, free, rise, 4, demand, speed_limit.ROUTES) < 5e-3).all()
    into = np.array([_arriving(demand, speed_limit.PAIRS, node) for node in "abcdefghi"])
    kept = np.array([_arriving(flow, speed_limit.LINKS, node) for node in "abcdefghi"])
    assert np.allclose(into, kept), "what enters a crossing leaves it"


def _arriving(flows: Any, ways: Any, node: str) -> Any:
    return sum(flows[:, at] * ((way[1] == node) - float(way[0] == node)) for at, way in enumerate(ways))


def test_a_pair_without_a_route_is_refused() -> None:
    with pytest.raises(ValueError, match="no route"):
        assignment.simple_routes([("a", "b")], [("b", "a")], 3)


def test_a_pedestrian_hit_at_50_dies_five_times_as_often_as_at_30() -> None:
    at = speed_limit.death_risk(np.array([30.0, 50.0]))
    assert at.tolist() == pytest.approx([0.0148, 0.0832], abs=0.0005)


def test_quiet_streets_lose_through_traffic_at_30_and_accidents_follow_speed() -> None:
    quiet = ask("speed-limit", limit_local=30)
    assert quiet.figure("local_km").change.mid < 0
    assert quiet.figure("risk").change.high < 0
    everywhere = ask("speed-limit", limit_local=30, limit_main=30)
    assert everywhere.figure("accidents").change.high < 0
    assert everywhere.figure("time").change.low > 0


def test_a_limit_that_nobody_follows_changes_nothing() -> None:
    found = ask("speed-limit", limit_local=30, limit_main=30, follow=0)
    assert all(figure.change.mid == 0 for figure in found.figures)


# -- signals ---------------------------------------------------------------------------------------------------------------------


def test_the_uniform_delay_is_the_area_of_the_queue_triangle() -> None:
    """By hand: cycle 80, green 32, 600 an hour against 1,800: red 48 s, queue gone after 48 × 600 / 1200 = 24 s; area / arrivals = 21.6 s."""
    cycle, share, degree = np.array(80.0), np.array(0.4), np.array(600 / (1800 * 0.4))
    red, arrival, leaving = 48.0, 600 / 3600, 1800 / 3600
    by_hand = 0.5 * red * red * arrival * (1 + arrival / (leaving - arrival)) / (arrival * 80)
    assert signals.uniform_delay(cycle, share, degree) == pytest.approx(by_hand) == pytest.approx(21.6)


def test_without_traffic_somebody_waits_half_the_red_when_it_is_red() -> None:
    assert signals.uniform_delay(np.array(90.0), np.array(0.5), np.array(0.0)) == pytest.approx(45**2 / 180)
    assert signals.walking_delay(np.array(90.0), np.array(30.0)) == pytest.approx(20)


def test_webster_and_the_manual_agree_below_capacity_and_the_manual_goes_on_above_it() -> None:
    cycle, share, saturation = np.array(80.0), np.array(0.45), 1800.0
    for degree in (0.3, 0.5, 0.7, 0.85):
        flow = degree * saturation * 0.45
        webster = signals.webster_delay(cycle, share, np.array(flow / 3600), np.array(degree))
        manual = signals.control_delay(cycle, share, np.array(saturation * 0.45), np.array(degree))
        assert manual == pytest.approx(webster, rel=0.2)
    over = signals.control_delay(cycle, share, np.array(saturation * 0.45), np.array([1.0, 1.2, 1.5]))
    assert np.isfinite(over).all()
    assert (np.diff(over) > 0).all()


def test_the_best_cycle_of_the_textbook() -> None:
    """Khanna and Justo, Highway Engineering: Y = 400/1250 + 250/1000 = 0.57, L = 16 s: 67.4 seconds."""
    assert signals.best_cycle(16, 400 / 1250 + 250 / 1000) == pytest.approx(67.4, abs=0.05)
    with pytest.raises(ValueError, match="whole capacity"):
        signals.best_cycle(10, 1.0)


def test_a_programme_without_time_to_cross_is_refused_with_a_sentence() -> None:
    with pytest.raises(Problem, match="crossing on foot"):
        ask("traffic-light", cycle=60, green_main=45)


def test_a_shorter_cycle_lets_pedestrians_wait_less() -> None:
    found = ask("traffic-light", cycle=60, green_main=32)
    assert found.figure("delay_walk").change.mid == pytest.approx((60 - 18) ** 2 / 120 - (90 - 24) ** 2 / 180)
