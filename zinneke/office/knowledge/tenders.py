"""Public contracts: clauses put into them as they are today, and what was promised looked up at delivery."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import msgspec

from zinneke.foundations.audit import store as audit
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.words import fold
from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.route import verb
from zinneke.kernel.text import choose
from zinneke.office.knowledge import models, store
from zinneke.office.knowledge.documents import read_entry
from zinneke.office.knowledge.markup import write_plain
from zinneke.office.knowledge.sight import SUBJECT, find_editable, find_row, within
from zinneke.office.knowledge.values import Checked, Entry, Inserted, Promise, Result, Tender


def tender_of(entry: Entry) -> Tender:
    """Return what a public contract has of its own."""
    assert isinstance(entry.details, Tender)
    return entry.details


@verb(Right.EDIT, SUBJECT)
def insert_clause(actor: Actor, key: str, clause: str, version: int) -> Entry:
    """Put a published clause into a contract, word for word as it is now; a newer text of it takes the place of the older one."""
    entry = store.get_working(actor, "tender", key)
    found = store.get_entry(actor, "clause", clause)
    if not found.live:
        raise wrong("This clause is not published yet.", where="clause")
    taken = Inserted(clause, found.shown_version, found.draft.title, found.draft.body)
    tender = tender_of(entry)
    kept = [each for each in tender.clauses if each.key != clause]
    changed = msgspec.structs.replace(tender, clauses=(*kept, taken))
    return store.set_entry(actor, msgspec.structs.replace(entry.draft, details=changed), version, f"+ {clause} ({taken.version})")


@verb(Right.EDIT, SUBJECT)
def verify_delivery(actor: Actor, key: str) -> Checked:
    """Look up everything that was promised, datasets in the catalogue, APIs in the platform's own table and in the catalogue; keep what was found."""
    row = find_editable(actor, "tender", key)
    tender = tender_of(read_entry(row, working=True))
    if not tender.promises:
        raise Problem(422, "Nothing promised", "This contract names no dataset and no API yet. Write down what was promised first.")
    results = tuple(_look_up(actor, promise) for promise in tender.promises)
    kept = row.checks.create(results=msgspec.to_builtins(results), time=datetime.now(UTC), by=actor.name or actor.key)
    audit.record(actor, "tender.check", f"{SUBJECT}:tender:{key}", {"promised": len(results), "kept": sum(each.kept for each in results)})
    return _checked(kept)


def _checked(row: models.Check) -> Checked:
    return Checked(row.time, row.by, tuple(msgspec.convert(row.results, tuple[Result, ...])))


@verb(Right.SEE, SUBJECT)
def list_checks(actor: Actor, key: str) -> list[Checked]:
    """Return the checks of a contract, the newest first."""
    return [_checked(row) for row in find_row(actor, "tender", key).checks.order_by("-time", "-pk")[:50]]


@verb(Right.EDIT, SUBJECT)
def list_open_points(actor: Actor, today: date) -> list[tuple[Entry, int]]:
    """Return the contracts within reach with promises past their day that the last check did not find, or that nobody looked up; and how many."""
    late: list[tuple[Entry, int]] = []
    for row in models.Entry.objects.filter(within(actor, Right.EDIT), kind="tender").exclude(state="archived"):
        entry = read_entry(row, working=True)
        last = row.checks.order_by("-time", "-pk").first()
        kept = {(each.what, each.target) for each in _checked(last).results if each.kept} if last else set()
        missing = [each for each in tender_of(entry).promises if each.due and each.due < today and (each.what, each.target) not in kept]
        if missing:
            late.append((entry, len(missing)))
    return late


def _look_up(actor: Actor, promise: Promise) -> Result:
    kept, evidence, address = _dataset(actor, promise.target) if promise.what == "dataset" else _api(actor, promise.target)
    return Result(promise.what, promise.target, promise.due, kept, evidence, address)


def _dataset(actor: Actor, target: str) -> tuple[bool, str, str]:
    """Look a dataset up by its key, else by its whole title in any language."""
    try:
        found = catalogue.get_dataset(actor, target)
        return not found.gone, "gone" if found.gone else "found", f"data/{found.key}/"
    except Problem:
        pass
    for hit in catalogue.search(actor, target, limit=10).hits:
        found = catalogue.get_dataset(actor, hit.key)
        if not found.gone and fold(target).strip() in {fold(title).strip() for title in found.row.title.values()}:
            return True, "titled", f"data/{found.key}/"
    return False, "missing", ""


def _api(actor: Actor, target: str) -> tuple[bool, str, str]:
    """Look an API up in the table of routes by its path, else among the addresses that the catalogue holds."""
    path = urlsplit(target).path.rstrip("/") or "/"
    for route in registry.routes():
        if re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(route.path.rstrip("/") or "/")), path) or route.path == path:
            return True, "route", route.path
    found = catalogue.find_by_uri(actor, target) if urlsplit(target).scheme else None
    return (True, "service", f"data/{found.key}/") if found and not found.gone else (False, "unknown", "")


def copy(tender: Tender, language: str, form: str) -> str:
    """Return a contract's clauses in a language, numbered, as plain text or Markdown, each with the version it has."""
    written = []
    for number, clause in enumerate(tender.clauses, 1):
        title, text = (choose(words, language)[0] for words in (clause.title, clause.text))
        head = f"{number}. {title} ({clause.key}, v{clause.version})"
        written.append(f"## {head}\n\n{text.strip()}" if form == "md" else f"{head}\n\n{write_plain(text)}")
    return "\n\n\n".join(written) + "\n"
