"""What makes a fiche right, when a gate opens, and where a project stands against what was promised. No framework, no storage, no clock."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from zinneke.kernel import policy
from zinneke.kernel.text import Text
from zinneke.office.projects import words
from zinneke.office.projects.values import Component, Fiche, Milestone, Organisation, Passage, Phase, Project, Texts

ORDER: tuple[Phase, ...] = ("idea", "initiation", "planning", "execution", "rollout", "closed")
CLOSING: tuple[Phase, ...] = ("closed",)
OLD = 365
"""Days after which a record asks to be confirmed."""
BOUND: tuple[Phase, ...] = ("execution", "rollout", "closed")
"""The phases in which what was promised binds: changing it is shown to whoever reads the project."""
RESERVED = frozenset({"new", "import", "board", "mine", "lessons", "synergies", "components"})
"""Words that stand in addresses beside the keys of projects."""
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to correct: in which member of the fiche, and a sentence that helps."""

    field: str
    what: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: where it stands there, the fiche and phase it tells, or what is wrong with it."""

    where: str
    fiche: Fiche | None = None
    phase: Phase = "idea"
    wrong: Text | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands against what was promised: a status, the sentence, and how many days late it is (0: it is not)."""

    status: str
    said: Text
    late: int = 0


def slug(name: str) -> str:
    """Return a readable key for a name: small letters and figures without accents, with hyphens."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))
    return "-".join(re.findall(r"[a-z0-9]+", bare))[:80].strip("-")


def key_of(names: Texts, taken: Iterable[str]) -> str:
    """Return a new key for a project's names, with a number where the plain one is taken."""
    plain = next((found for name in (names.get("en"), names.get("fr"), *names.values()) if name and (found := slug(name))), "") or "project"
    used = {*taken, *RESERVED}
    return next(each for each in (plain, *(f"{plain}-{number}" for number in range(2, len(used) + 3))) if each not in used)


def check(fiche: Fiche, organisations: Iterable[str]) -> list[Wrong]:
    """Return everything that must be corrected before a fiche can be kept."""
    return [*_who(fiche, list(organisations)), *_codes(fiche), *_dates(fiche), *_money(fiche), *_rows(fiche)]


def check_organisation(each: Organisation) -> list[Wrong]:
    """Return what must be corrected in an organisation."""
    return [*_named(each.key, each.name), *_known("helix", (each.helix,), policy.AUDIENCES)]


def check_component(each: Component, known: Iterable[str], organisations: Iterable[str]) -> list[Wrong]:
    """Return what must be corrected in a component; `known` are the keys of the others, on which it may depend."""
    found = [*_named(each.key, each.name), *_known("state", (each.state,), words.COMPONENT_STATES), *_known("depends", each.depends, known)]
    if each.owner:
        found += _known("owner", (each.owner,), organisations)
    if each.readiness is not None and not 1 <= each.readiness <= 9:
        found.append(Wrong("readiness", Text("La maturité va de 1 à 9.", "De rijpheid gaat van 1 tot 9.", "Readiness goes from 1 to 9.")))
    if each.key in each.depends:
        found.append(
            Wrong(
                "depends",
                Text(
                    "Un composant ne dépend pas de lui-même.", "Een component hangt niet van zichzelf af.", "A component does not depend on itself."
                ),
            )
        )
    return [*found, *_addresses([(field, getattr(each, field)) for field in ("code", "api") if getattr(each, field)])]


def _named(key: str, name: Texts) -> Iterator[Wrong]:
    if not any(text.strip() for text in name.values()):
        yield Wrong("name", Text("Donnez un nom.", "Geef een naam.", "Give a name."))
    if not KEY.fullmatch(key) or len(key) > 80 or key in RESERVED:
        yield Wrong("key", BAD_KEY)


OURS = Text(
    "Cette clé est celle d’une partie de la plateforme : choisissez-en une autre.",
    "Deze sleutel is die van een deel van het platform: kies een andere.",
    "This key is that of a part of the platform: choose another.",
)
BAD_KEY = Text(
    "La clé ne peut contenir que des minuscules, des chiffres et des traits d’union, par exemple « bacs-connectes ».",
    "De sleutel mag alleen kleine letters, cijfers en koppeltekens bevatten, bijvoorbeeld “slimme-bakken”.",
    "The key may hold small letters, figures and hyphens only, such as “smart-bins”.",
)


