"""The people's doors of the knowledge centre."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.knowledge.kinds import KINDS
from zinneke.office.knowledge.sight import SUBJECT
from zinneke.office.knowledge.views import desk_work, papers, reading, taking_part, writing

READERS, WRITERS = Needs(Right.SEE, SUBJECT), Needs(Right.EDIT, SUBJECT)
CENTRE = Front(
    icon="library",
    shelf="knowing",
    rank=1,
    title=Text("Connaissances et veille", "Kennis en uitkijk", "Knowledge and watch"),
    about=Text(
        "Chercher dans ce que le Smart City Office sait : études, leçons, normes, technologies, projets d’ailleurs, événements et personnes.",
        "Zoeken in wat het Smart City Office weet: studies, lessen, normen, technologieën, projecten van elders, evenementen en mensen.",
        "Search in what the Smart City Office knows: studies, lessons, norms, technologies, projects of other cities, events and people.",
    ),
)
LETTERS = Front(
    icon="mail",
    shelf="knowing",
    rank=4,
    title=Text("Lettre d’information", "Nieuwsbrief", "Newsletter"),
    about=Text(
        "Recevoir des nouvelles par thème, dans votre langue ; s’arrêter en un clic.",
        "Nieuws krijgen per thema, in uw taal; stoppen met één klik.",
        "Get news by theme, in your language; stop with one click.",
    ),
)
RADAR = Front(icon=KINDS["technology"].icon, shelf="knowing", rank=3, title=KINDS["technology"].plural, about=KINDS["technology"].about)

PAGES = (
    Page(name="knowledge", path="knowledge/", view=reading.home, audience=READERS, sample={}, front=CENTRE),
    Page(name="knowledge-radar", path="knowledge/radar/", view=reading.draw_radar, audience=READERS, sample={}, front=RADAR),
    Page(name="newsletter", path="newsletter/", view=taking_part.newsletter, audience=READERS, sample={}, front=LETTERS),
    Page(name="newsletter-confirm", path="newsletter/confirm/{token}/", view=taking_part.confirm, audience=READERS, sample={"token": "x"}),
    Page(name="newsletter-leave", path="newsletter/leave/{token}/", view=taking_part.leave, audience=READERS),
    Page(name="knowledge-sources", path="knowledge/sources/", view=desk_work.sources, audience=WRITERS),
    Page(name="knowledge-source", path="knowledge/sources/{number}/", view=desk_work.decide_source, audience=WRITERS),
    Page(name="knowledge-item", path="knowledge/sources/items/{number}/", view=desk_work.decide_item, audience=WRITERS),
    Page(name="knowledge-letters", path="knowledge/letters/", view=desk_work.list_letters, audience=WRITERS),
    Page(name="knowledge-letter", path="knowledge/letters/{number}/", view=desk_work.letter, audience=WRITERS),
    Page(name="knowledge-send", path="knowledge/letters/{number}/send/", view=desk_work.send_letter, audience=WRITERS),
    Page(name="event-registration", path="knowledge/registrations/{token}/", view=taking_part.registration, audience=READERS),
    Page(name="event-register", path="knowledge/events/{key}/register/", view=taking_part.register, audience=READERS,
         sample={"key": "atelier-mobilite"}),
    Page(name="event-people", path="knowledge/events/{key}/people/", view=desk_work.people, audience=WRITERS),
    Page(name="event-workshop", path="knowledge/events/{key}/workshop/", view=desk_work.workshop, audience=WRITERS),
    Page(name="event-workshop-csv", path="knowledge/events/{key}/workshop.csv", view=desk_work.workshop_table, audience=WRITERS),
    Page(name="technology-vote", path="knowledge/radar/{key}/vote/", view=writing.vote, audience=WRITERS),
    Page(name="technology-move", path="knowledge/radar/{key}/move/", view=writing.move, audience=WRITERS),
    Page(name="elsewhere-refer", path="knowledge/elsewhere/{key}/refer/", view=writing.refer, audience=WRITERS),
    Page(name="elsewhere-answer", path="knowledge/elsewhere/{key}/referrals/{number}/", view=writing.answer_referral, audience=READERS),
    Page(name="clause-insert", path="knowledge/clauses/{key}/insert/", view=writing.insert_clause, audience=WRITERS),
    Page(name="tender-verify", path="knowledge/tenders/{key}/verify/", view=writing.verify, audience=WRITERS),
    Page(name="tender-clauses", path="knowledge/tenders/{key}/clauses.{form}", view=desk_work.copy_clauses, audience=READERS),
    Page(name="challenge-answer", path="knowledge/challenges/{key}/answer/", view=taking_part.answer, audience=READERS,
         sample={"key": "bulles-a-verre"}),
    Page(name="challenge-decide", path="knowledge/challenges/{key}/answers/{number}/", view=writing.decide, audience=WRITERS),
    Page(name="knowledge-list", path="knowledge/{path}/", view=reading.entries, audience=READERS, sample={"path": "norms"}),
    Page(name="knowledge-new", path="knowledge/{path}/new/", view=writing.new, audience=WRITERS),
    Page(name="knowledge-entry", path="knowledge/{path}/{key}/", view=reading.entry, audience=READERS, sample={"path": "radar", "key": "lorawan"}),
    Page(name="knowledge-papers", path="knowledge/{path}/{key}/papers/", view=papers.add, audience=WRITERS),
    Page(name="knowledge-paper", path="knowledge/{path}/{key}/papers/{number}/", view=papers.paper, audience=READERS),
    Page(name="knowledge-edit", path="knowledge/{path}/{key}/edit/", view=writing.edit, audience=WRITERS),
    Page(name="knowledge-state", path="knowledge/{path}/{key}/state/", view=writing.set_state, audience=WRITERS),
    Page(name="knowledge-history", path="knowledge/{path}/{key}/history/", view=writing.history, audience=WRITERS),
)  # fmt: skip
