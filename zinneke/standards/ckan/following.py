"""What CKAN tells of followers, collaborators, vocabularies and the like, which are not kept here: nothing of them, as a CKAN without any says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from zinneke.foundations.catalogue import store
from zinneke.kernel.confidentiality import Right, reach
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call
from zinneke.standards.ckan import lists
from zinneke.standards.ckan.about import AskNothing, AskUser, user_show
from zinneke.standards.ckan.packages import AskId, AskPrefix, find

_KINDS = ("dataset", "group", "organization", "user")
_ROLES = {"admin": "Admin", "editor": "Editor", "member": "Member"}
Whose = Callable[[Call[Any], AskId], object]


class AskFollowee(msgspec.Struct):
    """A user, and the beginning of a name."""

    id: str = ""
    q: str = ""


class AskVocabulary(msgspec.Struct):
    """A vocabulary of tags."""

    id: str


class AskCollaborators(msgspec.Struct):
    """A package, or a user, and a capacity."""

    id: str
    capacity: str = ""


class AskPermission(msgspec.Struct):
    """What one may do with it."""

    available_only: bool = False
    am_member: bool = False


def _demand(kind: str, call: Call[Any], name: str) -> None:
    """Raise `Problem` 404 where there is nothing of that name."""
    if kind == "dataset":
        find(call.actor, name)
    elif kind == "user":
        user_show(call, AskUser(name))
    else:
        (lists.organization_show if kind == "organization" else lists.group_show)(call, lists.AskPlace(name))


def _of_one(kind: str, what: Literal["follower_count", "follower_list", "am_following"]) -> Callable[[Call[Any], AskId], Any]:
    def tell(call: Call[Any], ask: AskId) -> Any:
        _demand(kind, call, ask.id)
        return {"follower_count": 0, "follower_list": [], "am_following": False}[what]

    tell.__name__ = f"am_following_{kind}" if what == "am_following" else f"{kind}_{what}"
    said = {"follower_count": "Say how many follow", "follower_list": "List who follows", "am_following": "Say whether the asker follows"}[what]
    tell.__doc__ = f"{said} this {kind}: nobody follows anything here, where subscriptions are private."
    return tell


def _of_user(kind: str, what: Literal["count", "list"]) -> Callable[[Call[Any], AskFollowee], Any]:
    def tell(call: Call[Any], ask: AskFollowee) -> Any:
        return 0 if what == "count" else []

    tell.__name__ = f"{kind}followee_{what}"
    tell.__doc__ = f"{'Count' if what == 'count' else 'List'} what somebody follows: nothing here, where subscriptions are private."
    return tell


FOLLOWERS = tuple(_of_one(kind, "follower_count") for kind in _KINDS if kind != "user")
FOLLOWING = tuple(_of_one(kind, what) for kind in _KINDS for what in ("follower_list", "am_following")) + (_of_one("user", "follower_count"),)
FOLLOWEES = tuple(_of_user(kind, what) for kind in ("", *(f"{each}_" for each in _KINDS)) for what in ("count", "list"))


def package_collaborator_list(call: Call[Any], ask: AskCollaborators) -> list[Any]:
    """List who else may edit a package: nobody by name, since that is decided by roles."""
    find(call.actor, ask.id)
    return []


def package_collaborator_list_for_user(call: Call[Any], ask: AskCollaborators) -> list[Any]:
    """List the packages that somebody may edit by name: none, since that is decided by roles."""
    user_show(call, AskUser(ask.id))
    return []


def vocabulary_show(call: Call[Any], ask: AskVocabulary) -> Any:
    """Show a vocabulary of tags: there is none, tags are free."""
    raise not_found("vocabulary", ask.id)


def member_roles_list(call: Call[Any], ask: AskNothing) -> list[dict[str, str]]:
    """List the roles that a member of an organisation may have in CKAN."""
    return [{"text": text, "value": value} for value, text in _ROLES.items()]


def group_list_authz(call: Call[Any], ask: AskPermission) -> list[Any]:
    """List the groups that the asker may describe: all for whoever may edit the catalogue everywhere, else none."""
    everywhere = reach(call.actor, Right.EDIT, store.SUBJECT).allows(0)  # type: ignore[arg-type]
    return lists.group_list(call, lists.AskPlaces(all_fields=True)) if everywhere else []


def user_autocomplete(call: Call[Any], ask: AskPrefix) -> list[dict[str, str]]:
    """Return users to offer while somebody types: the asker alone, nobody is shown to anybody else."""
    own = user_show(call, AskUser())
    meant = any(str(own[name] or "").lower().startswith(ask.typed.lower()) for name in ("name", "fullname"))
    return [{name: own[name] for name in ("id", "name", "fullname")}] if meant else []


def term_translation_show(call: Call[Any], ask: AskNothing) -> list[Any]:
    """Return translations of single terms: none, packages have each text in each language."""
    return []


def user_activity_list(call: Call[Any], ask: AskFollowee) -> list[Any]:
    """List what somebody did: not told here, the journal is for whoever may read it."""
    return []


def dashboard_activity_list(call: Call[Any], ask: AskFollowee) -> list[Any]:
    """List what happened to what the asker follows: nothing is followed here."""
    return []


def dashboard_new_activities_count(call: Call[Any], ask: AskNothing) -> int:
    """Count what is new of what the asker follows: nothing is followed here."""
    return 0
