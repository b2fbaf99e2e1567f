"""Articles as HTML: what is known becomes markup, whatever else is typed stays text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zinneke.office.knowledge.markup import write_html, write_plain

ALLOWED = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "code", "a"}


class Seen(HTMLParser):
    """Gathers the elements and attributes of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def seen(text: str) -> Seen:
    reader = Seen()
    reader.feed(write_html(text))
    return reader


def test_the_marks_that_articles_need_are_known() -> None:
    text = "## Head\n\nOne **two** *three* `four` [five](https://example.org/?a=1&b=2).\n\n- a\n- b\n\n1. c\n\n> d"
    assert write_html(text) == (
        '<h2>Head</h2>\n<p>One <strong>two</strong> <em>three</em> <code>four</code> <a href="https://example.org/?a=1&amp;b=2">five</a>.</p>\n'
        "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>\n<blockquote><p>d</p></blockquote>"
    )


def test_points_with_empty_lines_between_them_are_one_list_that_counts_on() -> None:
    assert write_html("1. a\n\n2. b\n\nc\n\n- d\n\n\n- e") == "<ol><li>a</li><li>b</li></ol>\n<p>c</p>\n<ul><li>d</li><li>e</li></ul>"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](//evil.example)",
        '[x](https://a"onmouseover="alert(1))',
        "[<img src=x onerror=alert(1)>](https://a.example)",
        "`<img src=x>`",
        "[a](https://x`b`)",
        "**<b onclick=x>**",
        "\x000\x00 `a`",
    ],
)
def test_html_in_an_article_stays_text(attack: str) -> None:
    found = seen(attack)
    assert found.tags <= ALLOWED
    assert all(name == "href" and value.startswith(("https://", "http://", "mailto:", "/")) for name, value in found.attributes)


@given(st.text(alphabet="[]()`*<>\"'\\/:ab \n#-&;\x00.1", max_size=80))
def test_nothing_typed_becomes_other_markup(text: str) -> None:
    found = seen(text)
    assert found.tags <= ALLOWED
    assert all(name == "href" for name, _ in found.attributes)


def test_a_text_to_copy_keeps_addresses_and_loses_marks() -> None:
    assert write_plain("## A\n\n**b** [c](https://d.example)") == "A\n\nb c (https://d.example)"
