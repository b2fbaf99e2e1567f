"""The forms of the room: one that fits every kind of entry, and those by which anybody takes part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.policy import AUDIENCES, DOMAINS
from zinneke.kernel.problem import Problem
from zinneke.kernel.text import LANGUAGES, Text, choose
from zinneke.office.knowledge import fields, kinds
from zinneke.office.knowledge.fields import area, choice, in_languages, line, say, several
from zinneke.office.knowledge.values import Concept, Draft

LEVELS = {
    "0": Text("Tout le monde", "Iedereen", "Everybody"),
    "1": Text("Les administrations", "De overheden", "Administrations"),
    "2": Text("Données personnelles : les personnes habilitées", "Persoonsgegevens: bevoegde personen", "Personal data: authorised people"),
}


def _in(label: Text, language: str) -> Text:
    """Return a label with the language of its field, in each language: « Titre en néerlandais »."""
    return Text(*(f"{label.said_in(each)} {fields.NAMES[language].said_in(each)}" for each in LANGUAGES))


def _named(concepts: Iterable[Concept], language: str) -> list[tuple[str, str]]:
    return [(each.key, choose(each.label, language)[0]) for each in concepts]


class _Form(forms.Form):
    """A form whose faults are told at their fields, also those that a verb finds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field it names, or on top."""
        where = str(problem.extra.get("where", ""))
        place = where if where in self.fields else next((name for name in (f"{where}_fr", f"{where}_en") if name in self.fields), None)
        self.add_error(place, say(problem.said))


class EntryForm(_Form):
    """An entry of any kind: what all have, then what its kind has."""

    def __init__(
        self, kind: str, themes: Iterable[Concept], plans: Iterable[Concept], language: str, *args: Any, new: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.texts, self.own, self.filing = self._texts(), fields.FIELDS[kind](), self._filing(themes, plans, language)
        if not new:
            del self.filing["key"]
        self.fields |= {**self.texts, **self.own, **self.filing, "version": forms.IntegerField(widget=forms.HiddenInput, required=False)}

    def _texts(self) -> dict[str, forms.Field]:
        mark = Text(
            "Laissez une ligne vide entre les paragraphes. ## pour un titre, - pour une liste, **gras**, [mots](https://adresse).",
            "Laat een lege regel tussen alinea’s. ## voor een titel, - voor een lijst, **vet**, [woorden](https://adres).",
            "Leave an empty line between paragraphs. ## for a heading, - for a list, **bold**, [words](https://address).",
        )
        title = in_languages("title", Text("Titre", "Titel", "Title"), rows=1)
        for name in title:
            title[name] = line(
                Text(
                    *(f"{label} {fields.NAMES[name[-2:]].said_in(each)}" for each, label in zip(LANGUAGES, ("Titre", "Titel", "Title"), strict=True))
                )
            )
        found: dict[str, forms.Field] = {}
        summary = in_languages("summary", Text("En une phrase", "In één zin", "In one sentence"), rows=2)
        body = in_languages("body", Text("Texte", "Tekst", "Text"), mark, rows=10)
        for language in LANGUAGES:
            found |= {f"{name}_{language}": group[f"{name}_{language}"] for name, group in (("title", title), ("summary", summary), ("body", body))}
        return found

    def _filing(self, themes: Iterable[Concept], plans: Iterable[Concept], language: str) -> dict[str, forms.Field]:
        related = Text(
            "Une référence par ligne : project:clé, action:clé, dataset:clé, ou une adresse entière.",
            "Eén verwijzing per regel: project:sleutel, action:sleutel, dataset:sleutel, of een volledig adres.",
            "One reference a line: project:key, action:key, dataset:key, or a whole address.",
        )
        key = Text(
            "Dans l’adresse de la page ; vide : faite du titre.",
            "In het adres van de pagina; leeg: uit de titel gemaakt.",
            "In the address of the page; empty: made of the title.",
        )
        return {
            "themes": several(Text("Thèmes", "Thema’s", "Themes"), _named(themes, language)),
            "plans": several(
                Text("Plans auxquels cela contribue", "Plannen waaraan dit bijdraagt", "Plans to which it contributes"), _named(plans, language)
            ),
            "related": area(Text("En lien avec", "Houdt verband met", "Related to"), related, rows=3),
            "level": choice(Text("Qui peut le lire", "Wie mag het lezen", "Who may read it"), LEVELS),
            "area": line(
                Text("Commune (code NIS)", "Gemeente (NIS-code)", "Commune (NIS code)"),
                Text("Vide : toute la Région.", "Leeg: het hele Gewest.", "Empty: the whole Region."),
                longest=20,
            ),
            "owner": line(
                Text("Organisation responsable (clé)", "Verantwoordelijke organisatie (sleutel)", "Organisation in charge (key)"), longest=100
            ),
            "key": forms.SlugField(
                label=say(Text("Clé", "Sleutel", "Key")),
                help_text=say(key),
                required=False,
                max_length=120,
                error_messages={"invalid": say(fields.INVALID)},
            ),
            "note": line(Text("Ce que vous changez", "Wat u verandert", "What you change"), longest=500),
        }

    @staticmethod
    def shown(draft: Draft, version: int) -> dict[str, Any]:
        """Return a draft as the form shows it."""
        texts = {f"{name}_{language}": getattr(draft, name).get(language, "") for name in ("title", "summary", "body") for language in LANGUAGES}
        filing = {"themes": list(draft.themes), "plans": list(draft.plans), "related": "\n".join(draft.related), "level": str(int(draft.level))}
        return {**texts, **filing, "area": draft.area, "owner": draft.owner, "version": version, **fields.type_in(draft.details)}

    def draft(self, before: Draft | None) -> Draft:
        """Return what was typed. Raises `Problem` naming the field."""
        typed = self.cleaned_data
        texts: dict[str, Any] = {
            name: {language: text for language in LANGUAGES if (text := typed[f"{name}_{language}"].strip())} for name in ("title", "summary", "body")
        }
        return Draft(
            key=before.key if before else typed["key"], **texts, themes=tuple(typed["themes"]), plans=tuple(typed["plans"]),
            related=tuple(found for each in typed["related"].splitlines() if (found := each.strip())),
            details=fields.take_out(self.kind, typed, before.details if before else None),
            level=Level(int(typed["level"])), area=typed["area"].strip(), owner=typed["owner"].strip(),
        )  # fmt: skip


class RegistrationForm(_Form):
    """Somebody who wants to come."""

    def __init__(self, limit: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "name": line(Text("Nom", "Naam", "Name"), required=True, longest=200),
            "email": line(Text("Adresse e-mail", "E-mailadres", "Email address"), required=True, longest=254),
            **({"seats": fields.whole(Text("Nombre de places", "Aantal plaatsen", "Number of seats"), 1, limit)} if limit > 1 else {}),
            "audience": choice(Text("Vous venez en tant que", "U komt als", "You come as"), {**_SELVES}, required=False),
            "needs": area(
                Text("De quoi avez-vous besoin pour participer ?", "Wat hebt u nodig om deel te nemen?", "What do you need to take part?"),
                Text(
                    "Interprète en langue des signes, place pour un fauteuil, régime alimentaire…",
                    "Tolk gebarentaal, plaats voor een rolstoel, dieet…",
                    "Sign language interpreter, room for a wheelchair, diet…",
                ),
                rows=2,
            ),
            "consent": forms.BooleanField(
                required=False,
                label=say(
                    Text(
                        "J’accepte que mon nom et mon adresse soient gardés pour cet événement, et effacés 30 jours après.",
                        "Ik ga ermee akkoord dat mijn naam en adres voor dit evenement worden bewaard en 30 dagen erna worden gewist.",
                        "I agree that my name and address are kept for this event, and erased 30 days after it.",
                    )
                ),
            ),
        }
        self.fields["email"].widget.attrs |= {"type": "email", "autocomplete": "email", "spellcheck": "false"}
        self.fields["name"].widget.attrs["autocomplete"] = "name"


_SELVES = {
    "citizens": Text("Habitant", "Inwoner", "Resident"),
    "administrations": Text("Membre d’une administration", "Lid van een overheid", "Member of an administration"),
    "companies": Text("Entreprise", "Bedrijf", "Company"),
    "academia": Text("Chercheur ou étudiant", "Onderzoeker of student", "Researcher or student"),
}
assert set(_SELVES) == set(AUDIENCES)  # noqa: S101


class SubscriptionForm(_Form):
    """Somebody who wants letters."""

    def __init__(self, themes: Iterable[Concept], language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "email": line(Text("Adresse e-mail", "E-mailadres", "Email address"), required=True, longest=254),
            "language": choice(Text("Langue des lettres", "Taal van de brieven", "Language of the letters"), fields._SPOKEN),
            "themes": several(Text("Thèmes", "Thema’s", "Themes"), _named((each for each in themes if not each.broader), language)),
            "audience": choice(Text("Vous êtes", "U bent", "You are"), {**_SELVES}, required=False),
        }
        self.fields["email"].widget.attrs |= {"type": "email", "autocomplete": "email", "spellcheck": "false"}


class LetterForm(_Form):
    """The words of a letter."""

    def __init__(self, themes: Iterable[Concept], language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in LANGUAGES:
            self.fields[f"subject_{each}"] = line(_in(Text("Objet", "Onderwerp", "Subject"), each), required=each != "en")
            self.fields[f"intro_{each}"] = area(_in(Text("Introduction", "Inleiding", "Introduction"), each), rows=3)
        self.fields["themes"] = several(
            Text("Thèmes (aucun : tous)", "Thema’s (geen: alle)", "Themes (none: all)"),
            _named((each for each in themes if not each.broader), language),
        )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SourceForm(_Form):
    """A feed to follow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = line(Text("Nom de la source", "Naam van de bron", "Name of the source"), required=True, longest=200)
        hint = Text("Un flux RSS ou Atom.", "Een RSS- of Atom-feed.", "An RSS or Atom feed.")
        self.fields["address"] = line(Text("Adresse du flux", "Adres van de feed", "Address of the feed"), hint, required=True, longest=900)


class CaptureForm(_Form):
    """One line during a workshop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "title": line(Text("Ce qui est dit", "Wat gezegd wordt", "What is said"), required=True),
            "kind": choice(Text("C’est", "Dit is", "It is"), kinds.CAPTURES),
            "domain": choice(Text("Domaine", "Domein", "Domain"), DOMAINS, required=False),
            "owner": line(Text("Qui", "Wie", "Who"), longest=200),
            "about": area(Text("Précisions", "Toelichting", "Details"), rows=2),
        }


class AnswerForm(_Form):
    """A firm's answer to a challenge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "organisation": line(Text("Organisation", "Organisatie", "Organisation"), required=True, longest=200),
            "name": line(Text("Votre nom", "Uw naam", "Your name"), required=True, longest=200),
            "email": line(Text("Adresse e-mail", "E-mailadres", "Email address"), required=True, longest=254),
            "text": area(Text("Votre réponse", "Uw antwoord", "Your answer"), required=True, rows=10),
        }
        self.fields["email"].widget.attrs |= {"type": "email", "autocomplete": "email", "spellcheck": "false"}
