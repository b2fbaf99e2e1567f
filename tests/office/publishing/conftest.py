"""A publisher who is signed in, and a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from zinneke.foundations.catalogue import shelf
from zinneke.foundations.identity import store as identity
from zinneke.foundations.tables import versions
from zinneke.kernel.confidentiality import SYSTEM


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    versions.forget()
    shelf.forget()
    yield
    shelf.forget()


def signed_in(email: str, role: str = "steward", area: str = "") -> Client:
    """Return the browser of somebody with a role."""
    person = identity.add_person(SYSTEM, email, email.partition("@")[0].title())
    identity.grant_role(SYSTEM, email, role, area, "*")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person.id))
    return client


@pytest.fixture
def publisher(db: None) -> Client:
    """Return the browser of a data steward of the Region."""
    return signed_in("publisher@brussels.test")
