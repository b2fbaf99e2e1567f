"""Each column of a table once, over all of its rows: what it holds, and none of its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zinneke.foundations import compute as pc
from zinneke.foundations.tables import recognising
from zinneke.foundations.tables.findings import Evidence
from zinneke.foundations.tables.wording import fold, known
from zinneke.kernel.confidentiality import Level
from zinneke.office.cartography import identify
from zinneke.office.cartography.keys import find_keys
from zinneke.office.cartography.sketch import SIZE, Hashes, choose, sketch
from zinneke.office.cartography.sources import Source
from zinneke.office.cartography.values import ColumnProfile, Sketch, TableProfile, Type

_DIFFERENT = 1_000
_TEXTS = 2_000
_SMALL, _TOGETHER = 20_000, 10
"""Of tables with no more rows than that, so many columns are taken out together and counted in memory."""
_TOLERATED = 0.01
_FEW_ROWS = 10
_SHAPES = 8
_COMPACT = frozenset((
    "national_number", "bis_number", "enterprise_number", "establishment_number", "vat_number", "iban", "structured_communication",
    "licence_plate", "phone", "parcel",
))  # fmt: skip
_LAST = {"phone": 8, "enterprise_number": 9, "vat_number": 9}
"""How many figures at the end say it all: prefixes and leading zeros are written or not."""
_DAYS = {
    r"\d{4}-\d{2}-\d{2}": "%Y-%m-%d",
    r"\d{4}/\d{2}/\d{2}": "%Y/%m/%d",
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",
    r"\d{1,2}-\d{1,2}-\d{4}": "%d-%m-%Y",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])": "%Y%m%d",
}
_FIGURES, _LETTERS, _FOREIGN = re.compile(r"\d+"), re.compile(r"[^\W\d_]+"), re.compile(r"[^\x20-\x7e]")
_SMALL_WORDS, _WORD = re.compile(r"(?:\b(?:a|Aa|A) ){3,}"), re.compile(r"\w{2,30}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?")
_PLAIN_DAY = r"[12]\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
_PLAIN = {"date": (10, f"^{_PLAIN_DAY}$"), "timestamp": (19, rf"^{_PLAIN_DAY}[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$")}
"""Days and moments that are written as they are kept, and of which the signs alone say that the calendar has them."""
_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_BOOLEAN = frozenset(
    ("true", "false", "t", "f", "yes", "no", "y", "n", "oui", "non", "o", "ja", "nee", "j", "neen", "0", "1", "vrai", "faux", "waar")
)


@dataclass(slots=True)
class _Look:
    """What a glance at the different cells says of a column: its type, and the SQL that reads a cell (`v`) as a value and as a moment."""

    name: str
    sample: list[str]
    type: Type = "text"
    value: str = "lower(strip_accents(trim(v)))"
    moment: str = ""


def profile(source: Source, key: bytes, asked: bool = False, size: int = SIZE) -> TableProfile:
    """Return the profile of a table. `key` is the run's: only sketches made under one key can be compared.

    Raises `ValueError` for a key of less than 16 bytes.
    """
    numbers, together = range(len(source.names)), _TOGETHER if source.rows <= _SMALL else 1

    def some(start: int) -> list[ColumnProfile]:
        places = numbers[start : start + together]
        with source.connection.cursor() as cursor:
            cells = cursor.execute(f"SELECT {', '.join(f'c{n}' for n in places)} FROM raw").to_arrow_table() if source.rows <= _SMALL else None  # noqa: S608
            return [_column(cursor, source, number, cells.column(n) if cells else None, key, size) for n, number in enumerate(places)]

    with ThreadPoolExecutor(2) as workers:
        columns = [column for found in workers.map(some, numbers[::together]) for column in found]
    columns = identify.beside(columns)
    people = identify.about_people(columns)
    places = dict(zip(source.names, numbers, strict=True))

    def marks(name: str, most: int) -> Hashes:
        return choose(source.connection.execute(f"SELECT c{places[name]} FROM raw LIMIT {most}").to_arrow_table().column(0), key)  # noqa: S608

    keys = find_keys(columns, marks, source.rows)
    levelled = tuple(_levelled(column, identify.suggested(column, people)) for column in columns)
    identifying = identify.together(columns)
    return TableProfile(source.name, source.name, source.rows, levelled, keys, identifying, source.partial, tuple(source.faults), asked)


def _levelled(column: ColumnProfile, level: Level) -> ColumnProfile:
    """Return a column at a level: of one that is not public, no quantiles and no extremes, which are somebody's values."""
    if level is Level.PUBLIC:
        return msgspec.structs.replace(column, level=level)
    return msgspec.structs.replace(column, level=level, quantiles=(), first="", last="")


