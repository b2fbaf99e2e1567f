"""The lines that the pages offer to programmers really work when they are pasted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import absent


def curl(line: str, folder: Path) -> str:
    """Paste a line into a shell in an empty folder; an answer that is a refusal fails."""
    if not shutil.which("curl"):
        absent("There is no curl on this machine.")
    (folder / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


def test_every_curl_line_of_the_page_for_developers_works_as_it_stands(city: str, plain: Page, tmp_path: Path) -> None:
    plain.goto(f"{city}/en/developers/")
    lines = [text.strip() for text in plain.locator(".code pre").all_inner_texts() if text.startswith("curl")]
    assert len(lines) >= 5
    for line in lines:
        said = curl(line, tmp_path)
        if " -o " not in line:
            assert json.loads(said), line
    assert [file.stat().st_size > 100 for file in tmp_path.glob("*.csv")] == [True]


def test_the_lines_of_a_dataset_work_as_they_stand(city: str, plain: Page, tmp_path: Path) -> None:
    plain.goto(f"{city}/nl/data/trees/")
    from_curl = json.loads(curl(plain.locator("#curl").inner_text(), tmp_path))
    text = plain.locator("#python").inner_text()
    done = subprocess.run([sys.executable, "-I", "-c", text], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(from_curl["rows"]) == 5
    assert done.stdout.strip() == str(from_curl)


def test_every_download_of_a_dataset_comes(city: str, plain: Page) -> None:
    plain.goto(f"{city}/fr/data/trees/")
    links = [link.get_attribute("href") for link in plain.locator(".downloads a").all()]
    assert len(links) == 5
    for link in links:
        answer = plain.request.get(f"{city}{link}" if str(link).startswith("/") else str(link))
        assert answer.ok, (link, answer.status)
        assert len(answer.body()) > 1000
