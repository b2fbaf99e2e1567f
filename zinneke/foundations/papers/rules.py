"""Which files are taken: of few kinds, told by their content and not by their name, without programs in them. Pure."""

from __future__ import annotations

import io
import re
import zipfile

from zinneke.kernel.problem import Problem, wrong

LARGEST = 10_000_000
"""Bytes of one paper."""
MOST = 30
"""Papers of one record."""
KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
"""The ending of a name, and the media type with which the file is given back."""
_OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MARKS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]")
_MEMBERS = 5000


def check(name: str, content: bytes) -> tuple[str, str]:
    """Return the name under which a file is kept and its kind.

    Raises `Problem` 413 for one too large, 415 for a kind that is not taken or a content that is not what its name says.
    """
    if not content:
        raise wrong("The file is empty. Choose another.", where="paper")
    if len(content) > LARGEST:
        raise Problem(
            413, "Too large", f"A paper has {LARGEST // 1_000_000} megabytes at the most. Make it smaller, or give its address.", where="paper"
        )
    clean = " ".join(_UNSAFE.sub(" ", name.replace("\\", "/").rpartition("/")[2]).split()).strip(". ")
    stem, _, ending = clean.rpartition(".")
    kind = {"jpeg": "jpg"}.get(ending.lower(), ending.lower())
    if kind not in KINDS or not stem:
        raise Problem(415, "Not taken", f"This kind of file is not taken. Taken are {', '.join(KINDS)}.", where="paper")
    if not _is(kind, content):
        raise Problem(
            415, "Not taken", f"The content of this file is not what its name says ({kind}), or it holds a program. Save it again.", where="paper"
        )
    return f"{stem[:150]}.{kind}", kind


def _is(kind: str, content: bytes) -> bool:
    if mark := _MARKS.get(kind):
        return content.startswith(mark)
    if kind in ("txt", "csv"):
        return _is_text(content)
    return _is_document(kind, content)


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _is_document(kind: str, content: bytes) -> bool:
    """Say whether a zip is an office document of a kind, with no macro in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > _MEMBERS or any("vbaproject" in name.lower() or name.startswith(("Basic/", "Scripts/")) for name in names):
                return False
            if kind in _OFFICE:
                return "[Content_Types].xml" in names and any(name.startswith(_OFFICE[kind]) for name in names)
            return "mimetype" in names and archive.getinfo("mimetype").file_size < 200 and archive.read("mimetype").decode("ascii") == KINDS[kind]
    except (zipfile.BadZipFile, UnicodeDecodeError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError):
        return False
