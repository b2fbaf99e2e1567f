"""What a question is said to need at the most: nothing that it needs is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.foundations.observations.city import NOON, make
from zinneke.foundations.observations import store
from zinneke.foundations.observations.duck import DuckStore
from zinneke.foundations.observations.engine import Bound
from zinneke.foundations.observations.values import Apply, Batch, Detail, Draft, Given, Order, Parent, Path, Period, Question
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.period import to_microseconds

BEGIN, MINUTE = to_microseconds(NOON), 60_000_000
MOMENT = Path(("phenomenonTime",))
ORDERS: tuple[tuple[Order, ...], ...] = ((), (Order(MOMENT, True),), (Order(MOMENT, False),))


def _bounded(monkeypatch: pytest.MonkeyPatch) -> list[Bound]:
    """Let the store answer from the observations within the bound alone, as one does that keeps them elsewhere; return the bounds."""
    select, bounds = DuckStore.select, list[Bound]()

    def narrow(self: DuckStore, sql: str, values: Mapping[str, object], relations: Mapping[str, Any], bound: Callable[[], Bound] = Bound) -> Any:
        if not re.search(r"\b(observation|detail)\b", sql):
            return select(self, sql, values, relations, bound)
        bounds.append(found := bound())
        where = [f"t >= {found.start} AND t < {found.end}"]
        if found.times is not None and found.streams is not None:
            pairs = ", ".join(f"({s}, {t})" for s, t in zip(found.streams.tolist(), found.times.tolist(), strict=True))
            where.append(f"(stream, t) IN ({pairs})" if pairs else "false")
        elif found.streams is not None:
            where.append(f"stream IN ({', '.join(map(str, found.streams.tolist())) or 'NULL'})")
        if found.since is not None:
            where.append(f"(stream, t) >= {found.since}")
        brought = {}
        for table in ("observation", "detail"):
            most = (
                f"QUALIFY row_number() OVER (PARTITION BY stream ORDER BY t {'DESC' if found.latest else 'ASC'}) <= {found.most}"
                if found.most
                else ""
            )
            rows = self._owner.cursor().execute(f"SELECT * FROM {table} WHERE {' AND '.join(where)} {most}")  # noqa: S608
            brought[table] = rows.to_arrow_table()
        return select(self, sql, values, {**relations, **brought}, bound)

    monkeypatch.setattr(DuckStore, "select", narrow)
    return bounds


def _same(monkeypatch: pytest.MonkeyPatch, question: Question) -> int:
    whole = store.ask(ANONYMOUS, question)
    with monkeypatch.context() as patched:
        _bounded(patched)
        bounded = store.ask(ANONYMOUS, question)
    assert msgspec.json.encode(bounded.entities) == msgspec.json.encode(whole.entities)
    assert bounded.count == whole.count
    return len(whole.entities)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["eq", "lt", "le", "gt", "ge", "before", "after", "meets", "during", "overlaps", "starts", "finishes"])
@pytest.mark.parametrize("order", ORDERS)
def test_whatever_moments_are_compared(name: str, order: tuple[Order, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = make("a")
    times = BEGIN + np.arange(60) * MINUTE
    store.ingest(SYSTEM, Batch(np.full(60, one.id, np.int32), times, np.arange(60.0)))
    for given in (Given("period", Period(BEGIN + 30 * MINUTE, BEGIN + 40 * MINUTE)), Given("time", BEGIN + 30 * MINUTE)):
        where = Apply(name, (MOMENT, given))
        for parent in (None, Parent("Datastreams", one.id, "Observations")):
            _same(monkeypatch, Question(set="Observations", parent=parent, where=where, order=order, top=3))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["overlaps", "finishes", "during", "le"])
def test_what_lasts_begins_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = make("a")
    times = BEGIN + np.arange(60) * MINUTE
    details = {at: Detail(until=int(time) + 7 * MINUTE) for at, time in enumerate(times)}
    store.ingest(SYSTEM, Batch(np.full(60, one.id, np.int32), times, np.arange(60.0), details=details))
    where = Apply(name, (MOMENT, Given("period", Period(BEGIN + 30 * MINUTE, BEGIN + 40 * MINUTE))))
    for order in ORDERS:
        assert _same(monkeypatch, Question(set="Observations", where=where, order=order, top=3))


@pytest.mark.django_db
def test_what_is_about_a_feature_may_come_after_a_page_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = make("a")
    place = {"type": "Point", "coordinates": [4.35, 50.85]}
    words = {"name": "pond", "description": "pond", "encodingType": "application/geo+json", "feature": place}
    pond = store.create_entity(SYSTEM, Draft("FeaturesOfInterest", words))
    times = BEGIN + np.arange(60) * MINUTE
    told = {at: Detail(feature=int(pond)) for at in range(30, 40)}
    store.ingest(SYSTEM, Batch(np.full(60, one.id, np.int32), times, np.arange(60.0), details=told))
    for order in ORDERS:
        inner = Question(set="Observations", order=order, top=3, count=True)
        assert _same(monkeypatch, msgspec.structs.replace(inner, parent=Parent("FeaturesOfInterest", int(pond), "Observations"))) == 3
        assert _same(monkeypatch, Question(set="FeaturesOfInterest", expand=(("Observations", inner),)))
    make("b")
    bounds = _bounded(monkeypatch)
    store.ask(ANONYMOUS, Question(set="Observations", parent=Parent("FeaturesOfInterest", int(pond), "Observations"), top=3))
    assert [each.streams.tolist() for each in bounds if each.streams is not None] == [[one.id]]
