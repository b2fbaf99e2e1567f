"""The people's doors of the selection."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.selection.rights import SUBJECT
from zinneke.office.selection.views import carrying, exercises, funnel, ideas, methods, opening, portfolio, ranking, roadmap

SEE, EDIT, COMMAND = Needs(Right.SEE, SUBJECT), Needs(Right.EDIT, SUBJECT), Needs(Right.COMMAND, SUBJECT)
IDEA, EXERCISE, METHOD = {"key": "vienna-wienmobil"}, {"key": "exercise"}, {"key": "selection", "version": "1"}

FUNNEL = Front(
    icon="filter",
    shelf="doing",
    rank=2,
    title=Text("Sélection des projets", "Selectie van projecten", "Selection of projects"),
    about=Text(
        "Des centaines d’idées à la feuille de route : chaque étape comptée, chaque classement rejouable.",
        "Van honderden ideeën naar de roadmap: elke stap geteld, elke rangschikking navolgbaar.",
        "From hundreds of ideas to the roadmap: every stage counted, every ranking open to be replayed.",
    ),
)
ROADMAP = Front(
    icon="calendar-range",
    shelf="doing",
    rank=3,
    title=Text("Feuille de route", "Roadmap", "Roadmap"),
    about=Text(
        "Quels projets smart commencent quand, et pourquoi le plan a changé.",
        "Welke smart projecten wanneer starten, en waarom het plan veranderde.",
        "Which smart projects start when, and why the plan changed.",
    ),
)
IDEAS = Front(
    icon="lightbulb",
    shelf="knowing",
    rank=3,
    title=Text("Idées d’autres villes", "Ideeën van andere steden", "Ideas of other cities"),
    about=Text("Ce que d’autres villes font de leurs données.", "Wat andere steden met hun data doen.", "What other cities do with their data."),
)

PAGES = (
    Page(name="selection", path="selection/", view=funnel.show, audience=SEE, sample={}, front=FUNNEL),
    Page(name="ideas", path="selection/ideas/", view=ideas.index, audience=SEE, sample={}, front=IDEAS),
    Page(name="ideas-csv", path="selection/ideas.csv", view=ideas.table, audience=SEE),
    Page(name="idea-add", path="selection/add-idea/", view=ideas.add, audience=EDIT, sample={}),
    Page(name="idea-import", path="selection/import/", view=ideas.take, audience=EDIT, sample={}),
    Page(name="idea-doubles", path="selection/doubles/", view=ideas.doubles, audience=EDIT, sample={}),
    Page(name="idea-double", path="selection/doubles/{key}/", view=ideas.settle_double, audience=EDIT),
    Page(name="idea", path="selection/ideas/{key}/", view=ideas.show, audience=SEE, sample=IDEA),
    Page(name="idea-edit", path="selection/ideas/{key}/edit/", view=ideas.edit, audience=EDIT, sample=IDEA),
    Page(name="exercise-add", path="selection/open-exercise/", view=opening.add, audience=COMMAND, sample={}),
    Page(name="exercise-close", path="selection/exercises/{key}/close/", view=opening.close, audience=COMMAND, sample=EXERCISE),
    Page(name="exercise-options", path="selection/exercises/{key}/options/", view=opening.options, audience=EDIT, sample=EXERCISE),
    Page(name="option-plan", path="selection/exercises/{key}/options/{option}/", view=opening.plan, audience=EDIT,
         sample={"key": "exercise", "option": "note-smart-parking"}),
    Page(name="exercise", path="selection/exercises/{key}/", view=exercises.show, audience=SEE, sample=EXERCISE),
    Page(name="sheet", path="selection/exercises/{key}/sheet/", view=exercises.sheet, audience=EDIT),
    Page(name="sheet-option", path="selection/exercises/{key}/sheet/{option}/", view=exercises.sheet, audience=EDIT,
         sample={"key": "exercise", "option": "note-smart-parking"}),
    Page(name="disagreements", path="selection/exercises/{key}/disagreements/", view=exercises.disagreements, audience=SEE,
         sample={"key": "screening-exercise"}),
    Page(name="settle", path="selection/exercises/{key}/disagreements/{option}/{criterion}/", view=exercises.settle, audience=COMMAND),
    Page(name="ranking", path="selection/exercises/{key}/ranking/", view=ranking.show, audience=SEE, sample=EXERCISE),
    Page(name="portfolio", path="selection/exercises/{key}/portfolio/", view=portfolio.show, audience=SEE, sample=EXERCISE),
    Page(name="portfolio-carry", path="selection/exercises/{key}/portfolio/carry/", view=carrying.to_roadmap, audience=COMMAND, sample=EXERCISE),
    Page(name="verdicts-carry", path="selection/exercises/{key}/verdicts/", view=carrying.to_decisions, audience=COMMAND,
         sample={"key": "screening-exercise"}),
    Page(name="methods", path="selection/methods/", view=methods.index, audience=SEE, sample={}),
    Page(name="method", path="selection/methods/{key}/{version}/", view=methods.show, audience=SEE, sample=METHOD),
    Page(name="method-renew", path="selection/methods/{key}/{version}/renew/", view=methods.renew, audience=COMMAND, sample=METHOD),
    Page(name="method-weights", path="selection/methods/{key}/{version}/weights/", view=methods.weights, audience=SEE, sample=METHOD),
    Page(name="roadmap", path="selection/roadmap/", view=roadmap.show, audience=SEE, sample={}, front=ROADMAP),
    Page(name="roadmap-calendar", path="selection/roadmap.ics", view=roadmap.calendar, audience=SEE),
    Page(name="roadmap-publish", path="selection/roadmap/publish/", view=roadmap.publish, audience=COMMAND),
    Page(name="roadmap-add", path="selection/roadmap/add/", view=roadmap.add, audience=COMMAND, sample={}),
    Page(name="roadmap-change", path="selection/roadmap/projects/{key}/", view=roadmap.change, audience=COMMAND,
         sample={"key": "note-repair-app"}),
    Page(name="roadmap-edition", path="selection/roadmap/editions/{number}/", view=roadmap.edition, audience=SEE),
)  # fmt: skip
