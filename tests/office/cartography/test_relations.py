"""Two tables are judged by what they hold, not by what all tables have."""

from __future__ import annotations

import random

import pytest

from benchmarks import _planted as planted
from benchmarks import _registers as registers
from tests.office.cartography import numbers
from tests.office.cartography.made import profiled
from zinneke.office.cartography.candidates import find
from zinneke.office.cartography.relations import groups, judge
from zinneke.office.cartography.values import ColumnProfile, Relation, TableProfile


def table(made: registers.Table, asked: bool = False) -> TableProfile:
    return profiled(made.name, {name: [row[n] for row in made.rows] for n, name in enumerate(made.names)}, asked)


@pytest.fixture(scope="module")
def register() -> registers.Table:
    return registers.make("jette.population", (registers.ID, *registers.REGISTERS["population"]), 300, "jette", "fr")


def judged(one: registers.Table, other: registers.Table) -> Relation:
    found = judge(table(one), table(other))
    assert found is not None
    return found


@pytest.mark.parametrize(("kind", "action"), [("copy", "retire"), ("older", "retire"), ("subset", "feed"), ("joinable", "service")])
@pytest.mark.parametrize("style", ["nl", "short"])
def test_what_was_made_of_a_register_is_found(register: registers.Table, kind: str, action: str, style: str) -> None:
    other = getattr(planted, f"_{kind}")(register, "population", random.Random(kind)).styled("region.other", style)
    for found in (judged(register, other), judged(other, register)):
        assert (found.kind, found.action) == (kind, action)
        assert found.parts[0].name == "entities" and found.parts[0].value > 0.7
        if kind in ("older", "subset", "joinable"):
            assert (found.left, found.keep) == ("region.other", "jette.population")


def test_the_worth_of_a_copy_is_a_system_and_its_rows(register: registers.Table) -> None:
    found = judged(register, planted._copy(register, "", random.Random(1)).styled("region.copy", "opaque"))
    assert found.worth.systems == 1 and found.worth.rows == 300 and found.worth.fields >= 10


def test_the_same_register_of_another_commune_is_more_of_the_kind(register: registers.Table) -> None:
    other = registers.make("ukkel.bevolking", (registers.ID, *registers.REGISTERS["population"]), 260, "ukkel", "nl")
    found = judged(register, other)
    assert (found.kind, found.action) == ("unionable", "union") and found.worth.rows == 560


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 5), (3, 6)])
def test_tables_that_share_numbers_codes_communes_and_dates_have_nothing_to_do_with_one_another(one: int, other: int) -> None:
    left = planted._lookalike("Jette", planted.LOOKALIKE[one], "fr", "a")
    assert judge(table(left), table(planted._lookalike("Jette", planted.LOOKALIKE[other], "fr", "b"))) is None


def test_parts_of_things_that_refer_to_them_are_no_older_copy_of_them() -> None:
    names = [f"{town}-{part}" for town in ("Aalter", "Berchem", "Charleroi", "Diest", "Evere", "Forest") for part in range(20)]
    stations = {"uri": [f"urn:stop:{name}" for name in names], "name": names, "lat": [50 + n / 997 for n in range(120)]}
    rows = [(n, name, p) for n, name in enumerate(names) for p in range(1, 6)]
    platforms = {"uri": [f"urn:stop:{name}#{p}" for _, name, p in rows], "parent": [f"urn:stop:{name}" for _, name, _ in rows],
                 "name": [f"{name} platform {p}" for _, name, p in rows], "lat": [50 + n / 997 for n, _, _ in rows]}  # fmt: skip
    found = judge(profiled("stops", platforms), profiled("stations", stations))
    assert found is not None and (found.kind, found.action) == ("joinable", "service")


