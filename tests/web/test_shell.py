"""Every page: its language, its landmarks, its headers, and that it asks nobody else for anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from zinneke.kernel import registry
from zinneke.kernel.route import Everyone, Page
from zinneke.web.urls import address
from zinneke.web.views.preferences import THEMES

LANGUAGES = ("fr", "nl", "en")
ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "zinneke" / "web" / "static"


def path_of(page: Page) -> str:
    text = page.path
    for name, value in (page.sample or {}).items():
        text = re.sub(r"\{" + name + r"(:\w+)?\}", value, text)
    return text.lstrip("/")


OPEN = [page for page in registry.pages() if isinstance(page.audience, Everyone) and page.localised and "{" not in path_of(page)]
ELSEWHERE = {"sign-in-code", "second-factor"}
"""Pages that lead a visitor to the sign-in, whose own page is tested."""
NAMES = ("home", "search", "about", "accessibility", "developers", "domain", "map")


class Reader(HTMLParser):
    """What a test wants to know of a page: tags, with their attributes, and whether each was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_pages_of_the_shell_are_there() -> None:
    assert set(NAMES) <= {page.name for page in registry.pages()}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", OPEN, ids=lambda page: page.name)
def test_an_open_page_stands_in_each_language_before_anything_is_loaded(client: Client, page: Page, language: str) -> None:
    answer = client.get(f"/{language}/{path_of(page)}")
    if answer.status_code in (302, 404) and page.sample:
        pytest.skip("this page shows something that is not loaded here")
    assert answer.status_code in (200, 302), answer.content[:300]
    if answer.status_code == 302:
        return
    if not answer["Content-Type"].startswith("text/html"):
        return
    there = read(answer.content.decode())
    assert there.all("html")[0]["lang"] == language
    assert len(there.all("h1")) == 1
    assert len(there.all("main")) == 1
    assert there.all("title")
    assert there.all("a")[0]["href"] == "#content", "the first link skips to the content"


@pytest.mark.django_db
@pytest.mark.parametrize("page", [page for page in OPEN if page.name not in ELSEWHERE], ids=lambda page: page.name)
def test_a_page_loads_nothing_from_another_host_and_runs_nothing_written_inside_it(client: Client, page: Page) -> None:
    answer = client.get(f"/fr/{path_of(page)}")
    there = read(answer.content.decode())
    for tag, attributes in there.tags:
        for name in ("src", "data-src", "poster", "srcset", "action"):
            assert not re.match(r"(https?:)?//", attributes.get(name, "")), (tag, attributes)
        if tag == "link" and attributes.get("rel") != "alternate":
            assert attributes["href"].startswith("/"), attributes
        assert "style" not in attributes, (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        if tag == "script":
            assert attributes.get("src", "").startswith("/static/") or attributes.get("type") == "application/ld+json", attributes


@pytest.mark.parametrize("path", sorted(each for each in OURS.rglob("*.css") if "vendor" not in each.parts), ids=lambda path: path.name)
def test_a_style_sheet_asks_no_other_host(path: Path) -> None:
    for found in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text(encoding="utf-8")):
        assert not re.match(r"(https?:)?//", found), found


@pytest.mark.django_db
def test_every_answer_says_what_browsers_may_load(client: Client) -> None:
    for path in ("/fr/", "/nl/search/", "/en/nothing-here/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["X-Request-ID"]


@pytest.mark.django_db
def test_the_number_of_a_request_is_kept_when_it_comes_with_one(client: Client) -> None:
    assert client.get("/fr/", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == "abc-12345"


@pytest.mark.django_db
@pytest.mark.parametrize(("wanted", "language"), [("nl-BE,nl;q=0.9,fr;q=0.5", "nl"), ("fr", "fr"), ("de", "en"), ("", "en")])
def test_the_bare_address_leads_to_the_language_of_the_browser(client: Client, wanted: str, language: str) -> None:
    assert client.get("/", headers={"Accept-Language": wanted})["Location"] == f"/{language}/"


@pytest.mark.django_db
def test_the_language_of_the_last_visit_comes_before_the_browser(client: Client) -> None:
    client.get("/nl/about/")
    assert client.get("/", headers={"Accept-Language": "fr"})["Location"] == "/nl/"


@pytest.mark.django_db
def test_changing_the_language_keeps_the_page_and_its_state(client: Client) -> None:
    there = read(client.get("/fr/search/?q=air&page=2").content.decode())
    assert "/nl/search/?q=air&page=2" in [attributes.get("href") for attributes in there.all("a")]


@pytest.mark.django_db
@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_is_kept_without_script(client: Client, theme: str) -> None:
    answer = client.post("/theme/", {"theme": theme, "next": "/fr/about/"})
    assert answer["Location"] == "/fr/about/"
    assert read(client.get("/fr/about/").content.decode()).all("html")[0]["data-theme"] == theme


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_the_theme_switch_never_leads_to_another_host(client: Client, elsewhere: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


@pytest.mark.django_db
def test_a_city_of_demonstration_data_says_so_in_each_language(client: Client) -> None:
    marker = settings.DATA / "demonstration"
    marker.write_text("")
    try:
        for language, words in (("fr", "Données de démonstration"), ("nl", "Demonstratiegegevens"), ("en", "Demonstration data")):
            assert words in client.get(f"/{language}/about/").content.decode()
    finally:
        marker.unlink()
    assert "Demonstration data" not in client.get("/en/about/").content.decode()


def test_paths_with_braces_become_djangos() -> None:
    assert address("/areas/{code}") == "areas/<str:code>"
    assert address("files/{rest:path}") == "files/<path:rest>"