def _look(look: _Look) -> _Look:
    """Say what a sample of the different cells seems to be, and how each is read whatever the way it is written."""
    sample = look.sample
    if not sample:
        look.type = "empty"
    elif len(sample) <= 2 and all(text.lower() in _BOOLEAN for text in sample) and (len(sample) == 2 or not sample[0].isdigit()):
        look.type = "boolean"
    elif form := next((form for pattern, form in _DAYS.items() if _most(re.compile(pattern), sample, 0.98)), ""):
        look.type, look.moment = "date", _parsed(form)
        look.value = f"CAST(CAST({look.moment} AS DATE) AS VARCHAR)"
    elif _most(_MOMENT, sample, 0.98):
        look.type, look.moment = "timestamp", "TRY_CAST(substr(trim(v), 1, 19) AS TIMESTAMP)"
        look.value = f"replace(CAST({look.moment} AS VARCHAR), ' 00:00:00', '')"
    elif _most(_INTEGER, sample, 0.99):
        look.type, look.value = "integer", "CAST(TRY_CAST(trim(v) AS BIGINT) AS VARCHAR)"
    elif _most(_DECIMAL, sample, 0.99) and not any(re.match(r"0\d", text) for text in sample):
        look.type, look.value = "decimal", "regexp_replace(CAST(TRY_CAST(replace(trim(v), ',', '.') AS DOUBLE) AS VARCHAR), '\\.0$', '')"
    return look


def _parsed(form: str) -> str:
    return f"try_strptime(trim(v), '{form}')"


def _most(pattern: re.Pattern[str], sample: Sequence[str], share: float) -> bool:
    some = sample[:40]
    if sum(map(bool, map(pattern.fullmatch, some))) < 0.9 * len(some):
        return False
    return sum(map(bool, map(pattern.fullmatch, sample))) >= share * len(sample)


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column's different cells, how often each stands there, and their lengths in bytes; of large columns a number to choose a sample by."""

    texts: pa.Array
    counts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    marks: NDArray[np.uint64] | None = None

    def sample(self) -> list[str]:
        """Return some of the cells, spread over all, the same whenever the column is."""
        total = len(self.texts)
        if self.marks is None:
            places = np.arange(0, total, max(1, total // _DIFFERENT))[:_DIFFERENT]
        else:
            places = np.argpartition(self.marks, _DIFFERENT)[:_DIFFERENT] if total > _DIFFERENT else np.arange(total)
            places = places[np.argsort(self.marks[places], kind="stable")]
        return [str(text) for text in self.texts.take(pa.array(places)).to_pylist()]


def _column(cursor: duckdb.DuckDBPyConnection, source: Source, number: int, given: Any, key: bytes, size: int) -> ColumnProfile:
    """Return one column's profile, by its different cells and how often each stands there."""
    name, cells = source.names[number], _different(cursor, number, given)
    look = _look(_Look(name, [text for each in cells.sample() if (text := each.strip())]))
    evidence = recognising.evidence(name, look.sample)
    if not look.sample:
        return ColumnProfile(name, "empty", source.rows, sketch=sketch([], key), evidence=evidence)
    counts, lengths, total = cells.counts, cells.lengths, len(cells.texts)
    filled, values = int(counts.sum()), _read(cursor, look, evidence, cells.texts)
    if look.type not in ("text", "boolean") and counts[np.asarray(values.is_null())].sum() > _TOLERATED * filled:
        look = _Look(name, look.sample)
        values = _read(cursor, look, evidence, cells.texts)
    told = sketch(values.drop_null(), key, size, total)
    distinct = min(total, told.size) if told.level == 0 else total
    numbers = _numbers(values, counts) if look.type in ("integer", "decimal") else ()
    dates = pc.min_max(values) if look.moment else {"min": None, "max": None}
    mean = float((lengths * counts).sum() / filled)
    return ColumnProfile(
        name, look.type, source.rows, filled, distinct, filled == source.rows == distinct,
        look.type == "integer" and _dense(numbers, distinct), (int(lengths.min()), round(mean, 1), int(lengths.max())), shapes(look.sample),
        tuple(map(_three, numbers)) if filled >= _FEW_ROWS else (), str(dates["min"] or "")[:7], str(dates["max"] or "")[:7],
        language(look.sample if look.type == "text" else []), evidence,
        sketch=told, words=_words(values, key, size) if look.type == "text" and mean >= 3 else None,
    )  # fmt: skip


def _different(cursor: duckdb.DuckDBPyConnection, number: int, given: Any) -> _Cells:
    """Return a column's different cells; `given` holds the cells of a small table, None for a large one."""
    if given is not None:
        texts, counts = given.drop_null().value_counts().flatten()
        return _Cells(texts, counts.to_numpy(), pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64))
    found = cursor.execute(
        f"SELECT c{number}, count(*), strlen(c{number}), hash(c{number}) FROM raw WHERE c{number} IS NOT NULL GROUP BY ALL"  # noqa: S608
    ).to_arrow_table()
    texts, counts, lengths, marks = (found.column(place) for place in range(4))
    return _Cells(texts.combine_chunks(), counts.to_numpy(), lengths.to_numpy(), marks.to_numpy())


def _read(cursor: duckdb.DuckDBPyConnection, look: _Look, evidence: tuple[Evidence, ...], texts: pa.Array) -> pa.Array:
    """Return cells as values that can be compared, null where one cannot be read.

    The SQL says what that is; where the bytes of the cells show that it comes to less, less is done.
    """
    kind = evidence[0].kind if evidence and evidence[0].sure else None
    least, most = _bytes_between(texts)
    if kind in _COMPACT and least >= ord("0") and most <= ord("9"):
        return pc.utf8_slice_codeunits(texts, -_LAST[kind]) if kind in _LAST else texts
    if kind not in _COMPACT and look.type == "integer" and least >= ord("0") and most <= ord("9") and len(texts):
        try:
            return texts.cast(pa.int64()).cast(pa.string())
        except pa.ArrowInvalid:
            pass
    if kind not in _COMPACT and look.type in ("text", "boolean") and most < 128:
        return pc.ascii_lower(pc.ascii_trim(texts, " "))
    if kind not in _COMPACT and look.moment and most < 128 and (plain := _plain(look, texts)) is not None:
        return plain
    cursor.register("d", pa.table([texts], names=["v"]))
    return cursor.execute(f"SELECT {_compact(look, kind)} FROM d").to_arrow_table().column(0).combine_chunks()  # noqa: S608 built from our own forms


def _plain(look: _Look, texts: pa.Array) -> pa.Array | None:
    """Return days and moments that are all written as they are kept (2024-03-01, 2024-03-01 09:30:00), None when one is not."""
    width, form = _PLAIN[look.type]
    if look.type == "date" and look.moment != _parsed("%Y-%m-%d"):
        return None
    cut = pc.utf8_slice_codeunits(texts, 0, width) if look.type == "timestamp" else texts
    if not pc.all(pc.match_substring_regex(cut, form), min_count=0).as_py():
        return None
    return cut if look.type == "date" else pc.replace_substring(pc.replace_substring(cut, "T", " "), " 00:00:00", "")


def _bytes_between(texts: pa.Array) -> tuple[int, int]:
    """Return the smallest and the largest byte that stands in texts; (256, 256) of none, or where they do not lie in one piece."""
    wide = pa.types.is_large_string(texts.type)
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64 if wide else np.int32, len(texts) + 1, texts.offset * (8 if wide else 4))
    part = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data else np.empty(0, np.uint8)
    return (int(part.min()), int(part.max())) if len(part) else (256, 256)


