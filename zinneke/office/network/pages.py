"""The people's doors of the network. What is one's own or an administration's takes a sign-in; who sees what there, the verbs decide."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import KNOWN, Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.network import store
from zinneke.office.network.views import advice, counter, directory, editing, front_door, meetings, papers

READERS = Needs(Right.SEE, store.SUBJECT)

NETWORK = Front(
    icon="network",
    shelf="together",
    rank=2,
    title=Text("Réseau des administrations", "Netwerk van administraties", "Network of administrations"),
    about=Text(
        "Les organisations de la Région, qui les représente et lesquelles n’ont encore personne.",
        "De organisaties van het Gewest, wie ze vertegenwoordigt en welke nog niemand hebben.",
        "The Region’s organisations, who represents them, and which have nobody yet.",
    ),
)
MEETINGS = Front(
    icon="calendar-days",
    shelf="together",
    rank=3,
    title=Text("Réunions et actions", "Vergaderingen en acties", "Meetings and actions"),
    about=Text(
        "Les groupes qui se réunissent, leurs ordres du jour, ce qu’ils décident et qui fait quoi pour quand.",
        "De groepen die vergaderen, hun agenda’s, wat ze beslissen en wie wat doet tegen wanneer.",
        "The groups that meet, their agendas, what they decide, and who does what by when.",
    ),
)
ASK = Front(
    icon="mail-question-mark",
    shelf="together",
    rank=1,
    title=Text("Poser une question, proposer une idée", "Een vraag stellen, een idee voorstellen", "Ask a question, propose an idea"),
    about=Text(
        "Une adresse pour tout ce qui touche à la ville intelligente : une réponse dans votre langue, à une date promise.",
        "Eén adres voor alles wat met de slimme stad te maken heeft: een antwoord in uw taal, tegen een beloofde datum.",
        "One address for all that touches the smart city: an answer in your language, by a promised day.",
    ),
)
FAQ = Front(
    icon="message-circle-question-mark",
    title=Text("Questions fréquentes", "Veelgestelde vragen", "Frequent questions"),
    about=Text(
        "Ce que l’on nous demande souvent, et nos réponses.",
        "Wat men ons vaak vraagt, en onze antwoorden.",
        "What we are often asked, and our answers.",
    ),
)
OPINIONS = Front(
    icon="scroll-text",
    shelf="together",
    rank=4,
    title=Text("Avis au Gouvernement", "Adviezen aan de Regering", "Opinions to the Government"),
    about=Text(
        "Qui les a demandés, ce que nous avons conseillé et ce qui a été décidé ensuite.",
        "Wie ze vroeg, wat wij aanraadden en wat daarna werd beslist.",
        "Who asked for them, what we advised, and what was decided after.",
    ),
)
COMMITMENTS = Front(
    icon="milestone",
    shelf="aims",
    rank=4,
    title=Text("Mandat et engagements", "Mandaat en verbintenissen", "Mandate and commitments"),
    about=Text(
        "Ce que le Smart City Office doit faire, ce qu’il a promis et ce qui est en retard.",
        "Wat het Smart City Office moet doen, wat het beloofde en wat te laat is.",
        "What the Smart City Office must do, what it promised, and what is late.",
    ),
)

PAGES = (
    Page(name="network", path="network/", view=directory.directory, audience=READERS, sample={}, front=NETWORK),
    Page(name="network-nobody", path="network/nobody/", view=directory.nobody, audience=READERS, sample={}),
    Page(name="network-memberships", path="network/memberships/", view=directory.memberships, audience=READERS, sample={}),
    Page(name="network-organisation", path="network/organisations/{key}/", view=directory.organisation, audience=READERS, sample={"key": "stib"}),
    Page(name="network-post-forget", path="network/posts/{key}/forget/", view=directory.forget, audience=KNOWN),
    Page(name="network-leads", path="network/leads/", view=directory.leads, audience=READERS, sample={}),
    Page(name="network-lead", path="network/leads/{key}/", view=directory.lead, audience=READERS, sample={"key": "sample"}),
    Page(name="network-groups", path="network/meetings/", view=meetings.groups, audience=READERS, sample={}, front=MEETINGS),
    Page(name="network-group", path="network/groups/{key}/", view=meetings.group, audience=READERS, sample={"key": "reseau-smart-city"}),
    Page(name="network-plan", path="network/groups/{key}/plan/", view=meetings.plan, audience=KNOWN),
    Page(name="network-meeting", path="network/meetings/{key}/", view=meetings.meeting, audience=READERS, sample={"key": "sample"}),
    Page(name="network-papers", path="network/meetings/{key}/papers/", view=papers.add, audience=Needs(Right.EDIT, store.SUBJECT)),
    Page(name="network-paper", path="network/meetings/{key}/papers/{number}/", view=papers.paper, audience=READERS),
    Page(name="network-actions", path="network/actions/", view=meetings.actions, audience=READERS, sample={}),
    Page(name="network-action", path="network/actions/{key}/", view=meetings.action, audience=READERS, sample={"key": "sample"}),
    Page(name="network-escalations", path="network/escalations/", view=meetings.escalations, audience=READERS, sample={}),
    Page(name="network-decision", path="network/decisions/{key}/", view=meetings.decision, audience=READERS, sample={"key": "sample"}),
    Page(name="network-calendars", path="network/calendars/", view=meetings.calendars, audience=KNOWN, sample={}),
    Page(name="network-edit", path="network/edit/{what}/{key}/", view=editing.edit, audience=KNOWN, sample={"what": "organisation", "key": "stib"}),
    Page(name="enquiry-ask", path="ask/", view=front_door.ask, audience=READERS, sample={}, front=ASK),
    Page(name="enquiry-own", path="enquiries/{reference}/{word}/", view=front_door.own, audience=READERS),
    Page(name="enquiries", path="enquiries/", view=counter.queue, audience=KNOWN, sample={}),
    Page(name="enquiry-note", path="enquiries/new/", view=counter.note, audience=KNOWN, sample={}),
    Page(name="enquiry-staff", path="enquiries/{key}/", view=counter.enquiry, audience=KNOWN, sample={"key": "2026-0001"}),
    Page(name="faq", path="faq/", view=front_door.faq, audience=READERS, sample={}, front=FAQ),
    Page(name="faq-approve", path="faq/{key}/approve/", view=front_door.approve, audience=KNOWN),
    Page(name="network-opinions", path="opinions/", view=advice.opinions, audience=READERS, sample={}, front=OPINIONS),
    Page(name="network-opinion", path="opinions/{key}/", view=advice.opinion, audience=READERS, sample={"key": "sample"}),
    Page(name="network-reviews", path="reviews/", view=advice.reviews, audience=READERS, sample={}),
    Page(name="network-review", path="reviews/{key}/", view=advice.review, audience=READERS, sample={"key": "sample"}),
    Page(name="network-mandate", path="mandate/", view=advice.mandate, audience=READERS, sample={}),
    Page(name="network-commitments", path="commitments/", view=advice.commitments, audience=READERS, sample={}, front=COMMITMENTS),
)
