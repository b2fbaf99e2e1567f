"""The people's doors of the catalogue that are its own: which catalogues of others are read, and what became of it."""

from __future__ import annotations

from zinneke.foundations.catalogue.standing import SUBJECT
from zinneke.foundations.catalogue.views import harvests
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text

EDITORS = Needs(Right.EDIT, SUBJECT)
FRONT = Front(
    icon="rss",
    title=Text("Catalogues moissonnés", "Geoogste catalogi", "Harvested catalogues"),
    about=Text(
        "Voir quels catalogues d’autres éditeurs sont lus, ce qui en est venu et ce qui a été refusé.",
        "Zien welke catalogi van andere uitgevers worden gelezen, wat eruit kwam en wat geweigerd werd.",
        "See which catalogues of other publishers are read, what came of it and what was refused.",
    ),
)

PAGES = (
    Page(name="harvests", path="harvests/", view=harvests.show_all, audience=EDITORS, front=FRONT),
    Page(name="harvest", path="harvests/{key}/", view=harvests.show, audience=EDITORS),
    Page(name="harvest-act", path="harvests/{key}/act/", view=harvests.act, audience=EDITORS),
)
