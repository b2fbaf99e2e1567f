"""What is written is true: links lead somewhere, settings and commands exist, and nothing names a machine or a registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from zinneke import settings
from zinneke.cli import docs
from zinneke.kernel import registry
from zinneke.kernel.command import parser

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SETTING = re.compile(r"\bZINNEKE_[A-Z_]+\b")
COMMAND = re.compile(r"(?:^|[\s`]|bin/)zinneke ((?!data\b|is\b)[a-z][a-z-]*(?: [a-z][a-z-]*)?)", re.MULTILINE)
TARGET = re.compile(r"(?:^|`) *make (?:-C \S+ )?([a-z]+)\b", re.MULTILINE)
MACHINE = re.compile(r"(?<![\w.])/(?:work/|root/|tmp/z\b|home/[a-z])")
REGISTRY = re.compile(r"pypi\.|pythonhosted|registry\.npm|npmjs\.|registry\.yarnpkg|(?<!emit-)(?:index-url|find-links)|\"resolved\"")
BINARY = {".gz", ".parquet", ".png", ".woff2", ".zip", ".tif", ".xz"}


def tracked() -> list[Path]:
    """Return every file of the project that is kept in git."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def documents() -> list[Path]:
    """Return every document."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md"), *(ROOT / "deploy").glob("*.md")])


def code_of(document: Path) -> str:
    """Return what a document shows as code: fenced, indented or between backticks."""
    text = document.read_text()
    fenced = re.findall(r"^```.*?^```", text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^ {4}.+$", text, re.MULTILINE)
    return "\n".join([*fenced, *indented, *re.findall(r"`[^`\n]+`", text)])


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_to_a_file_of_the_project(document: Path) -> None:
    wanted = [link.split("#")[0] for link in LINK.findall(document.read_text()) if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [link for link in wanted if not (document.parent / link).exists()] == []


def test_every_setting_of_the_code_is_in_the_reference_and_is_used() -> None:
    used = {
        name
        for path in [*(ROOT / "zinneke").rglob("*.py")]
        for name in SETTING.findall(path.read_text())
        if path.name != "settings.py" or f'get("{name}"' in path.read_text()
    }
    assert used == set(settings.ENVIRONMENT)


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_settings_that_exist(document: Path) -> None:
    assert set(SETTING.findall(document.read_text())) <= set(settings.ENVIRONMENT)


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_commands_that_exist(document: Path) -> None:
    verbs = docs.verbs(parser(registry.commands()))
    shown = code_of(document)
    for words in COMMAND.findall(shown):
        verb, _, part = words.partition(" ")
        assert verb in verbs, f"zinneke {verb}"
        parts = docs.verbs(verbs[verb])
        assert not parts or not part or part in parts, f"zinneke {words}"
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(shown)) <= targets


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in BINARY or path == Path(__file__).resolve():
            continue
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match}" for match in {*MACHINE.findall(text), *REGISTRY.findall(text)}]
    assert found == []


def test_no_file_keeps_both_sides_of_a_quarrel() -> None:
    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert [str(path.relative_to(ROOT)) for path in tracked() if path.suffix not in BINARY and marks.search(path.read_text(errors="replace"))] == []


def test_the_reference_is_what_the_code_says() -> None:
    assert {name: (docs.FOLDER / f"{name}.md").read_text() for name in docs.PAGES} == docs.reference()


def test_the_card_of_public_software_is_within_its_standard() -> None:
    card = (ROOT / "publiccode.yml").read_text()
    for key in (
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    ):
        assert re.search(rf"^{key}:", card, re.MULTILINE), key
    for language in ("fr", "nl", "en"):
        said = card.split(f"\n  {language}:\n", 1)[1]
        short = re.search(r"shortDescription: >-?\n((?: {6,}.*\n)+)", said)
        long = re.search(r"longDescription: >-?\n((?: {6,}.*\n|\n)+)", said)
        assert short and len(" ".join(short[1].split())) <= 150, language
        assert long and 150 <= len(" ".join(long[1].split())) <= 10_000, language
        assert "features:" in said.split("localisedName")[0], language
