"""The people's doors of scenarios."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.scenarios.store import SUBJECT
from zinneke.office.scenarios.views import reading, trying, writing

READERS = Needs(Right.SEE, SUBJECT)
WRITERS = Needs(Right.EDIT, SUBJECT)
MODEL = {"key": "street-lighting"}
SCENARIO = {"key": "street-lights-half-from-midnight"}

PAGES = (
    Page(
        name="scenarios",
        path="scenarios/",
        view=reading.front,
        audience=READERS,
        sample={},
        front=Front(
            icon="flask-conical",
            shelf="doing",
            rank=5,
            title=Text("Simuler une décision", "Een beslissing simuleren", "Simulate a decision"),
            about=Text(
                "Changez une règle dans un modèle et voyez ce qui se passerait, avec l’incertitude et les hypothèses.",
                "Wijzig een regel in een model en zie wat er zou gebeuren, met de onzekerheid en de veronderstellingen.",
                "Change a rule in a model and see what would happen, with the uncertainty and the assumptions.",
            ),
        ),
    ),
    Page(name="scenario-compare", path="scenarios/compare/", view=reading.compare, audience=READERS, sample={}),
    Page(name="scenario-new", path="scenarios/new/", view=writing.new, audience=WRITERS),
    Page(name="scenario-model", path="scenarios/models/{key}/", view=reading.model, audience=READERS, sample=MODEL),
    Page(name="scenario-try", path="scenarios/models/{key}/try/", view=trying.form, audience=READERS, sample=MODEL),
    Page(name="scenario-result", path="scenarios/models/{key}/result/", view=trying.answer, audience=READERS, sample=MODEL),
    Page(name="scenario-table", path="scenarios/models/{key}/table/", view=trying.table, audience=READERS),
    Page(name="scenario-count", path="scenarios/models/{key}/count/", view=trying.count, audience=READERS),
    Page(name="scenario-run", path="scenarios/runs/{number}/", view=writing.job, audience=READERS),
    Page(name="scenario-run-cancel", path="scenarios/runs/{number}/cancel/", view=writing.cancel, audience=WRITERS),
    Page(name="scenario", path="scenarios/{key}/", view=reading.scenario, audience=READERS, sample=SCENARIO),
    Page(name="scenario-reproduce", path="scenarios/{key}/reproduce/", view=reading.reproduce, audience=READERS, sample=SCENARIO),
    Page(name="scenario-edit", path="scenarios/{key}/edit/", view=writing.edit, audience=WRITERS),
    Page(name="scenario-publish", path="scenarios/{key}/publish/", view=writing.publish, audience=WRITERS),
    Page(name="scenario-remove", path="scenarios/{key}/remove/", view=writing.remove, audience=WRITERS),
    Page(name="scenario-start", path="scenarios/{key}/run/", view=writing.run, audience=WRITERS),
)
