"""The base of ideas that a city begins with keeps the promises of the ambition note: more than 700, sourced, in three languages."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from urllib.parse import urlsplit

import msgspec
import pytest

from zinneke.cli.manifest import CITIES
from zinneke.kernel.policy import DOMAINS
from zinneke.office.selection.cities import CITIES as NAMED
from zinneke.office.selection.cities import city_name
from zinneke.office.selection.loading import City

IDEAS = CITIES / "brussels" / "ideas.toml"
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COMPARED = ("Lyon", "Toronto", "Vienna", "Copenhagen")
"""The four cities with which the ambition note compares the Region."""


@pytest.fixture(scope="module")
def cities() -> list[City]:
    return msgspec.convert(tomllib.loads(IDEAS.read_text(encoding="utf-8"))["city"], list[City])


def test_there_are_more_than_seven_hundred_ideas_and_none_twice(cities: list[City]) -> None:
    keys = Counter(idea[0] for city in cities for idea in city.ideas)
    names = Counter((city.name, str(idea[3]).casefold()) for city in cities for idea in city.ideas)
    assert len(keys) > 700
    assert not [key for key, count in (keys + names).items() if count > 1]
    assert len({city.name for city in cities}) == len(cities) > 100


def test_each_comparison_city_and_each_domain_has_a_share(cities: list[City]) -> None:
    by_city = {city.name: len(city.ideas) for city in cities}
    assert all(by_city[name] >= 25 for name in COMPARED)
    by_domain = Counter(idea[1] for city in cities for idea in city.ideas)
    assert set(by_domain) == set(DOMAINS)
    assert min(by_domain.values()) >= 40


def test_each_idea_has_a_key_a_year_that_can_be_and_a_sentence_in_each_language(cities: list[City]) -> None:
    for city in cities:
        for key, _domain, year, title, *about, _page in city.ideas:
            assert KEY.fullmatch(key) and len(key) <= 80, key
            assert year == 0 or 1900 <= year <= 2026, key
            assert isinstance(title, str) or len(title) == 3, key
            assert len(set(about)) == 3, key
            assert all(20 <= len(text) <= 200 and text.endswith(".") for text in about), key


def test_each_source_is_an_address_of_its_own_host(cities: list[City]) -> None:
    for city in cities:
        for address in (city.site, *(idea[-1] for idea in city.ideas if idea[-1])):
            parts = urlsplit(address)
            assert parts.scheme == "https" and "." in parts.netloc and not parts.query and not parts.username, address


def test_cities_have_the_name_that_readers_know(cities: list[City]) -> None:
    assert set(NAMED) <= {city.name for city in cities}
    assert [city_name("Antwerp").said_in(language) for language in ("fr", "nl", "en")] == ["Anvers", "Antwerpen", "Antwerp"]
    assert city_name("Oslo").said_in("fr") == "Oslo"