def _who(fiche: Fiche, organisations: list[str]) -> Iterator[Wrong]:
    if not any(text.strip() for text in fiche.name.values()):
        yield Wrong("name", Text("Donnez un nom au projet.", "Geef het project een naam.", "Give the project a name."))
    if fiche.key and (not KEY.fullmatch(fiche.key) or len(fiche.key) > 80 or fiche.key in RESERVED):
        yield Wrong("key", BAD_KEY)
    if fiche.owner not in organisations:
        near = get_close_matches(slug(fiche.owner), organisations, 3, 0.5)
        hint = ", ".join(near or sorted(organisations)[:5])
        nobody = Text("Dites quelle organisation en répond.", "Zeg welke organisatie verantwoordelijk is.", "Say which organisation answers for it.")
        yield Wrong("owner", Text(
            f"L’organisation « {fiche.owner} » n’est pas connue ici. Connues : {hint}… Choisissez-en une, ou ajoutez-la d’abord.",
            f"De organisatie “{fiche.owner}” is hier niet bekend. Wel bekend: {hint}… Kies er een, of voeg ze eerst toe.",
            f"The organisation “{fiche.owner}” is not known here. Known: {hint}… Choose one, or add it first.",
        ) if fiche.owner else nobody)  # fmt: skip
    if EMAIL.search(fiche.contact):
        yield Wrong("contact", Text(
            "Le contact est public : nommez une fonction ou un service, pas l’adresse d’une personne.",
            "Het contact is openbaar: noem een functie of een dienst, niet het adres van een persoon.",
            "The contact is public: name a function or a service, not a person’s address.",
        ))  # fmt: skip


def _codes(fiche: Fiche) -> Iterator[Wrong]:
    asked: list[tuple[str, Iterable[str], Mapping[str, Text]]] = [
        ("domain", (fiche.domain,), policy.DOMAINS),
        ("domains", fiche.domains, policy.DOMAINS),
        ("challenges", fiche.challenges, policy.CHALLENGES),
        ("foundations", fiche.foundations, policy.FOUNDATIONS),
        ("audiences", fiche.audiences, policy.AUDIENCES),
        ("plans", fiche.plans, words.PLANS),
        ("partners", (each.helix for each in fiche.partners), policy.AUDIENCES),
        ("partners", (phase for each in fiche.partners for phase in each.phases), words.PHASES),
    ]
    for field, codes, known in asked:
        yield from _known(field, codes, known)


def _known(field: str, codes: Iterable[str], known: Iterable[str]) -> Iterator[Wrong]:
    there = list(known)
    for code in dict.fromkeys(codes):
        if code not in there:
            near = get_close_matches(code, there, 3, 0.5) or there[:8]
            choices = ", ".join(near)
            yield Wrong(field, Text(
                f"« {code} » n’est pas connu ici. Choix possibles : {choices}.",
                f"“{code}” is hier niet bekend. Mogelijke keuzes: {choices}.",
                f"“{code}” is not known here. Choose among {choices}.",
            ) if code else Text("Choisissez-en un.", "Kies er een.", "Choose one."))  # fmt: skip


REVERSED = Text(
    "La fin est avant le début : vérifiez les deux dates.", "Het einde valt voor het begin: kijk beide datums na.",
    "The end is before the start: check both dates.",
)  # fmt: skip


def _dates(fiche: Fiche) -> Iterator[Wrong]:
    for field, start, end in (
        ("end", fiche.start, fiche.end),
        ("ended", fiche.started, fiche.ended),
        ("expected", fiche.started or fiche.start, fiche.expected),
    ):
        if start and end and end < start:
            yield Wrong(field, REVERSED)


