"""The people's doors of the map."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import EVERYONE, Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.cartography.shelf import SUBJECT
from zinneke.office.cartography.views import findings, gaps, governance, reading, writing

SEE, EDIT = Needs(Right.SEE, SUBJECT), Needs(Right.EDIT, SUBJECT)

PAGES = (
    Page(
        name="cartography", path="cartography/", view=reading.front, audience=SEE, sample={},
        front=Front(
            icon="waypoints",
            shelf="data",
            rank=1,
            title=Text("La carte des données", "De kaart van de gegevens", "The map of the data"),
            about=Text(
                "Toutes les données de la Région, ouvertes ou non : qui les détient, ce qui est gardé ou demandé deux fois, ce qui manque.",
                "Alle gegevens van het Gewest, open of niet: wie ze heeft, wat dubbel wordt bewaard of gevraagd, wat ontbreekt.",
                "All the Region’s data, open or not: who holds them, what is kept or asked twice, what is missing.",
            ),
            ),
    ),
    Page(name="cartography-things", path="cartography/things/", view=reading.things, audience=SEE, sample={}),
    Page(name="cartography-graph", path="cartography/graph/", view=reading.graph, audience=SEE, sample={}),
    Page(name="cartography-findings", path="cartography/findings/", view=findings.list_findings, audience=SEE, sample={}),
    Page(name="cartography-finding", path="cartography/findings/{id}/", view=findings.finding, audience=SEE),
    Page(name="cartography-groups", path="cartography/groups/", view=findings.list_groups, audience=SEE, sample={}),
    Page(
        name="cartography-once", path="cartography/only-once/", view=reading.only_once, audience=SEE, sample={},
        front=Front(
            icon="circle-check-big",
            shelf="data",
            rank=2,
            title=Text("Une seule fois", "Eén keer vragen", "Only once"),
            about=Text(
                "Ce que les formulaires demandent alors qu’une source authentique le sait déjà.",
                "Wat formulieren vragen terwijl een authentieke bron het al weet.",
                "What forms ask for although an authentic source knows it already.",
            ),
        ),
    ),
    Page(name="cartography-gaps", path="cartography/gaps/", view=gaps.list_gaps, audience=SEE, sample={}),
    Page(name="cartography-peers", path="cartography/peers/", view=gaps.list_peers, audience=SEE, sample={}),
    Page(
        name="cartography-glossary", path="cartography/glossary/", view=reading.glossary, audience=SEE, sample={},
        front=Front(
            icon="book-a",
            shelf="data",
            rank=3,
            title=Text("Glossaire des données", "Woordenlijst van de gegevens", "Glossary of data"),
            about=Text(
                "Ce que les mots des administrations veulent dire.",
                "Wat de woorden van de administraties betekenen.",
                "What administrations’ words mean.",
            ),
        ),
    ),
    Page(
        name="cartography-register", path="cartography/register/", view=reading.register, audience=SEE, sample={},
        front=Front(
            icon="scroll-text",
            shelf="data",
            rank=4,
            title=Text("Registre des traitements", "Register van de verwerkingen", "Register of processing"),
            about=Text(
                "Pourquoi et comment des données personnelles sont traitées.",
                "Waarom en hoe persoonsgegevens worden verwerkt.",
                "Why and how personal data are processed.",
            ),
        ),
    ),
    Page(name="cartography-retention", path="cartography/retention/", view=governance.retention, audience=SEE, sample={}),
    Page(name="cartography-hosting", path="cartography/hosting/", view=governance.hosting, audience=SEE, sample={}),
    Page(name="cartography-assessments", path="cartography/assessments/", view=governance.assessments, audience=SEE, sample={}),
    Page(name="cartography-twins", path="cartography/catalogue/", view=reading.twins, audience=SEE, sample={}),
    Page(name="cartography-decide-twins", path="cartography/catalogue/{id}/decision/", view=writing.decide_twins, audience=EDIT),
    Page(name="cartography-summary", path="cartography/summary/", view=reading.summary, audience=SEE, sample={}),
    Page(name="cartography-scan", path="cartography/scans/", view=writing.scan, audience=EDIT, sample={}),
    Page(name="cartography-withdraw-source", path="cartography/scans/{origin}/withdraw/", view=writing.withdraw_source, audience=EDIT),
    Page(name="cartography-new", path="cartography/new/{kind}/", view=writing.new, audience=EDIT, sample={"kind": "application"}),
    Page(name="steward-question", path="cartography/questions/{token}/", view=writing.question, audience=EVERYONE),
    Page(name="cartography-edit", path="cartography/edit/{key:path}/", view=writing.edit, audience=EDIT),
    Page(name="cartography-verify", path="cartography/verify/{key:path}/", view=writing.verify, audience=EDIT),
    Page(name="cartography-withdraw", path="cartography/withdraw/{key:path}/", view=writing.withdraw, audience=EDIT),
    Page(name="cartography-link", path="cartography/link/{key:path}/", view=writing.link, audience=EDIT),
    Page(name="cartography-mean", path="cartography/mean/{key:path}/", view=writing.mean, audience=EDIT),
    Page(name="cartography-ask", path="cartography/ask/{key:path}/", view=writing.ask, audience=EDIT),
    Page(
        name="cartography-thing", path="cartography/things/{key:path}/", view=reading.thing, audience=SEE, sample={"key": "source/national-register"}
    ),
)  # fmt: skip
