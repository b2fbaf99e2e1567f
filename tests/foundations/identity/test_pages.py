"""The people's doors of identity, as a browser without script meets them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client

from tests.foundations.identity.conftest import PASSWORD
from zinneke.foundations.identity import models, store, vault
from zinneke.kernel.confidentiality import SYSTEM

pytestmark = pytest.mark.django_db
ANN = "ann@brussels.test"


def post_password(client: Client, password: str = PASSWORD, **more: str):
    return client.post("/en/sign-in/", {"email": ANN, "password": password, **more})


def signed_in(client: Client) -> bool:
    return client.get("/en/account/").status_code == 200


def with_factor() -> str:
    secret = pyotp.random_base32()
    person = models.Person.objects.get(email=ANN)
    models.Person.objects.filter(pk=person.pk).update(totp_secret=vault.seal(secret, f"person:{person.pk}"))
    return secret


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("language", "word"), [("fr", "Mot de passe"), ("nl", "Wachtwoord"), ("en", "Password")])
def test_the_sign_in_page_is_there_in_each_language_and_kept_by_nobody(client: Client, language: str, word: str) -> None:
    response = client.get(f"/{language}/sign-in/")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in text_of(response)
    assert "no-store" in response.headers["Cache-Control"]
    if language == "en":
        assert word in text_of(response)


def test_the_right_password_leads_to_where_one_was_going(client: Client, add) -> None:
    add(ANN)
    response = post_password(client, next="/fr/search/?q=arbres")
    assert response.status_code == 302
    assert response.url == "/fr/search/?q=arbres"
    assert signed_in(client)


@pytest.mark.parametrize("there", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: Client, add, there: str) -> None:
    add(ANN)
    assert post_password(client, next=there).url == "/en/account/"


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(client: Client, add) -> None:
    add(ANN)
    known = post_password(client, "not it")
    unknown = client.post("/en/sign-in/", {"email": "nobody@brussels.test", "password": "not it"})
    assert known.status_code == unknown.status_code == 422

    def bare(response) -> str:
        text = text_of(response).replace("nobody@brussels.test", ANN)
        return re.sub(r'csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{32}', "", text)

    assert bare(known) == bare(unknown)
    assert 'aria-describedby="email-error"' in text_of(known)
    assert 'href="#email"' in text_of(known)
    assert not signed_in(client)


def test_too_many_attempts_are_told_to_wait(client: Client, add) -> None:
    add(ANN)
    assert [post_password(client, "not it").status_code for _ in range(6)] == [422] * 5 + [429]


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, add) -> None:
    add(ANN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    post_password(client)
    assert client.cookies["sessionid"].value != planted
    assert store.actor_of_session(planted).known is False


def test_the_password_alone_opens_nothing_where_a_second_factor_is_set(client: Client, add) -> None:
    add(ANN)
    secret = with_factor()
    assert post_password(client, next="/en/search/").url == "/en/sign-in/code/"
    assert not signed_in(client)
    assert store.actor_of_session(client.cookies["sessionid"].value).known is False
    assert client.post("/en/sign-in/code/", {"code": "000000 0"}).status_code == 422
    assert not signed_in(client)
    response = client.post("/en/sign-in/code/", {"code": pyotp.TOTP(secret).now()})
    assert response.url == "/en/search/"
    assert signed_in(client)


def test_the_second_step_needs_the_first_and_does_not_wait_for_ever(client: Client, add) -> None:
    add(ANN)
    secret = with_factor()
    assert client.get("/en/sign-in/code/").url == "/en/sign-in/"
    assert client.post("/en/sign-in/code/", {"code": pyotp.TOTP(secret).now()}).url == "/en/sign-in/"
    post_password(client)
    session = client.session
    session["identity.pending"] = {**session["identity.pending"], "at": session["identity.pending"]["at"] - 601}
    session.save()
    assert client.post("/en/sign-in/code/", {"code": pyotp.TOTP(secret).now()}).url == "/en/sign-in/"
    post_password(client)
    store.set_password(SYSTEM, ANN, "d'autres mots encore plus rares")
    assert client.post("/en/sign-in/code/", {"code": pyotp.TOTP(secret).now()}).url == "/en/sign-in/"


def test_who_reaches_confidential_data_must_set_up_a_second_factor_before_they_are_in(client: Client, add) -> None:
    add(ANN, ("administrator", "", "*"))
    assert post_password(client, next="/admin/").url == "/en/account/second-factor/"
    assert not signed_in(client)
    assert client.get("/admin/").status_code == 302
    page = text_of(client.get("/en/account/second-factor/"))
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", "")
    assert client.post("/en/account/second-factor/", {"code": "1"}).status_code == 422
    assert not signed_in(client)
    page = text_of(client.post("/en/account/second-factor/", {"code": pyotp.TOTP(secret).now()}))
    assert len(re.findall(r"<code>[a-z0-9]{4}(?:-[a-z0-9]{4}){3}</code>", page)) == 10
    assert 'href="/admin/"' in page
    assert signed_in(client)
    assert client.get("/admin/").status_code == 200


def test_who_has_a_second_factor_cannot_replace_it_with_the_password_alone(client: Client, add) -> None:
    add(ANN)
    with_factor()
    post_password(client)
    assert client.get("/en/account/second-factor/").url == "/en/sign-in/"
    assert client.post("/en/account/second-factor/", {"code": "123456", "password": PASSWORD}).url == "/en/sign-in/"


def test_signed_in_one_gives_the_password_again_to_change_the_second_factor(client: Client, add) -> None:
    add(ANN)
    post_password(client)
    page = text_of(client.get("/en/account/second-factor/"))
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=0))
    assert client.post("/en/account/second-factor/", {"code": code, "password": "not it"}).status_code == 422
    assert not models.Person.objects.get().totp_secret
    assert client.post("/en/account/second-factor/", {"code": code, "password": PASSWORD}).status_code == 200
    someone = models.Person.objects.get()
    assert secret not in someone.totp_secret
    assert vault.unseal(someone.totp_secret, f"person:{someone.pk}") == secret


def test_signing_out_takes_a_form_and_ends_the_session_at_once(client: Client, add) -> None:
    add(ANN)
    post_password(client)
    key = client.cookies["sessionid"].value
    assert store.actor_of_session(key).known
    assert client.get("/en/sign-out/").status_code == 200
    assert signed_in(client)
    assert client.post("/en/sign-out/").status_code == 302
    assert not store.actor_of_session(key).known
    assert not signed_in(client)


def test_forms_from_elsewhere_are_refused(add) -> None:
    add(ANN)
    careful = Client(enforce_csrf_checks=True)
    assert careful.post("/en/sign-in/", {"email": ANN, "password": PASSWORD}).status_code == 403
    careful.force_login(models.Person.objects.get())
    for address in ("sign-out/", "account/tokens/", "account/language/", "account/password/", "account/tokens/1/revoke/"):
        assert careful.post(f"/en/{address}", {}).status_code == 403


def test_a_visitor_is_led_to_sign_in_and_back_to_the_account(client: Client) -> None:
    response = client.get("/nl/account/")
    assert response.status_code == 302
    assert response.url.startswith("/nl/sign-in/?next=")


def test_a_token_is_made_shown_once_and_revoked(client: Client, add) -> None:
    add(ANN, ("partner", "21015", "*"))
    post_password(client)
    page = text_of(client.post("/en/account/tokens/", {"name": "export", "scopes": "see:tables see:observations", "days": "30"}))
    token = re.search(r"zk_[\w-]+", page)[0]
    assert store.find_actor_by_token(token).scopes == {"see:tables", "see:observations"}
    page = text_of(client.get("/en/account/"))
    assert token not in page
    assert "export" in page
    address = re.search(r'action="(/en/account/tokens/\d+/revoke/)"', page)[1]
    assert client.post(address).status_code == 302
    assert store.find_actor_by_token(token) is None


def test_a_bad_token_form_says_what_to_correct_and_keeps_what_was_typed(client: Client, add) -> None:
    add(ANN)
    post_password(client)
    response = client.post("/en/account/tokens/", {"name": "", "scopes": "everything please", "days": "never"})
    page = text_of(response)
    assert response.status_code == 422
    for field in ("name", "scopes", "days"):
        assert f'href="#{field}"' in page
        assert f"{field}-error" in page
    assert "everything please" in page
    assert not models.Token.objects.exists()


@pytest.mark.parametrize("id", ["0", "-1", "9" * 30, "x", "²"])
def test_revoking_what_is_not_there_is_not_found(client: Client, add, id: str) -> None:
    add(ANN)
    post_password(client)
    assert client.post(f"/en/account/tokens/{id}/revoke/").status_code == 404


def test_language_and_password_are_changed_and_other_sessions_end(client: Client, add) -> None:
    add(ANN)
    post_password(client)
    elsewhere = Client()
    post_password(elsewhere)
    assert client.post("/en/account/language/", {"language": "nl"}).url == "/nl/account/"
    assert client.post("/en/account/language/", {"language": "xx"}).status_code == 400
    new = "encore quatre mots rares"
    assert client.post("/en/account/password/", {"current": "x", "new": new, "again": new}).status_code == 422
    assert client.post("/en/account/password/", {"current": PASSWORD, "new": new, "again": "other"}).status_code == 422
    assert client.post("/en/account/password/", {"current": PASSWORD, "new": "short", "again": "short"}).status_code == 422
    assert client.post("/en/account/password/", {"current": PASSWORD, "new": new, "again": new}).status_code == 302
    assert signed_in(client)
    assert not signed_in(elsewhere)
    assert models.Person.objects.get().language == "nl"


def test_the_account_says_roles_in_words(client: Client, add) -> None:
    add(ANN, ("operator", "21015", "observations.smart_bins"), ("partner", "", "*"))
    client.force_login(models.Person.objects.get())
    page = text_of(client.get("/fr/account/"))
    assert "opérateur" in page
    assert "21015" in page


def test_the_back_office_is_for_administrators_and_leads_to_our_own_sign_in(client: Client, add) -> None:
    assert client.get("/admin/").status_code == 302
    response = client.get("/admin/login/?next=/admin/identity/person/")
    assert "/sign-in/?next=%2Fadmin%2Fidentity%2Fperson%2F" in response.url
    assert client.post("/admin/login/", {"username": ANN, "password": PASSWORD}).status_code == 302
    add(ANN, ("steward", "", "*"))
    client.force_login(models.Person.objects.get())
    assert client.get("/admin/login/").status_code == 403
    store.grant_role(SYSTEM, ANN, "administrator")
    client.force_login(models.Person.objects.get())
    for page in ("", "identity/person/", "identity/organisation/", "identity/grant/", "identity/grant/add/", "identity/token/", "audit/entry/"):
        assert client.get(f"/admin/{page}").status_code == 200, page


def test_the_back_office_gives_roles_through_the_same_rules_and_shows_no_secret(client: Client, add) -> None:
    add(ANN, ("administrator", "", "*"))
    token = store.add_token(SYSTEM, ANN, "export", ["see:*"], 3)
    boss = models.Person.objects.get()
    client.force_login(boss)
    data = {"person": boss.pk, "role": "partner", "area": "21015", "subject": "*"}
    assert client.post("/admin/identity/grant/add/", {**data, "area": "; drop"}).status_code == 200
    assert client.post("/admin/identity/grant/add/", data).status_code == 302
    assert models.Grant.objects.get(role="partner").by == f"person:{boss.pk}"
    made = models.Token.objects.get()
    for page in (f"identity/token/{made.pk}/change/", "identity/token/", f"identity/person/{boss.pk}/change/"):
        shown = text_of(client.get(f"/admin/{page}"))
        assert token not in shown
        assert made.digest not in shown
        assert "totp_secret" not in shown
        assert boss.password not in shown
    assert client.post("/admin/identity/token/", {"action": "revoke", "_selected_action": made.pk}).status_code == 302
    assert store.find_actor_by_token(token) is None
    response = client.post(
        "/admin/identity/person/add/",
        {"email": "New@brussels.test", "name": "New", "language": "nl", "is_active": "on", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0},
    )
    assert response.status_code == 302
    assert models.Person.objects.filter(email="new@brussels.test").exists()


def test_a_page_made_for_somebody_is_kept_by_no_cache_on_the_way(client: Client, add) -> None:
    add(ANN)
    assert "private" not in client.get("/en/about/").headers.get("Cache-Control", "")
    post_password(client)
    shown = client.get("/en/about/")
    assert "private" in shown.headers["Cache-Control"]
    assert "Cookie" in shown.headers["Vary"]