def _money(fiche: Fiche) -> Iterator[Wrong]:
    for field in ("planned", "committed", "spent"):
        amount = getattr(fiche, field)
        if amount is not None and (not math.isfinite(amount) or amount < 0):
            yield Wrong(field, Text(
                "Un budget ne peut pas être négatif : donnez un montant en euros, 0 ou plus.",
                "Een budget kan niet negatief zijn: geef een bedrag in euro, 0 of meer.",
                "A budget cannot be negative: give an amount in euro, 0 or more.",
            ))  # fmt: skip


def _addresses(asked: Iterable[tuple[str, str]]) -> Iterator[Wrong]:
    for field, address in asked:
        if not ADDRESS.fullmatch(address):
            yield Wrong(field, Text(
                f"« {address} » n’est pas une adresse web : elle commence par https://.",
                f"“{address}” is geen webadres: het begint met https://.",
                f"“{address}” is not a web address: it begins with https://.",
            ))  # fmt: skip


def _rows(fiche: Fiche) -> Iterator[Wrong]:
    yield from _addresses([("documents", each.url) for each in fiche.documents] + [("web", fiche.web)] * bool(fiche.web))
    values = [value for each in fiche.effects for value in (each.baseline, each.expected, each.reached) if value is not None]
    if not all(map(math.isfinite, values)):
        yield Wrong(
            "effects",
            Text("Un effet attendu doit être un nombre.", "Een verwacht effect moet een getal zijn.", "An expected effect must be a number."),
        )


def gate_faults(project: Project, wish: Passage, running: int, limit: int) -> list[Wrong]:
    """Return why a gate stays closed; nothing when it opens. `running` of at most `limit` projects are in execution now (limit 0: none is set)."""
    found: list[Wrong] = []
    before, after = ORDER.index(project.phase), ORDER.index(wish.to)
    if not wish.reason.strip():
        found.append(
            Wrong(
                "reason",
                Text(
                    "Dites pourquoi : la décision reste lisible.",
                    "Zeg waarom: de beslissing blijft leesbaar.",
                    "Say why: the decision stays readable.",
                ),
            )
        )
    if wish.to not in open_gates(project.phase):
        found.append(Wrong("to", Text(
            "On passe une phase à la fois ; on peut revenir en arrière ou terminer à tout moment.",
            "Men gaat één fase tegelijk vooruit; terugkeren of afsluiten kan altijd.",
            "One passes one phase at a time; going back or closing is always possible.",
        )))  # fmt: skip
    if wish.to == "rollout" and after > before:
        found += _evidence(project.fiche, wish)
    if wish.to == "closed" and not project.fiche.lessons:
        found.append(Wrong("to", Text(
            "Un projet ne se termine pas sans leçon : notez d’abord ce qui a réussi ou pourquoi il a échoué.",
            "Een project wordt niet afgesloten zonder les: noteer eerst wat gelukt is of waarom het mislukt is.",
            "No project closes without a lesson: first note what worked or why it failed.",
        )))  # fmt: skip
    if wish.to == "execution" and after > before and 0 < limit <= running and not wish.above_limit.strip():
        found.append(Wrong("above_limit", Text(
            f"{running} projets sont déjà en réalisation, la limite est de {limit}. Dites pourquoi celui-ci s’y ajoute, ou attendez.",
            f"Er zijn al {running} projecten in uitvoering, de grens is {limit}. Zeg waarom dit er bijkomt, of wacht.",
            f"{running} projects are in execution already and the limit is {limit}. Say why this one is added, or wait.",
        )))  # fmt: skip
    return found


def _evidence(fiche: Fiche, wish: Passage) -> Iterator[Wrong]:
    if not fiche.audiences:
        yield Wrong("evidence", Text(
            "Dites d’abord dans la fiche quels publics sont concernés.",
            "Zeg eerst in de fiche welke doelgroepen betrokken zijn.",
            "First say in the fiche which audiences are concerned.",
        ))  # fmt: skip
    for audience in fiche.audiences:
        if not wish.evidence.get(audience, "").strip():
            name = policy.AUDIENCES[audience]
            yield Wrong(f"evidence-{audience}", Text(
                f"Pas de mise en service sans l’essai de ce public : que montre-t-il pour « {name.fr} » ?",
                f"Geen ingebruikname zonder proef met deze doelgroep: wat toont die voor “{name.nl}”?",
                f"Nothing goes into service without a trial by this audience: what did it show for “{name.en}”?",
            ))  # fmt: skip


