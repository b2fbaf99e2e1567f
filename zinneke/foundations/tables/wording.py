"""What a name means: cut into words, looked up in a lexicon of administrative terms in three languages, compared with another name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

Unit = frozenset[str]
"""The concepts that a word may stand for; of a word that nobody knows, the word itself after a `~`."""

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MARKS = re.compile(r"[\u0300-\u036f]")
_VAGUE = frozenset(("code", "number", "identifier", "name", "type", "value", "description", "label", "date", "status", "reference", "text", "data"))
_ENDINGS = (("s", ""), ("x", ""), ("aux", "al"), ("en", ""), ("n", ""), ("es", ""), ("ies", "y"), ("e", ""), ("ees", "e"), ("ed", ""))
_VAGUE_WEIGHT = 0.5
"""Words that stand in half of all names say half as much."""


@cache
def known(name: str) -> frozenset[str]:
    """Return a short reference list by name (`first_names`, `surnames`, `street_words`, …). Raises `KeyError` for another."""
    for line in Path(__file__).with_name("known.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name} = "):
            return frozenset(line.partition(" = ")[2].split())
    raise KeyError(name)


def fold(text: str) -> str:
    """Return a text in small letters without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return _MARKS.sub("", plain)


@lru_cache(maxsize=200_000)
def pieces(name: str) -> tuple[str, ...]:
    """Return the words of a name: cut at blanks, signs, figures and where small letters meet capitals; without articles and the like."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", name))
    if plain.isupper():
        plain = plain.lower()
    found = [each.lower() for each in _PIECES.findall(plain)]
    return tuple(each for each in found if each not in known("stop_fr") | known("stop_nl") | known("stop_en")) or tuple(found)


@cache
def lexicon() -> dict[str, frozenset[str]]:
    """Return what each known word may mean. Short forms of several concepts map to `a+b`."""
    known: dict[str, set[str]] = defaultdict(set)
    short: dict[str, str] = {}
    for line in Path(__file__).with_name("lexicon.txt").read_text(encoding="utf-8").splitlines():
        if "|" in line:
            concept, *languages = (part.strip() for part in line.split("|"))
            for word in " ".join(languages).split():
                known[word].add(concept)
        elif " = " in line:
            form, _, concepts = line.partition(" = ")
            short[form.strip()] = "+".join(concepts.split())
    return {word: frozenset(concepts) for word, concepts in known.items()} | {form: frozenset((joined,)) for form, joined in short.items()}


@lru_cache(maxsize=100_000)
def _known(word: str) -> frozenset[str] | None:
    """Look a word up as it is, then without the ending of a plural or the like."""
    terms = lexicon()
    return next((found for stem in _stems(word) if (found := terms.get(stem))), None)


def _stems(word: str) -> Iterator[str]:
    """Yield a word and what it may be a form of; of a Dutch plural also with f for v, s for z and its vowel doubled (werven, huizen, bomen)."""
    yield word
    if len(word) <= 3:
        return
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: -len(ending)] + instead
    if word.endswith("en") and len(word) > 4:
        stem = word[:-2]
        if stem[-1] in "vz":
            stem = stem[:-1] + {"v": "f", "z": "s"}[stem[-1]]
            yield stem
        if stem[-1] == stem[-2]:
            yield stem[:-1]
        elif len(stem) >= 3 and stem[-2] in "aeou" and stem[-3] not in "aeiou":
            yield stem[:-1] + stem[-2:]


@lru_cache(maxsize=100_000)
def _compound(word: str) -> tuple[frozenset[str], ...]:
    """Cut a Dutch compound (geboortedatum, rijksregisternummer) into known words, the longest first; nothing when it cannot be."""
    for cut in range(len(word) - 3, 2, -1):
        if found := _known(word[:cut]):
            for rest in {word[cut:], word[cut + 1 :] if word[cut] in "s_" else word[cut:]}:
                if len(rest) >= 3 and (second := _known(rest)):
                    return found, second
                if len(rest) >= 6 and (more := _compound(rest)):
                    return found, *more
    return ()


@lru_cache(maxsize=200_000)
def units(name: str) -> frozenset[Unit]:
    """Return the meanings in a name, in no order and each once, so that a name in two languages means the same as in one."""
    return frozenset(_units(pieces(name)))


def _units(words: tuple[str, ...]) -> Iterator[Unit]:
    terms, place = lexicon(), 0
    while place < len(words):
        for width in (3, 2, 1):
            joined = "_".join(words[place : place + width])
            found = terms.get(joined) or (terms.get(joined.replace("_", "")) if width > 1 else _known(joined))
            if found and place + width <= len(words):
                yield from _single(found)
                break
        else:
            width, word = 1, words[place]
            parts = _compound(word) if len(word) >= 6 else ()
            if parts:
                for part in parts:
                    yield from _single(part)
            elif not word.isdigit() or len(words) == 1:
                yield frozenset((f"~{word}",))
        place += width


def _single(found: frozenset[str]) -> Iterator[Unit]:
    """Yield a meaning, those of a short form one by one."""
    together = next((each for each in found if "+" in each), None)
    if together is None:
        yield found
    else:
        for each in together.split("+"):
            yield frozenset((each,))


@lru_cache(maxsize=500_000)
def word_units(word: str) -> tuple[str, ...]:
    """Return what a single folded word of a text means: its concepts, joined, after a +; those of a compound's parts; or the word itself."""
    found = _known(word)
    if found is None and len(word) >= 8 and (parts := _compound(word)):
        return tuple("+" + "|".join(sorted(part)) for part in parts)
    return ("+" + "|".join(sorted(found)) if found else word,)


