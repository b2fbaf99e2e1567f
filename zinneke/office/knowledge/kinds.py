"""The kinds of entries: their names, icons and words for the choices inside them; themes and plans are in `thesaurus`."""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: its part of the address, how one and many are called, what the list is for. `form` is the field that divides a list."""

    key: str
    path: str
    icon: str
    name: Text
    plural: Text
    about: Text
    add: Text
    level: Level = Level.PUBLIC


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="technology", path="radar", icon="radar",
            name=Text("Technologie", "Technologie", "Technology"),
            plural=Text("Radar technologique", "Technologieradar", "Technology radar"),
            about=Text(
                "Les technologies que la Région adopte, essaie, étudie ou met en attente, et pourquoi.",
                "De technologieën die het Gewest gebruikt, uitprobeert, bestudeert of laat wachten, en waarom.",
                "The technologies that the Region adopts, tries, studies or holds, and why.",
            ),
            add=Text("Proposer une technologie", "Een technologie voorstellen", "Propose a technology"),
        ),
        Kind(
            key="elsewhere", path="elsewhere", icon="telescope",
            name=Text("Projet vu ailleurs", "Project elders gezien", "Project seen elsewhere"),
            plural=Text("Vu ailleurs", "Elders gezien", "Seen elsewhere"),
            about=Text(
                "Ce que d’autres villes font, avec la source, et qui pourrait le faire ici.",
                "Wat andere steden doen, met de bron, en wie het hier zou kunnen doen.",
                "What other cities do, with the source, and who could do it here.",
            ),
            add=Text("Noter un projet vu ailleurs", "Een project van elders noteren", "Note a project seen elsewhere"),
        ),
        Kind(
            key="event", path="events", icon="calendar-days",
            name=Text("Événement", "Evenement", "Event"),
            plural=Text("Événements", "Evenementen", "Events"),
            about=Text(
                "Ateliers, tables rondes, conférences et hackathons : les annonces, les inscriptions et ce qui en est sorti.",
                "Workshops, rondetafels, conferenties en hackathons: aankondigingen, inschrijvingen en wat eruit is voortgekomen.",
                "Workshops, round tables, conferences and hackathons: announcements, registration, and what came of them.",
            ),
            add=Text("Annoncer un événement", "Een evenement aankondigen", "Announce an event"),
        ),
        Kind(
            key="article", path="publications", icon="newspaper",
            name=Text("Publication", "Publicatie", "Publication"),
            plural=Text("Actualités et publications", "Nieuws en publicaties", "News and publications"),
            about=Text(
                "Nouvelles, études, notes et leçons tirées, y compris de ce qui n’a pas marché.",
                "Nieuws, studies, nota’s en geleerde lessen, ook uit wat niet werkte.",
                "News, studies, notes and lessons learnt, also from what did not work.",
            ),
            add=Text("Écrire", "Schrijven", "Write"),
        ),
        Kind(
            key="expert", path="experts", icon="user-search",
            name=Text("Personne-ressource", "Deskundige", "Expert"),
            plural=Text("Qui s’y connaît", "Wie weet ervan", "Who knows about it"),
            about=Text(
                "Les personnes qui ont accepté qu’on les trouve, par sujet. Réservé aux administrations.",
                "Mensen die ermee instemden om gevonden te worden, per onderwerp. Alleen voor overheden.",
                "People who agreed to be found, by subject. For administrations only.",
            ),
            add=Text("Ajouter une personne", "Een persoon toevoegen", "Add a person"),
            level=Level.SHARED,
        ),
        Kind(
            key="norm", path="norms", icon="ruler",
            name=Text("Norme", "Norm", "Norm"),
            plural=Text("Normes et lignes directrices", "Normen en richtlijnen", "Norms and guidelines"),
            about=Text(
                "Ce qu’un fournisseur doit respecter, dans quelle version, et comment il le prouve.",
                "Waaraan een leverancier moet voldoen, in welke versie, en hoe hij dat bewijst.",
                "What a supplier has to meet, in which version, and how to prove it.",
            ),
            add=Text("Ajouter une norme", "Een norm toevoegen", "Add a norm"),
        ),
        Kind(
            key="clause", path="clauses", icon="scroll-text",
            name=Text("Clause", "Clausule", "Clause"),
            plural=Text("Clauses types", "Modelclausules", "Model clauses"),
            about=Text(
                "Des textes à insérer dans un cahier des charges : données ouvertes, API, code source, vie privée.",
                "Teksten om in een bestek op te nemen: open data, API’s, broncode, privacy.",
                "Texts to insert into a tender: open data, APIs, source code, privacy.",
            ),
            add=Text("Ajouter une clause", "Een clausule toevoegen", "Add a clause"),
        ),
        Kind(
            key="tender", path="tenders", icon="gavel",
            name=Text("Marché public", "Overheidsopdracht", "Public contract"),
            plural=Text("Marchés suivis", "Opgevolgde opdrachten", "Contracts followed"),
            about=Text(
                "Ce que les fournisseurs ont promis de livrer en données et en API, et s’ils l’ont fait.",
                "Welke gegevens en API’s leveranciers beloofden, en of ze die leverden.",
                "Which data and APIs suppliers promised to deliver, and whether they did.",
            ),
            add=Text("Suivre un marché", "Een opdracht opvolgen", "Follow a contract"),
            level=Level.SHARED,
        ),
        Kind(
            key="challenge", path="challenges", icon="handshake",
            name=Text("Défi", "Uitdaging", "Challenge"),
            plural=Text("Défis et partenariats", "Uitdagingen en partnerschappen", "Challenges and partnerships"),
            about=Text(
                "Des questions posées aux entreprises et aux chercheurs, et les partenariats qui en naissent.",
                "Vragen aan bedrijven en onderzoekers, en de partnerschappen die eruit groeien.",
                "Questions put to companies and researchers, and the partnerships that come of them.",
            ),
            add=Text("Publier un défi", "Een uitdaging publiceren", "Publish a challenge"),
        ),
    )
}  # fmt: skip
PATHS: dict[str, Kind] = {kind.path: kind for kind in KINDS.values()}

STATES: dict[str, Text] = {
    "draft": Text("Brouillon", "Ontwerp", "Draft"),
    "review": Text("En relecture", "Na te lezen", "In review"),
    "published": Text("Publié", "Gepubliceerd", "Published"),
    "archived": Text("Archivé", "Gearchiveerd", "Archived"),
}
RINGS: dict[str, Text] = {
    "adopt": Text("Adopter", "Gebruiken", "Adopt"),
    "trial": Text("Essayer", "Uitproberen", "Trial"),
    "assess": Text("Étudier", "Bestuderen", "Assess"),
    "hold": Text("Attendre", "Afwachten", "Hold"),
}
"""From the centre outwards."""
RING_MEANINGS: dict[str, Text] = {
    "adopt": Text(
        "éprouvé : à utiliser quand le besoin existe", "beproefd: te gebruiken waar de behoefte bestaat", "proven: to be used where the need exists"
    ),
    "trial": Text(
        "à essayer dans un projet qui supporte le risque",
        "te proberen in een project dat het risico aankan",
        "to be tried where the risk can be borne",
    ),
    "assess": Text("à comprendre avant de dépenser", "te begrijpen vóór er geld aan gaat", "to be understood before money is spent"),
    "hold": Text("ne rien commencer de nouveau", "niets nieuws mee beginnen", "begin nothing new with it"),
}
QUADRANTS: dict[str, Text] = {
    "data": Text("Données et intelligence", "Gegevens en intelligentie", "Data and intelligence"),
    "networks": Text("Réseaux et objets", "Netwerken en dingen", "Networks and things"),
    "platforms": Text("Plateformes et cloud", "Platformen en cloud", "Platforms and cloud"),
    "trust": Text("Identité et confiance", "Identiteit en vertrouwen", "Identity and trust"),
}
EVENT_FORMS: dict[str, Text] = {
    "workshop": Text("Atelier", "Workshop", "Workshop"),
    "round_table": Text("Table ronde", "Rondetafel", "Round table"),
    "conference": Text("Conférence", "Conferentie", "Conference"),
    "hackathon": Text("Hackathon", "Hackathon", "Hackathon"),
    "theme_day": Text("Journée thématique", "Themadag", "Theme day"),
}
ARTICLE_FORMS: dict[str, Text] = {
    "news": Text("Actualité", "Nieuws", "News"),
    "publication": Text("Publication", "Publicatie", "Publication"),
    "study": Text("Étude", "Studie", "Study"),
    "note": Text("Note", "Nota", "Note"),
    "lesson": Text("Leçon tirée", "Geleerde les", "Lesson learnt"),
}
STATUSES: dict[str, Text] = {
    "required": Text("Obligatoire", "Verplicht", "Required"),
    "recommended": Text("Recommandée", "Aanbevolen", "Recommended"),
    "watched": Text("Suivie", "In het oog gehouden", "Watched"),
    "withdrawn": Text("Retirée", "Ingetrokken", "Withdrawn"),
}
RELEVANCE: dict[str, Text] = {
    "high": Text("Très utile ici", "Hier zeer nuttig", "Very useful here"),
    "medium": Text("Utile ici", "Hier nuttig", "Useful here"),
    "low": Text("Peu utile ici", "Hier weinig nuttig", "Of little use here"),
}
STAGES: dict[str, Text] = {
    "open": Text("Ouvert aux réponses", "Open voor antwoorden", "Open for answers"),
    "choosing": Text("Choix en cours", "Keuze bezig", "Being decided"),
    "partnership": Text("Partenariat en cours", "Lopend partnerschap", "Partnership under way"),
    "ended": Text("Terminé", "Afgelopen", "Ended"),
}
TOPICS: dict[str, Text] = {
    "data": Text("Données ouvertes", "Open data", "Open data"),
    "api": Text("API et échanges", "API’s en uitwisseling", "APIs and exchange"),
    "sensors": Text("Capteurs et objets", "Sensoren en dingen", "Sensors and things"),
    "geo": Text("Géographie", "Geografie", "Geography"),
    "services": Text("Services publics", "Overheidsdiensten", "Public services"),
    "accessibility": Text("Accessibilité", "Toegankelijkheid", "Accessibility"),
    "privacy": Text("Vie privée et sécurité", "Privacy en veiligheid", "Privacy and security"),
    "identity": Text("Identité et signature", "Identiteit en handtekening", "Identity and signature"),
    "licence": Text("Licences et code source", "Licenties en broncode", "Licences and source code"),
    "reversibility": Text("Réversibilité et cloud", "Omkeerbaarheid en cloud", "Reversibility and cloud"),
    "process": Text("Qualité et gestion", "Kwaliteit en beheer", "Quality and management"),
}
"""What norms and clauses are about."""
EVIDENCE: dict[str, Text] = {
    "found": Text("Trouvé dans le catalogue sous cette clé", "In de catalogus gevonden onder deze sleutel", "Found in the catalogue under this key"),
    "titled": Text("Trouvé dans le catalogue sous ce titre", "In de catalogus gevonden onder deze titel", "Found in the catalogue under this title"),
    "gone": Text("Disparu du catalogue de sa source", "Verdwenen uit de catalogus van de bron", "Gone from the catalogue of its source"),
    "missing": Text("Pas dans le catalogue", "Niet in de catalogus", "Not in the catalogue"),
    "route": Text("Parmi les interfaces de la plateforme", "Bij de interfaces van het platform", "Among the interfaces of the platform"),
    "service": Text("Déclaré dans le catalogue", "Aangemeld in de catalogus", "Declared in the catalogue"),
    "unknown": Text(
        "Ni interface de la plateforme, ni déclaré dans le catalogue",
        "Geen interface van het platform en niet aangemeld in de catalogus",
        "Neither an interface of the platform nor declared in the catalogue",
    ),
}
"""What a promise was found to be."""
ANSWERS: dict[str, Text] = {
    "received": Text("Reçue", "Ontvangen", "Received"),
    "chosen": Text("Retenue", "Gekozen", "Chosen"),
    "declined": Text("Non retenue", "Niet gekozen", "Not chosen"),
}
REFERRALS: dict[str, Text] = {
    "asked": Text("En attente de réponse", "Wacht op antwoord", "Waiting for an answer"),
    "accepted": Text("Accepté", "Aanvaard", "Accepted"),
    "declined": Text("Décliné", "Afgewezen", "Declined"),
}
SEATS: dict[str, Text] = {
    "going": Text("Inscrit", "Ingeschreven", "Going"),
    "waiting": Text("Sur la liste d’attente", "Op de wachtlijst", "On the waiting list"),
    "cancelled": Text("Annulé", "Geannuleerd", "Cancelled"),
}
LETTERS: dict[str, Text] = {
    "draft": Text("En préparation", "In voorbereiding", "Being prepared"),
    "sending": Text("En cours d’envoi", "Wordt verzonden", "Being sent"),
    "sent": Text("Envoyée", "Verzonden", "Sent"),
}
CAPTURES: dict[str, Text] = {"need": Text("Besoin", "Behoefte", "Need"), "project": Text("Projet", "Project", "Project")}
