"""What the network finds for the search over everything: organisations, groups, questions that come back, opinions. Enquiries are never found."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.finding import Finding, answers
from zinneke.kernel.text import Text, choose
from zinneke.office.network import store

KIND = Text("Réseau et réponses", "Netwerk en antwoorden", "Network and answers")
ORGANISATION = Text("Organisation", "Organisatie", "Organisation")
GROUP = Text("Groupe", "Groep", "Group")
ANSWER = Text("Question fréquente", "Veelgestelde vraag", "Frequent question")
OPINION = Text("Avis", "Advies", "Opinion")


def find(actor: Actor, typed: str, language: str) -> Iterator[Finding]:
    """Yield what answers to the words typed, as far as the actor may see."""
    for faq in store.list_faq(actor):
        if answers(typed, _text(faq.question), _text(faq.answer)):
            yield _finding(ANSWER, faq.question, language, reverse("faq") + f"#{faq.key}", faq.answer, icon="message-circle-question-mark")
    for organisation in store.list_organisations(actor, language=language):
        if answers(typed, _text(organisation.name), Text(organisation.key, organisation.key, organisation.key)):
            there = reverse("network-organisation", kwargs={"key": organisation.key})
            yield _finding(ORGANISATION, organisation.name, language, there, organisation.about, icon="landmark")
    for group in store.list_groups(actor):
        if answers(typed, _text(group.name), _text(group.about)):
            there = reverse("network-group", kwargs={"key": group.key})
            yield _finding(GROUP, group.name, language, there, group.about, icon="users-round")
    for opinion in store.list_opinions(actor):
        if opinion.versions and answers(typed, Text(opinion.title, opinion.title, opinion.title)):
            there = reverse("network-opinion", kwargs={"key": opinion.key})
            yield Finding(OPINION, icon="scroll-text", title=opinion.title, lang=opinion.language, address=there)


def _text(texts: dict[str, str]) -> Text:
    return Text(texts.get("fr", ""), texts.get("nl", ""), texts.get("en", ""))


def _finding(kind: Text, title: dict[str, str], language: str, address: str, about: dict[str, str], *, icon: str) -> Finding:
    words, spoken = choose(title, language)
    return Finding(kind, icon, words, spoken, address, choose(about, language)[0][:200])
