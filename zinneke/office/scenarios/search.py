"""What the search over everything finds here: models and published scenarios."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding, answers
from zinneke.kernel.text import Text, choose
from zinneke.office.scenarios import store
from zinneke.office.scenarios.declared import models

KIND = Text("Simulations", "Simulaties", "Simulations")
MODEL, SCENARIO = Text("Modèle", "Model", "Model"), Text("Scénario", "Scenario", "Scenario")


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the models, then the scenarios that the actor may see, that answer to what was typed."""
    for model in store.list_models(actor):
        if answers(typed, model.name, model.question):
            address = reverse("scenario-model", kwargs={"key": model.key})
            yield Finding(
                MODEL, model.icon, model.name.said_in(language), language, address, model.question.said_in(language), model.domain, weak=True
            )
    for each in store.list_scenarios(actor):
        name, purpose = _text(each.name), _text(each.purpose)
        if answers(typed, name, purpose):
            title, lang = choose(each.name, language)
            icon, domain = models()[each.question.model].icon, models()[each.question.model].domain
            about = choose(each.purpose, language)[0]
            yield Finding(SCENARIO, icon, title, lang, reverse("scenario", kwargs={"key": each.key}), about, domain, weak=True)


def _text(texts: dict[str, str]) -> Text:
    return Text(*(choose(texts, language)[0] for language in ("fr", "nl", "en")))
