"""Who sits where, who sees their names, who has nobody, who leads what; and what stays when somebody goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.office.network.conftest import person
from zinneke.foundations.identity import store as identity
from zinneke.kernel.confidentiality import ANONYMOUS, SYSTEM, Actor, Level
from zinneke.kernel.problem import Problem
from zinneke.office.network import models, store
from zinneke.office.network.values import Lead, Organisation, Post

pytestmark = pytest.mark.usefixtures("town")


def seen(actor: Actor) -> tuple[str, str, str]:
    post = store.get_post(actor, "lou")
    assert store.list_posts(actor, "stib") == [post]
    return post.person, post.email, post.phone


def test_a_name_is_for_administrations_and_the_ways_to_reach_somebody_for_whoever_sees_personal_data(manager: Actor) -> None:
    assert seen(ANONYMOUS) == ("", "", "")
    assert seen(person("partner@example.org", "partner")) == ("Lou Demo", "", "")
    assert seen(manager) == ("Lou Demo", "lou@example.org", "02 000")
    assert seen(person("stib@example.org", "partner", "network.stib")) == ("Lou Demo", "", "")
    assert seen(person("easy@example.org", "steward", "network.easy")) == ("", "", "")


def test_everybody_sees_the_name_of_somebody_who_agreed_and_nothing_more() -> None:
    store.set_post(SYSTEM, msgspec.structs.replace(store.get_post(SYSTEM, "lou"), agreed=True))
    assert seen(ANONYMOUS) == ("Lou Demo", "", "")


def test_no_page_or_route_shows_a_visitor_who_somebody_is(browse: Any) -> None:
    for page in ("network/", "network/organisations/stib/", "network/nobody/", "network/leads/", "search/?q=lou+demo"):
        assert "lou@example" not in browse(ANONYMOUS, f"/fr/{page}").content.decode().lower(), page
        assert page.startswith("search") or "Lou Demo" not in browse(ANONYMOUS, f"/fr/{page}").content.decode(), page


def test_whoever_edits_a_post_needs_the_right_to_personal_data_there() -> None:
    operator = person("operator@example.org", "operator", "network")
    with pytest.raises(Problem) as refused:
        store.set_post(operator, store.get_post(SYSTEM, "lou"))
    assert refused.value.status == 403
    steward = person("stib@example.org", "steward", "network.stib")
    assert store.set_post(steward, msgspec.structs.replace(store.get_post(steward, "lou"), mandate="All of it")).mandate == "All of it"


def test_a_person_who_is_erased_leaves_the_post_its_dates_its_lead_and_its_actions(manager: Actor) -> None:
    from zinneke.office.network.values import Action

    store.offer_lead(manager, Lead(key="bus", project="bus", title="Bus", post="lou"))
    store.set_action(manager, Action(key="do", title="Do it", post="lou"))
    store.forget_person(manager, "lou")
    post = store.get_post(manager, "lou")
    assert (post.person, post.email, post.phone, post.account) == ("", "", "", None)
    assert post.since == date(2026, 1, 5)
    assert post.until is not None
    assert store.get_lead(manager, "bus").post == "lou"
    assert store.get_action(manager, "do").post == "lou"
    assert "Lou Demo" not in repr(list(models.Post.objects.values()))


def test_whoever_follows_gets_a_post_of_their_own_and_the_one_before_stays_in_the_history(manager: Actor) -> None:
    yesterday = date(2026, 2, 1)
    store.set_post(manager, msgspec.structs.replace(store.get_post(manager, "lou"), until=yesterday))
    store.set_post(manager, Post(key="noor", title={"fr": "Responsable"}, person="Noor", owner="stib", since=yesterday + timedelta(days=1)))
    assert [each.person for each in store.list_posts(manager, "stib")] == ["Noor"]
    assert [each.person for each in store.list_posts(manager, "stib", past=True)] == ["Noor", "Lou Demo"]


def test_who_has_nobody_and_who_has_nobody_to_stand_in(manager: Actor) -> None:
    assert [(each.key, nobody) for each, nobody in store.list_vacancies(ANONYMOUS)] == [("easy", True), ("stib", False)]
    store.set_post(manager, Post(key="max", title={"fr": "Suppléant"}, owner="stib", since=date(2026, 1, 5), deputy_of="lou"))
    assert [each.key for each, _ in store.list_vacancies(ANONYMOUS)] == ["easy"]
    store.forget_person(manager, "lou")
    models.Post.objects.filter(key="lou").update(until=date(2026, 2, 1))
    assert ("stib", True) in [(each.key, nobody) for each, nobody in store.list_vacancies(ANONYMOUS)]


def test_a_lead_is_offered_accepted_and_handed_over_with_a_trace(manager: Actor) -> None:
    lou = person("lou@example.org", "partner")
    store.set_post(SYSTEM, store.get_post(SYSTEM, "lou"))  # finds the account that came after it
    store.set_post(SYSTEM, Post(key="easy-1", title={"fr": "Responsable"}, owner="easy", since=date(2026, 1, 5)))
    lead = store.offer_lead(manager, Lead(project="bus", title="Bus", post="lou"))
    with pytest.raises(Problem, match="leads this project already"):
        store.offer_lead(manager, Lead(project="bus", title="Bus", post="easy-1"))
    stranger = person("stranger@example.org", "partner")
    with pytest.raises(Problem) as refused:
        store.answer_lead(stranger, lead.key, "accepted")
    assert refused.value.status == 403
    assert store.answer_lead(lou, lead.key, "accepted").state == "accepted"
    moved = store.answer_lead(lou, lead.key, "handed over", "easy-1", "I leave in June.")
    assert (moved.state, moved.post, moved.owner) == ("offered", "easy-1", "easy")
    assert [step.what for step in moved.steps] == ["offered", "accepted", "handed over"]
    with pytest.raises(Problem):
        store.answer_lead(lou, lead.key, "accepted")
    store.answer_lead(manager, lead.key, "accepted")
    with pytest.raises(Problem, match="cannot be declined"):
        store.answer_lead(manager, lead.key, "declined")


def test_an_organisation_cannot_stand_under_itself_however_long_the_way(manager: Actor) -> None:
    store.set_organisation(manager, msgspec.structs.replace(store.get_organisation(manager, "easy"), parent="stib"))
    with pytest.raises(Problem, match="under itself"):
        store.set_organisation(manager, msgspec.structs.replace(store.get_organisation(manager, "stib"), parent="easy"))


def test_its_name_is_kept_where_rights_are_and_its_area_there_is_not_changed_from_here(manager: Actor) -> None:
    identity.add_organisation(SYSTEM, "jette", {"fr": "Jette"}, "21010")
    store.set_organisation(manager, Organisation(key="jette", name={"fr": "Commune de Jette"}, kind="commune", area="21001"))
    assert [(each.name["fr"], each.area) for each in identity.list_organisations(SYSTEM) if each.key == "jette"] == [("Commune de Jette", "21010")]


def test_two_who_edit_at_once_are_told_and_nothing_typed_is_lost(manager: Actor, browse: Any) -> None:
    form = {"name_fr": "STIB", "kind": "regional", "helix": "government", "level": "0", "version": "1", "address": "Rue Royale 76"}
    assert browse(manager, "/en/network/edit/organisation/stib/", form).status_code == 302
    answer = browse(manager, "/en/network/edit/organisation/stib/", {**form, "address": "Rue Ravenstein 36"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Manager changed this meanwhile" in text
    assert "Rue Ravenstein 36" in text
    assert store.get_organisation(manager, "stib").address == "Rue Royale 76"


def test_a_form_without_a_name_says_so_at_its_field_in_the_language_of_the_page(manager: Actor, browse: Any) -> None:
    answer = browse(manager, "/fr/network/edit/organisation/new/", {"key": "x y", "kind": "regional", "helix": "government", "level": "0"})
    assert answer.status_code == 422
    assert "Écrivez-le dans une langue au moins." in answer.content.decode()
    assert "Lettres minuscules" in answer.content.decode()


def test_whoever_may_edit_nothing_gets_no_form(browse: Any) -> None:
    assert browse(person("partner@example.org", "partner"), "/en/network/edit/organisation/stib/").status_code == 403
    assert "/sign-in/" in browse(ANONYMOUS, "/en/network/edit/organisation/stib/").url


def test_what_is_shared_is_not_found_by_whoever_should_not_know_of_it(manager: Actor) -> None:
    store.set_organisation(manager, Organisation(key="hidden", name={"fr": "Cachée"}, level=Level.SHARED))
    assert "hidden" not in [each.key for each in store.list_organisations(ANONYMOUS)]
    with pytest.raises(Problem) as refused:
        store.get_organisation(ANONYMOUS, "hidden")
    assert refused.value.status == 404
