"""What leaves in other people's forms, read back by their own readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest

from tests.office.knowledge.conftest import VISITOR, meeting
from zinneke.cli.manifest import CITIES
from zinneke.kernel.confidentiality import SYSTEM, Level
from zinneke.office.knowledge import loading, models, outgoing, rules, store
from zinneke.office.knowledge.feeds import read_feed
from zinneke.office.knowledge.kinds import KINDS, QUADRANTS, RINGS, TOPICS
from zinneke.office.knowledge.values import Clause, Entry, Norm, Technology

Publish = Callable[..., Entry]
BASE = "https://zinneke.example"
pytestmark = pytest.mark.django_db
SHIPPED: Path = CITIES / "brussels" / "knowledge.toml"


def test_an_atom_feed_is_read_back_by_our_own_reader(publish: Publish) -> None:
    publish("a", title={"fr": "Un & deux", "nl": "Een"}, body={"fr": "## Titre\x0b\n\n<script>", "nl": "x"})
    data = outgoing.write_atom(store.list_entries(VISITOR, "article"), BASE, "fr", f"{BASE}/feed")
    (item,) = read_feed(data, BASE)
    assert item.address == f"{BASE}/fr/knowledge/publications/a/" and item.dated is not None
    assert item.title == "Un & deux" and b"&lt;script&gt;" not in data and b"&amp;lt;script&amp;gt;" in data


def test_a_text_in_another_language_says_which(publish: Publish) -> None:
    publish("a")
    data = outgoing.write_atom(store.list_entries(VISITOR, "article"), BASE, "en", f"{BASE}/feed").decode()
    assert 'xml:lang="en"' in data and '<entry xml:lang="fr">' in data


def test_a_calendar_is_read_back_with_its_moments(publish: Publish) -> None:
    publish("talk", meeting(place="Rue de la Loi 1, Bruxelles; porte B"))
    read = icalendar.Calendar.from_ical(outgoing.write_calendar(store.list_entries(VISITOR, "event"), BASE, "nl"))
    (line,) = read.walk("VEVENT")
    assert line.decoded("dtstart") == datetime(2030, 3, 1, 9, tzinfo=UTC) and str(line["summary"]) == "Titel talk"
    assert str(line["location"]) == "Rue de la Loi 1, Bruxelles; porte B" and str(line["uid"]) == "event-talk@zinneke.example"


def test_an_event_is_described_with_what_is_left(publish: Publish) -> None:
    entry = publish("talk", meeting(online="https://meet.example/x"))
    found = outgoing.describe_event(entry, BASE, "fr", 1)
    assert found["remainingAttendeeCapacity"] == 1 and found["eventAttendanceMode"].endswith("OnlineEventAttendanceMode")


# -- what is shipped -----------------------------------------------------------------------------------------------------------


def test_what_is_shipped_loads_whole_and_a_second_time_changes_nothing() -> None:
    first, second = (loading.load_content(SHIPPED, {}) for _ in range(2))
    assert first.refused == 0 and first.added > 80 and (second.added, second.changed) == (0, 0)


def test_what_people_changed_is_left_alone_when_the_shipped_file_changes(tmp_path: Path) -> None:
    loading.load_content(SHIPPED, {})
    mine = store.get_working(SYSTEM, "technology", "lorawan")
    store.set_entry(SYSTEM, mine.draft, mine.version)
    models.Entry.objects.filter(key="lorawan").update(changed_by="An Chef")
    other = tmp_path / "knowledge.toml"
    other.write_text(SHIPPED.read_text().replace("Des capteurs sur pile", "Toute autre chose").replace("Des débits et des délais", "Autrement dit"))
    counts = loading.load_content(other, {})
    assert counts.changed == 1
    assert "pile" in store.get_working(SYSTEM, "technology", "lorawan").draft.summary["fr"]
    assert store.get_entry(VISITOR, "technology", "5g").draft.summary["fr"].startswith("Autrement dit")


def test_everything_shipped_is_in_three_languages_on_known_themes_and_leads_somewhere() -> None:
    loading.load_content(SHIPPED, {})
    themes, plans = ({each.key for each in store.list_concepts(VISITOR, scheme)} for scheme in ("theme", "plan"))
    for kind in KINDS:
        for entry in store.list_entries(VISITOR, kind):
            draft = entry.draft
            assert set(draft.title) == set(draft.summary) == {"fr", "nl", "en"} and not rules.ready(draft), entry.reference
            assert draft.level is Level.PUBLIC and set(draft.themes) <= themes and set(draft.plans) <= plans, entry.reference
            ours = [each for each in draft.related if rules.kind_of(each)[0]]
            assert len(store.list_by_reference(VISITOR, ours)) == len(ours), entry.reference
            match entry.details:
                case Technology(quadrant=quadrant, ring=ring):
                    assert quadrant in QUADRANTS and ring in RINGS
                case Norm(topic=topic) | Clause(topic=topic):
                    assert topic in TOPICS
                case _:
                    pass


def test_the_clauses_say_the_same_number_of_things_in_each_language() -> None:
    loading.load_content(SHIPPED, {})
    for clause in store.list_entries(VISITOR, "clause"):
        counted = {language: sum(line[:1].isdigit() for line in text.splitlines()) for language, text in clause.draft.body.items()}
        assert len(set(counted.values())) == 1 and set(counted) == {"fr", "nl", "en"}, clause.key


def test_sensors_find_capteurs_in_what_is_shipped() -> None:
    loading.load_content(SHIPPED, {})
    found = {hit.entry.reference for hit in store.search(VISITOR, "sensors", limit=200)}
    assert {"technology:lorawan", "elsewhere:sentilo", "norm:sensorthings", "article:lecon-capteurs-silencieux"} <= found
