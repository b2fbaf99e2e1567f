"""The people's doors of publishing."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text
from zinneke.office.publishing.rules import SUBJECT
from zinneke.office.publishing.views import arriving, eyes, flow, public, reviewing

READERS = Needs(Right.SEE, SUBJECT)
WRITERS = Needs(Right.EDIT, SUBJECT)

PAGES = (
    Page(
        name="publish",
        path="publish/",
        view=flow.begin,
        audience=WRITERS,
        sample={},
        front=Front(
            icon="upload",
            shelf="data",
            rank=2,
            title=Text("Publier des données", "Gegevens publiceren", "Publish data"),
            about=Text(
                "D’un fichier à un jeu de données avec tableau, carte, graphique et API, en quelques minutes.",
                "Van een bestand naar een dataset met tabel, kaart, grafiek en API, in enkele minuten.",
                "From a file to a dataset with table, map, chart and API, in a few minutes.",
            ),
        ),
    ),
    Page(name="publish-review", path="publish/review/{key}/", view=reviewing.review, audience=WRITERS),
    Page(name="publish-rules", path="publish/rules/", view=eyes.rules, audience=READERS, sample={}),
    Page(name="publish-fetch", path="publish/{key}/fetch/", view=arriving.fetch, audience=WRITERS),
    Page(name="publish-table", path="publish/{key}/table/", view=flow.table, audience=WRITERS),
    Page(name="publish-people", path="publish/{key}/people/", view=flow.people, audience=WRITERS),
    Page(name="publish-about", path="publish/{key}/about/", view=flow.about, audience=WRITERS),
    Page(name="publish-check", path="publish/{key}/check/", view=flow.check, audience=WRITERS),
    Page(name="publish-refresh", path="publish/refresh/{key}/", view=public.refresh, audience=WRITERS),
    Page(
        name="data-requests",
        path="data-requests/",
        view=public.requests,
        audience=READERS,
        sample={},
        front=Front(
            icon="message-square",
            title=Text("Demander des données", "Gegevens vragen", "Ask for data"),
            about=Text(
                "Les données qui manquent, demandées par tous, avec les réponses.",
                "De gegevens die ontbreken, door iedereen gevraagd, met de antwoorden.",
                "The data that are missing, asked for by everybody, with the answers.",
            ),
        ),
    ),
    Page(name="data-post", path="data-requests/{number}/", view=public.post, audience=READERS),
    Page(name="data-vote", path="data-requests/{number}/vote/", view=public.vote, audience=READERS),
    Page(name="dataset-talk", path="data/{key}/talk/", view=public.talk, audience=READERS, sample={"key": "trees"}),
    Page(
        name="reuses",
        path="reuses/",
        view=public.reuses,
        audience=READERS,
        sample={},
        front=Front(
            icon="puzzle",
            title=Text("Réutilisations", "Hergebruik", "Reuses"),
            about=Text("Ce que d’autres ont fait de ces données.", "Wat anderen met deze gegevens maakten.", "What others made of these data."),
        ),
    ),
    Page(
        name="portal-statistics",
        path="statistics/",
        view=public.statistics,
        audience=READERS,
        sample={},
        front=Front(
            icon="chart-column",
            title=Text("Le portail en chiffres", "Het portaal in cijfers", "The portal in figures"),
            about=Text(
                "Combien de données, et combien elles servent.",
                "Hoeveel gegevens, en hoe vaak ze gebruikt worden.",
                "How many data, and how often they are used.",
            ),
        ),
    ),
    Page(name="publish-delete", path="publish/{key}/delete/", view=flow.delete, audience=WRITERS),
)
