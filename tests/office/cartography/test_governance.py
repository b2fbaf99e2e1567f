"""How long data are kept, where they lie, what their impact was assessed to be: what is due comes first, what nobody decided is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Level
from zinneke.office.cartography import desk, store
from zinneke.office.cartography.governance import assessments, hosting, later, retention
from zinneke.office.cartography.things import Administration, Application, Database, Details, ThingRow, Treatment

TODAY = date(2026, 11, 28)


def row(key: str, details: Details, **more: object) -> ThingRow:
    return ThingRow(key=key, details=details, title={"en": key}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2019, 12, 31), 12, date(2020, 12, 31)),
        (date(2020, 5, 5), 120, date(2030, 5, 5)),
        (date(2020, 5, 5), 12_000, date(3020, 5, 5)),
        (date(9999, 1, 1), 600, date.max),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert later(day, months) == expected


@settings(max_examples=60)
@given(st.dates(), st.integers(0, 12_000))
def test_any_day_and_any_term_has_an_end_that_is_not_before_it(day: date, months: int) -> None:
    assert day <= later(day, months) <= date.max


def test_what_is_due_comes_first_then_what_is_due_soon_then_what_nobody_decided() -> None:
    found = retention(
        [
            row("good", Database(keep=120, since=date(2020, 1, 1), afterwards="archive")),
            row("ever", Database(keep=0, since=date(1900, 1, 1))),
            row("open", Database(since=date(1990, 1, 1))),
            row("soon", Database(keep=84, since=date(2020, 3, 1), afterwards="destroy")),
            row("past", Database(keep=60, since=date(2020, 1, 1), keep_ground="Ordinance", afterwards="destroy")),
            row("words", Treatment(keep_words={"en": "as long as the permit"})),
        ],
        TODAY,
    )
    assert [(each.key, each.state) for each in found] == [
        ("past", "act"), ("soon", "watch"), ("open", "unknown"), ("good", "good"), ("ever", "good"), ("words", "good"),
    ]  # fmt: skip
    assert (found[0].due, found[0].afterwards, found[0].ground) == (date(2025, 1, 1), "destroy", "Ordinance")


def test_personal_data_in_a_cloud_without_rules_call_for_action() -> None:
    found = hosting(
        [
            row("crm", Application(hosting="private_free", supplier="X")),
            row("blog", Application(hosting="private_free")),
            row("db", Database(hosting="sovereign")),
        ],
        frozenset({"crm"}),
    )
    assert [(each.key, each.personal, each.state) for each in found] == [("crm", True, "act"), ("blog", False, "watch"), ("db", False, "good")]


def test_an_assessment_is_due_again_and_sensitive_data_without_one_are_not_overlooked() -> None:
    found = assessments(
        [
            row("fine", Treatment(assessment="done", assessed=date(2025, 1, 1), reassess=date(2028, 1, 1))),
            row("old", Treatment(assessment="done", reassess=date(2026, 1, 1))),
            row("health", Treatment(categories=("health",))),
            row("plain", Treatment(categories=("contact",))),
        ],
        TODAY,
    )
    assert [(each.key, each.state) for each in found] == [("old", "act"), ("health", "watch"), ("plain", "unknown"), ("fine", "good")]


@pytest.mark.django_db
def test_the_plan_stands_on_pages_in_files_and_on_the_desk_and_hides_what_is_not_public(client: Client) -> None:
    past = timezone.localdate() - timedelta(days=4000)
    rows = [
        row("archive", Database(keep=12, since=past, afterwards="archive", place="Evere", hosting="sovereign"), level=Level.PUBLIC),
        row("secret", Database(keep=12, since=past, place="hush-hush"), level=Level.PERSONAL),
        row("treatment/x", Treatment(assessment="needed", purposes=("permits",)), level=Level.PUBLIC, links=(("uses", "archive"),)),
    ]
    store.set_things(SYSTEM, rows)
    for language, name in (("fr", "retention"), ("nl", "hosting"), ("en", "assessments")):
        page = client.get(f"/{language}/cartography/{name}/").content.decode()
        assert ("archive" in page or "treatment/x" in page) and "secret" not in page and "hush-hush" not in page
        told = store.export(ANONYMOUS, f"{name}.csv", language, "https://x.example")[1].decode()
        assert len(told.splitlines()) >= 2 and "secret" not in told
    assert [str(each.what.en) for each in desk.waiting(SYSTEM)].count("Destroy or transfer to the archives") == 2
    assert "Make an impact assessment" in [each.what.en for each in desk.waiting(SYSTEM)]
    assert list(desk.waiting(ANONYMOUS)) == []


@pytest.mark.django_db
def test_the_register_names_controller_officer_and_processors_and_only_what_one_sees() -> None:
    office = Administration(contact="info@jette.example", dpo="dpo@jette.example")
    store.set_thing(SYSTEM, ThingRow(key="administration/jette", details=office, title={"fr": "Commune de Jette"}, owner="jette", level=Level.SHARED))
    entry = Treatment(controller="jette", processors=("ACME",), receivers=("Police",))
    store.set_thing(SYSTEM, ThingRow(key="treatment/x", details=entry, title={"fr": "Cartes"}, owner="jette", level=Level.PUBLIC))
    told = store.export(SYSTEM, "register.csv", "fr", "https://x.org")[1].decode()
    assert all(
        said in told for said in ("responsable du traitement", "Commune de Jette", "dpo@jette.example", "info@jette.example", "ACME", "Police")
    )
    open_part = store.export(ANONYMOUS, "register.csv", "fr", "https://x.org")[1].decode()
    assert "ACME" in open_part and "dpo@" not in open_part and "Commune de Jette" not in open_part
    assert store.export(SYSTEM, "register.pdf", "nl", "https://x.org")[1].startswith(b"%PDF")
    assert "Glossaire des données" in store.export(SYSTEM, "glossary.ttl", "fr", "https://x.org")[1].decode()
