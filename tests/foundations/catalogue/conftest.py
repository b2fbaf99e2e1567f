"""The national catalogue, read once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from zinneke.foundations.catalogue.readers import read_data_gov_be
from zinneke.foundations.catalogue.values import DatasetRow
from zinneke.kernel.load import Fault


@pytest.fixture(scope="session")
def national(shared_data: Path) -> list[DatasetRow | Fault]:
    """Return the rows of the real catalogue."""
    with gzip.open(shared_data / "catalog" / "data_gov_be_datasets_2025-04.jsonl.gz") as lines:
        return list(read_data_gov_be(lines))
