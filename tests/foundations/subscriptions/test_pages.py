"""The people's doors: one's own subscriptions made, tried, paused and removed without a script, in three languages."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.foundations.subscriptions.endpoint import Endpoint
from tests.foundations.subscriptions.town import make, observe, outbox, somebody, subscribe
from zinneke.foundations.identity import store as identity
from zinneke.foundations.subscriptions import models, rules, store
from zinneke.foundations.subscriptions.values import THINGS
from zinneke.kernel.confidentiality import Actor

pytestmark = pytest.mark.django_db
FORM = {"name": "Vol", "kind": "observations", "transport": "webhook", "pause": "0", "solution": "", "area": "", "condition": "", "limit": ""}


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.person))
    return client


def shown(client: Client, path: str = "", language: str = "fr") -> str:
    answer = client.get(f"/{language}/subscriptions/{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_somebody_makes_tries_pauses_and_removes_a_subscription(endpoint: Endpoint) -> None:
    (stream,) = make("one")
    actor = somebody()
    client = browser(actor)
    assert "Vous n’avez pas encore d’abonnement" in shown(client)
    made = client.post("/fr/subscriptions/", {**FORM, "address": endpoint.address, "condition": "above", "limit": "80"}).content.decode()
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made)
    number = models.Subscription.objects.get().pk
    assert secret and secret[0] not in shown(client, f"{number}/")
    act = f"/fr/subscriptions/{number}/act/"
    assert "C’est arrivé" in client.post(act, {"answer": "test"}, follow=True).content.decode()
    observe(stream, 90, 10)
    assert 'class="num">2<' in shown(client)
    outbox()[0].turn(number)
    assert endpoint.sent[-1].values == [90]
    assert "Suspendu" in client.post(act, {"answer": "pause"}, follow=True).content.decode()
    assert "Suspendu" not in client.post(act, {"answer": "resume"}, follow=True).content.decode()
    assert "whsec_" in client.post(act, {"answer": "secret"}).content.decode()
    assert "Vol" not in client.post(act, {"answer": "remove"}, follow=True).content.decode()
    assert client.get(act).status_code == 405


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_dead_letter_is_read_and_sent_again(endpoint: Endpoint, language: str) -> None:
    (stream,) = make("one")
    actor = somebody()
    client = browser(actor)
    number = subscribe(actor, endpoint.address).standing.id
    observe(stream, 13)
    endpoint.answer = 422
    box, clock = outbox()
    for _ in range(rules.REFUSALS):
        box.turn(number)
        clock.pass_(minutes=2)
    page = shown(client, f"{number}/", language)
    assert {"fr": "Réponse : 422", "nl": "Het antwoord was 422", "en": "It answered 422"}[language] in page.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "&quot;value&quot;:13.0" in page
    (letter,) = store.list_letters(actor, number)
    act = f"/{language}/subscriptions/{number}/act/"
    client.post(act, {"answer": "send", "letter": letter.id})
    assert len(store.list_letters(actor, number)) == 1
    endpoint.answer = 204
    client.post(act, {"answer": "send", "letter": letter.id})
    assert store.list_letters(actor, number) == [] and endpoint.sent[-1].values == [13]


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Changements concernant des objets"), ("nl", "Wijzigingen aan objecten"), ("en", "Changes to things")]
)
def test_a_subscription_of_things_says_so(endpoint: Endpoint, language: str, said: str) -> None:
    actor = somebody()
    subscribe(actor, endpoint.address, kinds=THINGS)
    assert said in html.unescape(shown(browser(actor), language=language))


def test_a_link_from_a_sensor_is_about_that_sensor_only(endpoint: Endpoint) -> None:
    first, second = make("one", "two")
    actor = somebody()
    client = browser(actor)
    assert f"/en/subscriptions/?stream={second.id}" in client.get(f"/en/sensors/{second.id}/").content.decode()
    assert "About this sensor only" in shown(client, f"?stream={second.id}", "en")
    client.post("/en/subscriptions/", {**FORM, "address": endpoint.address, "stream": second.id})
    (found,) = store.list_own(actor)
    assert found.subscription.wanted.streams == (second.id,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "http://10.0.0.1/"}, "adresses publiques"),
        ({"address": ""}, "adresse web"),
        ({"name": ""}, "obligatoire"),
        ({"condition": "above"}, "Donnez le nombre"),
        ({"limit": "beaucoup", "condition": "above"}, "nombre"),
        ({"kind": "pigeons"}, "pigeons"),
        ({"solution": "none_such"}, "none_such"),
        ({"transport": "mail"}, "60 secondes"),
        ({"stream": "x"}, "entier"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_place(endpoint: Endpoint, change: dict[str, str], said: str) -> None:
    answer = browser(somebody()).post("/fr/subscriptions/", {**FORM, "address": endpoint.address, **change})
    assert answer.status_code == 422 and said in answer.content.decode().replace("\xa0", " ")
    assert not models.Subscription.objects.exists()


def test_others_and_visitors_find_nothing_and_operators_how_all_do(endpoint: Endpoint) -> None:
    number = subscribe(somebody(), endpoint.address, name="quagsecret").standing.id
    other = browser(somebody())
    assert Client().get("/fr/subscriptions/").status_code in (302, 401)
    assert "quagsecret" not in shown(other)
    for path in (f"{number}/", "999/", "x/", "99999999999999999999/"):
        assert other.get(f"/fr/subscriptions/{path}").status_code == 404
    assert other.post(f"/fr/subscriptions/{number}/act/", {"answer": "remove"}).status_code == 404
    assert other.get("/fr/subscriptions/all/").status_code == 403
    operator = browser(somebody("operator", "subscriptions"))
    page = shown(operator, "all/")
    assert "quagsecret" not in page and endpoint.address not in page and f">{number}<" in page


def test_somebody_who_left_has_no_page(endpoint: Endpoint) -> None:
    actor = somebody()
    client = browser(actor)
    get_user_model().objects.filter(pk=actor.person).update(is_active=False)
    from zinneke.foundations.identity import memory

    memory.forget()
    assert client.get("/fr/subscriptions/").status_code in (302, 401)
    assert identity.actor_of_key(actor.key) is None
