"""Words in the three languages of the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "nl", "en"]

LANGUAGES: tuple[Language, ...] = ("fr", "nl", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that we write ourselves: all three languages, or it does not type-check."""

    fr: str
    nl: str
    en: str

    def said_in(self, language: str) -> str:
        """Return the text in one language, English for a language that the house does not speak."""
        return {"fr": self.fr, "nl": self.nl}.get(language, self.en)

    def as_dict(self) -> dict[str, str]:
        """Return the text as `{"fr": …, "nl": …, "en": …}`, the form in which records keep texts."""
        return {"fr": self.fr, "nl": self.nl, "en": self.en}


def same(word: str) -> Text:
    """Return a text that is the same word in every language: a name, a symbol, a formula."""
    return Text(fr=word, nl=word, en=word)


def say_number(value: float, decimals: int = 0) -> Text:
    """Return a number as people write it: 1 234,5 in French (narrow no-break space), 1.234,5 in Dutch, 1,234.5 in English."""
    english = f"{value:,.{decimals}f}"
    swap = str.maketrans({",": "\u202f", ".": ","}), str.maketrans({",": ".", ".": ","})
    return Text(english.translate(swap[0]), english.translate(swap[1]), english)


def choose(texts: Mapping[str, str], language: str, fallback: Iterable[str] = LANGUAGES) -> tuple[str, str]:
    """Return the text in the reader's language and the language it is in.

    Texts that came from outside may lack languages: the others are the fallback, in order, then any.
    An empty mapping gives two empty strings.
    """
    for candidate in (language, *fallback, *texts):
        if texts.get(candidate):
            return texts[candidate], candidate
    return "", ""
