"""The first inventory as we ship it, and the works of Schaerbeek."""

from __future__ import annotations

import json
from pathlib import Path

from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM
from zinneke.kernel.text import LANGUAGES
from zinneke.office.projects import loading, store
from zinneke.office.projects.values import Fiche

SHIPPED = Path(loading.__file__).parents[2] / "cli" / "cities" / "brussels" / "projects.toml"


def test_the_first_inventory_is_whole_in_three_languages_and_loads_once(db: None) -> None:
    counts = loading.read_inventory(SHIPPED, {})
    assert not counts.faults
    again = loading.read_inventory(SHIPPED, {})
    assert (again.added, again.changed) == (0, 0)
    projects = store.list_projects(ANONYMOUS, "smart")
    mapped = [each for each in projects if "carte" in each.fiche.source["fr"]]
    assert len(mapped) == 54 and len(projects) == 74
    for each in projects:
        assert set(each.fiche.name) == set(each.fiche.summary) == set(LANGUAGES), each.key
        assert each.fiche.planned is None and each.fiche.as_of is not None, "the note names no budget"
    assert {"irisbox", "fidus", "fixmystreet", "urbis", "irisnet-fibre"} <= {each.key for each in store.list_components(ANONYMOUS)}


def test_works_are_read_and_a_bad_one_is_told(db: None, tmp_path: Path) -> None:
    loading.read_inventory(SHIPPED, {})
    good = {
        "id_chantier": "CH_0225",
        "VoirieNom": "place général meiser",
        "NomImpetrant": "VIVAQUA DISTRIBUTION",
        "DateDebut": "2027-01-01",
        "DateFin": "2027-12-31",
        "FermetureRue": "oui",
    }
    polygon = {"type": "Polygon", "coordinates": [[[4.39, 50.85], [4.391, 50.85], [4.391, 50.851], [4.39, 50.85]]]}
    features = [
        {"properties": good, "geometry": polygon},
        {"properties": {**good, "id_chantier": "CH_2", "DateFin": "2026-01-01"}, "geometry": polygon},
        {"properties": {}, "geometry": None},
    ]
    path = tmp_path / "works.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    counts = loading.read_schaerbeek_works(path, {})
    assert (counts.added, counts.refused) == (1, 2)
    made: Fiche = store.get_project(SYSTEM, "schaerbeek-ch-0225").fiche
    assert made.name["fr"] == "Place Général Meiser\u00a0: travaux de Vivaqua Distribution" and made.owner == "vivaqua" and made.kind == "works"
    assert loading.read_schaerbeek_works(path, {}).unchanged == 1
