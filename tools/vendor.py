"""Copy from `node_modules` what pages use into `zinneke/web/static/vendor`, so that no page asks another host for anything.

Fonts, MapLibre GL, uPlot and htmx as they come; of the Lucide icons one sprite with those that the source names.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "zinneke" / "web" / "static" / "vendor"
FONT = "@fontsource/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next"

FILES: dict[str, str] = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs": "maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "licences/maplibre-gl.txt",
    "htmx.org/dist/htmx.esm.min.js": "htmx.esm.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "uplot/dist/uPlot.esm.js": "uplot.esm.js",
    "uplot/dist/uPlot.min.css": "uplot.css",
    "uplot/LICENSE": "licences/uplot.txt",
    "lucide-static/LICENSE": "licences/lucide.txt",
    "@fontsource/atkinson-hyperlegible-next/LICENSE": "licences/atkinson-hyperlegible-next.txt",
    **{
        f"{FONT}-{subset}-{weight}-normal.woff2": f"fonts/atkinson-{weight}-{subset}.woff2"
        for subset in ("latin", "latin-ext")
        for weight in (400, 700)
    },
}
NAMED = re.compile(r"""\bicon["']?\s*(?:[=:(]\s*)?["']([a-z0-9-]+)["']""")
"""How source names an icon: `{% icon "search" %}` in templates, `icon="leaf"` in Python, `icon: "map"` in scripts."""
STROKE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def icons() -> set[str]:
    """Return the names of the icons that the source uses, and those that every solution may name."""
    found = {"circle-dot"}
    for pattern in ("**/*.html", "**/*.py", "static/*.js"):
        for path in sorted((ROOT / "zinneke").glob(pattern)):
            found |= set(NAMED.findall(path.read_text(encoding="utf-8")))
    return found


def sprite(names: set[str]) -> tuple[str, list[str]]:
    """Return one SVG with a symbol an icon, and the names that Lucide does not have."""
    symbols: list[str] = []
    missing: list[str] = []
    for name in sorted(names):
        path = MODULES / "lucide-static" / "icons" / f"{name}.svg"
        if not path.is_file():
            missing.append(name)
            continue
        drawing = "".join(ElementTree.tostring(child, encoding="unicode") for child in ElementTree.parse(path).getroot())  # noqa: S314  a pinned package
        drawing = re.sub(r' xmlns:ns0="[^"]*"', "", drawing).replace("ns0:", "")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {STROKE}>{drawing.strip()}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', missing


def main() -> int:
    """Fill the vendor folder; the exit status is 1 when a package or an icon is missing."""
    if not MODULES.is_dir():
        sys.stderr.write("There is no node_modules folder. Run `npm ci --ignore-scripts` first.\n")
        return 1
    faults: list[str] = []
    for source, target in FILES.items():
        origin, copy = MODULES / source, VENDOR / target
        if not origin.is_file():
            faults.append(f"{source} is not in node_modules")
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, copy)
    drawing, missing = sprite(icons())
    (VENDOR / "icons.svg").write_text(drawing, encoding="utf-8")
    faults += [f"Lucide has no icon named {name!r}" for name in missing]
    packages = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    (VENDOR / "versions.json").write_text(json.dumps(packages, indent=2) + "\n", encoding="utf-8")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
