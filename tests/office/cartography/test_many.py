"""Thousands of tables, the entries of a catalogue, and tables to be united: the right ones are looked at, and only those."""

from __future__ import annotations

import random

import msgspec
import pytest

from benchmarks._crowd import crowd
from tests.office.cartography.made import profiled
from zinneke.foundations.tables.saying import say_evidence
from zinneke.kernel.text import LANGUAGES
from zinneke.office.cartography import saying
from zinneke.office.cartography.candidates import choose, find
from zinneke.office.cartography.duplicates import Entry, content_address, find_duplicates
from zinneke.office.cartography.features import lay_out
from zinneke.office.cartography.unions import Library
from zinneke.office.cartography.values import ColumnProfile, TableProfile


@pytest.fixture(scope="module")
def some() -> tuple[list[TableProfile], set[frozenset[str]]]:
    return crowd(120)


def test_of_all_pairs_few_are_compared_and_none_that_matters_is_left_out(some: tuple[list[TableProfile], set[frozenset[str]]]) -> None:
    profiles, truth = some
    pairs, _ = choose([lay_out(profile) for profile in profiles])
    chosen = {frozenset((profiles[one].key, profiles[other].key)) for one, other in pairs.tolist()}
    assert truth <= chosen and len(pairs) < 12 * len(profiles)


def test_what_was_made_of_another_is_found_among_many(some: tuple[list[TableProfile], set[frozenset[str]]]) -> None:
    profiles, truth = some
    heard: list[int] = []
    found = {frozenset((each.left, each.right)) for each in find(profiles, lambda done, _: heard.append(done)) if each.kind != "unionable"}
    assert len(found & truth) >= 0.9 * len(truth) and heard[0] == 0


def test_nothing_is_found_of_nothing() -> None:
    assert find([]) == () and find([profiled("alone", {"a": range(30)}), profiled("empty", {})]) == () and find_duplicates([]) == ()


def entry(key: str, title: str | dict[str, str], about: str = "", address: str = "", publisher: str = "p", period: str = "") -> Entry:
    titles = title if isinstance(title, dict) else {"fr": title}
    return Entry(key, titles, {"fr": about} if about else {}, (), (address,) if address else (), publisher, period)


FILLING = [entry(f"f{n}", f"Jeu de données {chr(97 + n % 26)}{n} sur autre chose {n}") for n in range(60)]


def pairs_of(*entries: Entry) -> set[tuple[str, ...]]:
    return {group.members for group in find_duplicates([*entries, *FILLING])}


def test_the_same_file_under_two_names_is_one_dataset() -> None:
    found = pairs_of(
        entry("a", "Arbres remarquables de la commune", address="https://data.example.be/files/trees.csv"),
        entry("b", "Bomen", address="http://www.data.example.be/files/trees.csv?", publisher="q"),
    )
    assert ("a", "b") in found


def test_the_same_title_and_text_is_one_dataset_and_the_proof_is_shown() -> None:
    about = "Emplacement des fontaines à eau potable accessibles au public dans les parcs et sur les places"
    found = next(
        group
        for group in find_duplicates([entry("a", "Fontaines publiques", about), entry("b", "FONTAINES PUBLIQUES", about, publisher="q"), *FILLING])
    )
    assert found.members == ("a", "b") and ("title", "fontaines publiques") in found.doubts[0].proofs


def test_french_and_dutch_descriptions_of_one_dataset_meet() -> None:
    found = pairs_of(
        entry("a", {"fr": "Plaintes relatives au bruit des chantiers par commune"}),
        entry("b", {"nl": "Klachten over lawaai van werven per gemeente"}),
    )
    assert ("a", "b") in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Population par commune 2021", "Population par commune 2022"),
        ("Carte du risque d’inondation, scénario social", "Carte du risque d’inondation, scénario économique"),
        ("Part de superficie occupée par des feuillus (<3m)", "Part de superficie occupée par des feuillus (>3m)"),
        ("Nombre de logements sociaux loués", "Nombre de logements sociaux non loués"),
        ("Densité de population par arrondissement", "Densité de population par canton"),
        ("Couche géologique, base de la formation de Bruxelles", "Couche géologique, sommet de la formation de Bruxelles"),
    ],
)
def test_a_series_is_not_taken_for_duplicates(one: str, other: str) -> None:
    about = "Données produites chaque année par le service compétent selon la même méthode et publiées avec la même notice descriptive"
    assert not pairs_of(entry("a", one, about), entry("b", other, about))


