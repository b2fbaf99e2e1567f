"""`zinneke user`, as it is typed."""

from __future__ import annotations

import io
import re

import pytest

from zinneke.foundations.identity import commands, models, store
from zinneke.kernel.command import find
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db


class Lines:
    """What a command says."""

    def __init__(self) -> None:
        self.text = ""

    def say(self, line: str) -> None:
        self.text += f"{line}\n"

    def progress(self, label: str, done: int, total: int) -> None:
        """Nothing to show."""


def zinneke(*words: str) -> str:
    command, args = find({"user": commands.COMMANDS[0]}, ["user", *words])
    out = Lines()
    assert command.run(args, out) == 0
    return out.text


def test_somebody_is_added_with_a_role_an_organisation_and_a_password_that_works() -> None:
    said = zinneke("add", "Ann@brussels.test", "--name", "Ann Peeters", "--role", "partner", "--area", "21015", "--organisation", "schaerbeek")
    password = re.search(r"only this once: (\S+)", said)[1]
    person = models.Person.objects.get(email="ann@brussels.test")
    assert person.check_password(password)
    assert person.organisation.key == "schaerbeek"
    assert "partner on everything in 21015" in zinneke("list")


def test_a_given_password_is_read_from_the_standard_input_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quatre mots peu communs\n"))
    assert "quatre" not in zinneke("add", "ann@brussels.test", "--password-stdin")
    assert models.Person.objects.get().check_password("quatre mots peu communs")


def test_nobody_is_added_when_the_role_does_not_exist() -> None:
    with pytest.raises(Problem, match="no role"):
        zinneke("add", "ann@brussels.test", "--role", "king")
    assert not models.Person.objects.exists()


def test_roles_tokens_passwords_and_second_factors_are_given_and_taken() -> None:
    zinneke("add", "ann@brussels.test")
    zinneke("role", "ann@brussels.test", "operator", "--subject", "observations.smart_bins")
    token = re.search(r"zk_\S+", zinneke("token", "ann@brussels.test", "--scope", "see:observations", "--scope", "command:*", "--days", "3"))[0]
    actor = store.find_actor_by_token(token)
    assert actor.scopes == {"see:observations", "command:*"}
    assert [grant.subject for grant in actor.grants] == ["observations.smart_bins"]
    zinneke("role", "ann@brussels.test", "operator", "--subject", "observations.smart_bins", "--remove")
    assert store.list_people(SYSTEM)[0].roles == ()
    assert "only this once" in zinneke("password", "ann@brussels.test")
    zinneke("totp-reset", "ann@brussels.test")


def test_an_empty_house_says_how_to_begin() -> None:
    assert "zinneke user add" in zinneke("list")
