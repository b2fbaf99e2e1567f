"""What the store promises: nobody overwrites anybody, every refusal is a sentence that helps, decisions stay."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from tests.office.projects.conftest import fiche, person
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.office.projects import keeping, own, pairing, places, store
from zinneke.office.projects.models import Record
from zinneke.office.projects.rules import Line
from zinneke.office.projects.values import Component, Data, Fiche, Lesson, Organisation, Passage, Wanted


def refused(actor: Actor, given: Fiche, version: int | None = None) -> str:
    """Return the sentence with which a fiche is refused."""
    with pytest.raises(Problem) as told:
        store.set_project(actor, given, version)
    return f"{told.value.status} {told.value.detail}"


def test_a_new_project_begins_as_an_idea_under_a_readable_key(owner: Actor) -> None:
    made = store.set_project(owner, fiche(key="", name={"fr": "Éclairage d’été à l’arrêt"}))
    assert (made.key, made.phase, made.version) == ("eclairage-d-ete-a-l-arret", "idea", 1)
    again = store.set_project(owner, fiche(key="", name={"fr": "Éclairage d’été à l’arrêt"}))
    assert again.key == "eclairage-d-ete-a-l-arret-2"


def test_two_owners_at_once_overwrite_nothing(owner: Actor, manager: Actor) -> None:
    made = store.set_project(owner, fiche())
    store.set_project(manager, fiche(summary={"en": "The manager’s words"}), made.version)
    said = refused(owner, fiche(summary={"en": "The owner’s words"}), made.version)
    assert said.startswith("409") and "Manager" in said and "Nothing was overwritten" in said
    assert store.get_project(owner, "tram-lights").fiche.summary == {"en": "The manager’s words"}


def test_a_key_that_is_taken_is_told(owner: Actor) -> None:
    store.set_project(owner, fiche())
    assert "already" in refused(owner, fiche())


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"owner": "stibb"}, "stib"),
        ({"name": {}}, "name"),
        ({"key": "Not a key"}, "small letters"),
        ({"key": "board"}, "small letters"),
        ({"domain": "traffic"}, "Choose among"),
        ({"start": "2027-01-01", "end": "2026-01-01"}, "end is before the start"),
        ({"planned": -5.0}, "cannot be negative"),
        ({"planned": float("nan")}, "cannot be negative"),
        ({"contact": "jan.peeters@stib.be"}, "a function or a service"),
        ({"web": "javascript:alert(1)"}, "https://"),
        ({"communes": ["11001"]}, "NIS code"),
        ({"place": {"type": "Point", "coordinates": [5.6, 50.6]}}, "outside the Region"),
        ({"place": {"type": "Point", "coordinates": [50.85, 4.35]}}, "swapped"),
        ({"place": {"type": "Point", "coordinates": ["a", 1]}}, "cannot be read"),
        ({"place": {"type": "Nowhere"}}, "cannot be read"),
        ({"lead": "gone@stib.test"}, "no access"),
    ],
)
def test_each_fault_is_a_sentence_that_helps(owner: Actor, wrong: dict[str, object], word: str) -> None:
    given = msgspec.convert({**msgspec.to_builtins(fiche()), **wrong}, Fiche)
    said = refused(owner, given)
    assert said.startswith("422") and word in said


def test_a_lead_who_left_is_told_and_the_fiche_is_not_kept(owner: Actor) -> None:
    person("lead@stib.test", "partner")
    made = store.set_project(owner, fiche(lead="lead@stib.test"))
    identity.set_active(SYSTEM, "lead@stib.test", False)
    assert "no access to the platform" in refused(owner, fiche(lead="lead@stib.test", funding="x"), made.version)


def test_whoever_holds_one_organisation_writes_for_that_one_only(owner: Actor) -> None:
    assert refused(owner, fiche(owner="sibelga")).startswith("403")
    made = store.set_project(SYSTEM, fiche(key="lamps", owner="sibelga"))
    assert refused(owner, fiche(key="lamps", owner="stib"), made.version).startswith("403")
    hidden = store.set_project(SYSTEM, fiche(key="secret", owner="sibelga", level=Level.SHARED))
    assert refused(owner, fiche(key="secret"), hidden.version).startswith("404")
    with pytest.raises(Problem):
        store.set_organisation(owner, Organisation(key="sibelga", name={"fr": "x"}))
    with pytest.raises(Problem):
        store.set_limit(owner, 1)
    with pytest.raises(Problem):
        store.refresh_pairs(owner)


def test_the_communes_of_a_place_are_found(owner: Actor) -> None:
    made = store.set_project(owner, fiche(place={"type": "LineString", "coordinates": [[4.35, 50.85], [4.45, 50.85]]}))
    assert made.fiche.communes == ("21001", "21015")
    assert store.list_projects(ANONYMOUS, commune="21015")[0].key == "tram-lights"
    assert places.shapes(ANONYMOUS, ["tram-lights"])["tram-lights"]["type"] == "LineString"


def test_a_pilot_goes_into_service_only_with_evidence_of_each_audience(owner: Actor) -> None:
    store.set_project(owner, fiche(audiences=("citizens", "administrations")))
    for phase in ("initiation", "planning", "execution"):
        store.pass_gate(owner, "tram-lights", Passage(to=phase, reason="ready"))
    with pytest.raises(Problem) as told:
        store.pass_gate(owner, "tram-lights", Passage(to="rollout", reason="ready", evidence={"citizens": "200 tried it"}))
    assert "Administrations" in told.value.detail and "Citizens" not in told.value.detail
    evidence = {"citizens": "200 tried it", "administrations": "the control room uses it"}
    made = store.pass_gate(owner, "tram-lights", Passage(to="rollout", reason="ready", evidence=evidence))
    gates = store.list_gates(ANONYMOUS, "tram-lights")
    assert made.phase == "rollout" and gates[-1].evidence == evidence and gates[-1].by == "Owner" and len(gates) == 5


def test_no_gate_opens_without_a_reason_or_two_at_a_time_and_none_closes_without_a_lesson(owner: Actor) -> None:
    made = store.set_project(owner, fiche())
    for wish, word in (
        (Passage(to="initiation", reason=" "), "Say why"),
        (Passage(to="execution", reason="x"), "one phase"),
        (Passage(to="closed", reason="x"), "lesson"),
    ):
        with pytest.raises(Problem) as told:
            store.pass_gate(owner, "tram-lights", wish)
        assert word in told.value.detail
    kept = store.set_project(owner, fiche(lessons=(Lesson(kind="failure", what={"fr": "trop tôt"}),)), made.version)
    assert store.pass_gate(owner, "tram-lights", Passage(to="closed", reason="no money"), kept.version).phase == "closed"
    with pytest.raises(Problem) as told:
        store.pass_gate(owner, "tram-lights", Passage(to="idea", reason="again"), kept.version)
    assert told.value.status == 409


def test_above_the_limit_a_project_starts_only_by_a_recorded_decision(manager: Actor) -> None:
    store.set_limit(manager, 1)
    keeping.take(SYSTEM, [Line("1", fiche(), "execution"), Line("2", fiche(key="second"), "planning")])
    with pytest.raises(Problem) as told:
        store.pass_gate(manager, "second", Passage(to="execution", reason="ready"))
    assert "limit is 1" in told.value.detail
    store.pass_gate(manager, "second", Passage(to="execution", reason="ready", above_limit="the minister asks"))
    assert store.list_gates(manager, "second")[-1].evidence == {"limit": "the minister asks"}


def test_loading_again_changes_nothing_and_never_overwrites_what_people_changed(owner: Actor) -> None:
    lines = [Line("1", fiche(), "rollout"), Line("2", fiche(key="other"))]
    assert keeping.take(SYSTEM, lines).added == 2
    assert keeping.take(SYSTEM, lines).unchanged == 2
    store.set_project(owner, fiche(summary={"fr": "de l’exploitant"}), 1)
    changed = [Line("1", fiche(summary={"fr": "du fichier"})), Line("2", fiche(key="other", summary={"fr": "du fichier"}))]
    counts = keeping.take(SYSTEM, changed)
    assert (counts.changed, counts.unchanged) == (1, 1)
    assert store.get_project(SYSTEM, "tram-lights").fiche.summary == {"fr": "de l’exploitant"}


def test_filters_never_lead_to_nothing(owner: Actor) -> None:
    store.set_project(owner, fiche(challenges=("mobility",)))
    store.set_project(owner, fiche(key="meters", name={"fr": "Compteurs"}, domain="environment", challenges=("sustainability",)))
    everything = store.search(ANONYMOUS, Wanted(), "fr")
    for name, choices in everything.choices.items():
        for choice in choices:
            found = store.search(ANONYMOUS, msgspec.structs.replace(Wanted(), **{name: choice.value}), "fr")
            assert len(found.projects) == choice.count > 0
    narrowed = store.search(ANONYMOUS, Wanted(domain="environment"), "fr")
    assert [each.value for each in narrowed.choices["challenge"]] == ["sustainability"]
    assert {each.value for each in narrowed.choices["domain"]} == {"environment", "mobility"}


def test_what_was_decided_about_a_pair_is_never_opened_again(owner: Actor, manager: Actor) -> None:
    store.set_project(owner, fiche(uses=(Data(name="loops"),), components=("fidus",)))
    store.set_project(owner, fiche(key="bus-lights", name={"fr": "Feux pour le bus"}, gives=(Data(name="loops"),)))
    store.refresh_pairs(manager)
    (pair,) = store.list_pairs(owner)
    assert [(why.kind, why.what) for why in pair.reasons] == [("feeds", "loops")]
    with pytest.raises(Problem):
        store.settle_pair(owner, pair.id, "refused", "  ")
    store.settle_pair(owner, pair.id, "refused", "other roads")
    store.refresh_pairs(manager)
    assert not store.list_pairs(owner) and store.list_pairs(owner, "refused")[0].reason == "other roads"
    with pytest.raises(Problem) as told:
        store.settle_pair(manager, pair.id, "accepted", "after all")
    assert told.value.status == 409


def test_an_open_pair_that_has_nothing_in_common_any_more_goes(owner: Actor) -> None:
    store.set_project(owner, fiche(uses=(Data(name="loops"),)))
    made = store.set_project(owner, fiche(key="meters", name={"fr": "Compteurs d’eau"}, gives=(Data(name="loops"),)))
    pairing.refresh()
    assert store.list_pairs(owner)
    store.set_project(owner, msgspec.structs.replace(made.fiche, gives=()), made.version)
    pairing.refresh()
    assert not store.list_pairs(owner)


def test_what_exists_is_shown_before_a_project_is_sent(owner: Actor) -> None:
    store.set_project(owner, fiche(summary={"fr": "Priorité aux carrefours"}))
    store.set_component(SYSTEM, Component(key="lights-box", name={"fr": "Commande de feux pour carrefours"}, owner="sibelga"))
    found = store.find_alike(owner, fiche(key="", name={"fr": "Feux aux carrefours pour le bus"}, owner="stib"))
    assert {each.kind for each in found} == {"project", "component"}
    assert not store.find_alike(owner, fiche(key="", name={"fr": "Ruches sur les toits"}, owner="stib"))


def test_the_platforms_own_parts_come_first_and_cannot_be_changed(owner: Actor) -> None:
    parts = store.list_components(ANONYMOUS)
    assert parts[0].own and {"zinneke-catalogue", "zinneke-air-quality", "zinneke-projects"} <= {each.key for each in parts}
    assert all(each.licence == "EUPL-1.2" and each.code for each in own.components())
    with pytest.raises(Problem):
        store.set_component(SYSTEM, Component(key="zinneke-catalogue", name={"fr": "x"}))


def test_a_component_keeps_its_version_and_refuses_what_does_not_exist(owner: Actor) -> None:
    made = store.set_component(owner, Component(key="box", name={"fr": "Boîte"}, owner="stib"))
    assert store.set_component(owner, Component(key="box", name={"fr": "Boîte"}, owner="stib", licence="EUPL-1.2"), made.version).version == 2
    for wrong, status in (
        ({"depends": ("nothing",)}, 422),
        ({"readiness": 12}, 422),
        ({"depends": ("box",)}, 422),
        ({"code": "ftp://x"}, 422),
        ({}, 409),
    ):
        with pytest.raises(Problem) as told:
            store.set_component(owner, Component(**{"key": "box", "name": {"fr": "x"}, "owner": "stib", **wrong}), 1)
        assert told.value.status == status


def test_a_draft_is_ones_own(owner: Actor, manager: Actor) -> None:
    store.set_draft(owner, "", {"name_fr": ["Mon idée"]})
    draft = store.find_draft(owner)
    assert draft is not None and draft.typed == {"name_fr": ["Mon idée"]}
    assert store.find_draft(manager) is None and not store.list_drafts(manager)
    store.set_draft(owner, "", None)
    assert not store.list_drafts(owner)


def test_a_confirmed_record_says_when(owner: Actor) -> None:
    keeping.take(SYSTEM, [Line("1", fiche())])
    assert store.get_project(owner, "tram-lights").confirmed is None
    assert store.confirm_project(owner, "tram-lights").confirmed is not None
    assert Record.objects.get(key="tram-lights").version == 1


def test_a_promise_that_is_changed_after_the_work_began_is_shown(owner: Actor) -> None:
    keeping.take(SYSTEM, [Line("1", fiche(end=date(2026, 6, 1), planned=1000.0), "execution")])
    store.set_project(owner, fiche(end=date(2027, 6, 1), planned=1000.0, expected=date(2027, 6, 1)), 1)
    last = store.list_gates(ANONYMOUS, "tram-lights")[-1]
    assert (last.before, last.after, last.by) == ("execution", "execution", "Owner") and last.evidence == {"promise": "end 2026-06-01 → 2027-06-01"}