def open_gates(phase: Phase) -> tuple[Phase, ...]:
    """Return the phases to which one may pass from a phase: the next, the closing, and every earlier one."""
    at = ORDER.index(phase)
    ways: list[Phase] = [*ORDER[:at], *ORDER[at + 1 : at + 2]]
    return tuple(dict.fromkeys([*ways, *(CLOSING if phase != "closed" else ())]))


def late_milestones(fiche: Fiche, today: date) -> list[Milestone]:
    """Return the milestones whose day has passed and that were not kept, the oldest first."""
    return sorted((each for each in fiche.milestones if each.done is None and each.due < today), key=lambda each: each.due)


def is_old(project: Project, today: date) -> bool:
    """Say whether nobody has confirmed the record for a year."""
    known = project.confirmed or project.fiche.as_of or project.created.date()
    return project.phase != "closed" and (today - known).days > OLD


def moved(before: Fiche, after: Fiche) -> str:
    """Return which promises another fiche changes: start, end or budget that was given before; empty when none."""
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in ("start", "end", "planned")]
    return "; ".join(f"{name} {old} → {new if new is not None else '–'}" for name, old, new in pairs if old is not None and old != new)


def untold(fiche: Fiche) -> list[Text]:
    """Return what a smart project's fiche does not say yet, so that readers know that it is not hidden, and owners what to add."""
    asked = (
        (fiche.start or fiche.end, Text("les dates promises", "de beloofde data", "the dates promised")),
        (fiche.planned is not None, Text("le budget", "het budget", "the budget")),
        (fiche.milestones, Text("les jalons", "de mijlpalen", "the milestones")),
        (fiche.effects, Text("les effets attendus", "de verwachte effecten", "the expected effects")),
        (fiche.partners, Text("les partenaires", "de partners", "the partners")),
        (fiche.lessons, Text("les leçons", "de lessen", "the lessons")),
        (fiche.contact, Text("le contact", "het contact", "the contact")),
    )
    return [] if fiche.kind == "works" else [name for there, name in asked if not there]


def standing(project: Project, today: date) -> Standing:
    """Say where a project stands against the end that was promised; reported trouble outweighs a good date."""
    fiche = project.fiche
    if fiche.kind == "works" and not (fiche.expected or fiche.ended):
        return Standing(fiche.health, PLANNED)  # nobody reports on works: the day that has passed says nothing
    until = fiche.ended or fiche.expected or (today if fiche.end and fiche.end < today and project.phase not in ("rollout", "closed") else fiche.end)
    if fiche.end is None or until is None:
        return Standing(fiche.health, words.HEALTH[fiche.health])
    days = (until - fiche.end).days
    if days > 0:
        term = span(days)
        done = project.phase in ("rollout", "closed") and fiche.ended is not None
        said = (
            Text(f"Livré avec {term.fr} de retard", f"Opgeleverd met {term.nl} vertraging", f"Delivered {term.en} late")
            if done
            else Text(f"{term.fr} de retard sur ce qui était promis", f"{term.nl} later dan beloofd", f"{term.en} later than promised")
        )
        return Standing("act" if days > 180 or fiche.health == "act" else "watch", said, days)
    if fiche.health in ("watch", "act"):
        return Standing(fiche.health, words.HEALTH[fiche.health])
    if fiche.ended:
        return Standing("good", Text("Livré à temps", "Op tijd opgeleverd", "Delivered on time"))
    return Standing("good", Text("Dans les délais promis", "Binnen de beloofde termijn", "Within the term promised"))


PLANNED = Text("Période prévue", "Geplande periode", "Planned period")


def span(days: int) -> Text:
    """Say a number of days as people do: days, months from two on, years from two on."""
    if days >= 730:
        return Text(f"{(n := days // 365)} ans", f"{n} jaar", f"{n} years")
    if days >= 61:
        return Text(f"{(n := days // 30)} mois", f"{n} maanden", f"{n} months")
    return Text("1 jour", "1 dag", "1 day") if days == 1 else Text(f"{days} jours", f"{days} dagen", f"{days} days")
