"""Reading a message as it came by mail: who writes, about what, in which words. Whatever it is made of, it ends as plain text or as a sentence."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser

from zinneke.kernel.problem import wrong
from zinneke.office.network import rules

LARGEST = 1_000_000
"""Bytes of the largest message that is read; attachments count."""
MOST_PARTS = 200
REFERENCE = re.compile(r"\[(\d{4}-\d{4,9})\]")
FRENCH = frozenset(
    [
        "je",
        "nous",
        "vous",
        "le",
        "la",
        "les",
        "des",
        "une",
        "est",
        "pour",
        "dans",
        "avec",
        "sur",
        "qui",
        "bonjour",
        "merci",
        "pourquoi",
        "quand",
        "ma",
        "mon",
        "votre",
    ]
)
DUTCH = frozenset(
    [
        "ik",
        "wij",
        "u",
        "de",
        "het",
        "een",
        "is",
        "voor",
        "van",
        "met",
        "op",
        "dat",
        "niet",
        "goedendag",
        "dank",
        "waarom",
        "wanneer",
        "mijn",
        "uw",
        "naar",
    ]
)
ENGLISH = frozenset(
    ["i", "we", "you", "the", "a", "is", "for", "in", "with", "on", "that", "not", "hello", "thanks", "why", "when", "my", "your", "to"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What was read of a message. `answers` is the reference in its subject, `machine` says that no person wrote it: it gets no letter back."""

    sender: str
    name: str
    subject: str
    text: str
    identifier: str
    answers: str
    machine: bool
    language: str
    left_out: int


def read(data: bytes) -> Mail:
    """Read a message (RFC 5322). Raises `Problem` 400 for one that is too large, has too many parts, names no sender or says nothing."""
    if len(data) > LARGEST:
        raise wrong(f"The message has {len(data):,} bytes; {LARGEST:,} are read at the most. Ask for it without its attachments.", where="message")
    if data.lower().count(b"\ncontent-type:") > MOST_PARTS:
        raise wrong(f"The message has more than {MOST_PARTS} parts, as no letter has. It was not read.", where="message")
    try:
        message = email.message_from_bytes(data, policy=policy.compat32)
        parts = list(_walk(message))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise wrong(f"The message cannot be read ({type(fault).__name__}). Ask for it as plain text.", where="message") from None
    name, sender = parseaddr(_raw(message, "From"))  # not decoded yet: an encoded name must not become an address
    sender = rules.one_line(sender, 254)
    text, left_out = _body(parts)
    subject = rules.one_line(_head(message, "Subject"))
    if not rules.is_email(sender):
        raise wrong("The message names no sender to whom an answer could go.", where="from")
    if not (text or subject):
        raise wrong("There are no words in the message that could be read.", where="message")
    found = REFERENCE.search(subject)
    return Mail(
        sender=sender,
        name=rules.one_line(_words(name), 200),
        subject=subject,
        text=text or subject,
        identifier=rules.one_line(_head(message, "Message-ID")),
        answers=found[1] if found else "",
        machine=_is_machine(message),
        language=guess_language(f"{subject}\n{text}"),
        left_out=left_out,
    )


def _walk(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, at most `MOST_PARTS`, without calling itself however deep they are nested."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            waiting += inner[::-1]
        else:
            yield part


def _raw(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, ""))[:4000].splitlines())


def _head(message: Message, name: str) -> str:
    """Return a header's words."""
    return _words(_raw(message, name))


def _words(raw: str) -> str:
    """Return what a header says, whatever it was encoded in; what cannot be decoded stays as it stands."""
    try:
        return str(make_header(decode_header(raw)))
    except (ValueError, LookupError, TypeError):
        return raw


def _body(parts: list[Message]) -> tuple[str, int]:
    """Return the plain text, or the text of the HTML where there is none, and how many other parts were left out."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and not _attached(part)]
    marked = [part for part in parts if part.get_content_type() == "text/html" and not _attached(part)]
    text = "\n\n".join(_decoded(part) for part in plain).strip() or "\n\n".join(_without_markup(_decoded(part)) for part in marked).strip()
    return rules.lines(_own_words(text)), len(parts) - len(plain) - len(marked)


def _attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


class _Words(HTMLParser):
    """The words of a page, with breaks where it breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "tr", "li"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "head") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split()))


def _without_markup(text: str) -> str:
    reader = _Words()
    reader.feed(text)
    return re.sub(r"\n\s*\n+", "\n\n", " ".join(reader.words))


def _own_words(text: str) -> str:
    """Cut the message that was answered from below the answer."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith(">") or re.match(r"\s*(-{2,} ?(original message|message d.origine|oorspronkelijk bericht))", line, re.IGNORECASE):
            break
        kept.append(line)
    return "\n".join(kept).strip() or text


def _is_machine(message: Message) -> bool:
    """Say whether a machine wrote it (RFC 3834): answering it could go on for ever."""
    auto = _head(message, "Auto-Submitted").lower()
    bulk = _head(message, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
    return (auto not in ("", "no")) or bulk or "List-Id" in message or _head(message, "Return-Path").strip() == "<>"


def guess_language(text: str) -> str:
    """Return the language that most small words are of: French where nothing says."""
    found = re.findall(r"[a-zà-ÿ]+", text.lower())
    counts = {"fr": FRENCH, "nl": DUTCH, "en": ENGLISH}
    return max(counts, key=lambda each: sum(word in counts[each] for word in found))
