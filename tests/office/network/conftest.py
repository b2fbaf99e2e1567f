"""People with roles, and the small network in which they act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor
from zinneke.office.network import store
from zinneke.office.network.values import Organisation, Post


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    """Give every test a database."""


def person(email: str, role: str = "", subject: str = "*", area: str = "") -> Actor:
    """Bring somebody into being and return them as an actor."""
    record = identity.add_person(SYSTEM, email, email.partition("@")[0].title())
    if role:
        identity.grant_role(SYSTEM, email, role, area, subject)
    actor = identity.actor_of_person(record.id)
    assert actor is not None
    return actor


@pytest.fixture
def manager() -> Actor:
    return person("manager@example.org", "manager")


@pytest.fixture
def everybody() -> dict[str, Actor]:
    """Return everybody who must not read an enquiry that is the office's."""
    return {
        "a visitor": ANONYMOUS,
        "somebody without a role": person("nobody@example.org"),
        "a partner": person("partner@example.org", "partner"),
        "an operator of the network": person("operator@example.org", "operator", "network"),
        "a steward of another commune": person("steward@example.org", "steward", area="21015"),
        "a steward of STIB": person("stib@example.org", "steward", "network.stib"),
        "a manager of the indicators": person("indicators@example.org", "manager", "indicators"),
    }


@pytest.fixture
def town() -> None:
    """Plant three organisations and a representative."""
    for key, kind in (("stib", "regional"), ("easy", "regional"), ("gouvernement", "cabinet")):
        store.set_organisation(SYSTEM, Organisation(key=key, name={"fr": key.upper(), "nl": f"{key} nl"}, kind=kind, appoints=kind == "regional"))
    post = Post(
        key="lou", title={"fr": "Responsable"}, person="Lou Demo", email="lou@example.org", phone="02 000", owner="stib", since=date(2026, 1, 5)
    )
    store.set_post(SYSTEM, post)


@pytest.fixture
def browse(client: Any) -> Any:
    """Return a function that opens a page as somebody."""
    from django.contrib.auth import get_user_model

    def get(actor: Actor, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        client.logout()
        if actor.person is not None:
            client.force_login(get_user_model().objects.get(pk=actor.person))
        return client.get(address, **more) if data is None else client.post(address, data, **more)

    return get
