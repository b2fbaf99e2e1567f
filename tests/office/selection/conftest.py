"""The ideas and the methods that a city begins with, loaded once for a file of tests and taken back after it; somebody who may change them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from zinneke.cli.manifest import CITIES
from zinneke.foundations.identity import models as identity_models
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.selection.loading import load_ideas, load_methods


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_ideas(CITIES / "brussels" / "ideas.toml", {})
        load_methods(CITIES / "brussels" / "selection.toml", {})
        yield
        transaction.set_rollback(True)


@pytest.fixture
def chief(client: Client) -> Client:
    identity.add_person(SYSTEM, "chief@example.org", "An Chef")
    identity.grant_role(SYSTEM, "chief@example.org", "operator")
    client.force_login(identity_models.Person.objects.get(email="chief@example.org"))
    return client
