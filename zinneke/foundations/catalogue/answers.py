"""What the index found, in the reader's words: hits, facets with labels, another spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zinneke.foundations.catalogue.codes import Mask
from zinneke.foundations.catalogue.index import Index, Matches
from zinneke.foundations.catalogue.question import Wish
from zinneke.foundations.catalogue.segment import FACETS, Card
from zinneke.foundations.catalogue.values import Facet, FacetValue, Hit
from zinneke.foundations.catalogue.vocabularies import COMMUNES, FORMATS, LANGUAGE_NAMES, LICENCES, THEMES
from zinneke.kernel.text import Text, choose

SHOWN = 50
"""Choices of a facet that are listed, most frequent first; chosen ones always are."""

LABELS: dict[str, Text] = {
    "publisher": Text("Éditeur", "Uitgever", "Publisher"),
    "theme": Text("Thème", "Thema", "Theme"),
    "licence": Text("Licence", "Licentie", "Licence"),
    "format": Text("Format", "Formaat", "Format"),
    "level": Text("Niveau d’accès", "Toegangsniveau", "Access level"),
    "commune": Text("Commune", "Gemeente", "Commune"),
    "source": Text("Catalogue d’origine", "Oorspronkelijke catalogus", "Original catalogue"),
    "language": Text("Langue des données", "Taal van de gegevens", "Language of the data"),
}
LEVELS = {
    "public": Text("Public", "Openbaar", "Public"),
    "shared": Text("Partagé entre administrations", "Gedeeld tussen besturen", "Shared between administrations"),
    "personal": Text("Données personnelles", "Persoonsgegevens", "Personal data"),
}


_NAMES: dict[str, Mapping[str, Text]] = {
    "theme": THEMES,
    "licence": {key: licence.name for key, licence in LICENCES.items()},
    "format": {key: form.label for key, form in FORMATS.items()},
    "level": LEVELS,
    "commune": {code: commune.name for code, commune in COMMUNES.items()},
    "language": LANGUAGE_NAMES,
}


def label(facet: str, value: str, language: str, publishers: Mapping[str, Mapping[str, str]]) -> str:
    """Return how a facet's value is called in a language; what has no name is called by its key."""
    if facet == "publisher":
        return choose(publishers.get(value, {}), language)[0] or value
    name = _NAMES.get(facet, {}).get(value)
    return name.said_in(language) if name else value


def _labels(index: Index, facet: str, language: str) -> list[str]:
    """Return the label of each value of a facet, made once for an index."""
    known = index.labels.get((facet, language))
    if known is None:
        known = [label(facet, value, language, index.publishers) for value in index.facets[facet].values]
        index.labels[facet, language] = known
    return known


def facets(index: Index, matches: Matches, chosen: Mapping[str, Sequence[str]], language: str) -> tuple[Facet, ...]:
    """Return each facet with the choices that leave something, most frequent first, and the chosen ones."""
    made = []
    for name in FACETS:
        counts, values = matches.counts[name], index.facets[name].values
        picked = set(chosen.get(name, ()))
        shown = [place for place in np.argsort(-counts, kind="stable")[:SHOWN].tolist() if counts[place]]
        listed = {values[place] for place in shown}
        shown += [place for place, value in enumerate(values) if value in picked - listed and counts[place]]
        labels = _labels(index, name, language)
        choices = [FacetValue(values[place], labels[place], int(counts[place]), values[place] in picked) for place in shown]
        choices += [FacetValue(value, value, 0, True) for value in sorted(picked - {choice.value for choice in choices})]
        made.append(Facet(name, LABELS[name].said_in(language), tuple(choices), int(np.count_nonzero(counts)) - len(shown)))
    return tuple(made)


def hit(card: Card, language: str, cursor: str = "") -> Hit:
    """Return a card in the reader's language, saying which language each text is really in."""
    title, lang = choose(card.title, language)
    excerpt, excerpt_lang = choose(card.excerpt, language)
    return Hit(
        key=card.key,
        title=title,
        lang=lang,
        excerpt=excerpt,
        excerpt_lang=excerpt_lang,
        publisher=choose(card.publisher_name, language)[0],
        publisher_key=card.publisher,
        licence=card.licence,
        formats=card.formats,
        themes=card.themes,
        communes=card.communes,
        level=card.level,
        versioned=card.versioned,
        source=card.source,
        modified=card.modified,
        quality=card.quality,
        cursor=cursor,
        state=card.state,
    )


FEW, MANY = 2, 20
"""So few results may come of a letter that somebody else typed wrong, too; so many must the other spelling have."""


def spellings(index: Index, mask: Mask, wishes: Sequence[Wish], matches: Matches) -> tuple[str, str]:
    """Return another spelling where nothing was found, and one that far more have where hardly anything was."""
    if not wishes:
        return "", ""
    if matches.relaxed or not matches.total:
        return suggestion(index, mask, wishes), ""
    return "", suggestion(index, mask, wishes, MANY) if matches.total <= FEW else ""


def suggestion(index: Index, mask: Mask, wishes: Sequence[Wish], least: int = 0) -> str:
    """Return the query with each word that nothing has replaced by the nearest that something has; "" when that helps nothing.

    With `least` known words are replaced too, by those that at least so many have.
    """
    words, changed = [], False
    for wish in wishes:
        better = None if index.knows(wish, mask) and not least else index.respell(mask, wish, max(1, least))
        changed = changed or better is not None
        words.append(better or " ".join(wish.typed))
    return " ".join(words) if changed else ""
