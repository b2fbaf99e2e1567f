"""Feeds from outside: read when they are feeds, refused with a sentence when they are an attack, never published by themselves."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.knowledge.conftest import NOW, VISITOR, person
from zinneke.foundations.fetching import Answer
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem
from zinneke.office.knowledge import models, store, watch
from zinneke.office.knowledge.feeds import LARGEST, MOST, read_feed
from zinneke.office.knowledge.rules import back_off

AT = "https://example.org/news/feed.xml"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; plan</title><link>/a</link><guid isPermaLink="false">1</guid>
<pubDate>Fri, 27 Nov 2026 10:00:00 +0100</pubDate><description>&lt;p&gt;Words&lt;/p&gt;</description></item>
<item><title>No date</title><link>https://example.org/b</link></item>
<item><title>A trap</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><id>urn:1</id><title>Un projet</title>
<link rel="self" href="https://example.org/self"/><link href="https://example.org/c"/><updated>2026-11-27T09:00:00Z</updated><summary>Résumé</summary></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">]>
<rss><channel><item><title>&lol2;</title></item></channel></rss>"""
XXE = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&x;</title><link>https://a.example</link></item></channel></rss>"""


def test_rss_and_atom_are_read_as_plain_words_with_whole_addresses() -> None:
    first, second = read_feed(RSS.encode(), AT)
    assert (first.title, first.address, first.about) == ("A bold plan", "https://example.org/a", "Words")
    assert first.dated == datetime(2026, 11, 27, 9, tzinfo=UTC) and second.dated is None
    (entry,) = read_feed(ATOM.encode(), AT)
    assert (entry.id, entry.address, entry.about) == ("urn:1", "https://example.org/c", "Résumé")


@pytest.mark.parametrize("attack", [BOMB, XXE, '<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd"><rss/>'])
def test_entities_and_document_types_are_refused(attack: str) -> None:
    with pytest.raises(Problem) as refused:
        read_feed(attack.encode(), AT)
    assert "may hide an attack" in refused.value.detail


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot be read"),
        (b"<html><body>hello</body></html>", "no feed"),
        (RSS.encode("utf-8").replace(b"News", b"N\xe9ws"), "cannot be read"),
        (b'<?xml version="1.0" encoding="klingon"?><rss/>', "cannot be read"),
        (b"<rss>" + b"<a>" * 100 + b"</a>" * 100 + b"</rss>", "nested deeper"),
        (b"x" * (LARGEST + 1), "larger"),
        (b"<rss><channel><item>", "cannot be read"),
    ],
)
def test_a_document_that_is_no_feed_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Problem) as refused:
        read_feed(data, AT)
    assert said in refused.value.detail


def test_latin_1_is_read_when_it_says_so_and_no_more_items_than_the_limit() -> None:
    data = '<?xml version="1.0" encoding="iso-8859-1"?><rss><channel>' + "<item><title>é</title><link>https://a.example/</link></item>" * (MOST + 5)
    items = read_feed((data + "</channel></rss>").encode("latin-1"), AT)
    assert len(items) == MOST and items[0].title == "é"


@given(st.binary(max_size=200))
def test_no_bytes_are_anything_but_items_or_a_problem(data: bytes) -> None:
    with contextlib.suppress(Problem):
        read_feed(data, AT)


# -- what the watch does with them ------------------------------------------------------------------------------------------------


@pytest.fixture
def source(db: None) -> int:
    return watch.add_source(SYSTEM, "Example", AT, themes=("air",), checked=False)


def read(body: bytes = RSS.encode(), at: datetime = NOW) -> str:
    models.Source.objects.update(due=at)
    return watch.read_due(at, lambda address, etag, modified: Answer(200, AT, body, "", '"1"', "yesterday"))


def test_what_a_feed_brings_waits_and_is_published_by_nobody_but_a_person(source: int) -> None:
    read()
    assert {each.title for each in watch.list_proposed(SYSTEM)} == {"A bold plan", "No date"}
    assert store.search(VISITOR, "bold plan") == [] and store.list_entries(VISITOR, "elsewhere") == []
    item = next(each for each in watch.list_proposed(SYSTEM) if each.title == "A bold plan")
    entry = watch.keep_proposed(SYSTEM, item.id, "Gent")
    assert entry.state == "draft" and entry.draft.themes == ("air",) and store.list_entries(VISITOR, "elsewhere") == []


def test_reading_again_proposes_nothing_twice_not_even_what_was_laid_aside(source: int) -> None:
    read()
    for item in watch.list_proposed(SYSTEM):
        watch.dismiss_proposed(SYSTEM, item.id)
    assert read(at=NOW + timedelta(days=1)) == ""
    assert watch.list_proposed(SYSTEM) == []


def test_a_feed_is_asked_only_whether_it_changed(source: int) -> None:
    read()
    asked: list[tuple[str, str]] = []

    def unchanged(address: str, etag: str, modified: str) -> Answer:
        asked.append((etag, modified))
        return Answer(304, address, b"", "", etag, modified)

    models.Source.objects.update(due=NOW)
    watch.read_due(NOW, unchanged)
    assert asked == [('"1"', "yesterday")]


def test_a_source_that_fails_is_asked_less_and_less_and_says_why(source: int) -> None:
    read(XXE.encode())
    (found,) = watch.list_sources(SYSTEM)
    assert found.failures == 1 and "attack" in found.fault and found.due == NOW + timedelta(hours=1)
    assert back_off(3) == timedelta(hours=4) and back_off(30) == timedelta(days=7)
    read()
    assert watch.list_sources(SYSTEM)[0].failures == 0


def test_a_source_that_is_gone_is_not_followed_any_more(source: int) -> None:
    def gone(address: str, etag: str, modified: str) -> Answer:
        raise Problem(502, "Not given", "The server of the feed answered 410.", status_there=410)

    watch.read_due(datetime.now(UTC), gone)
    assert not watch.list_sources(SYSTEM)[0].active
    watch.set_source(SYSTEM, source, True)
    assert watch.list_sources(SYSTEM)[0].active


def test_a_feed_is_followed_once_and_only_by_those_who_write(source: int) -> None:
    with pytest.raises(Problem) as twice:
        watch.add_source(SYSTEM, "Again", AT, checked=False)
    assert twice.value.status == 409
    with pytest.raises(Problem) as refused:
        watch.add_source(person("partner"), "Mine", "https://example.org/2", checked=False)
    assert refused.value.status == 403
