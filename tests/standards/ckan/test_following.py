"""What CKAN tells of followers, collaborators and vocabularies is told as by a CKAN that has none of them."""

from __future__ import annotations

from typing import Any

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN
from starlette.testclient import TestClient

from tests.standards.ckan.conftest import Bridge
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import SYSTEM


@pytest.fixture
def reader(machine: TestClient) -> RemoteCKAN:
    """Return the client with the token of somebody."""
    identity.add_person(SYSTEM, "ann@brussels.test", "Ann")
    identity.grant_role(SYSTEM, "ann@brussels.test", "administrator", "", "*")
    return RemoteCKAN(
        "http://testserver", apikey=identity.add_token(SYSTEM, "ann@brussels.test", "laptop", ["see:*", "edit:*"]), session=Bridge(machine)
    )


def test_followers_are_none(ckan: RemoteCKAN, reader: RemoteCKAN) -> None:
    assert ckan.action.dataset_follower_count(id="bike-counts") == 0
    assert ckan.action.organization_follower_count(id="brussels-mobility") == 0
    assert ckan.action.group_follower_count(id="tran") == 0
    assert reader.action.dataset_follower_list(id="bike-counts") == []
    assert reader.action.am_following_dataset(id="bike-counts") is False
    assert reader.action.followee_list() == reader.action.dataset_followee_list() == []
    assert reader.action.followee_count() == reader.action.dashboard_new_activities_count() == 0
    with pytest.raises(NotFound):
        ckan.action.dataset_follower_count(id="nothing")
    for action in ("dataset_follower_list", "am_following_dataset", "package_collaborator_list"):
        with pytest.raises(NotAuthorized):
            getattr(ckan.action, action)(id="bike-counts")


def test_collaborators_vocabularies_and_members_are_told_as_where_there_are_none(ckan: RemoteCKAN, reader: RemoteCKAN) -> None:
    assert reader.action.package_collaborator_list(id="bike-counts") == []
    assert ckan.action.vocabulary_list() == []
    with pytest.raises(NotFound):
        ckan.action.vocabulary_show(id="themes")
    assert [each["value"] for each in ckan.action.member_roles_list()] == ["admin", "editor", "member"]
    assert "tran" in [each["name"] for each in reader.action.group_list_authz()]
    assert reader.action.user_activity_list(id="ann@brussels.test") == reader.action.dashboard_activity_list() == []
    assert ckan.action.term_translation_show() == []


def test_of_users_one_is_offered_oneself_alone(reader: RemoteCKAN) -> None:
    own: dict[str, Any] = reader.action.user_show()
    assert [each["name"] for each in reader.action.user_autocomplete(q=own["name"][:4])] == [own["name"]]
    assert reader.action.user_autocomplete(q="zz") == []
