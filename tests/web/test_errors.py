"""Refusals and faults are pages in the reader's language that say what happened and what to do."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from zinneke.kernel.confidentiality import ANONYMOUS, Actor
from zinneke.kernel.problem import Problem, not_found, wrong
from zinneke.web.middleware import Visit
from zinneke.web.views import errors

WORDS = {"fr": "Cette page n’est pas ici", "nl": "Deze pagina is hier niet", "en": "This page is not here"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", WORDS)
def test_an_unknown_address_is_told_in_the_readers_language(client: Client, language: str) -> None:
    answer = client.get(f"/{language}/no/such/page/")
    assert answer.status_code == 404
    assert WORDS[language] in answer.content.decode()


@pytest.mark.django_db
def test_a_program_at_an_address_of_nothing_gets_a_problem_document_and_a_browser_a_page(client: Client) -> None:
    answer = client.post("/v1.1/Things", "{}", content_type="application/json", headers={"accept": "*/*"})
    assert (answer.status_code, answer["Content-Type"], answer.json()["instance"]) == (404, "application/problem+json", "/v1.1/Things")
    assert "/openapi.json" in answer.json()["detail"]
    assert WORDS["en"] in client.get("/v1.1/Things", headers={"accept": "text/html,*/*", "accept-language": "en"}).content.decode()


def ask(problem: Problem, actor: Actor = ANONYMOUS, method: str = "GET") -> HttpResponse:
    request: HttpRequest = RequestFactory().generic(method, "/nl/somewhere/?a=1")
    request.actor, request.request_id, request.theme = actor, "r1", ""
    with translation.override("nl"):
        return errors.answer(request, problem)


def test_a_visitor_who_might_sign_in_is_led_there_and_back() -> None:
    answer = ask(Problem(401, "Sign in"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/nl/sign-in/?next=%2Fnl%2Fsomewhere%2F%3Fa%3D1")


def test_a_form_sent_without_signing_in_is_not_answered_by_another_page() -> None:
    assert ask(Problem(401, "Sign in"), method="POST").status_code == 401


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (not_found("stream", 7), "Deze pagina is hier niet"),
        (Problem(403, "Not allowed"), "Dit is niet open voor u"),
        (wrong("The limit is a number."), "We hebben de vraag niet begrepen"),
        (Problem(503, "Busy"), "Er ging bij ons iets mis"),
        (Problem(422, "Unreadable"), "We hebben de vraag niet begrepen"),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
def test_a_problem_keeps_its_status_and_gets_words(problem: Problem, words: str) -> None:
    answer = ask(problem, Actor("person:1"))
    assert answer.status_code == problem.status
    assert words in answer.content.decode()


def test_a_detail_in_english_is_marked_as_english() -> None:
    assert '<samp lang="en">The limit is a number.</samp>' in ask(wrong("The limit is a number.")).content.decode()


def test_a_refusal_that_has_words_in_the_language_of_the_page_is_told_in_it() -> None:
    assert "<p>Een gewicht is een getal. Een van deze is dat niet.</p>" in ask(wrong("A weight is a number. One of these is not.")).content.decode()


def test_a_fault_of_ours_is_told_without_the_database() -> None:
    request = RequestFactory().get("/fr/")
    with translation.override("fr"):
        answer = errors.broken(request)
    assert answer.status_code == 500
    assert "Quelque chose s’est mal passé chez nous" in answer.content.decode()


def test_only_problems_become_pages() -> None:
    visit = Visit(lambda request: HttpResponse())
    request = RequestFactory().get("/fr/")
    assert visit.process_exception(request, ValueError()) is None
    answer = visit.process_exception(request, wrong("no"))
    assert answer is not None and answer.status_code == 400


def test_a_form_that_came_back_without_its_key_gets_a_page_of_ours() -> None:
    answer = Client(enforce_csrf_checks=True).post("/fr/sign-in/", {"email": "a@b.c"})
    assert answer.status_code == 403
    assert "Ceci ne vous est pas ouvert" in answer.content.decode()
