"""How words are made comparable: accents folded, plurals brought to one form, misspellings measured. Pure."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
_STOP = """
a an and at by for from in of on or the to with
au aux avec ce ces d dans de des du en et l la le les leur ou par pour que qui sa se ses son sur un une
aan als bij dan dat de den der die dit door een en er het in is met na naar of om op te tot uit van voor wordt zijn
"""
_ASKING = "comment est mes mon nos notre je puis quel quelle quels quelles votre hoe ik kan mijn onze waar wat welke how i my our what where which"
STOP = frozenset(_STOP.split())
"""Words of the three languages that say nothing about a dataset: they are not kept."""
ASKING = STOP | frozenset(_ASKING.split())
"""Words that say nothing in a question, where other words do."""
_VOWELS = re.compile(r"(aa|ee|oo|uu)")
_DOUBLE = re.compile(r"([b-df-hj-np-tv-z])\1$")


def fold(text: str) -> str:
    """Return a text in lower case without accents, so that `Éléctricité` and `electricite` are the same."""
    text = text.lower()
    if text.isascii():
        return text
    for letter, plain in _LIGATURES:
        if letter in text:
            text = text.replace(letter, plain)
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


_LIGATURES = (("œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("ø", "o"), ("ł", "l"), ("’", "'"))
_MARKS = re.compile("[\u0300-\u036f]+")


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in order."""
    return WORD.findall(fold(text))


def stem(word: str) -> str:
    """Return a folded word without the usual plural and feminine endings of French, Dutch and English.

    Light on purpose: `bomen` and `boom` become `bom`, `données` becomes `donn`, `trees` and `tree` become `tre`. What this
    misses, the search for the nearest spelling finds.
    """
    if len(word) < 4 or word[-1].isdigit():
        return _VOWELS.sub(lambda pair: pair[0][0], word) if len(word) > 2 else word
    if word.endswith("aux") and len(word) > 5:
        word = word[:-2] + "l"
    elif word.endswith("en") and len(word) > 4:
        word = word[:-2]
    elif word[-1] in "sx" and len(word) > 3:
        word = word[:-1]
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    word = _DOUBLE.sub(r"\1", word)
    return _VOWELS.sub(lambda pair: pair[0][0], word)


def distance(left: str, right: str, most: int) -> int:
    """Return the number of letters to insert, drop, replace or swap with a neighbour; anything above `most` is `most + 1`."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if older and i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1] if row[-1] <= most else most + 1


def slug(text: str, longest: int = 80) -> str:
    """Return a text as part of an address: lower case, letters and digits, hyphens between words."""
    made = "-".join(words(text))
    made = made.encode("ascii", "ignore").decode()
    if len(made) > longest:
        made = made[:longest].rsplit("-", 1)[0]
    return made.strip("-")
