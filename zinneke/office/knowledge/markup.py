"""Markdown as far as articles need it, written as HTML in which nothing of the writer's is markup: everything is escaped first. Pure.

Known: paragraphs, `##` and `###` headings, `-` and `1.` lists, `>` quotations, **bold**, *italic*, `code`, [words](address).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_LINK = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\s]{1,1000})\)")
_CODE = re.compile(r"`([^`\n]{1,300})`")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*(?![\w*])")
_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?!/))[^\s\"'<>\\\x00]*", re.IGNORECASE)
_BULLET, _NUMBER = re.compile(r"\s*[-*]\s+(.*)"), re.compile(r"\s*\d{1,3}[.)]\s+(.*)")
LONGEST = 200_000


def write_html(text: str, top: int = 2) -> str:
    """Return a text as HTML; its largest heading becomes `<h{top}>`. What is not known stays as it was typed."""
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_blocks(lines, top))


def _blocks(lines: list[str], top: int) -> Iterator[str]:
    gathered: list[str] = []
    kind, loose = "", False
    """`loose` is True after an empty line inside a list, which goes on if its next point follows."""

    def close() -> Iterator[str]:
        nonlocal kind
        if gathered:
            yield _block(kind, gathered)
            gathered.clear()
        kind = ""

    for line in lines:
        found, words = _kind(line)
        if found.startswith("h"):
            yield from close()
            level = min(6, top + int(found[1]) - 2)
            yield f"<h{level}>{inline(words)}</h{level}>"
        elif not found and kind in ("ul", "ol"):
            loose = True
        elif not found:
            yield from close()
        elif found == "p" and kind in ("ul", "ol") and line.startswith("  ") and not loose:
            gathered[-1] += f" {words}"
        else:
            if found != kind:
                yield from close()
            kind, loose = found, False
            gathered.append(words)
    yield from close()


def _kind(line: str) -> tuple[str, str]:
    stripped = line.strip()
    if not stripped:
        return "", ""
    for mark, kind in (("### ", "h3"), ("## ", "h2"), ("# ", "h2")):
        if stripped.startswith(mark):
            return kind, stripped[len(mark) :]
    if stripped.startswith(">"):
        return "blockquote", stripped[1:].strip()
    for kind, pattern in (("ul", _BULLET), ("ol", _NUMBER)):
        if match := pattern.fullmatch(line):
            return kind, match[1]
    return "p", stripped


def _block(kind: str, words: list[str]) -> str:
    if kind in ("ul", "ol"):
        return f"<{kind}>" + "".join(f"<li>{inline(each)}</li>" for each in words) + f"</{kind}>"
    inner = inline(" ".join(words))
    return f"<blockquote><p>{inner}</p></blockquote>" if kind == "blockquote" else f"<p>{inner}</p>"


def inline(text: str) -> str:
    """Return one line as HTML: escaped, then the few marks that are known."""
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\x00{len(kept) - 1}\x00"

    def link(match: re.Match[str]) -> str:
        words, address = match[1], match[2]
        if not _ADDRESS.fullmatch(address):
            return match[0]
        return keep(f'<a href="{html.escape(address)}">{html.escape(words)}</a>')

    text = text.replace("\x00", "")
    text = _CODE.sub(lambda match: keep(f"<code>{html.escape(match[1])}</code>"), text)
    text = html.escape(_LINK.sub(link, text), quote=False)
    text = _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", text))
    for number in range(len(kept) - 1, -1, -1):
        text = text.replace(f"\x00{number}\x00", kept[number])
    return text


def write_plain(text: str) -> str:
    """Return a text without the marks that only a screen shows; an address stays, in brackets behind its words."""
    text = _LINK.sub(r"\1 (\2)", text)
    return re.sub(r"(?m)^#{1,3} ", "", re.sub(r"\*\*|`", "", text)).strip()