def test_a_table_that_only_refers_to_another_by_a_code_keeps_nothing_twice() -> None:
    communes = [f"{21000 + n * 7}" for n in range(60)]
    names = [f"Gemeente {chr(65 + n % 26)}{n}" for n in range(60)]
    codes = profiled("communes", {"nis_code": communes, "gemeente": names, "area_km2": [n * 1.7 for n in range(60)]})
    accidents = {"id": range(1, 1201), "nis_code": communes * 20, "victims": [n % 9 for n in range(1200)]}
    assert judge(profiled("accidents", accidents), codes) is None
    assert judge(codes, profiled("accidents", {**accidents, "gemeente": names * 20})) is None
    chance = random.Random(5)
    persons = sorted({numbers.national(chance) for _ in range(300)})
    paid = {"id": range(1, 2 * len(persons) + 1), "national_number": persons * 2, "amount": [n % 97 for n in range(2 * len(persons))]}
    people = {"id": range(1, len(persons) + 1), "rijksregisternummer": persons, "voornaam": [f"Jan{n}" for n in range(len(persons))]}
    found = judge(profiled("paid", paid), profiled("people", people))
    assert found is not None and found.kind == "joinable"
    assert [match.left for match in found.matches] == ["rijksregisternummer"] and found.worth.fields == 1


def test_numbers_from_one_to_n_are_no_entities() -> None:
    left = profiled("a", {"id": range(1, 400), "tension": [n * 7 % 90 for n in range(1, 400)]})
    assert judge(left, profiled("b", {"id": range(1, 400), "places": [n * 3 % 8 for n in range(1, 400)]})) is None


def test_a_form_that_asks_for_what_a_register_holds_is_said(register: registers.Table) -> None:
    form = table(
        register.only(["national", "first", "last", "street", "birth"]).having([], "form.address_change").styled("form.address_change", "nl"),
        asked=True,
    )
    found = judge(table(register), form)
    assert found and (found.kind, found.action, found.left, found.keep) == ("asked", "drop", "form.address_change", "jette.population")
    assert found.worth.fields == 5


def test_a_table_of_nothing_is_related_to_nothing(register: registers.Table) -> None:
    assert judge(profiled("empty", {}), table(register)) is None
    assert judge(profiled("nulls", {"a": [None] * 30, "b": [""] * 30}), table(register)) is None


def test_relations_of_one_kind_make_a_group(register: registers.Table) -> None:
    copies = [planted._copy(register, "", random.Random(n)).styled(f"region.copy{n}", "nl") for n in range(2)]
    found = groups([judged(register, copies[0]), judged(register, copies[1]), judged(*copies)])
    assert len(found) == 1 and found[0].members == ("jette.population", "region.copy0", "region.copy1") and len(found[0].relations) == 3


def test_a_form_is_known_by_its_questions_where_its_fields_are_named_by_nobody(register: registers.Table) -> None:
    asked = {"f1": "Numéro de registre national", "f2": "Geboortedatum", "f3": "Nom de famille", "f4": "Pourquoi demandez-vous cela ?"}
    form = TableProfile("permit", "permit", 0, tuple(ColumnProfile(name, labels=(label,)) for name, label in asked.items()), asked=True)
    found = find([form, table(register), profiled("trees", {"tree": ["a", "b"], "height": ["1", "2"]})])
    assert [(each.kind, each.left, each.keep, each.action) for each in found] == [("asked", "permit", "jette.population", "drop")]
    assert {each.left for each in found[0].matches} == {"f1", "f2", "f3"}
    bare = TableProfile("permit", "permit", 0, tuple(map(ColumnProfile, asked)), asked=True)
    assert judge(bare, table(register)) is None


def test_a_form_is_compared_with_each_of_few_tables_also_where_two_hold_the_same(register: registers.Table) -> None:
    form = TableProfile(
        "permit", "permit", 0, (ColumnProfile("numero_registre_national"), ColumnProfile("date_naissance"), ColumnProfile("motif")), asked=True
    )
    found = find([form, table(register), table(register.styled("region.copy", "fr"))])
    assert {(each.left, each.keep) for each in found if each.kind == "asked"} == {("permit", "jette.population"), ("permit", "region.copy")}
