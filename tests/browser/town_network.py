"""The network of the demonstration city in use: representatives, a meeting held, an action, an escalation, enquiries, an opinion."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.network import asking, store, words
from zinneke.office.network.asked import EnquiryRow
from zinneke.office.network.values import Action, Decision, Lead, Meeting, Opinion, OpinionOutcome, Point, Post, Remark, Review

HELD = datetime(2026, 9, 10, 12, tzinfo=UTC)
GROUP = "reseau-smart-city"


def plant() -> None:
    """Plant everything, under the keys that the pages' samples name."""
    _people()
    _meetings()
    _questions()
    _advice()


def _people() -> None:
    title = {"fr": "Responsable Smart City", "nl": "Smart City-verantwoordelijke", "en": "Smart city lead"}
    deputy = {"fr": "Suppléante", "nl": "Plaatsvervanger", "en": "Deputy"}
    held = {"owner": "stib", "themes": ("mobility",), "mandate": "Représente la STIB dans le réseau."}
    store.set_post(SYSTEM, Post(key="stib-1", title=title, person="Lou Demo", email="lou@example.org", since=date(2026, 1, 12), agreed=True, **held))
    store.set_post(SYSTEM, Post(key="stib-2", title=deputy, person="Noor Demo", since=date(2026, 3, 1), deputy_of="stib-1", owner="stib"))
    store.set_post(SYSTEM, Post(key="stib-0", title=title, person="Max Demo", since=date(2024, 1, 8), until=date(2026, 1, 11), owner="stib"))
    store.set_post(SYSTEM, Post(key="easy-1", title=title, since=date(2026, 5, 4), owner="easy-brussels"))
    store.offer_lead(SYSTEM, Lead(key="sample", project="reroutage-des-bus", title="Priorité des bus aux feux", post="stib-1"))
    store.answer_lead(SYSTEM, "sample", "accepted", note="Avec plaisir.")


def _meetings() -> None:
    group = store.get_group(SYSTEM, GROUP)
    series = replace(group, members=("stib-1", "easy-1", "brulocalis"), rule="FREQ=MONTHLY;BYDAY=2TH", begins=HELD, place="Place des Palais 1")
    store.set_group(SYSTEM, series)
    store.plan_meetings(SYSTEM, GROUP)
    end = HELD + timedelta(hours=2)
    report = "Chaque administration a présenté un projet en cours.\n\nLe réseau a convenu d’un format commun pour les données de chantiers."
    past = Meeting(key="sample", group=GROUP, start=HELD, end=end, place="Place des Palais 1", state="held")
    written = store.set_meeting(SYSTEM, past)
    store.set_meeting(SYSTEM, replace(written, report=report, present=("stib-1", "brulocalis"), excused=("easy-1",)))
    paper = ("https://example.org/papers/works-format.pdf",)
    store.set_point(
        SYSTEM, Point(meeting="sample", title="Format des données de chantiers", kind="decision", state="agenda", place=1, by="STIB", papers=paper)
    )
    store.set_point(SYSTEM, Point(meeting="sample", title="Nouvelles de Living-in.EU", by="easy.brussels"))
    parties, due = ("stib", "bruxelles-mobilite"), date(2026, 10, 15)
    reason = "Les deux administrations s’accordent sur le partage des feux."
    store.set_decision(
        SYSTEM,
        Decision(
            key="sample", meeting="sample", title="Partager l’état des feux en temps réel", text=reason, taken=HELD.date(), parties=parties, due=due
        ),
    )
    store.set_action(
        SYSTEM, Action(key="sample", title="Rédiger le format commun des chantiers", meeting="sample", post="stib-1", due=due, project="osiris")
    )
    store.set_action(SYSTEM, Action(title="Prévenir les communes", meeting="sample", decision="sample", state="done"))


def _questions() -> None:
    asked = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    text = "Bonjour,\n\nOù puis-je trouver les comptages de vélos de ma rue ?\n\nMerci."
    asking.take(SYSTEM, EnquiryRow(text=text, name="Lou Demo", email="lou@example.org", received=asked, quiet=True))
    store.add_note(SYSTEM, "2026-0001", "Demander au service Données.")
    dutch = EnquiryRow(text="Ik heb een idee voor het pleintje.", kind="idea", language="nl", channel="phone", received=asked, quiet=True)
    asking.take(SYSTEM, dutch)


def _advice() -> None:
    asked = {"requested_by": "gouvernement", "requested": date(2026, 4, 2), "due": date(2026, 5, 15)}
    draft = "Nous recommandons de publier les données dès l’attribution du marché."
    written = store.set_opinion(SYSTEM, Opinion(key="sample", title="Données ouvertes dans les marchés publics", draft=draft, **asked))
    store.send_opinion(SYSTEM, "sample", written.version)
    outcome = OpinionOutcome(
        version=1, decided=date(2026, 6, 18), title="Clause type adoptée", reference="Conseil des ministres, point 14", followed="partly"
    )
    store.add_outcome(SYSTEM, "sample", outcome)
    draft_tender = Review(
        key="sample",
        title="Capteurs de remplissage",
        kind="tender",
        submitted_by="bruxelles-proprete",
        submitted=date(2026, 7, 1),
        text="Cahier des charges, version 2.",
    )
    review = store.submit_review(SYSTEM, draft_tender)
    remarks = {line: Remark("good") for line in words.CHECKLIST} | {"data": Remark("remark", "Ajouter l’ouverture des données.")}
    store.conclude_review(SYSTEM, "sample", review.version, remarks, "À revoir sur les données.")
