"""Tiles: the tile matrix set of the usual maps, strong entity tags, and a TileJSON that leads to tiles with something in them."""

from __future__ import annotations

import gzip

from tests.foundations.territory import mvt
from tests.standards.ogc.conftest import BASE, get
from zinneke.foundations.tables.values import Published
from zinneke.foundations.territory.tiles import tile_at

TILES = "/ogc/collections/trees/tiles/WebMercatorQuad"
X, Y = tile_at(4.3525, 50.8467, 14)


def test_a_tile_is_at_row_and_column_and_holds_the_layer(trees: Published) -> None:
    answer = get(f"{TILES}/14/{Y}/{X}")
    assert answer.status == 200 and answer.type == "application/vnd.mapbox-vector-tile"
    (feature,) = mvt.decode(answer.body)["trees"].features
    assert feature.properties["name"] == "Chêne" and feature.properties["height"] == 21.5 and feature.properties["alive"] is True
    assert get(f"{TILES}/14/0/0").status == 204


def test_an_entity_tag_is_strong_and_spares_the_tile(trees: Published) -> None:
    plain, packed = get(f"{TILES}/5/10/16"), get(f"{TILES}/5/10/16", accept_encoding="gzip")
    tag = plain.headers["ETag"]
    assert tag.startswith('"') and not tag.startswith("W/")
    assert packed.headers.get("Content-Encoding") is None or (gzip.decompress(packed.body) == plain.body and packed.headers["ETag"] != tag)
    for asked in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        assert get(f"{TILES}/5/10/16", if_none_match=asked).status == 304
    assert get(f"{TILES}/5/10/16", if_none_match='"other"').status == 200


def test_a_dense_tile_goes_out_packed_under_a_tag_of_its_own(publish) -> None:  # type: ignore[no-untyped-def]
    publish("n,lat,lon\n" + "\n".join(f"{n},50.8{n:03},4.3{n:03}" for n in range(300)), time="")
    plain, packed = get(f"{TILES}/5/10/16"), get(f"{TILES}/5/10/16", accept_encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert get(f"{TILES}/5/10/16", if_none_match=packed.headers["ETag"]).status == 304


def test_a_new_version_has_other_tags(publish) -> None:  # type: ignore[no-untyped-def]
    publish()
    before = get(f"{TILES}/5/10/16").headers["ETag"]
    publish("name,seen,lat,lon\nx,2024-01-01T00:00:00Z,50.8,4.3\n")
    assert get(f"{TILES}/5/10/16", if_none_match=before).status == 200
    assert get("/ogc/collections/trees@1/tiles/WebMercatorQuad/5/10/16", if_none_match=before).status == 304


def test_tilesets_say_where_their_tiles_are(trees: Published) -> None:
    told = get(TILES).json
    limits = {each["tileMatrix"]: each for each in told["tileMatrixSetLimits"]}["14"]
    assert limits["minTileCol"] <= X <= limits["maxTileCol"] and limits["minTileRow"] <= Y <= limits["maxTileRow"]
    assert told["layers"][0]["propertiesSchema"]["properties"]["height"] == {"type": "number"} and told["layers"][0]["geometryDimension"] == 0
    tilejson = get(f"{TILES}?f=tilejson").json
    address = tilejson["tiles"][0].removeprefix(BASE).format(z=14, x=X, y=Y)
    assert get(address).status == 200 and tilejson["vector_layers"][0]["id"] == "trees"


def test_the_matrix_set_is_the_one_of_the_usual_maps() -> None:
    matrices = get("/ogc/tileMatrixSets/WebMercatorQuad").json["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == 559082264.028717 and matrices[3]["matrixWidth"] == 8
    assert get("/ogc/tileMatrixSets/Other").status == get("/ogc/collections/trees/tiles/Other").status == 404


def test_tiles_that_cannot_be_are_refused(trees: Published) -> None:
    assert get(f"{TILES}/3/9/0").status == 400 and get(f"{TILES}/25/0/0").status == 400 and get(f"{TILES}/a/0/0").status == 400
    assert get("/ogc/collections/catalogue/tiles/WebMercatorQuad/0/0/0").status == 404
    assert get("/ogc/collections/territory.communes/tiles").status == 404
