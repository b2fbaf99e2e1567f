"""What the indicators find for the search over everything."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding, answers
from zinneke.kernel.text import Text, choose
from zinneke.office.indicators import store
from zinneke.office.indicators.values import Words

KIND = Text("Indicateurs", "Indicatoren", "Indicators")
ONE = Text("Indicateur", "Indicator", "Indicator")


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield the indicators whose name or definition answers to the words typed, as far as the actor may see."""
    for each in store.list_indicators(actor, state=None):
        if answers(typed, _text(each.sheet.name), _text(each.sheet.definition)):
            title, spoken = choose(each.sheet.name, language)
            about = choose(each.sheet.definition, language)[0]
            there = reverse("indicator", kwargs={"key": each.key})
            yield Finding(ONE, "ruler", title, spoken, there, about, each.sheet.domain, weak=not each.measured)


def _text(words: Words) -> Text:
    return Text(words.get("fr", ""), words.get("nl", ""), words.get("en", ""))
