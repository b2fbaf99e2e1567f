"""Public contracts: clauses as they were, promises looked up, open points followed; challenges and who answers them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.knowledge.conftest import VISITOR, draft, person
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import challenges, desk, store, tenders
from zinneke.office.knowledge.rules import read_conclusions, read_promises, write_conclusions, write_promises
from zinneke.office.knowledge.values import Challenge, Clause, Conclusion, Entry, Promise, Tender

Publish = Callable[..., Entry]
pytestmark = pytest.mark.django_db
BODY = {"fr": "Les **données** sont à nous.", "nl": "De **gegevens** zijn van ons."}


def test_a_clause_stands_in_a_contract_word_for_word_as_it_was(publish: Publish) -> None:
    clause = publish("data", Clause(topic="data"), body=BODY)
    contract = publish("t", Tender(buyer="STIB"))
    contract = tenders.insert_clause(SYSTEM, "t", "data", contract.version)
    changed = store.set_entry(SYSTEM, draft("data", Clause(topic="data"), body={"fr": "Autre", "nl": "Anders"}), clause.version)
    store.set_state(SYSTEM, "clause", "data", "published", changed.version)
    kept = tenders.tender_of(store.get_working(SYSTEM, "tender", "t")).clauses
    assert [(each.key, each.version, each.text["fr"]) for each in kept] == [("data", 1, BODY["fr"])]
    contract = tenders.insert_clause(SYSTEM, "t", "data", contract.version)
    assert [(each.version, each.text["fr"]) for each in tenders.tender_of(contract).clauses] == [(2, "Autre")]


def test_clauses_are_copied_as_text_and_as_markdown(publish: Publish) -> None:
    publish("data", Clause(topic="data"), body=BODY)
    contract = publish("t", Tender(buyer="STIB"))
    tender = tenders.tender_of(tenders.insert_clause(SYSTEM, "t", "data", contract.version))
    assert tenders.copy(tender, "nl", "txt") == "1. Titel data (data, v1)\n\nDe gegevens zijn van ons.\n"
    assert tenders.copy(tender, "fr", "md").startswith("## 1. Titre data (data, v1)\n\nLes **données**")


def test_each_promise_is_looked_up_with_its_evidence(publish: Publish) -> None:
    catalogue.set_datasets(SYSTEM, [DatasetRow(uri="urn:a", key="arbres", title={"fr": "Arbres de la Région", "nl": "Bomen"})], "source")
    promises = (
        Promise("dataset", "arbres"), Promise("dataset", "arbres de la region"), Promise("dataset", "Arbres"), Promise("api", "/api/latest"),
        Promise("api", "https://zinneke.example/api/datasets/anything"), Promise("api", "https://elsewhere.example/x"), Promise("api", "urn:a"),
    )  # fmt: skip
    publish("t", Tender(buyer="STIB", promises=promises))
    checked = tenders.verify_delivery(SYSTEM, "t")
    assert [(each.kept, each.evidence) for each in checked.results] == [
        (True, "found"), (True, "titled"), (False, "missing"), (True, "route"), (True, "route"), (False, "unknown"), (True, "service"),
    ]  # fmt: skip
    assert tenders.list_checks(VISITOR, "t")[0].results == checked.results


def test_what_is_late_waits_on_the_desk_until_it_is_found(publish: Publish) -> None:
    publish("t", Tender(buyer="STIB", promises=(Promise("dataset", "arbres", date(2026, 1, 1)), Promise("dataset", "later", date(2090, 1, 1)))))
    assert [(entry.key, missing) for entry, missing in tenders.list_open_points(SYSTEM, date(2026, 11, 28))] == [("t", 1)]
    assert any(each.due == date(2026, 1, 1) for each in desk.waiting(SYSTEM))
    catalogue.set_datasets(SYSTEM, [DatasetRow(uri="urn:a", key="arbres", title={"fr": "Arbres"})], "source")
    tenders.verify_delivery(SYSTEM, "t")
    assert tenders.list_open_points(SYSTEM, date(2026, 11, 28)) == []


def test_a_contract_without_promises_says_so_instead_of_all_being_well(publish: Publish) -> None:
    publish("t", Tender(buyer="STIB"))
    with pytest.raises(Problem) as refused:
        tenders.verify_delivery(SYSTEM, "t")
    assert refused.value.status == 422


@pytest.mark.parametrize("typed", ["dataset", "table trees", "dataset trees | tomorrow", "api"])
def test_a_promise_that_cannot_be_read_names_its_line(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        read_promises(f"dataset fine\n\n{typed}")
    assert "Line 3" in refused.value.detail and refused.value.extra["where"] == "promises"


plain = st.text(alphabet="abc é/-.", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.builds(Promise, st.sampled_from(["dataset", "api"]), plain, st.none() | st.dates())))
def test_promises_are_read_as_they_are_written(promises: list[Promise]) -> None:
    assert read_promises(write_promises(promises)) == tuple(promises)


@given(st.lists(st.builds(Conclusion, plain, st.sampled_from(["", "project:lora", "action:12"]))))
def test_conclusions_are_read_as_they_are_written(conclusions: list[Conclusion]) -> None:
    assert read_conclusions(write_conclusions(conclusions)) == tuple(conclusions)


def test_a_conclusion_that_leads_nowhere_names_its_line() -> None:
    with pytest.raises(Problem) as refused:
        read_conclusions("Fine\nDo it | somewhere over there")
    assert "Line 2" in refused.value.detail


def test_a_firm_answers_and_only_those_who_decide_read_it(publish: Publish) -> None:
    publish("c", Challenge())
    number = challenges.answer_challenge(VISITOR, "c", "Firm", "Ann", "ann@firm.example", "We would")
    assert [each.text for each in challenges.list_answers(person("steward"), "c")] == ["We would"]
    for reader in (person("operator"), person("steward", area="21015")):
        with pytest.raises(Problem):
            challenges.list_answers(reader, "c")
    with pytest.raises(Problem) as silent:
        challenges.decide_answer(SYSTEM, "c", number, True, " ")
    assert silent.value.extra["where"] == "reason"
    challenges.decide_answer(SYSTEM, "c", number, True, "The best")
    assert challenges.list_answers(SYSTEM, "c")[0].state == "chosen"
    with pytest.raises(Problem):
        challenges.decide_answer(SYSTEM, "c", 999, True, "x")


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (("", "A", "a@b.be", "x"), "organisation"),
        (("F", "A\nB", "a@b.be", "x"), "name"),
        (("F", "A", "ab", "x"), "email"),
        (("F", "A", "a@b.be", " "), "text"),
    ],
)
def test_an_answer_that_is_not_one_is_refused_at_its_field(publish: Publish, answer: tuple[str, str, str, str], where: str) -> None:
    publish("c", Challenge())
    with pytest.raises(Problem) as refused:
        challenges.answer_challenge(VISITOR, "c", *answer)
    assert refused.value.extra["where"] == where


def test_a_challenge_that_is_closed_or_hidden_takes_no_answer(publish: Publish) -> None:
    publish("over", Challenge(closes=date(2020, 1, 1)))
    publish("chosen", Challenge(stage="partnership"))
    publish("inside", Challenge(), level=Level.SHARED)
    for key, status in (("over", 409), ("chosen", 409), ("inside", 404)):
        with pytest.raises(Problem) as refused:
            challenges.answer_challenge(VISITOR, key, "F", "A", "a@b.be", "x")
        assert refused.value.status == status