def _compact(look: _Look, kind: str | None) -> str:
    """Return the SQL of a cell in the form in which two systems can be compared: of numbers with a checksum, figures and letters alone."""
    if kind not in _COMPACT:
        return look.value
    bare = "upper(translate(v, ' .-/+()*', ''))"
    return f"right({bare}, {_LAST[kind]})" if kind in _LAST else bare


def _numbers(values: Any, counts: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the 0, 10, 25, 50, 75, 90 and 100 % points of a column of numbers."""
    try:
        numbers = values.cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return ()
    good = np.isfinite(numbers)
    if not good.any():
        return ()
    order = np.argsort(numbers[good])
    numbers, counts = numbers[good][order], counts[good][order]
    reached = np.cumsum(counts) / counts.sum()
    return tuple(float(numbers[min(int(np.searchsorted(reached, share)), len(order) - 1)]) for share in (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1))


def _dense(numbers: Sequence[float], distinct: int) -> bool:
    """Say whether whole numbers run on nearly without gaps, as numbers that a database gives out do."""
    return bool(numbers) and distinct > 20 and distinct >= 0.7 * (numbers[-1] - numbers[0] + 1)


def _three(number: float) -> float:
    return float(f"{number:.3g}")


def _words(values: Any, key: bytes, size: int) -> Sketch:
    """Return the sketch of the words in the texts of a column, of at most 2,000 different texts spread over all."""
    some = values.drop_null()[:: max(1, len(values) // _TEXTS)].to_pylist()[:_TEXTS]
    words = {word for text in some for word in _WORD.findall(text)}
    return sketch(pa.array(sorted(words), pa.string()), key, size)


def shapes(sample: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the commonest patterns of texts: runs of figures as 9s (9+ above four), words as a, A or Aa, other letters and signs as they are."""
    counted = Counter(shape(text) for text in sample[:300])
    total = min(len(sample), 300)
    return tuple((pattern, round(count / total, 3)) for pattern, count in counted.most_common(_SHAPES) if count > 0.02 * total)


def shape(text: str) -> str:
    """Return the pattern of one text, of at most 24 signs; it tells no letter and no figure."""
    found = _FIGURES.sub(lambda run: "9" * len(run[0]) if len(run[0]) <= 4 else "9+", text[:60])
    found = _LETTERS.sub(lambda run: "A" if run[0].isupper() else "Aa" if run[0][0].isupper() else "a", found)
    return _SMALL_WORDS.sub("a ", _FOREIGN.sub("?", found))[:24]


def language(texts: Sequence[str]) -> str:
    """Return the language whose small words stand in the texts most often, "" when that says little."""
    words = [word for text in texts[:300] for word in _LETTERS.findall(fold(text))]
    counted = {each: sum(word in known(f"stop_{each}") for word in words) for each in ("fr", "nl", "en")}
    best, second = sorted(counted.values(), reverse=True)[:2]
    if best < 5 or best < 0.03 * len(words) or best < 1.3 * second:
        return ""
    return max(counted, key=lambda each: counted[each])
