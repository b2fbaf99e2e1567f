"""The six policy domains as people see them: a name, a sentence, an icon; the hue is in the style sheet under the same key."""

from __future__ import annotations

from dataclasses import dataclass

from zinneke.kernel import policy
from zinneke.kernel.text import Text


@dataclass(frozen=True, slots=True)
class DomainView:
    """A policy domain on a page; `themes` are the EU data themes whose datasets belong to it."""

    key: str
    name: Text
    about: Text
    icon: str
    themes: tuple[str, ...]


DOMAINS: tuple[DomainView, ...] = (
    DomainView(
        key="environment",
        name=policy.DOMAINS["environment"],
        about=Text(
            "L’air, le bruit, l’eau, l’énergie, les déchets et la nature en ville.",
            "Lucht, geluid, water, energie, afval en natuur in de stad.",
            "Air, noise, water, energy, waste and nature in the city.",
        ),
        icon="leaf",
        themes=("ENVI", "ENER", "AGRI"),
    ),
    DomainView(
        key="mobility",
        name=policy.DOMAINS["mobility"],
        about=Text(
            "Se déplacer à pied, à vélo, en transport public et en voiture.",
            "Zich verplaatsen te voet, met de fiets, het openbaar vervoer en de auto.",
            "Getting about on foot, by bicycle, by public transport and by car.",
        ),
        icon="bike",
        themes=("TRAN",),
    ),
    DomainView(
        key="people",
        name=policy.DOMAINS["people"],
        about=Text(
            "Qui habite ici : population, enseignement, participation et inclusion.",
            "Wie hier woont: bevolking, onderwijs, participatie en inclusie.",
            "Who lives here: population, education, participation and inclusion.",
        ),
        icon="users",
        themes=("SOCI", "EDUC"),
    ),
    DomainView(
        key="living",
        name=policy.DOMAINS["living"],
        about=Text(
            "Le logement, la santé, la sécurité, la culture et les loisirs.",
            "Wonen, gezondheid, veiligheid, cultuur en vrije tijd.",
            "Housing, health, safety, culture and leisure.",
        ),
        icon="house-heart",
        themes=("HEAL", "REGI"),
    ),
    DomainView(
        key="economy",
        name=policy.DOMAINS["economy"],
        about=Text(
            "L’emploi, les entreprises, le commerce, le tourisme et l’innovation.",
            "Werk, ondernemingen, handel, toerisme en innovatie.",
            "Jobs, businesses, shops, tourism and innovation.",
        ),
        icon="store",
        themes=("ECON", "TECH"),
    ),
    DomainView(
        key="government",
        name=policy.DOMAINS["government"],
        about=Text(
            "Les services publics, les finances, les marchés et les décisions.",
            "Openbare diensten, financiën, opdrachten en beslissingen.",
            "Public services, finances, procurement and decisions.",
        ),
        icon="landmark",
        themes=("GOVE", "JUST", "INTR"),
    ),
)
BY_KEY = {domain.key: domain for domain in DOMAINS}
