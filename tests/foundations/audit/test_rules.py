"""The seal: any change, removal or reordering of what was written is found, and secrets are never written."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.audit import rules

words = st.text(max_size=12)
details = st.dictionaries(words, st.one_of(st.integers(), words, st.booleans(), st.none(), st.lists(words, max_size=3)), max_size=3)
deeds = st.lists(st.tuples(words, words, words, details, words), min_size=1, max_size=8)
MOMENT = datetime(2026, 11, 23, 6, tzinfo=UTC)


def journal(written: list[tuple[str, str, str, dict[str, object], str]]) -> list[rules.Line]:
    lines: list[rules.Line] = []
    previous = rules.START
    for seq, (actor, action, subject, detail, ground) in enumerate(written, start=1):
        time, text = MOMENT + timedelta(seconds=seq), rules.canonical(detail)
        sealed = rules.seal(seq, time, actor, action, subject, text, ground, previous)
        lines.append((seq, time, actor, action, subject, text, ground, previous, sealed))
        previous = sealed
    return lines


@given(deeds)
def test_a_journal_nobody_touched_stands(written: list) -> None:
    lines = journal(written)
    assert rules.judge(lines, len(lines), lines[-1][-1]) == rules.Verdict(True, len(lines), None)


@given(deeds, st.data())
def test_any_change_of_any_field_is_found_where_it_is(written: list, data: st.DataObject) -> None:
    lines = journal(written)
    at = data.draw(st.integers(0, len(lines) - 1))
    field = data.draw(st.integers(0, 8))
    old = lines[at][field]
    new = data.draw(
        {int: st.integers(), datetime: st.just(MOMENT - timedelta(microseconds=1))}.get(type(old), st.text(max_size=70)).filter(
            lambda value: value != old
        )
    )
    changed = [*lines[:at], (*lines[at][:field], new, *lines[at][field + 1 :]), *lines[at + 1 :]]
    verdict = rules.judge(changed, len(lines), lines[-1][-1])
    assert not verdict.ok
    assert verdict.first_bad == at + 1


@given(deeds, st.data())
def test_any_removal_is_found_even_at_the_end(written: list, data: st.DataObject) -> None:
    lines = journal(written)
    start = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(start + 1, len(lines)))
    verdict = rules.judge([*lines[:start], *lines[end:]], len(lines), lines[-1][-1])
    assert not verdict.ok
    assert verdict.first_bad == start + 1


@given(deeds.filter(lambda written: len(written) > 1), st.data())
def test_any_reordering_is_found(written: list, data: st.DataObject) -> None:
    lines = journal(written)
    moved = data.draw(st.permutations(lines))
    verdict = rules.judge(moved, len(lines), lines[-1][-1])
    assert verdict.ok is (moved == lines)


@given(deeds, st.data())
def test_an_entry_that_was_slipped_in_or_renumbered_after_it_is_found(written: list, data: st.DataObject) -> None:
    lines = journal(written)
    longer = journal([*written, ("intruder", "x", "y", {}, "")])
    assert rules.judge(longer, len(lines), lines[-1][-1]).first_bad == len(lines) + 1
    at = data.draw(st.integers(0, len(written) - 1))
    without = journal([*written[:at], *written[at + 1 :]])
    assert not rules.judge(without, len(lines), lines[-1][-1]).ok


@given(details)
def test_the_same_detail_is_always_the_same_text(detail: dict) -> None:
    assert rules.canonical(dict(reversed(detail.items()))) == rules.canonical(detail)


@given(st.sampled_from(["password", "new_password", "token", "totp_secret", "api_key", "Authorization", "recovery_code"]), st.text(min_size=4))
def test_what_has_the_name_of_a_secret_is_withheld_however_deep(name: str, secret: str) -> None:
    written = json.loads(rules.canonical({"a": [{name: secret}]}))
    assert written == {"a": [{name: "***"}]}


def test_what_looks_like_a_secret_is_withheld_wherever_it_stands() -> None:
    text = rules.canonical({"note": "used zk_abcdefghijklmnop", "set": {"Bearer abc"}, "more": ("argon2$argon2id$v=19$x",)})
    assert "abcdef" not in text and "Bearer" not in text and "argon2id" not in text
