"""The catalogue keeps what sources say, finds it in three languages, and shows nobody what is not theirs to see."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.foundations.catalogue import shelf, store
from zinneke.foundations.catalogue.models import Entry, State
from zinneke.foundations.catalogue.segment import FACETS
from zinneke.foundations.catalogue.values import DatasetRow, Distribution, Found, Publisher
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.event import UseCounted
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db

CITY = Publisher("ville-de-bruxelles", {"fr": "Ville de Bruxelles", "nl": "Stad Brussel"})
JETTE = Publisher("jette", {"fr": "Jette"})
MAN_OF_JETTE = Actor("jette", grants=(Grant("clerk", frozenset({Right.SEE, Right.EDIT}), Level.SHARED, area="21010", subject="catalogue"),))


def row(number: int, **values: object) -> DatasetRow:
    return msgspec.structs.replace(DatasetRow(uri=f"http://example.org/{number}", title={"fr": f"Jeu {number}"}), **values)


def some_rows() -> list[DatasetRow]:
    csv, wfs = Distribution(format="csv", url="https://example.org/a.csv"), Distribution(format="wfs")
    return [
        row(1, title={"fr": "Qualité de l'air à Bruxelles", "nl": "Luchtkwaliteit in Brussel"}, publisher=CITY, themes=("ENVI",),
            distributions=(csv,), licence="cc0", communes=("21004",), languages=("fr", "nl"), modified=datetime(2024, 1, 1, tzinfo=UTC)),
        row(2, title={"nl": "Bomen"}, description={"nl": "De bomen langs de straten van Jette."}, publisher=JETTE, themes=("ENVI", "REGI"),
            distributions=(csv, wfs), licence="cc-by-4.0", communes=("21010",), modified=datetime(2025, 1, 1, tzinfo=UTC)),
        row(3, title={"fr": "Stationnement", "en": "Car parks"}, publisher=CITY, themes=("TRAN",), distributions=(wfs,), licence="cc0"),
        row(4, title={"fr": "Registre confidentiel zygote"}, publisher=Publisher("secret", {"fr": "Service secret"}), themes=("JUST",),
            level=Level.SHARED, area="21010", distributions=(Distribution(format="gpkg"),), modified=datetime(2026, 1, 1, tzinfo=UTC)),
        row(5, title={"fr": "Registre des personnes xylophone"}, themes=("SOCI",), level=Level.PERSONAL, modified=datetime(2026, 2, 1, tzinfo=UTC)),
    ]  # fmt: skip


@pytest.fixture
def small() -> None:
    store.set_datasets(SYSTEM, some_rows(), "test")


def keys(found: Found) -> list[str]:
    return [hit.key for hit in found.hits]


def counts(found: Found, facet: str) -> dict[str, int]:
    return {value.value: value.count for each in found.facets if each.key == facet for value in each.values}


# --- keeping ------------------------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing(small: None) -> None:
    before = State.objects.get().sequence
    again = store.set_datasets(SYSTEM, some_rows(), "test")
    assert (again.added, again.changed, again.unchanged, again.refused) == (0, 0, 5, 0)
    assert State.objects.get().sequence == before


def test_a_changed_row_keeps_its_key_and_its_first_day(small: None) -> None:
    first = store.get_dataset(SYSTEM, "bomen")
    changed = some_rows()
    changed[1] = msgspec.structs.replace(changed[1], title={"nl": "Alle bomen", "fr": "Tous les arbres"})
    assert store.set_datasets(SYSTEM, changed, "test").changed == 1
    second = store.get_dataset(SYSTEM, "bomen")
    assert second.title["fr"] == "Tous les arbres"
    assert second.first_seen == first.first_seen and second.changed > first.changed
    assert keys(store.search(ANONYMOUS, "tous les arbres")) == ["bomen"]


def test_what_a_source_no_longer_lists_is_marked_and_comes_back(small: None) -> None:
    assert store.set_datasets(SYSTEM, some_rows()[1:], "test").changed == 1
    assert store.search(ANONYMOUS, "luchtkwaliteit").total == 0
    assert store.get_dataset(ANONYMOUS, "qualite-de-l-air-a-bruxelles").gone
    assert [(each.datasets, each.gone) for each in store.list_sources(SYSTEM)] == [(4, 1)]
    assert store.set_datasets(SYSTEM, some_rows(), "test").changed == 1
    assert store.search(ANONYMOUS, "luchtkwaliteit").total == 1


def test_a_source_that_fails_or_lists_nothing_loses_nothing(small: None) -> None:
    counted = store.set_datasets(SYSTEM, [some_rows()[0], Fault("line 2, byte 9", "not JSON")], "test")
    assert (counted.unchanged, counted.refused) == (1, 1) and "line 2" in str(counted.faults[0])
    store.set_datasets(SYSTEM, [], "test")
    assert not Entry.objects.filter(gone=True).exists()


def test_rows_that_cannot_be_taken_are_told_and_the_others_kept() -> None:
    rows = [row(1), row(1, title={"fr": "encore"}), row(2, title={}), row(3, uri=""), row(4)]
    counted = store.set_datasets(SYSTEM, rows, "test")
    assert (counted.added, counted.refused) == (2, 3)
    assert all(str(fault).endswith(".") for fault in counted.faults)


def test_datasets_with_the_same_title_stay_apart_and_say_their_publisher() -> None:
    store.set_datasets(SYSTEM, [row(1, title={"fr": "Subsides"}, publisher=CITY), row(2, title={"fr": "Subsides"}, publisher=JETTE)], "test")
    hits = store.search(ANONYMOUS, "subsides", "fr").hits
    assert {hit.publisher for hit in hits} == {"Ville de Bruxelles", "Jette"}
    assert len({hit.key for hit in hits}) == 2 and any(hit.key == "subsides" for hit in hits)


def test_the_ledger_remembers_the_last_load() -> None:
    assert store.find_digest(SYSTEM, "file") is None
    store.set_digest(SYSTEM, "file", "abc", "12 rows")
    held = store.find_digest(SYSTEM, "file")
    assert held and (held.digest, held.note) == ("abc", "12 rows")


def test_a_visitor_sets_nothing() -> None:
    with pytest.raises(Problem) as caught:
        store.set_datasets(ANONYMOUS, [row(1)], "test")
    assert caught.value.status == 401


def test_an_editor_of_one_commune_sets_only_there() -> None:
    counted = store.set_datasets(MAN_OF_JETTE, [row(1, area="21010"), row(2, area="21009"), row(3)], "test")
    assert (counted.added, counted.refused) == (1, 2)


# --- finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["qualité de l'air", "QUALITE DE L AIR", "luchtkwaliteit", "air quality", "luchtkw", "air pollution"])
def test_a_thing_is_found_by_its_name_in_every_language(small: None, text: str) -> None:
    assert keys(store.search(ANONYMOUS, text))[0] == "qualite-de-l-air-a-bruxelles"


@pytest.mark.parametrize("text", ["arbre", "trees", "boom", "bomen", "Bom"])
def test_plurals_and_beginnings_find_the_same(small: None, text: str) -> None:
    assert keys(store.search(ANONYMOUS, text)) == ["bomen"]


def test_a_typing_error_gets_another_spelling(small: None) -> None:
    found = store.search(ANONYMOUS, "lughtkwaliteit brussel", "nl")
    assert found.suggestion == "luchtkwaliteit brussel"
    assert keys(store.search(ANONYMOUS, found.suggestion)) == ["qualite-de-l-air-a-bruxelles"]


def test_titles_come_in_the_readers_language_or_say_which_one_they_are_in(small: None) -> None:
    hits = {hit.key: hit for hit in store.search(ANONYMOUS, language="en").hits}
    assert (hits["stationnement"].title, hits["stationnement"].lang) == ("Car parks", "en")
    assert (hits["bomen"].title, hits["bomen"].lang) == ("Bomen", "nl")


def test_facets_count_within_and_across(small: None) -> None:
    found = store.search(ANONYMOUS, facets={"publisher": ["jette"]})
    assert keys(found) == ["bomen"]
    assert counts(found, "publisher") == {"ville-de-bruxelles": 2, "jette": 1}
    assert counts(found, "format") == {"csv": 1, "wfs": 1}
    both = store.search(ANONYMOUS, facets={"publisher": ["jette", "ville-de-bruxelles"], "format": ["wfs"]})
    assert set(keys(both)) == {"bomen", "stationnement"}


def test_orders_are_steady(small: None) -> None:
    assert keys(store.search(ANONYMOUS, order="newest"))[:2] == ["bomen", "qualite-de-l-air-a-bruxelles"]
    assert keys(store.search(ANONYMOUS, order="title", language="fr")) == ["bomen", "qualite-de-l-air-a-bruxelles", "stationnement"]
    qualities = [hit.quality for hit in store.search(ANONYMOUS, order="quality").hits]
    assert qualities == sorted(qualities, reverse=True)


@pytest.mark.parametrize("order", store.ORDERS)
def test_pages_follow_one_another_without_gap_or_repeat(order: str) -> None:
    store.set_datasets(SYSTEM, [row(number, title={"fr": f"Arbres {number % 3}"}) for number in range(25)], "test")
    whole = keys(store.search(ANONYMOUS, "arbres", order=order, limit=100))
    by_offset = [key for offset in range(0, 25, 4) for key in keys(store.search(ANONYMOUS, "arbres", order=order, limit=4, offset=offset))]
    by_cursor, after = [], ""
    while after or not by_cursor:
        found = store.search(ANONYMOUS, "arbres", order=order, limit=4, after=after)
        by_cursor += keys(found)
        after = found.after
    assert len(set(whole)) == 25 and whole == by_offset == by_cursor


def test_counts_alone_can_be_asked_for(small: None) -> None:
    for text in ("", "bomen"):
        found = store.search(ANONYMOUS, text, limit=0)
        assert found.hits == () and found.after == "" and found.total == sum(counts(found, "source").values()) > 0


def test_what_cannot_be_asked_is_answered_with_a_sentence(small: None) -> None:
    for wrong in ({"facets": {"colour": ["red"]}}, {"order": "magic"}, {"limit": 101}, {"offset": 10_001}, {"after": "x"}, {"after": "9" * 30}):
        with pytest.raises(Problem) as caught:
            store.search(ANONYMOUS, **wrong)
        assert caught.value.status == 400 and caught.value.detail.endswith(".")


@pytest.mark.parametrize(
    "text", ["AND (", '"', "NEAR(a b", "a\0b", "*", "title:x OR 1=1 --", "é" * 10_000, "\ud800", "🌳", "- - -", "' UNION SELECT"]
)
def test_hostile_queries_are_only_words(small: None, text: str) -> None:
    assert msgspec.json.encode([store.search(ANONYMOUS, text), store.suggest(ANONYMOUS, text)])


WORDS = ("arbre", "bomen", "air", "lucht", "parking", "rue", "2020", "école")
made_rows = st.lists(
    st.builds(
        lambda title, description, publisher, themes, formats, level: (title, description, publisher, themes, formats, level),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.lists(st.sampled_from(WORDS), max_size=3), st.sampled_from("abc"),
        st.sets(st.sampled_from(("ENVI", "TRAN", "REGI"))), st.sets(st.sampled_from(("csv", "wfs", "pdf"))), st.sampled_from((*Level, Level.PUBLIC)),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made_rows, st.text(max_size=20) | st.sampled_from(WORDS), st.fixed_dictionaries({}, optional={
    "publisher": st.lists(st.sampled_from("abcz"), max_size=2), "theme": st.lists(st.sampled_from(("ENVI", "TRAN")), max_size=2),
    "format": st.lists(st.sampled_from(("csv", "wfs")), max_size=2)}))  # fmt: skip
def test_counts_agree_with_counting_by_hand_and_never_lead_to_nothing(made, text, chosen) -> None:
    Entry.objects.all().delete()
    State.objects.all().delete()
    rows = [
        row(number, title={"fr": " ".join(title)}, description={"fr": " ".join(description)}, publisher=Publisher(publisher, {"fr": publisher}),
            themes=tuple(sorted(themes)), distributions=tuple(Distribution(format=each) for each in sorted(formats)), level=level)
        for number, (title, description, publisher, themes, formats, level) in enumerate(made)
    ]  # fmt: skip
    store.set_datasets(SYSTEM, rows, "test")
    every = {entry.key: next(row for row in rows if row.uri == entry.uri) for entry in Entry.objects.all()}
    matched = [every[key] for key in keys(store.search(ANONYMOUS, text, limit=100))]
    assert all(each.level == Level.PUBLIC for each in matched)
    found = store.search(ANONYMOUS, text, "fr", chosen, limit=100)

    def has(each: DatasetRow, without: str = "") -> bool:
        values = {"publisher": {each.publisher.key}, "theme": set(each.themes), "format": {one.format for one in each.distributions}}
        return all(values[name] & set(picked) for name, picked in chosen.items() if picked and name != without)

    assert {every[key].uri for key in keys(found)} == {each.uri for each in matched if has(each)}
    assert found.total == len(found.hits)
    themes = Counter(theme for each in matched if has(each, "theme") for theme in each.themes)
    assert {value: count for value, count in counts(found, "theme").items() if count} == dict(themes)
    for facet in found.facets:
        for value in facet.values:
            picked = {**chosen, facet.key: [value.value]}
            assert value.selected or store.search(ANONYMOUS, text, "fr", picked).total == value.count > 0


# --- levels -------------------------------------------------------------------------------------------------------


def everything_said_to(actor: Actor) -> str:
    """Return all that the catalogue tells somebody, through every verb, as one text."""
    said = [store.search(actor, text, "fr", order=order) for text in ("", "registre", "zygot", "zygott") for order in store.ORDERS]
    said += [store.search(actor, "", "fr", {"publisher": ["jette"]}), store.suggest(actor, "zyg", "fr"), store.suggest(actor, "registre conf", "fr")]
    said += [store.list_news(actor, 100, "fr"), store.list_sources(actor), store.statistics(actor), store.list_datasets(actor)[0]]
    return msgspec.json.encode(said).decode()


def test_a_closed_entry_is_in_no_hit_count_facet_suggestion_news_or_figure(small: None) -> None:
    said = everything_said_to(ANONYMOUS)
    for trace in ("zygote", "secret", "xylophone", "gpkg", "JUST", "SOCI", '"shared"', '"personal"', "confidentiel"):
        assert trace not in said, trace
    assert store.statistics(ANONYMOUS).datasets == store.search(ANONYMOUS).total == 3
    for key in ("registre-confidentiel-zygote", "registre-des-personnes-xylophone", "no-such-thing"):
        with pytest.raises(Problem) as caught:
            store.get_dataset(ANONYMOUS, key)
        assert caught.value.status == 404
    assert store.find_by_uri(ANONYMOUS, "http://example.org/4") is None


def test_a_grant_in_one_area_opens_what_lies_there_and_no_more(small: None) -> None:
    said = everything_said_to(MAN_OF_JETTE)
    assert "zygote" in said and "xylophone" not in said
    assert store.search(MAN_OF_JETTE).total == 4
    elsewhere = Actor("evere", grants=(Grant("clerk", frozenset({Right.SEE}), Level.PERSONAL, area="21006"),))
    assert store.search(elsewhere).total == 3


def test_a_grant_on_one_entry_opens_that_entry(small: None) -> None:
    subject = "catalogue.registre-des-personnes-xylophone"
    guest = Actor("guest", grants=(Grant("guest", frozenset({Right.SEE}), Level.PERSONAL, subject=subject),))
    assert store.search(guest).total == 4
    assert store.get_dataset(guest, "registre-des-personnes-xylophone").level is Level.PERSONAL


def test_an_entry_that_becomes_closed_is_gone_at_once(small: None) -> None:
    assert store.search(ANONYMOUS, "bomen").total == 1
    closed = [msgspec.structs.replace(each, level=Level.SHARED) if each.title == {"nl": "Bomen"} else each for each in some_rows()]
    store.set_datasets(SYSTEM, closed, "test")
    assert store.search(ANONYMOUS, "bomen").total == 0
    assert "bomen" not in everything_said_to(ANONYMOUS)


# --- our own ------------------------------------------------------------------------------------------------------


def test_our_own_dataset_gets_a_version_ways_to_get_it_and_the_first_place(tmp_path: Path) -> None:
    from zinneke.foundations.tables.values import Spec

    store.set_datasets(SYSTEM, [row(1, title={"fr": "Bancs publics"}, uri="http://data.gov.be/bancs")], "data.gov.be")
    file = tmp_path / "benches.csv"
    file.write_text("name,lon,lat\nA,4.35,50.85\nB,4.36,50.86\n")
    ours = DatasetRow(uri="https://zinneke.example/benches", title={"fr": "Bancs publics", "nl": "Zitbanken"}, licence="cc0", key="bancs",
                      same_as=("http://data.gov.be/bancs",))  # fmt: skip
    published = store.publish(SYSTEM, ours, file, Spec())
    assert published.changed and published.version.number == 1
    held = store.get_dataset(ANONYMOUS, "bancs")
    assert held.versioned and held.row.same_as == ("http://data.gov.be/bancs",)
    assert [(each.format, each.url) for each in held.distributions] == [
        (form, f"/api/tables/bancs/export/{form}") for form in ("csv", "json", "parquet", "geojson")
    ]
    assert keys(store.search(ANONYMOUS, "bancs"))[0] == "bancs"
    assert store.list_news(ANONYMOUS)[0].key == "bancs"
    sequence = State.objects.get().sequence
    assert not store.publish(SYSTEM, ours, file, Spec()).changed
    assert State.objects.get().sequence == sequence


def test_a_dataset_with_a_confidential_column_has_a_confidential_entry(tmp_path: Path) -> None:
    from zinneke.foundations.tables.values import ColumnSpec, Spec

    file = tmp_path / "people.csv"
    file.write_text("name,score\nAda,3\nBob,4\n")
    mine = DatasetRow(uri="https://zinneke.example/people", title={"fr": "Personnes"}, key="personnes")
    store.publish(SYSTEM, mine, file, Spec(columns=(ColumnSpec("name", level=Level.PERSONAL),)))
    assert store.get_dataset(SYSTEM, "personnes").level is Level.PERSONAL
    assert store.search(ANONYMOUS).total == 0


# --- the index and other processes --------------------------------------------------------------------------------


def test_a_large_index_is_kept_as_files_and_added_to(monkeypatch: pytest.MonkeyPatch, settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(shelf, "SMALL", 5)
    rows = [row(number) for number in range(10)]
    store.set_datasets(SYSTEM, rows, "test")
    assert store.search(ANONYMOUS).total == 10
    (folder,) = (tmp_path / "catalogue").iterdir()
    store.set_datasets(SYSTEM, [*rows[:8], row(8, title={"fr": "Neuf"}), row(11, title={"fr": "Onze"})], "test")
    assert store.search(ANONYMOUS).total == 10
    assert len(shelf.current().segments) == 2 and list((tmp_path / "catalogue").iterdir()) == [folder]
    assert (store.search(ANONYMOUS, "neuf").total, store.search(ANONYMOUS, "onze").total) == (1, 1)
    assert sum(counts(store.search(ANONYMOUS), "source").values()) == 10
    before = [hit.key for hit in store.search(ANONYMOUS, "jeu").hits]
    shelf.forget()
    assert [hit.key for hit in store.search(ANONYMOUS, "jeu").hits] == before
    (folder / "strings.json").write_text("{")
    shelf.forget()
    assert store.search(ANONYMOUS).total == 10


# --- the real catalogue -------------------------------------------------------------------------------------------


def test_the_national_catalogue_loads_once_and_is_found_in_three_languages(national: list[DatasetRow | Fault]) -> None:
    first, second = (store.set_datasets(SYSTEM, national, "data.gov.be") for _time in range(2))
    assert (first.added, first.refused) == (17_828, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 17_828)
    found = store.search(ANONYMOUS, language="fr")
    assert found.total == 17_828 and {each.key for each in found.facets} == set(FACETS)
    assert store.statistics(ANONYMOUS).distributions == 70_441
    totals = {store.search(ANONYMOUS, text).total for text in ("qualité de l'air", "luchtkwaliteit", "air quality")}
    assert len(totals) == 1 and totals.pop() > 50
    assert "arbre" in store.search(ANONYMOUS, "boom", "fr").hits[0].title.lower()
    assert store.search(ANONYMOUS, "lughtkwaliteit", "nl").suggestion == "luchtkwaliteit"
    narrowed = store.search(ANONYMOUS, "subsides", "fr", {"commune": ["21009", "21013"]})
    assert 0 < narrowed.total < 40 and all({"21009", "21013"} & set(hit.communes) for hit in narrowed.hits)
    for facet in narrowed.facets:
        for value in facet.values[:5]:
            chosen = {"commune": ["21009", "21013"], facet.key: [value.value]}
            assert store.search(ANONYMOUS, "subsides", "fr", chosen).total == value.count > 0
    same = Counter(hit.title for hit in store.search(ANONYMOUS, "population", "fr", limit=100).hits)
    assert same and all(hit.publisher or not hit.publisher_key for hit in found.hits)


# --- use ----------------------------------------------------------------------------------------------------------


def test_what_is_used_much_stands_above_its_equal_and_never_above_a_better_answer() -> None:
    rows = [row(number, title={"nl": "Bomen langs de weg"}) for number in range(1, 5)]
    store.set_datasets(SYSTEM, [*rows, row(9, title={"nl": "Struiken"}, description={"nl": "Tussen vele bomen."})], "test")
    before = keys(store.search(ANONYMOUS, "bomen", "nl"))
    last = before[3]
    assert before[4] == "struiken"
    shelf.take_use(UseCounted({last: 400, "struiken": 5_000, "gone": 9}))
    after = keys(store.search(ANONYMOUS, "bomen", "nl"))
    assert after == [last, *before[:3], "struiken"]
    assert keys(store.search(ANONYMOUS, "", "nl"))[:2] == ["struiken", last]
    store.set_datasets(SYSTEM, [row(10, title={"nl": "Nieuw"})], "other")
    assert keys(store.search(ANONYMOUS, "bomen", "nl")) == after, "an index that was renewed still knows"
    shelf.take_use(UseCounted({}))
    assert keys(store.search(ANONYMOUS, "bomen", "nl")) == before


def test_a_word_that_somebody_else_typed_wrong_too_is_found_and_the_usual_one_offered() -> None:
    rows = [DatasetRow(uri=f"m:{number}", title={"nl": f"Luchtkwaliteit in wijk {number}"}) for number in range(25)]
    rows.append(DatasetRow(uri="m:wrong", title={"nl": "Zwarte koolstof"}, description={"nl": "Metingen van de luchtkwalitiet."}))
    store.set_datasets(SYSTEM, rows, "misspelt")
    found = store.search(ANONYMOUS, "luchtkwalitiet", "nl")
    assert (found.total, found.suggestion, found.also) == (1, "", "luchtkwaliteit")
    assert store.search(ANONYMOUS, found.also, "nl").total == 25
    assert store.search(ANONYMOUS, "zwarte koolstof", "nl").also == "", "nothing nearer that far more have"
