"""A question in an address and back: what was changed stands in it, so that what somebody sees can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import Text
from zinneke.office.scenarios import rules
from zinneke.office.scenarios.declaring import Model
from zinneke.office.scenarios.values import OWN, Question

MOST_ROWS = 6_000
"""Characters of a table that an address carries."""
NO_NUMBER = Text("Donnez un nombre entier.", "Geef een geheel getal.", "Give a whole number.")


def read(model: Model, typed: Mapping[str, str]) -> tuple[Question, dict[str, Text]]:
    """Return the question that an address or a form asks, and what is wrong with it by field; inputs with faults are as by default in it."""
    changed, faults = rules.read_values(model, typed)
    whole: dict[str, int] = {}
    for key, default in (("seed", 1), ("draws", model.draws)):
        words = typed.get(key, "").strip()
        try:
            whole[key] = int(words) if words else default
        except ValueError:
            whole[key], faults[key] = default, NO_NUMBER
    rows = _rows(model, typed, faults)
    engine = typed.get("engine", "") or OWN
    question = Question(model=model.key, version=model.version, changed=changed, rows=rows, seed=whole["seed"], draws=whole["draws"], engine=engine)
    if engine != OWN and model.engine(engine) is None:
        faults["engine"] = Text("Ce moteur n’existe pas pour ce modèle.", "Dit model heeft deze rekenmotor niet.", "This model has no such engine.")
    return question, faults or rules.check(model, question)


def _rows(model: Model, typed: Mapping[str, str], faults: dict[str, Text]) -> str:
    """Return the canonical table, "" for the one that comes with the model; a fault is noted under the table's key."""
    if model.table is None or not (text := typed.get(model.table.key, "").strip()):
        return ""
    try:
        rows = model.table.read(text)
    except Problem as problem:
        faults[model.table.key] = problem.extra["said"]
        return ""
    written = "" if rows == model.table.default else model.table.write(rows)
    if len(written) > MOST_ROWS:
        faults[model.table.key] = Text(
            "Le tableau est trop long pour une adresse. Regroupez des lignes.",
            "De tabel is te lang voor een adres. Voeg regels samen.",
            "The table is too long for an address. Merge rows.",
        )
    return written


def pairs(model: Model, question: Question) -> list[tuple[str, str]]:
    """Return a question as the parameters of an address, shortest form: only what was changed."""
    found = [(each.key, f"{question.changed[each.key]:.12g}") for each in model.inputs if each.key in question.changed]
    if question.rows and model.table:
        found.append((model.table.key, question.rows))
    found += [("seed", str(question.seed))] if question.seed != 1 else []
    found += [("draws", str(question.draws))] if question.draws != model.draws else []
    found += [("engine", question.engine)] if question.engine != OWN else []
    return found


def query(model: Model, question: Question) -> str:
    """Return the same, encoded, without the question mark."""
    return urlencode(pairs(model, question))


def call(model: Model, question: Question, form: str = "") -> str:
    """Return the address at which a machine gets the same answer, as JSON or (`form` ".csv") as CSV."""
    given = [("set", f"{key}:{value:.12g}") for key, value in sorted(question.changed.items())]
    given += [("table", question.rows)] if question.rows else []
    given += [("seed", str(question.seed))] if question.seed != 1 else []
    given += [("draws", str(question.draws))] if question.draws != model.draws else []
    return f"/api/scenarios/models/{model.key}/answer{form}{'?' if given else ''}{urlencode(given, safe=':')}"


def read_set(model: Model, given: Iterable[str], seed: int, draws: int, rows: str) -> Question:
    """Return the question of a machine: `set=lamps:50000`. Raises `Problem` 400 for what is wrong, naming it."""
    typed: dict[str, str] = {}
    keys = {each.key for each in model.inputs}
    faults: dict[str, Text] = {}
    for each in given:
        key, colon, value = each.partition(":")
        if not colon or key not in keys:
            known = ", ".join(sorted(keys))
            sentence = f"Write set=INPUT:VALUE, with an input among {known}."
            faults[key[:40]] = Text(sentence, sentence, sentence)
        typed[key] = value
    changed, wrong_values = rules.read_values(model, typed)
    question = Question(model=model.key, version=model.version, changed=changed, rows=rows, seed=seed, draws=draws or model.draws)
    refuse(faults | wrong_values or rules.check(model, question))
    return question


def refuse(faults: Mapping[str, Text]) -> None:
    """Refuse what has faults. Raises `Problem` 400 with all of them."""
    if faults:
        told = " ".join(f"{key}: {text.en}" for key, text in faults.items())
        raise wrong(told, where=next(iter(faults)), faults={key: text.as_dict() for key, text in faults.items()})
