"""Papers: few kinds, told by their content, bounded, given back so that no browser runs anything in them."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zinneke.foundations.audit import store as audit
from zinneke.foundations.papers import rules, serving, store
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

PDF = b"%PDF-1.7\n..."


def office(*names: str, mimetype: str = "") -> bytes:
    """Return a zip with some members, as an office document is."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("Étude 2026.PDF", PDF, "Étude 2026.pdf"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0x", "photo.jpg"),
        ("notes.txt", "ordre du jour é".encode(), "notes.txt"),
        ("a.docx", office("[Content_Types].xml", "word/document.xml"), "a.docx"),
        ("a.ods", office("content.xml", mimetype=rules.KINDS["ods"]), "a.ods"),
        ("../../etc/passwd.txt", b"x", "passwd.txt"),
        ("C:\\docs\\plan.csv", b"a;b", "plan.csv"),
        ('a"b\r\nSet-Cookie: x.txt', b"x", "a b Set-Cookie x.txt"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else None,  # a zip holds the time at which it was made
)
def test_a_file_of_a_known_kind_is_kept_under_a_harmless_name(name: str, content: bytes, kept: str) -> None:
    assert rules.check(name, content)[0] == kept


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("page.html", b"<script>alert(1)</script>", 415),
        ("drawing.svg", b"<svg onload='x'/>", 415),
        ("tool.exe", b"MZ", 415),
        ("no-ending", b"x", 415),
        (".pdf", PDF, 415),
        ("really.pdf", b"<html>", 415),
        ("really.png", b"\xff\xd8\xff", 415),
        ("really.txt", b"a\x00b", 415),
        ("latin.csv", "é".encode("latin-1"), 415),
        ("macro.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), 415),
        ("other.xlsx", office("[Content_Types].xml", "word/document.xml"), 415),
        ("broken.docx", b"PK\x03\x04 and then nothing", 415),
        ("empty.pdf", b"", 400),
        ("large.pdf", PDF + bytes(rules.LARGEST), 413),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else None,
)
def test_anything_else_is_refused_with_a_sentence(name: str, content: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        rules.check(name, content)
    assert refused.value.status == status
    assert refused.value.said_in("fr") != refused.value.said_in("nl") != refused.value.detail


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=300))
def test_whatever_is_sent_is_kept_or_refused_and_never_breaks(name: str, content: bytes) -> None:
    try:
        kept, kind = rules.check(name, content)
    except Problem as problem:
        assert problem.status in (400, 413, 415)
    else:
        assert kept.endswith(f".{kind}") and not set(kept) & set('\r\n"/\\') and len(kept) <= 160


@pytest.mark.django_db
def test_a_paper_is_kept_once_found_and_removed_and_the_journal_remembers() -> None:
    one = store.add_paper(SYSTEM, "project:x", "plan.pdf", PDF)
    assert store.add_paper(SYSTEM, "project:x", "again.pdf", PDF) == one
    assert store.list_papers("project:x") == [one]
    assert store.get_content("project:x", one.number) == (one, PDF)
    with pytest.raises(Problem):
        store.get_content("project:y", one.number)
    with pytest.raises(Problem):
        store.remove_paper(SYSTEM, "project:y", one.number)
    store.remove_paper(SYSTEM, "project:x", one.number)
    assert not store.list_papers("project:x")
    assert [each.action for each in audit.list_entries(SYSTEM, subject="project:x")] == ["paper.add", "paper.remove"]


@pytest.mark.django_db
def test_a_record_holds_only_so_many_papers() -> None:
    for number in range(rules.MOST):
        store.add_paper(SYSTEM, "project:x", f"{number}.txt", str(number).encode())
    with pytest.raises(Problem, match="Remove one first"):
        store.add_paper(SYSTEM, "project:x", "more.txt", b"more")


@pytest.mark.django_db
def test_a_paper_is_given_as_a_file_that_no_browser_opens_in_the_page() -> None:
    answer = serving.give(store.add_paper(SYSTEM, "project:x", "Étude ; 1.pdf", PDF), PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=\"_tude ; 1.pdf\"; filename*=UTF-8''%C3%89tude")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]
