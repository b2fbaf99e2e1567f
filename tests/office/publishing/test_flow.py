"""From a file to a published dataset, step by step in a browser without script; what is wrong is said where it is, and nothing typed is lost."""

from __future__ import annotations

import io
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.office.publishing.conftest import signed_in
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.foundations.territory import store as territory
from zinneke.foundations.territory.values import AreaRow
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.office.publishing import store
from zinneke.office.publishing.models import Upload
from zinneke.office.publishing.values import Work

pytestmark = pytest.mark.django_db

TREES = "soort;hoogte;geplant\nChâtaignier;12,5;01/02/1990\nEik;8,25;02/03/2001\n".encode("cp1252")
PEOPLE = ("naam,mail,leeftijd,postcode\n" + "".join(f"An{n},an{n}@example.be,{30 + n % 9},10{n % 2}0\n" for n in range(60))).encode()
ABOUT = {"title_fr": "Arbres", "title_nl": "Bomen", "licence": "cc0", "ground": "reuse", "next": "1"}


def begun(client: Client, content: bytes, name: str = "data.csv", **form: Any) -> str:
    """Send a file and return the address of the publication, without its step."""
    answer = client.post("/en/publish/", {"file": SimpleUploadedFile(name, content), **form})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).removesuffix("table/")


def work_at(place: str) -> Work:
    """Return a publication as whoever began it reads it."""
    record = Upload.objects.get(key=place.rstrip("/").rpartition("/")[2])
    return store.get_upload(Actor(record.owner, grants=SYSTEM.grants), record.key)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_clean_file_is_published_by_going_on_four_times(publisher: Client) -> None:
    place = begun(publisher, TREES)
    page = text(publisher.get(f"{place}table/"))
    assert "semicolon (found)" in page
    assert "cp1252 (found)" in page
    assert ", (found)" in page
    assert publisher.post(f"{place}table/", {"next": "1", "fr-0": "espèce"})["Location"] == f"{place}people/"
    assert publisher.post(f"{place}people/", {"next": "1"})["Location"] == f"{place}about/"
    assert publisher.post(f"{place}about/", ABOUT)["Location"] == f"{place}check/"
    assert "nl" in text(publisher.get(f"{place}check/"))
    assert publisher.post(f"{place}check/", {"do": "publish"})["Location"] == "/en/data/arbres/"
    version = tables.get_version(ANONYMOUS, "arbres")
    assert [(each.name, each.type) for each in version.columns] == [("soort", "text"), ("hoogte", "decimal"), ("geplant", "date")]
    assert version.columns[0].label == {"fr": "espèce"}
    assert "Re-use of public-sector information" in " ".join(version.lineage)
    assert not Upload.objects.exists()
    assert "Arbres" in text(Client().get("/fr/data/arbres/"))


def test_people_in_three_rows_are_closed_places_in_metres_found_and_remarks_said_in_the_language_of_the_reader(publisher: Client) -> None:
    rows = "Nom;X;Y\nÉlodie Dubois;149000,5;170500\nJean Peeters;149100;170600\nFatima El Amrani;149200\nMarie Lambert;149300;170700\n"
    place = begun(publisher, rows.encode("cp1252")).replace("/en/", "/fr/")
    page = text(publisher.get(f"{place}table/"))
    assert "\u00a0: a moins de cellules que l’en-tête\u00a0: 2 au lieu de 3" in page
    assert "octet 8\u00a0: le texte n’est pas en UTF-8" in page
    assert '<option value="EPSG:31370" selected>' in page
    assert "X (trouvé)" in page
    page = text(publisher.get(f"{place}people/"))
    assert "nom d’une personne" in page
    assert Level.PERSONAL in {each.suggested for each in work_at(place).raw.columns}  # type: ignore[union-attr]
    publisher.post(f"{place}people/", {"next": "1"})
    publisher.post(f"{place}about/", ABOUT)
    page = text(publisher.get(f"{place}check/"))
    assert "la page des données aussi" in page and "<span>lieux</span>" in page
    publisher.post(f"{place}check/", {"do": "publish"})
    assert "Publié à partir de data.csv." in text(publisher.get("/fr/data/arbres/"))


