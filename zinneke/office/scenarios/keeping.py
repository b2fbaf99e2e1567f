"""From drafts to rows and from rows to scenarios: what the store's verbs do once they know who asks."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from time import perf_counter
from urllib.parse import urlsplit

import msgspec

from zinneke.kernel.confidentiality import Level
from zinneke.kernel.problem import wrong
from zinneke.kernel.text import LANGUAGES, choose
from zinneke.office.scenarios import models, rules
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Draft, Question, Result, Scenario

_SPACES = re.compile(r"[ \t\r\n]+")
"""What is written as one space; a space that does not break stays one."""
LONGEST = {"name": 120, "purpose": 500, "note": 4000}


def checked(draft: Draft, model: Model) -> Draft:
    """Return a draft ready to be kept: texts trimmed, the model's present version, defaults left out. Raises `Problem` 400 for faults."""
    texts = {field: _trimmed(field, getattr(draft, field)) for field in LONGEST}
    if not texts["name"]:
        raise wrong("Give the scenario a name, in at least one language.", where="name")
    discussion = draft.discussion.strip()
    if discussion and (urlsplit(discussion).scheme not in ("http", "https") or not urlsplit(discussion).hostname or len(discussion) > 500):
        raise wrong("The address of the discussion begins with https:// or http://.", where="discussion")
    rules.demand_answerable(model, draft.question)
    rows = rules.rows_of(model, draft.question)
    written = "" if model.table is None or rows == model.table.default else model.table.write(rows)
    defaults = model.defaults()
    changed = {key: value for key, value in sorted(draft.question.changed.items()) if value != defaults[key]}
    question = msgspec.structs.replace(draft.question, version=model.version, rows=written, changed=changed)
    return msgspec.structs.replace(draft, **texts, discussion=discussion, question=question)


def _trimmed(field: str, texts: dict[str, str]) -> dict[str, str]:
    found = {language: _SPACES.sub(" ", texts.get(language, "")).strip() for language in LANGUAGES}
    for language, text in found.items():
        if len(text) > LONGEST[field]:
            raise wrong(f"The {field} has {len(text)} characters in {language}; {LONGEST[field]} is the most.", where=field)
    return {language: text for language, text in found.items() if text}


def new_key(name: dict[str, str]) -> str:
    """Return a readable key that no scenario has yet."""
    words, _ = choose(name, "en")
    bare = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:90] or "scenario"
    taken = set(models.Scenario.objects.filter(key__startswith=stem).values_list("key", flat=True))
    if stem not in taken and stem not in RESERVED:
        return stem
    return next(key for number in range(2, len(taken) + 3) if (key := f"{stem}-{number}") not in taken)


RESERVED = frozenset({"models", "compare", "new", "runs", "save"})
"""Words of our own addresses."""


def fill(row: models.Scenario, draft: Draft, now: datetime) -> None:
    """Write a draft into its row."""
    row.name, row.purpose, row.note = draft.name, draft.purpose, draft.note
    row.model, row.digest = draft.question.model, rules.digest(draft.question)
    row.question = msgspec.json.encode(draft.question)
    row.level, row.area, row.discussion, row.parent, row.changed = int(draft.level), draft.area, draft.discussion, draft.parent, now


def compute(row: models.Scenario, model: Model, question: Question) -> None:
    """Compute a question into its row; one for another engine waits for a run, and loses the result of another question."""
    if question.engine == OWN:
        begun = perf_counter()
        keep(row, rules.answer(model, question), perf_counter() - begun, row.changed)
    elif row.result is not None and msgspec.json.decode(bytes(row.result), type=Result).digest != row.digest:
        row.result = row.computed = row.seconds = None


def keep(row: models.Scenario, result: Result, seconds: float, now: datetime) -> None:
    """Write a result into its row."""
    row.result, row.seconds, row.computed = msgspec.json.encode(result), round(seconds, 3), now


def scenario(row: models.Scenario, whole: bool = True) -> Scenario:
    """Return a row as a scenario, with its result when `whole`."""
    return Scenario(
        key=row.key,
        name=row.name,
        purpose=row.purpose,
        note=row.note,
        question=msgspec.json.decode(bytes(row.question), type=Question),
        state="published" if row.published else "draft",
        level=Level(row.level),
        area=row.area,
        owner=row.owner,
        author=row.author,
        discussion=row.discussion,
        parent=row.parent,
        edition=row.edition,
        illustration=row.illustration,
        created=row.created,
        changed=row.changed,
        published=row.published,
        computed=row.computed,
        seconds=row.seconds,
        result=msgspec.json.decode(bytes(row.result), type=Result) if whole and row.result is not None else None,
    )