def means(name: str, *concepts: str) -> bool:
    """Say whether a name holds all of these concepts, as whole words."""
    found = units(name)
    return all(any(concept in unit for unit in found) for concept in concepts)


def _weight(unit: Unit) -> float:
    return _VAGUE_WEIGHT if unit & _VAGUE else 1.0


@lru_cache(maxsize=500_000)
def alike(one: str, other: str) -> tuple[float, float]:
    """Return how alike two names are, 0 to 1: by their letters, and by what they mean."""
    return _letters(one, other), _meaning(units(one), units(other))


def _meaning(one: frozenset[Unit], other: frozenset[Unit]) -> float:
    """Return shared meanings over all of them (Dice), vague ones counting half; words unknown to both may share their letters."""
    left, right = list(one), list(other)
    total = sum(map(_weight, left)) + sum(map(_weight, right))
    shared = 0.0
    for unit in left:
        best, chosen = 0.0, None
        for each in right:
            alike = 1.0 if unit & each else _spelt(unit, each)
            if alike > best:
                best, chosen = alike, each
        if chosen is not None and best > 0.6:
            right.remove(chosen)
            shared += best * (_weight(unit) + _weight(chosen))
    return shared / total if total else 0.0


def _spelt(one: Unit, other: Unit) -> float:
    """Return how alike two words are of which at least one is unknown: shared trigrams, or one an abbreviation of the other."""
    best = 0.0
    for a in one:
        for b in other:
            if a.startswith("~") or b.startswith("~"):
                a_word, b_word = a.strip("~"), b.strip("~")
                best = max(best, _dice(a_word, b_word), 0.8 if _shortens(a_word, b_word) or _shortens(b_word, a_word) else 0.0)
    return best


def _shortens(short: str, long: str) -> bool:
    """Say whether a word is cut from another (pop, population) or its consonants in order (strt, straat)."""
    if not 2 <= len(short) < len(long) or short[0] != long[0] or short.isdigit():
        return False
    if long.startswith(short):
        return len(short) >= 3
    rest = iter(long)
    return len(short) >= 3 and not set(short[1:]) & set("aeiouy") and all(letter in rest for letter in short)


@lru_cache(maxsize=200_000)
def trigrams(text: str) -> frozenset[str]:
    """Return the runs of three letters of a folded text, with its edges."""
    padded = f"  {text} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def _dice(one: str, other: str) -> float:
    mine, theirs = trigrams(one), trigrams(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _letters(one: str, other: str) -> float:
    mine, theirs = pieces(one), pieces(other)
    if mine == theirs:
        return 1.0
    return _dice(" ".join(mine), " ".join(theirs))