def test_nothing_is_public_before_it_is_said_so_and_a_review_is_done_by_somebody_else(publisher: Client) -> None:
    place = begun(publisher, TREES)
    publisher.post(f"{place}about/", ABOUT)
    publisher.post(f"{place}check/", {"do": "review"})
    assert Client().get("/en/data/arbres/").status_code == 404
    assert "In review" in text(publisher.get("/en/data/arbres/"))
    other = signed_in("reviewer@brussels.test")
    assert "Arbres" in text(other.get("/en/publish/"))
    assert other.post("/en/publish/review/arbres/", {"do": "send-back", "reason": ""}).status_code == 422
    other.post("/en/publish/review/arbres/", {"do": "send-back", "reason": "the unit is lacking"})
    assert "the unit is lacking" in text(publisher.get("/en/publish/review/arbres/"))
    publisher.post("/en/publish/review/arbres/", {"do": "submit"})
    other.post("/en/publish/review/arbres/", {"do": "accept"})
    assert Client().get("/en/data/arbres/").status_code == 200
    other.post("/en/publish/review/arbres/", {"do": "withdraw", "reason": "Counted twice."})
    gone = Client().get("/en/data/arbres/")
    assert gone.status_code == 200
    assert "Counted twice." in text(gone)


def test_personal_data_are_closed_from_the_first_look_and_opening_them_takes_a_treatment(publisher: Client) -> None:
    place = begun(publisher, PEOPLE)
    page = text(publisher.get(f"{place}people/"))
    assert "100% of 60 different values are valid" in page
    work = work_at(place)
    assert {each.name: each.level for each in work.spec.columns}["mail"] is Level.PERSONAL
    names = [each.column.name for each in work.raw.columns]  # type: ignore[union-attr]
    mail, age = names.index("mail"), names.index("leeftijd")
    answer = publisher.post(f"{place}people/", {f"level-{number}": "0" for number in range(4)} | {"next": "1"})
    assert answer.status_code == 422
    assert f'href="#do-{mail}"' in text(answer)
    treated = {f"level-{number}": "0" for number in range(4)} | {f"do-{mail}": "drop", f"do-{names.index('naam')}": "mask"}
    grouped = treated | {f"quasi-{age}": "1", f"quasi-{names.index('postcode')}": "1", "k": "5"}
    small = publisher.post(f"{place}people/", grouped | {"next": "1"})
    assert small.status_code == 422
    assert "groups of fewer than 5" in text(small)
    general = grouped | {f"do-{age}": "range", f"by-{age}": "10"}
    assert publisher.post(f"{place}people/", general | {"next": "1"})["Location"] == f"{place}about/"
    publisher.post(f"{place}about/", ABOUT)
    publisher.post(f"{place}check/", {"do": "publish"})
    version = tables.get_version(ANONYMOUS, "arbres")
    assert [each.name for each in version.columns] == ["naam", "leeftijd", "postcode"]
    assert tables.read_rows(ANONYMOUS, "arbres").rows[0] == ("***", "30–39", 1000)
    assert [each.do for each in version.treatments] == ["mask", "drop", "range"]


def test_saying_that_something_is_not_personal_takes_a_reason_and_a_second_pair_of_eyes(publisher: Client) -> None:
    rows = "agency,contact\n" + "".join(f"Office {n},service{n}@example.be\n" for n in range(40))
    place = begun(publisher, rows.encode())
    form = {"level-0": "0", "level-1": "0", "do-1": "declare", "next": "1"}
    assert "Say why" in text(publisher.post(f"{place}people/", form))
    assert publisher.post(f"{place}people/", form | {"why-1": "addresses of services"}).status_code == 302
    publisher.post(f"{place}about/", ABOUT)
    assert 'value="publish"' not in text(publisher.get(f"{place}check/"))
    assert publisher.post(f"{place}check/", {"do": "review"}).status_code == 302
    own = publisher.post("/en/publish/review/arbres/", {"do": "accept"})
    assert own.status_code == 422
    assert "somebody else looks at it" in text(own)
    signed_in("reviewer@brussels.test").post("/en/publish/review/arbres/", {"do": "accept"})
    assert tables.read_rows(ANONYMOUS, "arbres").total == 40


def test_what_cannot_be_read_is_said_where_it_is_and_the_way_can_be_corrected(publisher: Client) -> None:
    assert "Choose a file" in text(publisher.post("/en/publish/", {}))
    assert "is empty" in text(publisher.post("/en/publish/", {"file": SimpleUploadedFile("a.csv", b"")}))
    place = begun(publisher, b"a,b\n1,2\n3\n", "ragged.csv")
    assert "fewer cells than the header" in text(publisher.get(f"{place}table/"))
    wide = begun(publisher, ",".join(f"c{n}" for n in range(10_000)).encode(), "wide.csv")
    page = text(publisher.get(f"{wide}table/"))
    assert "10,000 columns" in page
    assert publisher.get(f"{wide}people/")["Location"] == f"{wide}table/"
    assert publisher.get(f"{place}nonsense/").status_code == 404


def test_a_french_reader_is_told_in_french(publisher: Client) -> None:
    wide = begun(publisher, ",".join(f"c{n}" for n in range(10_000)).encode(), "wide.csv").replace("/en/", "/fr/")
    assert "10,000 colonnes" in text(publisher.get(f"{wide}table/"))


