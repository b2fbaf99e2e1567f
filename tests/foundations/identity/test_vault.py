"""What is sealed can be read by the platform, for the same person, and by nobody who has the database alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.identity import vault


@given(st.text(min_size=1, max_size=64), st.integers(1, 2**40))
def test_what_is_sealed_comes_back_and_shows_nothing(secret: str, owner: int) -> None:
    bound = f"person:{owner}"
    sealed = vault.seal(secret, bound)
    assert vault.unseal(sealed, bound) == secret
    assert len(secret) < 8 or secret not in sealed
    assert vault.seal(secret, bound) != sealed


def test_it_opens_for_nobody_else_nor_under_another_key(settings: pytest.FixtureRequest) -> None:
    sealed = vault.seal("JBSWY3DPEHPK3PXP", "person:1")
    assert vault.unseal(sealed, "person:2") is None
    settings.SECRET_KEY = "another key"
    assert vault.unseal(sealed, "person:1") is None


@given(st.text(max_size=100))
def test_what_was_never_sealed_opens_as_nothing(text: str) -> None:
    assert vault.unseal(text, "person:1") is None


def test_a_sealed_secret_fits_where_it_is_kept() -> None:
    from zinneke.foundations.identity.models import Person

    assert len(vault.seal("A" * 32, f"person:{2**62}")) <= Person._meta.get_field("totp_secret").max_length
