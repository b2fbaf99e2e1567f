"""A message that came by mail is read or refused with a sentence, whatever it is made of."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.kernel.problem import Problem
from zinneke.office.network import mail


def message(text: str = "Goedendag, waar vind ik de data van mijn wijk?", **heads: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"From": "Lou Demo <lou@example.org>", "Subject": "Vraag", "Message_ID": "<1@example.org>", **heads}.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def test_a_plain_message_is_read_with_its_sender_subject_and_language() -> None:
    read = mail.read(message().as_bytes())
    assert (read.sender, read.name, read.subject, read.language) == ("lou@example.org", "Lou Demo", "Vraag", "nl")
    assert "mijn wijk" in read.text
    assert not read.machine


def test_the_plain_part_is_read_before_the_html_and_attachments_are_counted() -> None:
    made = message("Bonjour, merci.")
    made.add_alternative("<p>Bonjour, <b>merci</b>.</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    read = mail.read(made.as_bytes())
    assert read.text == "Bonjour, merci."
    assert read.left_out == 1


def test_html_alone_becomes_words_without_scripts() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "a@example.org", "x"
    made.set_content("<style>p{}</style><script>alert(1)</script><p>Hello &amp; welcome</p>", subtype="html")
    assert mail.read(made.as_bytes()).text == "Hello & welcome"


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "utf-7", "ascii", "idna", "punycode", "base64"])
def test_a_wrong_charset_loses_no_message(charset: str) -> None:
    raw = b"From: a@example.org\nSubject: x\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + "déjà vu".encode("cp1252")
    assert "j" in mail.read(raw).text


def test_ten_thousand_parts_are_refused_with_a_sentence() -> None:
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    raw = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 10_000 + b"--b--"
    with pytest.raises(Problem, match="parts"):
        mail.read(raw)


def test_parts_without_a_type_are_read_up_to_the_most_and_no_further() -> None:
    raw = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nword\n" * 10_000 + b"--b--"
    assert mail.read(raw).text.count("word") < mail.MOST_PARTS


def test_parts_nested_a_thousand_deep_are_refused_or_read_but_break_nothing() -> None:
    deep = b"".join(b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (level, level + 1) for level in range(1000))
    raw = b"From: a@example.org\nSubject: deep\nContent-Type: multipart/mixed; boundary=0\n\n" + deep
    with pytest.raises(Problem):
        mail.read(raw)
    messages = b"From: a@example.org\nSubject: deep\nContent-Type: message/rfc822\n\n" + b"content-type: message/rfc822\n\n" * 190
    assert mail.read(messages).subject == "deep"


def test_a_message_of_more_than_a_megabyte_is_refused_with_its_size() -> None:
    with pytest.raises(Problem, match="1,000,0.. bytes"):
        mail.read(b"From: a@example.org\n\n" + b"x" * 1_000_000)


def test_a_sender_who_brings_another_head_along_is_one_line() -> None:
    raw = b"From: =?utf-8?q?Eve=0D=0ABcc=3A_all=40example=2Eorg?= <eve@example.org>\nSubject: =?utf-8?q?x=0D=0ATo=3A_y?=\n\nHello"
    read = mail.read(raw)
    assert "\n" not in read.name + read.subject
    assert read.sender == "eve@example.org"


def test_a_message_without_sender_or_words_is_refused() -> None:
    for raw in (b"Subject: x\n\nHello", b"From: nobody\n\nHello", b"From: a@example.org\n\n", b"", b"\x00\xff" * 50):
        with pytest.raises(Problem) as refused:
            mail.read(raw)
        assert refused.value.status == 400


@pytest.mark.parametrize("head", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example.org>"}, {"Return_Path": "<>"}])
def test_what_a_machine_wrote_is_known(head: dict[str, str]) -> None:
    assert mail.read(message(**head).as_bytes()).machine


def test_the_message_that_was_answered_is_cut_off() -> None:
    read = mail.read(message("Merci.\n\n> Votre message a reçu la référence\n> 2026-0001", Subject="Re: [2026-0001] x").as_bytes())
    assert read.text == "Merci."
    assert read.answers == "2026-0001"


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_message_or_a_sentence(data: bytes) -> None:
    try:
        read = mail.read(b"From: a@example.org\n" + data)
    except Problem as problem:
        assert problem.status == 400
    else:
        assert len(read.text) <= 10_000
        assert "\n" not in read.subject
