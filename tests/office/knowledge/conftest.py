"""Entries to begin with, and people who may or may not touch them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.office.knowledge import store
from zinneke.office.knowledge.values import Article, Concept, Details, Draft, Entry, Event

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
THEMES = (
    Concept(
        key="sensors",
        label={"fr": "Capteurs et objets", "nl": "Sensoren en dingen", "en": "Sensors and things"},
        also={"fr": ("capteurs",), "nl": ("sensoren",), "en": ("sensors", "probes")},
    ),
    Concept(key="air", label={"fr": "Qualité de l’air", "nl": "Luchtkwaliteit", "en": "Air quality"}, broader="sensors"),
    Concept(key="mobility", label={"fr": "Mobilité", "nl": "Mobiliteit", "en": "Mobility"}),
)


def draft(key: str, details: Details | None = None, **other: Any) -> Draft:
    words = {"fr": f"Titre {key}", "nl": f"Titel {key}"}
    return Draft(**{"key": key, "title": words, "summary": words, "details": details or Article(), **other})


@pytest.fixture
def publish(db: None) -> Callable[..., Entry]:
    """Return a function that publishes an entry."""

    def make(key: str, details: Details | None = None, **other: Any) -> Entry:
        entry = store.set_entry(SYSTEM, draft(key, details, **other))
        return store.set_state(SYSTEM, entry.kind, entry.key, "published", entry.version)

    return make


@pytest.fixture
def themes(db: None) -> None:
    store.set_concepts(SYSTEM, "theme", THEMES)


def person(role: str, subject: str = "knowledge", area: str = "", organisation: str | None = None) -> Actor:
    """Return somebody who holds a role, as they are when signed in."""
    email = f"{role}.{subject}.{area or 'all'}.{organisation or 'none'}@example.org"
    if organisation:
        identity.add_organisation(SYSTEM, organisation, {"fr": organisation, "nl": organisation, "en": organisation})
    found = identity.add_person(SYSTEM, email, f"{role} {organisation or ''}".strip(), organisation)
    if role != "nobody":
        identity.grant_role(SYSTEM, email, role, area, subject)
    actor = identity.actor_of_person(found.id)
    assert actor is not None
    return actor


VISITOR = ANONYMOUS


def meeting(seats: int = 2, limit: int = 1, **other: Any) -> Event:
    starts = datetime(2030, 3, 1, 9, tzinfo=UTC)
    return Event(**{"starts": starts, "ends": starts.replace(hour=12), "seats": seats, "limit": limit, **other})
