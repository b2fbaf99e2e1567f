"""`python -m tests.browser.town FOLDER`: the demonstration city with two hostile records in it, loaded, and two people who may sign in."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from zinneke.cli import demo, main

ATTACK = "<script>window.stolen = 1</script>"
WRITTEN = ATTACK.replace("<", "&lt;").replace(">", "&gt;")
"""The same as publishers send it in a title: the catalogue reads what was escaped, and must then show it as it is."""
MARKUP = "<img src=x onerror=window.stolen=1>"
ADDRESS = "javascript:window.stolen=1"
CHIEF, CLERK, PASSWORD = "chief@example.org", "clerk@example.org", "vier natte schoenen en een paraplu"


def make_hostile(folder: Path) -> None:
    """Add a dataset whose title is a script and whose file is one, and a tree whose species is markup."""
    catalogue = folder / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz"
    lines = gzip.decompress(catalogue.read_bytes()).splitlines()
    hostile = json.loads(lines[0])
    hostile |= {"uri": "https://demonstration.invalid/dataset/hostile", "identifier": "hostile"}
    hostile["title"] = {language: f"{WRITTEN} hostile {language}" for language in ("fr", "nl", "en")}
    hostile["description"] = dict.fromkeys(("fr", "nl", "en"), f'"><svg onload="window.stolen=1"> {ATTACK}')
    hostile["distributions"] = [{"title": {"en": MARKUP}, "format": MARKUP, "url": ADDRESS, "accessURL": ADDRESS}]
    catalogue.write_bytes(gzip.compress(b"\n".join([*lines, json.dumps(hostile).encode()]) + b"\n"))
    trees = folder / "geography" / "brussels_trees_osm.csv.gz"
    head, first, *rest = gzip.decompress(trees.read_bytes()).decode().splitlines()
    attacked = first.split(",")
    attacked[2] = MARKUP
    trees.write_bytes(gzip.compress("\n".join([head, ",".join(attacked), first, *rest, ""]).encode()))


def build(data: Path) -> int:
    """Fill a data folder and return the status of the load."""
    folder = data / "demonstration-city"
    demo.generate(folder)
    make_hostile(folder)
    (data / "demonstration").touch()
    status = main(["load", "brussels", "--from", str(folder)])
    from tests.browser import town_cartography, town_indicators, town_network
    from zinneke.foundations.identity import store as identity
    from zinneke.kernel.confidentiality import SYSTEM

    for email, name, role in ((CHIEF, "An Chef", "administrator"), (CLERK, "Jo Bediende", "")):
        identity.add_person(SYSTEM, email, name, password=PASSWORD)
        if role:
            identity.grant_role(SYSTEM, email, role)
    town_network.plant()
    town_indicators.plant()
    town_cartography.plant()
    return status


if __name__ == "__main__":
    raise SystemExit(build(Path(sys.argv[1])))
