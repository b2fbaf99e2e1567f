"""People for the tests of identity; passwords are hashed cheaply, since Argon2 itself is not what is tested."""

from __future__ import annotations

import pytest

from zinneke.kernel.confidentiality import SYSTEM

PASSWORD = "quatre mots peu communs"


@pytest.fixture(autouse=True)
def cheap_hashing(settings, request: pytest.FixtureRequest) -> None:
    """Hash with one round of MD5, but where a test says it wants Argon2."""
    if "argon2" not in request.keywords:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def add(db: None):
    """Return a function that adds somebody with roles."""
    from zinneke.foundations.identity import store

    def add(email: str = "ann@brussels.test", *roles: tuple[str, str, str], organisation: str | None = None) -> str:
        store.add_person(SYSTEM, email, "Ann Peeters", organisation, PASSWORD)
        for role, area, subject in roles:
            store.grant_role(SYSTEM, email, role, area, subject)
        return email

    return add
