"""Collect the strings of templates and Python, merge the translations, and compile them; without GNU gettext.

`python tools/messages.py` compiles `django.mo` of each language from `django.po` and `parts/*.po`;
`--check` fails naming every string that is missing, unused, fuzzy, translated twice differently or with other placeholders;
`--missing fr` writes the entries that are still to be translated, ready to paste into a part.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "zinneke"
LOCALE = SOURCE / "web" / "locale"
LANGUAGES = ("fr", "nl")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Key = tuple[str, str | tuple[str, ...]]


def collect() -> Catalog:
    """Return every string that the source asks a translation of, with where."""
    found = Catalog()
    for path in sorted(SOURCE.rglob("*.html")):
        _take(found, path, templatize(path.read_text(encoding="utf-8"), origin=str(path)))
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            _take(found, path, path.read_text(encoding="utf-8"))
    return found


def _take(found: Catalog, path: Path, text: str) -> None:
    where = str(path.relative_to(ROOT))
    for line, words, comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        found.add(words, None, [(where, line)], auto_comments=comments, context=context)


def key(message: Message) -> Key:
    """Return what makes a message one: its context and its words."""
    return message.context or "", message.id if isinstance(message.id, str) else tuple(message.id)


def files(language: str) -> list[Path]:
    """Return the translations of a language, the main file first."""
    folder = LOCALE / language / "LC_MESSAGES"
    return [path for path in (folder / "django.po", *sorted((folder / "parts").glob("*.po"))) if path.is_file()]


def entries(path: Path, language: str) -> Iterator[Message]:
    """Yield the translations in one file. Raises ValueError naming the file where it cannot be read."""
    with path.open("rb") as file:
        try:
            catalog = read_po(file, locale=language, abort_invalid=True)
        except Exception as fault:
            raise ValueError(f"{path.relative_to(ROOT)} cannot be read: {fault}") from fault
    yield from (message for message in catalog if message.id)


def merge(language: str) -> tuple[Catalog, list[str]]:
    """Return all translations of a language as one catalogue, and the faults met on the way."""
    merged = Catalog(locale=language)
    faults: list[str] = []
    seen: dict[Key, Path] = {}
    for path in files(language):
        for message in entries(path, language):
            name, where = key(message), path.relative_to(ROOT)
            if message.fuzzy:
                faults.append(f"{language}: {message.id!r} is fuzzy in {where}")
                continue
            before = merged.get(message.id, message.context)
            if name in seen and before is not None and before.string != message.string:
                faults.append(f"{language}: {message.id!r} is translated differently in {seen[name].relative_to(ROOT)} and {where}")
                continue
            seen[name] = path
            merged.add(message.id, message.string, context=message.context, flags=message.flags - {"fuzzy"})
    return merged, faults


def missing(found: Catalog, merged: Catalog) -> Iterator[Message]:
    """Yield the strings of the source that have no translation."""
    for message in found:
        if not message.id:
            continue
        translated = merged.get(message.id, message.context)
        strings = [] if translated is None else [translated.string] if isinstance(translated.string, str) else list(translated.string)
        if not strings or not all(strings):
            yield message


def faults_of(language: str, found: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations of a language, as sentences."""
    merged, faults = merge(language)
    yield from faults
    for message in missing(found, merged):
        yield f"{language}: {message.id!r} has no translation ({message.locations[0][0]}:{message.locations[0][1]})"
    wanted = {key(message) for message in found}
    for message in merged:
        if not message.id:
            continue
        if key(message) not in wanted:
            yield f"{language}: {message.id!r} is translated but nothing says it"
        ids = {placeholder for text in _texts(message.id) for placeholder in PLACEHOLDER.findall(text)}
        for text in _texts(message.string):
            if text and not set(PLACEHOLDER.findall(text)) <= ids or (isinstance(message.id, str) and set(PLACEHOLDER.findall(text)) != ids):
                yield f"{language}: {message.id!r} and its translation {text!r} have different placeholders"


def _texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def compile_all() -> None:
    """Write `django.mo` of each language."""
    for language in LANGUAGES:
        merged, _ = merge(language)
        target = LOCALE / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_suffix(f".{os.getpid()}.part")  # several processes of tests may write it at once
        with waiting.open("wb") as file:
            write_mo(file, merged)
        waiting.replace(target)


def main(arguments: list[str] | None = None) -> int:
    """Run the verb that was asked; the exit status is 1 when `--check` finds a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--missing", choices=LANGUAGES)
    chosen = parser.parse_args(arguments)
    if not settings.configured:
        settings.configure(USE_I18N=False)
    if chosen.missing:
        wanted = Catalog(locale=chosen.missing)
        for message in missing(collect(), merge(chosen.missing)[0]):
            wanted.add(message.id, locations=message.locations, context=message.context)
        write_po(sys.stdout.buffer, wanted, omit_header=True, width=0)
        return 0
    if chosen.check:
        found = collect()
        faults = [fault for language in LANGUAGES for fault in faults_of(language, found)]
        sys.stdout.write("".join(f"{fault}\n" for fault in faults))
        return 1 if faults else 0
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
