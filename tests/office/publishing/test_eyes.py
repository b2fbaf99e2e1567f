"""The pages of a second pair of eyes: the rules for everybody, a version that waits for whoever may edit it, in three languages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.office.publishing.conftest import signed_in
from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.catalogue.values import DatasetRow, Publisher
from zinneke.foundations.tables import store as tables
from zinneke.foundations.tables.values import Spec
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Grant, Level, Right

pytestmark = pytest.mark.django_db
ANN = Actor("ann", name="Ann", grants=(Grant("steward", frozenset({Right.SEE, Right.EDIT}), Level.PERSONAL),))


def test_a_version_that_waits_is_read_compared_refused_or_opened_on_its_page_and_the_rules_are_shown_to_everybody() -> None:
    row = DatasetRow(uri="urn:trees", key="trees", title={"en": "Trees"}, publisher=Publisher("parks", {"en": "Parks"}))
    catalogue.publish(SYSTEM, row, b"name\noak\n", Spec())
    catalogue.set_rule(SYSTEM, "parks", "always")
    catalogue.set_rows(ANN, "trees", b"name\noak\nelm\n", Spec())
    reviewer = signed_in("bob@brussels.test")
    for language in ("fr", "nl", "en"):
        page = reviewer.get(f"/{language}/publish/review/trees/").content.decode()
        assert 'value="accept-version"' in page
        assert f"/{language}/data/trees/compare/?from=1&amp;to=2" in page
        assert "Parks" in Client().get(f"/{language}/publish/rules/").content.decode()
        assert f"/{language}/publish/review/trees/" in reviewer.get(f"/{language}/desk/").content.decode()
    assert reviewer.post("/en/publish/rules/", {"publisher": "parks", "asks": "declared"}).status_code == 403
    assert reviewer.post("/en/publish/review/trees/", {"do": "refuse-version"}).status_code == 422
    assert tables.read_rows(ANONYMOUS, "trees").total == 1
    assert reviewer.post("/en/publish/review/trees/", {"do": "accept-version", "version": "2-000000000000"}).status_code == 422
    found = re.search(r'name="version" value="(2-[0-9a-f]{12})"', page)
    assert found
    assert reviewer.post("/en/publish/review/trees/", {"do": "accept-version", "version": found[1]}).status_code == 302
    assert tables.read_rows(ANONYMOUS, "trees").total == 2
    assert "New version public" in reviewer.get("/en/publish/review/trees/").content.decode()
    administrator = signed_in("chief@brussels.test", "administrator")
    assert administrator.post("/en/publish/rules/", {"publisher": "parks", "asks": "first"}).status_code == 302
    assert administrator.post("/en/publish/rules/", {"publisher": "parks", "asks": "never"}).status_code == 422
