"""How people prove who they are: what works, what works once, and how often one may try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.foundations.identity.conftest import PASSWORD
from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import models, signin
from zinneke.foundations.identity.chores import forget_sessions
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

pytestmark = pytest.mark.django_db
ANN, HERE = "ann@brussels.test", "192.0.2.1"


def person() -> models.Person:
    return models.Person.objects.get(email=ANN)


def with_factor() -> tuple[str, list[str]]:
    secret = pyotp.random_base32()
    return secret, signin.set_second_factor(person().pk, secret, pyotp.TOTP(secret).now())


def later(seconds: int):
    moment = datetime.now(UTC) + timedelta(seconds=seconds)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    return patch.object(signin, "datetime", Clock), moment


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_passwords_are_kept_as_argon2id(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    someone = models.Person.objects.create_user(ANN, PASSWORD)
    assert someone.password.startswith("argon2$argon2id$")
    assert signin.check_password(ANN, PASSWORD, HERE)


def test_the_right_password_passes_and_says_what_comes_next(add) -> None:
    add(ANN)
    passed = signin.check_password(" ANN@brussels.test ", PASSWORD, HERE)
    assert passed == signin.Passed(person().pk, has_second_factor=False, needs_second_factor=False)


def test_a_wrong_password_an_unknown_account_and_somebody_who_left_get_the_same_answer_and_the_same_work(add) -> None:
    add(ANN)
    add("gone@brussels.test")
    models.Person.objects.filter(email="gone@brussels.test").update(is_active=False)
    hashed = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    original = MD5PasswordHasher.encode

    def encode(self, password, salt):
        hashed.append(password)
        return original(self, password, salt)

    with patch.object(MD5PasswordHasher, "encode", encode):
        for email in (ANN, "nobody@brussels.test", "gone@brussels.test"):
            before = len(hashed)
            assert signin.check_password(email, "not it", HERE) is None
            assert len(hashed) - before == 1


def test_after_five_failures_the_right_password_does_not_pass_from_there_but_does_from_elsewhere(add) -> None:
    add(ANN)
    for _ in range(signin.PER_PAIR):
        assert signin.check_password(ANN, "not it", HERE) is None
    with pytest.raises(Problem) as caught:
        signin.check_password(ANN, PASSWORD, HERE)
    assert caught.value.status == 429
    assert caught.value.headers["Retry-After"] == "900"
    assert signin.check_password(ANN, PASSWORD, "192.0.2.2")


def test_an_unknown_account_is_throttled_as_a_known_one() -> None:
    for _ in range(signin.PER_PAIR):
        assert signin.check_password("nobody@brussels.test", "not it", HERE) is None
    with pytest.raises(Problem):
        signin.check_password("nobody@brussels.test", "not it", HERE)


def test_an_account_is_throttled_over_many_addresses_and_an_address_over_many_accounts(add) -> None:
    add(ANN)
    for number in range(signin.PER_ACCOUNT):
        assert signin.check_password(ANN, "not it", f"192.0.2.{number}") is None
    with pytest.raises(Problem):
        signin.check_password(ANN, PASSWORD, "198.51.100.1")
    for number in range(signin.PER_ADDRESS - 1):
        signin.check_password(f"{number}@brussels.test", "not it", "203.0.113.9")
    add("bob@brussels.test")
    assert signin.check_password("bob@brussels.test", PASSWORD, "203.0.113.9")
    signin.check_password("last@brussels.test", "not it", "203.0.113.9")
    with pytest.raises(Problem):
        signin.check_password("bob@brussels.test", PASSWORD, "203.0.113.9")


def test_a_quarter_of_an_hour_later_one_may_try_again(add) -> None:
    add(ANN)
    for _ in range(signin.PER_PAIR):
        signin.check_password(ANN, "not it", HERE)
    clock, _ = later(901)
    with clock:
        assert signin.check_password(ANN, PASSWORD, HERE)


def test_neither_account_nor_address_can_be_read_from_the_count_of_attempts(add) -> None:
    signin.check_password(ANN, "not it", HERE)
    kept = str(list(models.Attempt.objects.values()))
    assert ANN not in kept
    assert HERE not in kept


def test_a_code_works_once_and_an_older_one_never_after_it(add) -> None:
    add(ANN)
    secret, _ = with_factor()
    clock, moment = later(60)
    with clock:
        code, older = pyotp.TOTP(secret).at(moment), pyotp.TOTP(secret).at(moment - timedelta(seconds=30))
        assert signin.check_second_factor(person().pk, f"{code[:3]} {code[3:]}", HERE)
        assert not signin.check_second_factor(person().pk, code, HERE)
        assert not signin.check_second_factor(person().pk, older, HERE)


def test_the_code_that_set_the_factor_up_does_not_also_sign_in(add) -> None:
    add(ANN)
    secret, _ = with_factor()
    assert not signin.check_second_factor(person().pk, pyotp.TOTP(secret).now(), HERE)


def test_a_recovery_code_works_once_and_is_kept_as_a_digest_only(add) -> None:
    add(ANN)
    _, codes = with_factor()
    assert len(codes) == 10
    assert codes[0] not in str(list(models.RecoveryCode.objects.values()))
    assert signin.check_second_factor(person().pk, codes[0].upper().replace("-", " "), HERE)
    assert not signin.check_second_factor(person().pk, codes[0], HERE)
    assert person().recovery_codes.count() == 9


def test_five_wrong_codes_close_the_second_step_for_a_while(add) -> None:
    add(ANN)
    _, codes = with_factor()
    for _ in range(signin.PER_PAIR):
        assert not signin.check_second_factor(person().pk, "000 000 0", HERE)
    with pytest.raises(Problem):
        signin.check_second_factor(person().pk, codes[0], HERE)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "é" * 6, "١٢٣٤٥٦", "\x00", "a" * 10_000])
def test_nonsense_is_no_code(add, code: str) -> None:
    add(ANN)
    with_factor()
    assert not signin.check_second_factor(person().pk, code, HERE)


def test_without_a_second_factor_no_code_is_right(add) -> None:
    add(ANN)
    assert not signin.check_second_factor(person().pk, "", HERE)
    assert not signin.check_second_factor(person().pk, pyotp.TOTP("A" * 32).now(), HERE)


def test_every_failure_is_in_the_journal_and_no_secret_is(add) -> None:
    add(ANN)
    secret, codes = with_factor()
    signin.check_password(ANN, "a very secret guess", HERE)
    signin.check_password("nobody@brussels.test", "a very secret guess", HERE)
    signin.check_second_factor(person().pk, "123123", HERE)
    signin.check_second_factor(person().pk, codes[0], HERE)
    entries = audit.list_entries(SYSTEM)
    assert [entry.action for entry in entries] == ["person.add", "person.totp_set", *["sign-in.failed"] * 3, "recovery.used"]
    text = str(entries)
    for kept in (PASSWORD, "guess", secret, codes[0], "123123", ANN, "nobody@"):
        assert kept not in text


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_do_not_slip_past_the_limit(add) -> None:
    import threading

    from django.db import connection

    add(ANN)
    answers: list[str] = []

    def attempt() -> None:
        try:
            answers.append("wrong" if signin.check_password(ANN, "not it", HERE) is None else "right")
        except Problem as problem:
            answers.append(str(problem.status))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["429"] * 7 + ["wrong"] * 5


def test_a_session_that_has_ended_is_forgotten_and_another_is_not() -> None:
    now = timezone.now()
    for key, until in (("a" * 32, now - timedelta(minutes=1)), ("b" * 32, now + timedelta(minutes=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    assert forget_sessions(now) == "1 sessions ended"
    assert [each.session_key for each in Session.objects.all()] == ["b" * 32]
    assert forget_sessions(now) == ""
