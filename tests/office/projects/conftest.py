"""A small Region of two communes, two organisations, and people who may write for one of them."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from zinneke.foundations.identity import store as identity
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import SYSTEM, Actor
from zinneke.office.projects import store
from zinneke.office.projects.values import Fiche, Organisation


@pytest.fixture
def town(db: None) -> None:
    """Set the stage."""
    areas = [
        AreaRow(code, "commune", {"fr": fr, "nl": nl}, shapely.box(west, 50.8, west + 0.1, 50.9))
        for code, fr, nl, west in (("21001", "Anderlecht", "Anderlecht", 4.3), ("21015", "Schaerbeek", "Schaarbeek", 4.4))
    ]
    territory.set_areas(SYSTEM, areas)
    for key, name in (("stib", "STIB"), ("sibelga", "Sibelga")):
        store.set_organisation(SYSTEM, Organisation(key=key, name={"fr": name, "nl": "MIVB" if key == "stib" else name}))


def person(email: str, role: str, subject: str = "*", area: str = "") -> Actor:
    """Return somebody with a role."""
    made = identity.add_person(SYSTEM, email, email.partition("@")[0].title())
    identity.grant_role(SYSTEM, email, role, area, subject)
    actor = identity.actor_of_person(made.id)
    assert actor is not None
    return actor


@pytest.fixture
def owner(town: None) -> Actor:
    """Return somebody who writes for STIB only."""
    return person("owner@stib.test", "operator", "projects.stib")


@pytest.fixture
def manager(town: None) -> Actor:
    """Return the Smart City manager."""
    return person("manager@office.test", "manager")


def fiche(**other: Any) -> Fiche:
    """Return a plain project, or the same otherwise."""
    return Fiche(
        **{"key": "tram-lights", "name": {"fr": "Feux pour le tram", "en": "Lights for the tram"}, "owner": "stib", "domain": "mobility", **other}
    )