def test_one_address_that_a_publisher_gives_to_two_things_does_not_make_them_one() -> None:
    page = "https://data.example.be/themes/groen"
    wijk, buurt = {"nl": "Bereik van het groen, per wijk"}, {"nl": "Bereik van het groen, per buurt"}
    assert not pairs_of(entry("a", wijk, address=page), entry("b", buurt, address=page))
    assert ("a", "b") in pairs_of(entry("a", wijk, address=page), entry("b", buurt, address=page, publisher="q"))
    assert ("a", "b") in pairs_of(entry("a", wijk, address=f"{page}.csv"), entry("b", buurt, address=f"{page}.csv"))
    assert ("a", "b") in pairs_of(entry("a", "Concentration de PAK", address=page), entry("b", "Concentrations des PAKs", address=page))


def test_the_same_title_in_two_cities_is_not_one_dataset() -> None:
    assert not pairs_of(
        entry("a", "Parkings", "Vingt parkings du centre de la ville de Gand"),
        entry("b", "Parkings", "Stationnement en voirie à Namur", publisher="q"),
    )
    assert not pairs_of(entry("a", "Budget", "Budget de la ville", period="2020"), entry("b", "Budget", "Budget de la ville", period="2021"))


def test_addresses_are_compared_whatever_their_spelling() -> None:
    assert content_address("HTTPS://www.Example.be:443/a%20b/?y=2&x=1#top") == content_address("http://example.be/a b?x=1&y=2")
    assert content_address("https://example.be") == "" and content_address("http://[bad") == ""


def test_tables_that_could_stand_under_one_another_come_first() -> None:
    chance = random.Random(2)

    def shop(name: str) -> TableProfile:
        kinds = ["bakery bread cake", "butcher meat", "books paper"]
        return profiled(
            name,
            {"shop": [f"{chance.choice(kinds)} shop {n}" for n in range(20)], "district": [chance.choice(["north", "south"]) for _ in range(20)]},
        )

    def star(name: str) -> TableProfile:
        return profiled(name, {"star": [f"giant nebula cluster {n}" for n in range(20)], "magnitude": [n / 7 for n in range(20)]})

    tables = [shop(f"shop{n}") for n in range(4)] + [star(f"star{n}") for n in range(4)]
    for number, keys in ((0, {"shop1", "shop2", "shop3"}), (4, {"star1", "star2", "star3"})):
        assert {key for key, _ in Library(tables).search(tables[number], 3)} == keys


def test_names_that_share_a_few_letters_by_chance_do_not_unite_tables() -> None:
    def names(key: str, *given: str) -> TableProfile:
        return TableProfile(key, key, 0, tuple(map(ColumnProfile, given)))

    library = Library([names("chance", "widget", "commotion"), names("one", "zqx", "gadgets")])
    assert dict(library.search(names("q", "locomotive", "gadget"))) == {"one": pytest.approx(0.14), "chance": 0.0}


def test_every_finding_can_be_said_in_three_languages(some: tuple[list[TableProfile], set[frozenset[str]]]) -> None:
    for relation in find(some[0])[:40]:
        texts = [saying.say_relation(relation), saying.RELATIONS[relation.kind], saying.ACTIONS[relation.action]]
        texts += [saying.say_part(part) for part in (*relation.parts, *(part for match in relation.matches for part in match.parts))]
        assert all(text.said_in(language).strip() and "{" not in text.said_in(language) for text in texts for language in LANGUAGES)
    told = profiled("t", {"email": [f"n{n}@example.be" for n in range(40)]}).columns[0].evidence[0]
    assert say_evidence(told).en == "mail address: 100% of 40 different values are valid; the name agrees"
    assert say_evidence(msgspec.structs.replace(told, rule="name")).fr == "adresse e-mail, d’après le seul nom"


def test_a_share_is_no_duplicate_of_a_count() -> None:
    assert find_duplicates([Entry("count", {"fr": "0-17 ans"}), Entry("share", {"fr": "% 0-17 ans"})]) == ()
