"""Identifiers and personal data are found by their values, and not where they only look like it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.office.cartography import numbers
from zinneke.foundations.tables.findings import Kind
from zinneke.foundations.tables.recognising import evidence, suspected
from zinneke.kernel.confidentiality import Level

CHANCE = random.Random(5)


@pytest.fixture(autouse=True)
def _the_same_chance() -> None:
    CHANCE.seed(5)


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("national_number", numbers.national),
        ("bis_number", numbers.bis),
        ("enterprise_number", numbers.enterprise),
        ("establishment_number", numbers.establishment),
        ("vat_number", lambda chance: f"BE{numbers.enterprise(chance)}"),
        ("iban", numbers.iban),
        ("structured_communication", numbers.ogm),
        ("licence_plate", numbers.plate),
        ("mail", lambda chance: f"someone{chance.randint(1, 10**6)}@example.be"),
        ("phone", lambda chance: f"+32 2 5{chance.randint(10, 59)} {chance.randint(10, 99)} {chance.randint(10, 99)}"),
        ("parcel", lambda chance: f"21{chance.randint(100, 999)}B{chance.randint(1000, 9999)}/00A{chance.randint(0, 999):03}"),
        ("person_name", lambda chance: f"{chance.choice(['Marie', 'Jan', 'Fatima', 'Luc'])} Voorbeeld{chance.choice('abcdefghijklmnop')}"),
        ("address", lambda chance: f"Rue Exemple {chance.randint(1, 400)}"),
        ("street", lambda chance: f"Voorbeeld{chance.randint(1, 500)}straat".replace("1", "a")),
    ],
)
def test_a_column_is_known_by_its_values_alone(kind: Kind, make: Callable[[random.Random], str]) -> None:
    chance = random.Random(kind)
    found = evidence("c7", list({make(chance) for _ in range(200)}))
    assert found[0].kind == kind and found[0].sure and not found[0].named
    assert found[0].share >= 0.8 or found[0].rule == "list" or kind == "phone"


def test_a_national_number_is_known_as_people_write_it() -> None:
    made = [numbers.national(CHANCE) for _ in range(60)]
    found = evidence("n", [f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}" for n in made])
    assert found[0].kind == "national_number" and found[0].level is Level.PERSONAL and found[0].version


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("reference", [f"SCN-{n}" for n in range(100, 300)]),
        ("acid_level", [f"{n / 7:.3f}" for n in range(200)]),
        ("moment", [f"2024{month:02}{day:02}" for month in range(1, 13) for day in range(1, 29)]),
        ("jour", [f"{day:02}{month:02}2024" for month in range(1, 13) for day in range(1, 29)]),
        ("number", [str(each) for each in random.Random(5).choices(range(10**10, 10**11), k=500)]),
        ("code", [str(each) for each in random.Random(5).choices(range(10**9, 10**10), k=500)]),
        ("amount", [str(n) for n in range(1990, 2025)]),
        ("product", [f"Widget {n}" for n in range(200)]),
        ("x", [f"{n * 997 % 10_000_000:08}" for n in range(300)]),
    ],
)
def test_what_only_looks_like_it_is_left_alone(name: str, values: list[str]) -> None:
    assert not [found for found in evidence(name, values) if found.sure]


def test_one_valid_value_proves_nothing() -> None:
    assert not [found for found in evidence("c", [numbers.national(CHANCE)]) if found.sure]


def test_a_name_that_agrees_needs_fewer_values() -> None:
    made = [numbers.national(CHANCE) for _ in range(6)]
    assert evidence("rijksregisternummer", made)[0].sure and not evidence("zaak", made)[0].sure


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("national_number", ["numero_registre_national", "rijksregisternummer", "nationalNumber", "NISS", "insz"]),
        ("birth_date", ["date_naissance", "geboortedatum", "birthDate", "dob", "DDN"]),
        ("first_name", ["prenom", "voornaam", "first_name", "firstName"]),
        ("surname", ["nom_de_famille", "familienaam", "achternaam", "last_name", "surname"]),
        ("mail", ["courriel", "e-mailadres", "email", "adresse_mail"]),
        ("phone", ["telephone", "telefoonnummer", "gsm", "phone_number"]),
        ("postal_code", ["code_postal", "postcode", "zip"]),
        ("street", ["rue", "straatnaam", "street"]),
        ("enterprise_number", ["numero_bce", "ondernemingsnummer", "kbo_nr"]),
        ("sex", ["sexe", "geslacht", "gender"]),
        ("nationality", ["nationalite", "nationaliteit", "nationality"]),
        ("licence_plate", ["plaque", "nummerplaat", "licence_plate"]),
    ],
)
def test_names_speak_three_languages(kind: Kind, names: list[str]) -> None:
    for name in names:
        assert kind in suspected(name), name


def test_a_word_inside_a_word_is_no_word() -> None:
    assert suspected("acid_level") == () and suspected("emailing") == () and suspected("prestation") == ()
