"""The national catalogue's lines become rows; a bad line is told and the rest is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from zinneke.foundations.catalogue.readers import clean, communes, read_data_gov_be
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.catalogue.vocabularies import FORMATS, LICENCES, THEMES, format_key, licence_key
from zinneke.kernel.load import Fault
from zinneke.kernel.text import LANGUAGES

LINE = {
    "uri": "http://example.org/1",
    "title": {"fr": "Arbres <b>communaux</b>", "nl": "Gemeentelijke bomen"},
    "description": {"fr": "<p>Les arbres.</p><script>alert(1)</script><ul><li>un</li><li>deux</li></ul>", "en": ["One", "two"]},
    "keywords": {"und": ["arbre", "arbre", "boom"]},
    "themes": ["ENVI", "https://elsewhere.example/theme", "EDUC#SPORT"],
    "publisher": {"uri": "https://org.example/1", "name": {"fr": ["jette", "Commune de Jette"], "nl": "Jette"}},
    "modified": "2024-07-01T12:00:00",
    "issued": "2020-01-01",
    "frequency": "http://purl.org/cld/freq/continuous",
    "accessRights": "NON_PUBLIC",
    "languages": ["FRA", "NLD"],
    "spatial": ["https://sws.geonames.org/2794915/"],
    "temporal": {"start": "2020-01-01T00:00:00", "end": "2021-01-01"},
    "distributions": [
        {"title": {"fr": "csv"}, "format": "CSV", "downloadURL": "https://example.org/a.csv", "license": "CC_BY_4_0", "byteSize": "120"},
        {"downloadURL": "https://example.org/geoserver/wfs?SERVICE=WFS&request=GetCapabilities"},
        {"downloadURL": "javascript:alert(1)", "format": "http://data.gov.be/.well-known/genid/1"},
    ],
}


def read(*lines: object) -> list[DatasetRow | Fault]:
    return list(read_data_gov_be([line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]))


def test_a_line_becomes_a_row_in_the_words_of_the_house() -> None:
    (row,) = read(LINE)
    assert isinstance(row, DatasetRow)
    assert row.title == {"fr": "Arbres communaux", "nl": "Gemeentelijke bomen"}
    assert row.description["fr"] == "Les arbres.\n\n• un\n\n• deux"
    assert row.keywords == {"und": ("arbre", "boom")}
    assert row.themes == ("ENVI", "EDUC")
    assert row.publisher == Publisher("commune-de-jette", {"fr": "Commune de Jette", "nl": "Jette"}, "https://org.example/1")
    assert row.modified == datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert (row.frequency, row.access, row.languages, row.licence) == ("continuous", "non-public", ("fr", "nl"), "cc-by-4.0")
    assert [each.format for each in row.distributions] == ["csv", "wfs", ""]
    assert (row.distributions[0].bytes, row.distributions[2].url) == (120, "")
    assert row.communes == ("21010",)


def test_a_malformed_line_is_told_with_its_place_and_the_others_are_read() -> None:
    first = json.dumps(LINE).encode() + b"\n"
    found = read(first, b'{"uri": "x", "title": {"fr": \n', b"\xff\xfe\n", b"[]\n", b'{"uri": 7}\n', b"\n", b'{"uri": " "}\n', first)
    assert [type(each).__name__ for each in found] == ["DatasetRow", *["Fault"] * 5, "DatasetRow"]
    assert isinstance(found[1], Fault) and found[1].where == f"line 2, byte {len(first)}"
    assert "JSON" in found[1].what


def test_a_dataset_without_a_title_is_called_by_its_identifier() -> None:
    (row,) = read({"uri": "http://example.org/2", "identifier": "abc"})
    assert isinstance(row, DatasetRow) and row.title == {"und": "abc"}


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_stop_the_reading(lines: list[bytes]) -> None:
    assert all(isinstance(each, DatasetRow | Fault) for each in read_data_gov_be(lines))


@given(st.text())
def test_cleaned_text_is_stable_and_holds_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert not any(ord(letter) < 32 and letter != "\n" for letter in cleaned)


def test_html_is_read_as_people_would() -> None:
    assert clean("<p>L&#39;eau &amp; l'air</p><p>fin</p>") == "L'eau & l'air\n\nfin"
    assert clean("a < b and b > c") == "a < b and b > c"
    assert clean("x<style>p{}</style><img src=x onerror=alert(1)>y") == "xy"


def test_communes_are_found_by_whole_names_in_their_own_language() -> None:
    region = ["https://sws.geonames.org/2800867/"]
    assert communes({"fr": "Marchés à Ixelles et Schaerbeek"}, {}, None, region) == ("21009", "21015")
    assert communes({"nl": "Straten van Elsene"}, {}, None, []) == ("21009",)
    assert communes({"en": "Forest cover of Flanders"}, {}, None, []) == ()
    assert communes({"en": "Forest cover"}, {}, None, region) == ()
    assert communes({"fr": "Sports à Forest"}, {}, None, region) == ("21007",)
    assert communes({"nl": "Sint-Gillis-Waas"}, {}, None, region) == ()
    assert communes({"fr": "Bruxelles"}, {}, None, region) == ()
    assert communes({"fr": "Bruxelles"}, {}, Publisher("ville-de-bruxelles", {"fr": "Ville de Bruxelles"}), []) == ("21004",)


def test_licences_and_formats_are_recognised_however_they_are_written() -> None:
    for written in ("CC_BY_4_0", "https://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0", "cc-by-4.0"):
        assert licence_key(written) == "cc-by-4.0"
    assert licence_key("https://creativecommons.org/licenses/by-nc/4.0/legalcode") == "cc-by-nc-4.0"
    assert (licence_key(""), licence_key("my own terms")) == ("unknown", "other")
    assert (format_key("WFS_SRVC"), format_key("", "text/csv"), format_key("???")) == ("wfs", "csv", "")


def test_the_vocabularies_speak_every_language() -> None:
    assert len(THEMES) == 13
    for text in (*THEMES.values(), *(licence.name for licence in LICENCES.values())):
        assert all(text.said_in(language) for language in LANGUAGES)
    assert all(form.name for form in FORMATS.values())


def test_the_real_catalogue_reads_without_a_fault(national: list[DatasetRow | Fault]) -> None:
    rows = [row for row in national if isinstance(row, DatasetRow)]
    assert len(rows) == len(national) == 17_828
    assert sum(len(row.distributions) for row in rows) == 70_441
    found = {code for row in rows for code in row.communes}
    assert found == {str(code) for code in range(21001, 21020)}
