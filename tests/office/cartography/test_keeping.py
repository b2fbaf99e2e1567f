"""The map: people's words win, scans never delete, nobody overwrites anybody in silence, and only once is only once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.identity import store as identity
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right
from zinneke.kernel.problem import Problem
from zinneke.office.cartography import desk, grouping, models, once, ourselves, store
from zinneke.office.cartography.scanning import Scanned
from zinneke.office.cartography.sketch import sketch
from zinneke.office.cartography.things import (
    Administration,
    Agreement,
    Application,
    Column,
    Database,
    Element,
    Field,
    Form,
    Source,
    Table,
    ThingRow,
)
from zinneke.office.cartography.values import ColumnProfile, Part, Relation, TableProfile, Worth

pytestmark = pytest.mark.django_db
AN = Actor("person:1", "An", "paradigm", (Grant("operator", frozenset(Right), Level.SHARED, "", "cartography.paradigm"),))


def row(key: str, details: Any = None, **more: Any) -> ThingRow:
    return ThingRow(key=key, details=details or Application(), title=more.pop("title", {"en": key}), **more)


def scan(*rows: ThingRow, origin: str = "crm", **more: Any) -> Scanned:
    return Scanned(origin=origin, things=rows, **more)


PEOPLE = Table((Column("naam"), Column("geboortedatum"), Column("straat")))


def test_a_second_scan_changes_nothing_and_a_changed_source_changes_what_changed() -> None:
    store.take_scan(SYSTEM, scan(row("crm/people", PEOPLE), row("crm", Database(), links=(("holds", "crm/people"),))))
    again = store.take_scan(SYSTEM, scan(row("crm/people", PEOPLE), row("crm", Database(), links=(("holds", "crm/people"),))))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    more = store.take_scan(SYSTEM, scan(row("crm/people", Table((*PEOPLE.columns, Column("postcode")))), row("crm", Database())))
    assert (more.added, more.changed, more.unchanged) == (0, 1, 1)
    assert [tie.key for tie in store.get_thing(SYSTEM, "crm").ties] == ["crm/people"]


def test_what_a_source_no_longer_has_is_missing_since_today_and_never_deleted_and_comes_back() -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE)))
    assert store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE))).missing == 1
    lost = store.get_thing(SYSTEM, "crm/b").thing
    assert lost.missing == timezone.localdate() and lost.status == "stale"
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE)))
    assert store.get_thing(SYSTEM, "crm/b").thing.missing is None


@pytest.mark.parametrize("broken", [{"partial": "The connection broke off."}, {"whole": False}])
def test_a_scan_that_broke_off_calls_nothing_missing(broken: dict[str, Any]) -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE)))
    found = store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), **broken))
    assert found.missing == 0 and store.get_thing(SYSTEM, "crm/b").thing.missing is None
    assert found.state == ("partial" if "partial" in broken else "done")


def test_our_own_datasets_stand_on_the_map_under_the_administration_that_publishes_them() -> None:
    store.set_thing(SYSTEM, row("administration/jette", Administration(), owner="commune-jette", title={"nl": "Gemeente Jette"}))
    for key, publisher in (("trees", "Gemeente Jette"), ("stars", "Observatoire")):
        told = DatasetRow(uri=f"urn:zinneke:{key}", key=key, title={"en": key}, publisher=Publisher(key, {"nl": publisher}))
        catalogue.publish(SYSTEM, told, b"name,height\nx,4.35\n", Spec())
    ourselves.register()
    assert [(each.key, each.row.owner) for each in store.list_things(SYSTEM, ("table",))[0]] == [
        ("zinneke/tables/stars", ""), ("zinneke/tables/trees", "commune-jette"),
    ]  # fmt: skip


def test_a_source_that_broke_off_waits_on_the_desk_until_it_is_read_whole() -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), partial="The connection broke off.", owner="paradigm"))
    store.take_scan(SYSTEM, scan(row("zoo/a", PEOPLE), origin="zoo", partial="The connection broke off.", owner="jette"))
    assert {each.title for each in desk.waiting(AN) if each.what == desk.AGAIN} == {"crm"}
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), owner="paradigm"))
    assert not [each for each in desk.waiting(AN) if each.what == desk.AGAIN]


def test_what_a_person_says_is_not_changed_back_by_a_scan() -> None:
    store.take_scan(SYSTEM, scan(row("crm", Application(supplier="Machine")), row("other")))
    held = store.get_thing(SYSTEM, "crm").thing
    store.set_thing(SYSTEM, row("crm", Application(supplier="Person"), title={"nl": "Klantenbestand"}), held.version)
    store.take_scan(SYSTEM, scan(row("crm", Application(supplier="Machine", web="https://crm.example")), row("other")))
    now = store.get_thing(SYSTEM, "crm").thing
    assert now.row.details == Application(supplier="Person", web="https://crm.example")
    assert now.title == {"nl": "Klantenbestand"}
    assert {"title", "details.supplier"} <= set(now.claimed)


def test_what_a_person_withdrew_no_scan_brings_back() -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE)))
    store.withdraw_thing(SYSTEM, "crm/b", "Shut down in 2024")
    assert store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE))).unchanged == 2
    with pytest.raises(Problem) as refusal:
        store.get_thing(SYSTEM, "crm/b")
    assert refusal.value.status == 404


def test_two_who_edit_at_once_do_not_overwrite_each_other_and_the_second_is_told_who() -> None:
    first = store.set_thing(SYSTEM, row("crm"))
    store.set_thing(SYSTEM, row("crm", Application(users=3)), first.version)
    with pytest.raises(Problem) as refusal:
        store.set_thing(SYSTEM, row("crm", Application(users=4)), first.version)
    assert refusal.value.status == 409 and "system changed this" in refusal.value.detail
    assert store.get_thing(SYSTEM, "crm").thing.row.details == Application(users=3)


def test_the_same_source_under_two_names_is_recognised_and_asked_about() -> None:
    names = [row(f"crm/{number}", Table(tuple(Column(f"{number}{letter}") for letter in "abcd"))) for number in range(5)]
    store.take_scan(SYSTEM, scan(*names))
    copied = [row(each.key.replace("crm", "klanten"), each.details) for each in names]
    assert store.take_scan(SYSTEM, scan(*copied, origin="klanten")).alike == "crm"
    others = [row(f"zoo/{number}", Table(tuple(Column(f"z{number}{letter}") for letter in "abcd"))) for number in range(5)]
    assert store.take_scan(SYSTEM, scan(*others, origin="zoo")).alike == ""


def test_a_source_that_was_another_ones_second_name_leaves_the_map_whole_and_no_scan_brings_it_back() -> None:
    tables = [Table((Column(f"a{n}"), Column(f"b{n}"), Column(f"c{n}"))) for n in range(3)]
    store.take_scan(SYSTEM, scan(*(row(f"crm/{n}", table) for n, table in enumerate(tables))))
    again = scan(*(row(f"sales/{n}", table) for n, table in enumerate(tables)), origin="sales")
    assert store.take_scan(SYSTEM, again).alike == "crm" and store.list_scans(SYSTEM)[0].alike == "crm"
    with pytest.raises(Problem):
        store.withdraw_source(SYSTEM, "sales", " ")
    with pytest.raises(Problem):
        store.withdraw_source(SYSTEM, "nothing", "gone")
    assert store.withdraw_source(SYSTEM, "sales", "The same source as crm.") == 3
    store.take_scan(SYSTEM, again)
    assert {each.row.origin for each in store.list_things(SYSTEM, ("table",))[0]} == {"crm"}
    assert store.list_scans(SYSTEM)[1].alike == ""


def test_a_source_that_one_may_not_see_is_not_named_as_the_same() -> None:
    tables = [Table((Column(f"a{n}"), Column(f"b{n}"), Column(f"c{n}")), 10) for n in range(3)]
    store.take_scan(SYSTEM, scan(*(row(f"secret/{n}", table, level=Level.PERSONAL) for n, table in enumerate(tables)), origin="secret"))
    mine = scan(*(row(f"own/{n}", table, owner="paradigm") for n, table in enumerate(tables)), origin="own", owner="paradigm")
    assert store.take_scan(AN, mine).alike == "" and store.list_scans(AN)[0].alike == ""
    assert store.list_scans(SYSTEM)[0].alike == "secret"


def test_an_organisation_writes_its_own_and_no_other() -> None:
    store.set_thing(AN, row("ours", owner="paradigm"))
    for key, owner in (("theirs", "stib"), ("nobodys", "")):
        with pytest.raises(Problem) as refusal:
            store.set_thing(AN, row(key, owner=owner))
        assert refusal.value.status == 403
    store.set_thing(SYSTEM, row("theirs", owner="stib"))
    with pytest.raises(Problem):
        store.set_thing(AN, row("theirs", owner="paradigm"))
    taken = store.take_scan(AN, scan(row("ours/2", PEOPLE, owner="paradigm"), row("theirs/2", PEOPLE, owner="stib"), owner="paradigm"))
    assert (taken.added, taken.refused) == (1, 1)


def test_a_verified_thing_is_believed_until_its_next_review() -> None:
    store.set_thing(SYSTEM, row("crm"))
    assert store.get_thing(SYSTEM, "crm").thing.status == "declared"
    assert store.verify_thing(SYSTEM, "crm").status == "verified"
    with pytest.raises(Problem):
        store.verify_thing(SYSTEM, "crm", date(2020, 1, 1))
    store.set_thing(SYSTEM, row("crm", next_review=timezone.localdate() - timedelta(days=1)))
    assert store.get_thing(SYSTEM, "crm").thing.status == "stale"


# --- what columns mean, and only once --------------------------------------------------------------------------------------


def city() -> None:
    """Plant an element that a source guarantees, an agreement, and a form that asks for it."""
    elements = {
        "birth-date": Element(concepts=("birth", "date")),
        "niss": Element(concepts=("national", "number"), identifies=True),
        "wish": Element(),
    }
    for key, details in elements.items():
        store.set_thing(SYSTEM, row(f"element/{key}", details, level=Level.PUBLIC))
    store.set_thing(SYSTEM, row("source/nr", Source(), level=Level.PUBLIC, links=(("guarantees", "element/birth-date"),)))
    store.set_thing(SYSTEM, row("agreement/1", Agreement(reference="RR 1/2020"), links=(("covers", "source/nr"),)))
    store.set_thing(SYSTEM, row("org/paradigm", Administration(), owner="paradigm", links=(("consumes", "agreement/1"),)))
    fields = (Field("geboortedatum"), Field("rijksregisternummer"), Field("wens"), Field("xyz"))
    store.set_thing(SYSTEM, row("form/card", Form(fields, volume=1800), owner="paradigm"))


def test_a_field_is_followed_to_its_element_its_source_and_its_agreement() -> None:
    city()
    store.take_scan(SYSTEM, scan())
    store.set_meaning(SYSTEM, "form/card", "geboortedatum", "element/birth-date", True)
    store.set_meaning(SYSTEM, "form/card", "rijksregisternummer", "element/niss", True)
    store.set_meaning(SYSTEM, "form/card", "wens", "element/wish", True)
    (check,) = store.list_checks(SYSTEM)
    assert {each.field: each.verdict for each in check.fields} == {
        "geboortedatum": "stop", "rijksregisternummer": "key", "wens": "none", "xyz": "unknown",
    }  # fmt: skip
    assert check.fields[0].agreements == ("agreement/1",) and check.fields[0].sources == ("source/nr",)
    assert check.hours("stop") == 10.0  # 1800 times 20 seconds


@pytest.mark.parametrize("end", [timezone.localdate() - timedelta(days=1)])
def test_an_agreement_that_ended_has_to_be_got_again(end: date) -> None:
    city()
    store.set_thing(SYSTEM, row("agreement/1", Agreement(end=end)))
    store.set_meaning(SYSTEM, "form/card", "geboortedatum", "element/birth-date", True)
    assert store.list_checks(SYSTEM)[0].fields[0].verdict == "agree"


def test_meanings_are_suggested_in_three_languages_and_a_rejected_one_is_not_suggested_again() -> None:
    city()
    table = Table((Column("GEBOORTEDATUM"), Column("date_naissance"), Column("birthDate"), Column("acid_level")))
    store.take_scan(SYSTEM, scan(row("crm/people", table)))
    found = {each.column: each.state for each in store.get_thing(SYSTEM, "crm/people").meanings}
    assert found == dict.fromkeys(("GEBOORTEDATUM", "date_naissance", "birthDate"), "suggested")
    store.set_meaning(SYSTEM, "crm/people", "birthDate", "element/birth-date", False)
    store.take_scan(SYSTEM, scan(row("crm/people", table)))
    assert {each.column: each.state for each in store.get_thing(SYSTEM, "crm/people").meanings}["birthDate"] == "rejected"


def test_a_plain_name_beside_a_first_name_is_taken_for_a_last_name() -> None:
    for key, concepts in (("first", ("first", "name")), ("last", ("last", "name"))):
        store.set_thing(SYSTEM, row(f"element/{key}", Element(concepts=concepts)))
    forms = {"person": ("nom", "prénom"), "dog": ("nom", "race"), "both": ("naam", "voornaam", "familienaam"), "two": ("nom", "naam", "voornaam")}
    fields = {key: Form(tuple(Field(name) for name in names)) for key, names in forms.items()}
    store.take_scan(SYSTEM, scan(*(row(f"form/{key}", form) for key, form in fields.items())))
    said = {key: {each.column: each.element for each in store.get_thing(SYSTEM, f"form/{key}").meanings} for key in forms}
    assert said["person"] == {"nom": "element/last", "prénom": "element/first"}
    assert said["dog"] == {} and "naam" not in said["both"] and said["two"] == {"voornaam": "element/first"}


def test_what_is_asked_and_held_nowhere_is_a_gap() -> None:
    city()
    store.set_meaning(SYSTEM, "form/card", "wens", "element/wish", True)
    store.set_meaning(SYSTEM, "form/card", "geboortedatum", "element/birth-date", True)
    assert store.list_held_nowhere(SYSTEM) == ["element/wish"]


# --- findings ----------------------------------------------------------------------------------------------------------


def copy(left: str, right: str, score: float = 0.9) -> Relation:
    return Relation("copy", left, right, score, right, "retire", Worth(1, 10, 3), (Part("values", 1.0, 1.0),))


def test_a_decision_of_a_person_stays_whatever_the_next_run_finds() -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE), row("crm/c", PEOPLE)))
    assert store.set_findings(SYSTEM, [copy("crm/a", "crm/b"), copy("crm/b", "crm/c")]) == (2, 2)
    (first, _), total = store.list_findings(SYSTEM)
    assert total == 2
    with pytest.raises(Problem) as refusal:
        store.decide_finding(SYSTEM, first.id, "justified")
    assert "Say why" in refusal.value.detail
    store.decide_finding(SYSTEM, first.id, "justified", "The law keeps them apart")
    assert store.set_findings(SYSTEM, [copy("crm/b", "crm/a", 0.95)]) == (1, 0)
    kept = store.get_finding(SYSTEM, first.id)
    assert (kept.decision, kept.reason, kept.relation.score) == ("justified", "The law keeps them apart", 0.95)
    assert store.list_findings(SYSTEM, gone=True)[1] == 1


def test_a_copy_is_worth_what_the_application_that_only_uses_it_costs_and_nothing_is_made_up() -> None:
    store.take_scan(SYSTEM, scan(row("crm/a", PEOPLE), row("crm/b", PEOPLE)))
    store.set_findings(SYSTEM, [copy("crm/a", "crm/b")])
    assert store.list_findings(SYSTEM)[0][0].euros is None
    store.set_thing(SYSTEM, row("app", Application(cost=12_000.0), links=(("uses", "crm/a"),)))
    assert store.list_findings(SYSTEM)[0][0].euros == 12_000.0
    assert store.statistics(SYSTEM).euros == 12_000.0


def test_an_application_that_two_copies_serve_is_saved_once_and_its_cost_told_to_who_sees_it() -> None:
    names = ("crm/a", "crm/b", "crm/c")
    for name in names:
        store.set_thing(SYSTEM, row(name, PEOPLE, level=Level.PUBLIC))
    uses = (("uses", "crm/a"), ("uses", "crm/b"))
    store.set_thing(SYSTEM, row("app", Application(cost=12_000.0), links=uses, level=Level.SHARED))
    store.set_findings(SYSTEM, [copy("crm/a", "crm/c"), copy("crm/b", "crm/c"), copy("crm/a", "crm/b")])
    assert [each.euros for each in store.list_findings(SYSTEM)[0]] == [12_000.0] * 3
    assert store.statistics(SYSTEM).euros == 12_000.0
    assert [each.euros for each in store.list_findings(ANONYMOUS)[0]] == [None] * 3
    assert store.statistics(ANONYMOUS).euros is None


def test_the_check_of_an_administration_adds_up_its_forms_and_says_where_hours_are_not_known() -> None:
    city()
    store.set_meaning(SYSTEM, "form/card", "geboortedatum", "element/birth-date", True)
    store.set_thing(SYSTEM, row("form/other", Form((Field("geboortedatum"), Field("wens")), volume=900), owner="paradigm"))
    store.set_meaning(SYSTEM, "form/other", "geboortedatum", "element/birth-date", True)
    store.set_thing(SYSTEM, row("form/third", Form((Field("wens"),)), owner="jette"))
    first, second = once.by_owner(store.list_checks(SYSTEM))
    assert (first.owner, first.forms, first.questions, first.stop, first.hours_stop) == ("paradigm", 2, 6, 2, 15.0)
    assert (second.owner, second.forms, second.hours_stop, second.rate) == ("jette", 1, None, None)


def test_who_wrote_and_who_decided_is_not_told_to_everybody() -> None:
    for name in ("a", "b"):
        store.set_thing(SYSTEM, row(name, PEOPLE, level=Level.PUBLIC))
    store.set_thing(SYSTEM, row("element/x", Element(), level=Level.PUBLIC))
    store.set_meaning(SYSTEM, "a", "naam", "element/x", True)
    store.set_findings(SYSTEM, [copy("a", "b")])
    number = store.list_findings(SYSTEM)[0][0].id
    store.decide_finding(SYSTEM, number, "confirmed")
    for actor, told in ((SYSTEM, True), (AN, False), (ANONYMOUS, False)):
        known = store.get_thing(actor, "a")
        said = {store.get_finding(actor, number).by, known.thing.by, known.meanings[0].by}
        assert said == ({SYSTEM.key} if told else {""})


def test_what_hangs_together_is_one_matter_among_what_one_sees_and_decided_at_once() -> None:
    for name, level in (("a", 0), ("b", 0), ("c", 0), ("d", 1), ("e", 0)):
        store.set_thing(SYSTEM, row(name, PEOPLE, level=Level(level), owner=name))
    store.set_findings(SYSTEM, [copy("a", "b", 0.9), copy("b", "c", 0.8), copy("c", "d", 0.7), copy("a", "e", 0.6)])
    (group,) = store.list_groups(SYSTEM)
    assert [each.key for each in group.members] == ["a", "b", "c", "d", "e"] and [each.score for each in group.pairs] == [0.9, 0.8, 0.7, 0.6]
    assert [each.key for each in store.list_groups(ANONYMOUS)[0].members] == ["a", "b", "c", "e"]
    alone = group.pairs[3].id
    store.decide_finding(SYSTEM, alone, "rejected", "Two laws")
    (group,) = store.list_groups(SYSTEM)
    assert len(group.members) == 4 and alone not in group.to_decide
    with pytest.raises(Problem):
        store.decide_findings(SYSTEM, [*group.to_decide, 10_000_000], "confirmed")
    assert not any(each.decision for each in store.list_groups(SYSTEM)[0].pairs)
    assert store.decide_findings(SYSTEM, group.to_decide, "confirmed") == 3 and store.list_groups(SYSTEM)[0].to_decide == []


def test_of_a_group_those_pairs_are_decided_that_one_may_decide_and_not_too_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, owner in (("a", "paradigm"), ("b", "jette"), ("c", "jette"), ("d", "stib")):
        store.set_thing(SYSTEM, row(name, PEOPLE, level=Level.PUBLIC, owner=owner))
    store.set_findings(SYSTEM, [copy("a", "b", 0.9), copy("b", "c", 0.8), copy("c", "d", 0.7)])
    (group,) = store.list_groups(AN)
    assert (len(group.pairs), group.to_decide, store.list_groups(ANONYMOUS)[0].to_decide) == (3, [group.pairs[0].id], [])
    assert store.decide_findings(AN, group.to_decide, "confirmed") == 1
    monkeypatch.setattr(grouping, "MOST_PAIRS", 1)
    assert store.list_groups(SYSTEM)[0].to_decide == [group.pairs[1].id], "the others when it is decided"


def test_how_one_database_refers_to_itself_is_no_finding() -> None:
    store.take_scan(SYSTEM, scan(row("crm/dogs", PEOPLE), row("crm/people", PEOPLE)))
    store.take_scan(SYSTEM, scan(row("tax/dogs", PEOPLE), origin="tax"))
    part = (Part("entities", 1.0, 1.0),)
    inside, between, much = (
        Relation("joinable", left, right, 0.8, right, "service", Worth(0, 10, fields), part)
        for left, right, fields in (("crm/dogs", "crm/people", 1), ("tax/dogs", "crm/people", 1), ("crm/dogs", "crm/people", 5))
    )
    assert store.set_findings(SYSTEM, [inside, between]) == (1, 1)
    assert store.list_findings(SYSTEM)[0][0].relation == between
    assert store.set_findings(SYSTEM, [much, between]) == (2, 1)


def test_a_finding_is_seen_only_by_who_sees_both_tables() -> None:
    store.set_thing(SYSTEM, row("open", PEOPLE, level=Level.PUBLIC))
    store.set_thing(SYSTEM, row("closed", PEOPLE, level=Level.SHARED))
    store.set_findings(SYSTEM, [copy("open", "closed")])
    assert store.list_findings(ANONYMOUS) == ([], 0)
    assert store.get_thing(ANONYMOUS, "open").findings == 0


# --- stewards ----------------------------------------------------------------------------------------------------------


def ask(key: str = "crm") -> str:
    store.set_thing(SYSTEM, row(key, title={"fr": "Fichier clients"}))
    store.add_question(SYSTEM, key, "steward@example.org", "fr", "https://data.example.org")
    return mail.outbox[-1].body.split("/questions/")[1].split("/")[0]


def test_a_steward_confirms_without_an_account_and_the_link_works_once() -> None:
    token = ask()
    assert mail.outbox[-1].to == ["steward@example.org"] and "Fichier clients" in mail.outbox[-1].body
    assert store.get_question(token)[0].key == "crm"
    assert store.answer_question(token, "confirmed", {}, {}) == "crm"
    assert store.get_thing(SYSTEM, "crm").thing.status == "verified"
    with pytest.raises(Problem) as refusal:
        store.get_question(token)
    assert refusal.value.status == 404


def test_a_correction_of_a_steward_wins_over_the_next_scan() -> None:
    token = ask()
    store.answer_question(token, "corrected", {"fr": "Fichier des abonnés"}, {})
    store.take_scan(SYSTEM, scan(row("crm", title={"fr": "CLIENTS"})))
    assert store.get_thing(SYSTEM, "crm").thing.title == {"fr": "Fichier des abonnés"}


def test_a_wrong_link_and_one_that_was_used_are_answered_alike() -> None:
    token = ask()
    store.answer_question(token, "gone", {}, {}, "It was shut down")
    answers = []
    for each in (token, "no-such-token", ""):
        with pytest.raises(Problem) as refusal:
            store.get_question(each)
        answers.append((refusal.value.status, refusal.value.detail))
    assert len(set(answers)) == 1
    assert store.list_questions(SYSTEM)[0].note == "It was shut down"
    assert store.get_thing(SYSTEM, "crm").thing.status == "stale"


@pytest.mark.parametrize("address", ["nobody", "a@b\nBcc: x@y.z", ""])
def test_a_letter_goes_to_a_mail_address_only(address: str) -> None:
    store.set_thing(SYSTEM, row("crm"))
    with pytest.raises(Problem):
        store.add_question(SYSTEM, "crm", address, "fr", "https://data.example.org")


def test_a_letter_that_does_not_leave_asks_nothing(settings: Any) -> None:
    store.set_thing(SYSTEM, row("crm/a", PEOPLE))
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    with pytest.raises(Problem) as refusal:
        store.add_question(SYSTEM, "crm/a", "lea@example.org", "fr", "https://x.org")
    assert refusal.value.status == 502 and store.list_questions(SYSTEM) == []


def test_what_a_steward_who_left_looked_after_waits_for_another_on_the_desk() -> None:
    for name in ("Mia", "Jan"):
        identity.add_person(SYSTEM, f"{name.lower()}@example.org", f"{name} Peeters", None)
    store.set_thing(SYSTEM, row("crm", steward="Mia Peeters"))
    store.set_thing(SYSTEM, row("erp", steward="jan@example.org"))
    store.set_thing(SYSTEM, row("hrm", steward="Data office"))
    assert waiting("Name another steward") == []
    identity.set_active(SYSTEM, "jan@example.org", False)
    identity.set_active(SYSTEM, "mia@example.org", False)
    assert waiting("Name another steward") == ["crm", "erp"]
    store.set_thing(SYSTEM, row("erp", steward="Data office"))
    assert waiting("Name another steward") == ["crm"]
    assert list(desk.waiting(ANONYMOUS)) == []


def test_a_question_that_nobody_answered_in_time_waits_for_another_steward() -> None:
    token = ask()
    models.Question.objects.update(expires=timezone.now() - timedelta(days=1))
    with pytest.raises(Problem):
        store.get_question(token)
    assert waiting("Name another steward") == ["crm"]
    store.add_question(SYSTEM, "crm", "other@example.org", "fr", "https://data.example.org")
    assert waiting("Name another steward") == []


def waiting(what: str) -> list[str]:
    return [dict(each.values)["key"] for each in desk.waiting(SYSTEM) if each.what.en == what]


# --- what was searched in vain ---------------------------------------------------------------------------------------------


def test_vain_searches_are_shown_from_five_on_and_never_what_could_be_somebodys() -> None:
    for _ in range(5):
        for words in ("Parkings vélos", "jan.peeters@example.org", "85 07 30 033 28", "x" * 90):
            store.record_miss(words)
    store.record_miss("piscine")
    assert [(each.words, each.count) for each in store.list_misses(ANONYMOUS)] == [("parkings velos", 5)]


# --- what was measured -----------------------------------------------------------------------------------------------------


def measured(rows: int, partial: str = "") -> TableProfile:
    return TableProfile(
        "crm/people", "people", rows, (ColumnProfile("naam", "text", rows, sketch=sketch(["mia", "jan"], b"k" * 16)),), partial=partial
    )


def test_what_a_broken_off_connection_gave_does_not_replace_what_was_measured_of_a_whole_table() -> None:
    store.take_scan(SYSTEM, scan(row("crm/people", PEOPLE), profiles=(measured(900),)))
    store.take_scan(SYSTEM, scan(row("crm/people", PEOPLE), profiles=(measured(12, "The connection was lost."),), partial="It broke off."))
    kept = store.get_thing(SYSTEM, "crm/people").profile
    assert kept is not None and kept.rows == 900


def test_nobody_is_given_a_sketch_with_which_values_could_be_tried() -> None:
    store.take_scan(SYSTEM, scan(row("crm/people", PEOPLE), profiles=(measured(2),)))
    told = store.get_thing(SYSTEM, "crm/people").profile
    assert told is not None and told.columns[0].sketch is None and told.columns[0].words is None
