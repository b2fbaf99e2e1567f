"""A publisher who is signed in, and a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


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
