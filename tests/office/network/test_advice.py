"""Opinions in versions that nobody changes, drafts read line by line, the mandate, commitments, and the file that we ship."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from tests.office.network.conftest import person
from zinneke.cli.manifest import CITIES
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.kernel.problem import Problem
from zinneke.office.network import loading, store, words
from zinneke.office.network.values import Commitment, Opinion, OpinionOutcome, Remark, Review

NETWORK = CITIES / "brussels" / "network.toml"
DAY = date(2026, 3, 2)


def test_each_text_that_was_sent_is_a_version_and_a_draft_is_seen_by_its_writers_only(manager: Actor) -> None:
    made = store.set_opinion(manager, Opinion(key="o", title="Données", requested_by="gouvernement", requested=DAY, draft="First"))
    assert store.get_opinion(ANONYMOUS, "o").draft == ""
    sent = store.send_opinion(manager, "o", made.version)
    with pytest.raises(Problem, match="no draft"):
        store.send_opinion(manager, "o", sent.version)
    again = store.set_opinion(manager, msgspec.structs.replace(sent, draft="Second"))
    store.send_opinion(manager, "o", again.version)
    assert [(each.number, each.text) for each in store.get_opinion(ANONYMOUS, "o").versions] == [(2, "Second"), (1, "First")]


def test_an_opinion_shows_the_decisions_after_it_and_whether_they_followed(manager: Actor) -> None:
    made = store.set_opinion(manager, Opinion(key="o", title="Données", requested_by="gouvernement", requested=DAY, draft="First"))
    outcome = OpinionOutcome(version=1, decided=DAY, title="Ordonnance", reference="https://example.org/eli/1", followed="partly")
    with pytest.raises(Problem, match="never sent"):
        store.add_outcome(manager, "o", outcome)
    store.send_opinion(manager, "o", made.version)
    assert store.add_outcome(manager, "o", outcome).outcomes == (outcome,)
    with pytest.raises(Problem, match="Say whether"):
        store.add_outcome(manager, "o", msgspec.structs.replace(outcome, followed="perhaps"))


def test_a_draft_gets_a_remark_to_each_line_before_it_goes_out(manager: Actor) -> None:
    made = store.submit_review(manager, Review(key="r", title="Capteurs", kind="tender", submitted_by="stib", submitted=DAY))
    with pytest.raises(Problem, match="each line"):
        store.conclude_review(manager, "r", made.version, {"data": Remark("good")}, "")
    remarks = {line: Remark("good") for line in words.CHECKLIST}
    told = store.conclude_review(manager, "r", made.version, remarks, "Ready")
    assert (told.state, told.conclusion) == ("concluded", "Ready")
    assert store.submit_review(manager, msgspec.structs.replace(told, text="Second draft")).state == "submitted"
    steward = person("stib@example.org", "steward", "network.stib")
    assert [each.key for each in store.list_reviews(steward)] == ["r"]


def test_a_commitment_is_late_when_its_day_passed_and_stays_marked_when_it_was_kept_late(manager: Actor) -> None:
    made = store.set_commitment(manager, Commitment(key="c", title={"fr": "Méthode"}, promised=date(2019, 1, 24), due=date(2019, 4, 30)))
    assert not made.late(date(2019, 4, 30))
    assert made.late(date(2019, 5, 1))
    kept = store.set_commitment(manager, msgspec.structs.replace(made, done=date(2019, 5, 2)))
    assert kept.late(date(2020, 1, 1))
    with pytest.raises(Problem, match="before it was made"):
        store.set_commitment(manager, msgspec.structs.replace(kept, done=date(2018, 1, 1)))


def test_what_we_ship_is_whole_in_three_languages_and_loads_twice_without_a_change() -> None:
    counts = loading.read(NETWORK, {})
    assert (counts.refused, counts.added) == (0, 121)
    again = loading.read(NETWORK, {})
    assert (again.added, again.changed, again.unchanged) == (0, 0, 121)
    kinds = [each.kind for each in store.list_organisations(SYSTEM)]
    assert (kinds.count("commune"), kinds.count("cpas")) == (19, 19)
    for each in (*store.list_organisations(SYSTEM), *store.list_groups(SYSTEM), *store.list_memberships(SYSTEM)):
        assert set(each.name) == {"fr", "nl", "en"}, each.key
        assert not each.about or set(each.about) == {"fr", "nl", "en"}, each.key
    assert store.list_posts(SYSTEM) == []  # facts only, no persons
    assert [each.key for each in store.list_mandates(ANONYMOUS)] == ["2019-01-24"]


def test_loading_never_writes_over_what_people_changed(manager: Actor, tmp_path: Path) -> None:
    loading.read(NETWORK, {})
    store.set_organisation(manager, msgspec.structs.replace(store.get_organisation(manager, "stib"), address="Rue Royale 76"))
    other = tmp_path / "network.toml"
    other.write_text(
        NETWORK.read_text()
        .replace('key = "stib"', 'key = "stib"\naddress = "Elsewhere"')
        .replace('key = "vub"', 'key = "vub"\naddress = "Pleinlaan 2"')
    )
    counts = loading.read(other, {})
    assert (counts.added, counts.changed) == (0, 1)
    assert store.get_organisation(manager, "stib").address == "Rue Royale 76"
    assert store.get_organisation(manager, "vub").address == "Pleinlaan 2"


def test_a_file_with_a_fault_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "network.toml"
    wrong.write_text('[[organisation]]\nkey = "x"\nnaam = "y"\n')
    with pytest.raises(Problem, match="network.toml"):
        loading.read(wrong, {})