def test_a_sheet_of_a_workbook_is_chosen(publisher: Client) -> None:
    made = Workbook()
    for title, column in (("first", "a"), ("second", "b")):
        made.create_sheet(title).append([column])
        made[title].append([1])
    del made["Sheet"]
    file = io.BytesIO()
    made.save(file)
    place = begun(publisher, file.getvalue(), "book.xlsx")
    publisher.post(f"{place}table/", {"part": "second", "again": "1"})
    page = text(publisher.get(f"{place}table/"))
    assert "<option selected>second</option>" in page
    assert '<th scope="row">b</th>' in page


def test_rows_that_are_pasted_are_taken_and_an_address_inside_the_house_is_not(publisher: Client) -> None:
    answer = publisher.post("/en/publish/", {"text": "a,b\r\n1,2\r\n"})
    assert answer.status_code == 302
    refused = publisher.post("/en/publish/", {"address": "http://127.0.0.1/secret.csv"})
    assert refused.status_code == 422
    assert "Only public addresses" in text(refused)
    assert "http://127.0.0.1/secret.csv" in text(refused)


def test_a_publisher_of_one_commune_publishes_there_and_nowhere_else(db: None) -> None:
    clerk = signed_in("clerk@jette.test", area="21010")
    place = begun(clerk, TREES)
    clerk.post(f"{place}about/", ABOUT)
    clerk.post(f"{place}check/", {"do": "publish"})
    assert catalogue.get_dataset(SYSTEM, "arbres").area == "21010"
    assert tables.get_version(SYSTEM, "arbres").area == "21010"


def test_a_new_version_goes_through_the_same_flow_and_keeps_the_description(publisher: Client) -> None:
    place = begun(publisher, TREES)
    publisher.post(f"{place}about/", ABOUT)
    publisher.post(f"{place}check/", {"do": "publish"})
    place = begun(publisher, TREES + b"Berk;3,5;03/04/2020\n", dataset="arbres")
    assert 'value="Arbres"' in text(publisher.get(f"{place}about/"))
    publisher.post(f"{place}check/", {"do": "publish"})
    version = tables.get_version(ANONYMOUS, "arbres")
    assert (version.number, version.rows) == (2, 3)


def test_what_was_begun_is_kept_found_again_and_deleted(publisher: Client) -> None:
    place = begun(publisher, TREES, "trees.csv")
    assert "trees.csv" in text(publisher.get("/en/publish/"))
    assert signed_in("other@brussels.test").get(f"{place}table/").status_code == 404
    assert Client().get(f"{place}table/").status_code in (302, 401)
    publisher.post(f"{place}delete/")
    assert publisher.get(f"{place}table/").status_code == 404


def test_home_coordinates_become_the_commune(publisher: Client) -> None:
    territory.set_areas(SYSTEM, [AreaRow("21010", "commune", {"fr": "Jette", "nl": "Jette"}, shapely.box(4.3, 50.8, 4.4, 50.9))])
    rows = "mail,lon,lat\n" + "".join(f"an{n}@example.be,4.35{n},50.85{n}\n" for n in range(40))
    place = begun(publisher, rows.encode())
    work = work_at(place)
    names = [each.column.name for each in work.raw.columns]  # type: ignore[union-attr]
    assert names == ["mail", "lon", "lat", "geometry"]
    form = {"do-0": "drop", "do-3": "commune", "level-3": "0", "level-1": "0", "level-2": "0", "next": "1"}
    assert publisher.post(f"{place}people/", form).status_code == 302
    publisher.post(f"{place}about/", ABOUT)
    answer = publisher.post(f"{place}check/", {"do": "publish"})
    assert answer.status_code == 302
    assert tables.read_rows(ANONYMOUS, "arbres").rows[0] == ("21010",)


def test_the_languages_of_the_data_are_asked_kept_apart_from_those_of_the_title_and_told_as_linked_data(publisher: Client) -> None:
    place = begun(publisher, b"naam\neik\nlinde\n")
    page = text(publisher.get(f"{place}about/"))
    assert "Languages of the data" in page
    publisher.post(f"{place}about/", ABOUT | {"languages": "1", "language_nl": "1", "language_de": "1"})
    assert work_at(place).row.languages == ("nl", "de")
    assert 'name="language_nl" value="1" checked' in text(publisher.get(f"{place}about/"))
    publisher.post(f"{place}people/", {"level-0": "0", "next": "1"})
    publisher.post(f"{place}check/", {"do": "publish"})
    assert catalogue.get_dataset(ANONYMOUS, "arbres").row.languages == ("nl", "de")
