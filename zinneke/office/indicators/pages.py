"""The people's doors of indicators."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.indicators import views, work
from zinneke.office.indicators.rights import SUBJECT

SEE, EDIT, COMMAND = (Needs(right, SUBJECT) for right in (Right.SEE, Right.EDIT, Right.COMMAND))
SAMPLE = {"key": "population"}
PAGES = (
    Page(
        name="indicators",
        path="indicators/",
        view=views.index,
        audience=SEE,
        sample={},
        front=Front(
            icon="ruler",
            shelf="aims",
            rank=2,
            title=Text("Indicateurs", "Indicatoren", "Indicators"),
            about=Text(
                "Ce que la Région mesure, où elle en est face à ses promesses, et ce qu’elle ne mesure pas.",
                "Wat het Gewest meet, waar het staat tegenover zijn beloften, en wat het niet meet.",
                "What the Region measures, where it stands against its promises, and what it does not measure.",
            ),
        ),
    ),
    Page(name="indicator-new", path="indicators/new/", view=work.propose, audience=EDIT, sample={}),
    Page(name="indicator-review", path="indicators/review/", view=work.review, audience=COMMAND, sample={}),
    Page(name="values-decide", path="indicators/review/values/", view=work.decide_values, audience=COMMAND),
    Page(
        name="building-blocks",
        path="indicators/building-blocks/",
        view=views.blocks,
        audience=SEE,
        sample={},
        front=Front(
            icon="blocks",
            shelf="aims",
            rank=3,
            title=Text("État des lieux des fondements", "Stand van zaken van de bouwstenen", "State of the building blocks"),
            about=Text(
                "Données, technologies, gouvernance, collaboration et capital humain : où l’on en est, preuves à l’appui.",
                "Data, technologie, governance, samenwerking en menselijk kapitaal: hoever het staat, met bewijs.",
                "Data, technologies, governance, collaboration and human capital: how far they are, with evidence.",
            ),
        ),
    ),
    Page(name="indicator-ranking", path="indicators/rankings/{key}/", view=views.ranking, audience=SEE, sample={"key": "smart-city-index"}),
    Page(name="indicator", path="indicators/{key}/", view=views.show, audience=SEE, sample=SAMPLE),
    Page(name="indicator-history", path="indicators/{key}/history/", view=views.history, audience=SEE),
    Page(name="indicator-edit", path="indicators/{key}/edit/", view=work.edit, audience=EDIT, sample=SAMPLE),
    Page(name="indicator-values", path="indicators/{key}/values/", view=work.values, audience=EDIT, sample=SAMPLE),
    Page(name="indicator-submit", path="indicators/{key}/submit/", view=work.submit, audience=EDIT),
    Page(name="indicator-decide", path="indicators/{key}/decide/", view=work.decide, audience=COMMAND),
    Page(name="indicator-retire", path="indicators/{key}/retire/", view=work.retire, audience=COMMAND),
)
