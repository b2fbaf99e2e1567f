"""Files of a load: unpacked within bounds, and every fault told with its place."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from zinneke.cli import files
from zinneke.kernel.problem import Problem


def test_plain_gzip_and_zip_give_the_same_rows(tmp_path: Path) -> None:
    text = "a,b\n1,é\n".encode()
    (tmp_path / "plain.csv").write_bytes(b"\xef\xbb\xbf" + text)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("inside.csv", text)
    for name in ("plain.csv", "packed.csv.gz", "packed.zip"):
        assert list(files.read_rows(tmp_path / name, ",")) == [(1, ["a", "b"]), (2, ["1", "é"])]


def test_a_truncated_gzip_says_how_far_it_could_be_read(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (row, row * 7919) for row in range(200_000)))
    (tmp_path / "x.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Problem, match="cannot be unpacked beyond byte") as raised:
        list(files.read_rows(tmp_path / "x.csv.gz", ","))
    assert raised.value.extra["where"].startswith("byte ")


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_refused_before_it_fills_anything(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb.{kind}"
    if kind == "gz":
        with gzip.open(path, "wb", 9) as packed:
            for _ in range(120):
                packed.write(b"\0" * 1_000_000)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros", b"\0" * 120_000_000)
    with pytest.raises(Problem, match="far more") as raised:
        files.read_whole(path)
    assert raised.value.status == 413


def test_a_broken_or_crowded_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(Problem, match="not a whole zip"):
        files.read_whole(tmp_path / "broken.zip")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("b", "2")
    with pytest.raises(Problem, match="holds 2 files"):
        files.read_whole(tmp_path / "two.zip")


def test_a_byte_that_is_not_utf8_is_told_by_row_and_byte(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a,b\n1,fine\n2,caf" + b"\xe9\n")
    with pytest.raises(Problem, match="0xe9") as raised:
        list(files.read_rows(tmp_path / "x.csv", ","))
    assert raised.value.extra["where"] == "row 3, byte 16"


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"1")
    (tmp_path / "c").write_bytes(b"2")
    assert files.digest_of(tmp_path / "a") == files.digest_of(tmp_path / "b") != files.digest_of(tmp_path / "c")
