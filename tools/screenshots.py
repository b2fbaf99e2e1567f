"""Take a picture of every kind of page, in every language, width and theme, of a server that is running.

python tools/screenshots.py --base http://127.0.0.1:8000 --out /tmp/pictures [--only home,search] [--languages fr] [--widths 360]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PAGES: dict[str, str] = {
    "home": "/",
    "search": "/search/?q=air",
    "search-none": "/search/?q=xyzzyxyzzy",
    "browse": "/search/",
    "map": "/map/",
    "domain": "/domains/environment/",
    "air": "/solutions/air_quality/",
    "traffic": "/solutions/traffic_counts/",
    "bins": "/solutions/smart_bins/",
    "commune": "/communes/21012/",
    "communes": "/communes/",
    "trees": "/data/trees/",
    "population": "/data/population-2018-2020/",
    "air-daily": "/data/air-daily-2020-2021/",
    "solutions": "/solutions/",
    "sign-in": "/sign-in/",
    "about": "/about/",
    "accessibility": "/accessibility/",
    "developers": "/developers/",
    "error": "/nothing-here/",
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"]


def take(
    browser: Browser, base: str, out: Path, pages: dict[str, str], languages: list[str], widths: list[int], themes: list[str], whole: bool
) -> None:
    """Take the pictures; the file name says page, language, width and theme."""
    for theme in themes:
        for width in widths:
            context = browser.new_context(viewport={"width": width, "height": 740 if width < 600 else 900}, color_scheme=theme, device_scale_factor=1)  # type: ignore[arg-type]
            page = context.new_page()
            page.on(
                "console", lambda message: sys.stderr.write(f"{message.type}: {message.text}\n") if message.type in ("error", "warning") else None
            )
            for language in languages:
                for name, path in pages.items():
                    page.goto(f"{base}/{language}{path}", wait_until="networkidle")
                    page.wait_for_timeout(200)
                    page.screenshot(path=out / f"{name}-{language}-{width}-{theme}.png", full_page=whole)
            context.close()


def main() -> int:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="names of pages, with commas")
    parser.add_argument("--path", action="append", default=[], help="one more page, as name=/path/")
    parser.add_argument("--languages", default="fr,nl,en")
    parser.add_argument("--widths", default="360,1440")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--window", action="store_true", help="only what a window shows, not the whole page")
    chosen = parser.parse_args()
    pages = {name: path for name, path in PAGES.items() if not chosen.only or name in chosen.only.split(",")}
    pages |= dict(each.split("=", 1) for each in chosen.path)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        sys.stderr.write("There is no Chromium on this machine.\n")
        return 1
    chosen.out.mkdir(parents=True, exist_ok=True)
    widths = [int(width) for width in chosen.widths.split(",")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take(browser, chosen.base, chosen.out, pages, chosen.languages.split(","), widths, chosen.themes.split(","), not chosen.window)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
