"""The people's doors of the room."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.projects import store
from zinneke.office.projects.views import editing, following, inventory, papers, parts

READERS, WRITERS, DECIDERS = (Needs(right, store.SUBJECT) for right in (Right.SEE, Right.EDIT, Right.COMMAND))
PROJECTS = Front(
    icon="kanban",
    shelf="doing",
    rank=1,
    title=Text("Projets", "Projecten", "Projects"),
    about=Text(
        "Ce que les administrations, les entreprises et les chercheurs font pour la ville : où en est chaque projet, et qui en répond.",
        "Wat overheden, bedrijven en onderzoekers voor de stad doen: hoever elk project staat en wie verantwoordelijk is.",
        "What administrations, companies and researchers do for the city: how far each project is, and who answers for it.",
    ),
)
COMPONENTS = Front(
    icon="blocks",
    shelf="doing",
    rank=4,
    title=Text("Composants", "Componenten", "Components"),
    about=Text(
        "Ce qui existe déjà et peut servir encore, qui l’utilise, et ce qui manque.",
        "Wat al bestaat en opnieuw kan dienen, wie het gebruikt, en wat ontbreekt.",
        "What exists and can serve again, who uses it, and what is missing.",
    ),
)
LESSONS = Front(
    icon="graduation-cap",
    shelf="knowing",
    rank=2,
    title=Text("Leçons des projets", "Lessen uit projecten", "Lessons from projects"),
    about=Text(
        "Ce qui a réussi, pourquoi d’autres projets ont échoué, et où la loi a fait obstacle.",
        "Wat gelukt is, waarom andere projecten mislukten, en waar de wet in de weg stond.",
        "What worked, why other projects failed, and where the law stood in the way.",
    ),
)
PAGES = (
    Page(name="projects", path="projects/", view=inventory.inventory, audience=READERS, front=PROJECTS),
    Page(name="project-lessons", path="projects/lessons/", view=inventory.lessons, audience=READERS, front=LESSONS),
    Page(name="project-new", path="projects/new/", view=editing.add, audience=WRITERS, sample={}),
    Page(name="project-import", path="projects/import/", view=following.take_file, audience=WRITERS, sample={}),
    Page(name="project-board", path="projects/board/", view=following.board, audience=DECIDERS, sample={}),
    Page(name="own-projects", path="projects/mine/", view=following.mine, audience=WRITERS, sample={}),
    Page(name="synergies", path="projects/synergies/", view=following.synergies, audience=WRITERS, sample={}),
    Page(name="synergy-settle", path="projects/synergies/{id}/", view=following.settle, audience=WRITERS),
    Page(name="components", path="projects/components/", view=parts.catalogue, audience=READERS, front=COMPONENTS),
    Page(name="component-new", path="projects/components/new/", view=parts.add, audience=WRITERS, sample={}),
    Page(name="component", path="projects/components/{key}/", view=parts.show, audience=READERS, sample={"key": "irisnet-fibre"}),
    Page(name="component-edit", path="projects/components/{key}/edit/", view=parts.change, audience=WRITERS, sample={"key": "irisnet-fibre"}),
    Page(name="project", path="projects/{key}/", view=inventory.show, audience=READERS, sample={"key": "smart-bins"}),
    Page(name="project-edit", path="projects/{key}/edit/", view=editing.change, audience=WRITERS, sample={"key": "smart-bins"}),
    Page(name="project-gate", path="projects/{key}/gate/", view=following.gate, audience=DECIDERS, sample={"key": "smart-bins"}),
    Page(name="project-papers", path="projects/{key}/papers/", view=papers.add, audience=WRITERS),
    Page(name="project-paper", path="projects/{key}/papers/{number}/", view=papers.paper, audience=READERS),
    Page(name="project-confirm", path="projects/{key}/confirm/", view=editing.confirm, audience=WRITERS),
)
