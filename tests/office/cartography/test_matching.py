"""Columns that hold the same thing are found by names, by values or by both, in three languages; and the reasons are told."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import _registers as registers
from tests.office.cartography.made import profiled
from zinneke.foundations.tables.wording import alike, lexicon, pieces, units
from zinneke.office.cartography.features import lay_out
from zinneke.office.cartography.matching import _explained_away, compare, match, ranked
from zinneke.office.cartography.saying import say_part
from zinneke.office.cartography.taught import renamed, teach
from zinneke.office.cartography.values import ColumnProfile, Part, TableProfile


def table(made: registers.Table) -> TableProfile:
    return profiled(made.name, {name: [row[n] for row in made.rows] for n, name in enumerate(made.names)})


def names_only(*names: str) -> TableProfile:
    return TableProfile("t", "t", 0, tuple(ColumnProfile(name) for name in names))


@pytest.mark.parametrize("register", ["population", "enterprises", "works"])
@pytest.mark.parametrize(("one", "other", "shared"), [("fr", "nl", 0), ("en", "de", 60), ("en", "opaque", 120), ("fr", "short", 0)])
def test_columns_are_matched_across_languages_and_names_that_say_nothing(register: str, one: str, other: str, shared: int) -> None:
    whole = registers.make("t", registers.REGISTERS[register], 240, register)
    left = whole.having(whole.rows[:120]).styled("left", one)
    right = whole.having(whole.rows[120 - shared : 240 - shared]).styled("right", other)
    truth = set(zip(left.names, right.names, strict=True))
    found = ranked(table(left), table(right))[: len(truth)]
    assert len({(a, b) for a, b, _ in found} & truth) >= 0.9 * len(truth)


def test_one_column_may_stand_for_two() -> None:
    pair = registers._joined("fr")
    found = {(a, b) for a, b, _ in ranked(table(pair.left), table(pair.right))[: len(pair.truth)]}
    assert {("prenom", "identite_complete"), ("nom_famille", "identite_complete"), ("rue", "adresse")} <= found


def test_a_match_tells_its_reasons() -> None:
    whole = registers.make("t", registers.REGISTERS["population"], 200, "told")
    found = {each.left: each for each in match(table(whole.styled("a", "fr")), table(whole.styled("b", "nl")))}
    first = found["numero_registre_national"]
    assert first.right == "rijksregisternummer" and first.contained == first.covers == 1.0
    assert {part.name for part in first.parts} >= {"concept", "values", "kind"}
    assert next(part for part in first.parts if part.name == "kind").shown == "national_number"
    assert abs(sum(part.weight for part in first.parts) - 1) < 0.05 and msgspec.json.encode(tuple(found.values()))


def test_names_alone_are_enough_where_nothing_else_is_known() -> None:
    found = {
        (each.left, each.right)
        for each in match(names_only("nom", "prenom", "date_naissance", "code_postal"), names_only("geboortedatum", "voornaam", "postcode", "straat"))
    }
    assert found == {("prenom", "voornaam"), ("date_naissance", "geboortedatum"), ("code_postal", "postcode")}


def test_values_of_another_type_speak_against_a_name() -> None:
    left = profiled("a", {"status": ["open", "closed", "pending"] * 10})
    right = profiled("b", {"status": [f"2024-01-{n % 28 + 1:02}" for n in range(30)], "etat": ["open", "closed", "pending"] * 10})
    assert ranked(left, right)[0][:2] == ("status", "etat")


def test_nothing_is_matched_of_an_empty_table() -> None:
    empty, some = profiled("a", {}), profiled("b", {"x": [1, 2, 3]})
    assert match(empty, some) == () and match(some, empty) == () and match(empty, empty) == ()
    nothing = profiled("n", {"x": [None] * 5, "y": [""] * 5})
    assert all(0 <= score <= 1 for _, _, score in ranked(nothing, some))


def test_the_lexicon_has_the_terms_of_an_administration() -> None:
    concepts = {concept for meanings in lexicon().values() for concept in meanings}
    assert len(concepts) >= 600
    for one, other in (("naam", "nom"), ("geboortedatum", "date de naissance"), ("dob", "geboortedatum"), ("straat", "rue"), ("gemeente", "commune"),
                       ("bedrag", "montant"), ("huisnummer", "house_number"), ("kbo-nummer", "numéro d'entreprise"), ("bomen", "arbre")):  # fmt: skip
        assert alike(one, other)[1] >= 0.75, (one, other)


def test_a_name_is_cut_where_its_writer_cut_it() -> None:
    assert pieces("dateNaissance") == ("date", "naissance") and pieces("BIRTH_DT") == ("birth", "dt")
    assert units("rijksregisternummer") & units("national") and not units("acid_level") & units("id")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names_can_be_compared(one: str, other: str) -> None:
    letters, meaning = alike(one, other)
    assert 0 <= letters <= 1 and 0 <= meaning <= 1
    assert alike(other, one)[1] == pytest.approx(meaning, abs=0.35)


def test_surrogate_keys_do_not_match_each_other_before_what_is_named() -> None:
    chance = random.Random(1)
    left = profiled("a", {"id": list(range(1, 301)), "client_id": [chance.randint(1, 90) for _ in range(300)]})
    right = profiled("b", {"id": list(range(1, 301)), "numero_client": [chance.randint(1, 90) for _ in range(300)]})
    assert {pair[:2] for pair in ranked(left, right)[:2]} == {("id", "id"), ("client_id", "numero_client")}


def test_columns_without_a_name_are_not_alike_by_the_name_that_their_place_gave_them() -> None:
    left = profiled("a", {"column_1": [f"Kerk{n}" for n in range(40)], "x": range(40)})
    right = profiled("b", {"column_1": [f"{n * 7} / B" for n in range(40)], "y": [f"Kerk{n}" for n in range(40)]})
    found = {(a, b): score for a, b, score in ranked(left, right)}
    assert found["column_1", "column_1"] < 0.1 < 0.9 < found["column_1", "y"]


def test_a_pair_whose_columns_both_have_a_better_partner_loses_in_small_tables_too() -> None:
    one, other = names_only("shop_id", "manager", "address_id"), names_only("negozio", "manager", "address")
    found = {(a, b): score for a, b, score in ranked(one, other)}
    assert found["address_id", "address"] > found["shop_id", "negozio"] > 3 * found["shop_id", "address"]
    odds = np.array([[2.0, 1.0], [1.0, 2.0]])
    lost = _explained_away(odds, (np.array([0, 1]), np.array([0, 1])))
    assert lost[0, 0] == lost[1, 1] == 0 and lost[0, 1] == pytest.approx(np.log(1 - 0.9 / (1 + np.exp(-2.5)) ** 2))


def test_a_column_that_stands_for_two_loses_neither() -> None:
    odds = np.array([[3.0], [2.9]])
    assert not _explained_away(odds, (np.array([0]), np.array([0]))).any()


def test_columns_that_are_empty_equally_often_are_a_hint_where_few_are() -> None:
    left = profiled("a", {"x": range(100), "q": [None] * 100, "r": [n if n % 3 else None for n in range(100)]})
    right = profiled("b", {"y": [f"w{n}" for n in range(100)], "s": [None] * 100, "t": [f"v{n}" if n % 3 else None for n in range(100)]})
    parts = compare(lay_out(left), lay_out(right)).parts["nulls"]
    assert parts[1, 1] == parts[2, 2] == 0.8 and parts.sum() == pytest.approx(1.6)
    nothing = profiled("n", {name: [None] * 100 for name in "abc"})
    assert not compare(lay_out(nothing), lay_out(nothing)).parts["nulls"].any()
    assert not compare(lay_out(names_only("a", "b")), lay_out(names_only("a", "b"))).parts["nulls"].any()


def test_sure_pairs_teach_the_words_that_settle_the_others() -> None:
    streets, towns = [f"{n} Via Lunga" for n in range(60)], [f"Borgo {n % 17}" for n in range(60)]
    left = profiled("a", {"address_id": range(500, 560), "address": streets, "address2": [None] * 60, "remark2": [None] * 60, "town": towns})
    right = profiled("b", {"borgata": towns, "indirizzo2": [None] * 60, "nota2": [None] * 60, "indirizzo_id": range(500, 560), "indirizzo": streets})
    found = {(each.left, each.right): each for each in match(left, right, 0.0)}
    taught = found["address2", "indirizzo2"]
    assert taught.score > 0.5 > max(found["address2", "nota2"].score, found["remark2", "indirizzo2"].score)
    reason = next(part for part in taught.parts if part.name == "concept")
    assert reason.shown == "address = indirizzo" and "zoals elders hier address = indirizzo" in say_part(reason).nl
    assert not any(part.shown for part in found["address", "indirizzo"].parts), "who taught a word is not made surer by it"
    assert "elders" not in say_part(Part("concept", 0.9, 0.4, "3")).nl, "of tables, a concept shows a number"


def test_what_two_words_claim_equally_is_not_learnt() -> None:
    sure = [("kunde_name", "client_name", 1.0), ("kunde_nr", "customer_nr", 1.0), ("konto", "account", 1.0)]
    assert teach(sure) == {"konto": "account"}
    assert teach([("kunde_nr", "client_nr", 0.5)]) == {} and teach([("f12", "client", 1.0)]) == {}
    assert renamed(["konto_2", "name"], ["account2"], {"konto": "account"})[1].tolist() == [[1.0], [0.0]]
