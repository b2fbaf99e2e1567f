"""The table of actions: what each is called, who may knock, what it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import KNOWN, Audience, Call, Needs
from zinneke.standards.ckan import about, bodies, datastore, following, lists, packages, revising, rows, writing


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `ask` is the Struct of its parameters, `writes` says that it changes something and is taken by POST alone."""

    call: Callable[[Call[Any], Any], Any]
    ask: type[Any]
    audience: Audience
    writes: bool = False

    @property
    def name(self) -> str:
        """Return what clients call it."""
        return self.call.__name__


SEE, ROWS = Needs(Right.SEE, "catalogue"), Needs(Right.SEE, "tables")
EDIT = Needs(Right.EDIT, "catalogue")


class AskHelp(msgspec.Struct):
    """The name of an action."""

    name: str


def help_show(call: Call[Any], ask: AskHelp) -> str:
    """Explain an action and its parameters."""
    action = ACTIONS.get(ask.name)
    if action is None:
        raise not_found("action", ask.name)
    said = "\n".join(f"  {each.encode_name}{'' if each.required else ' (optional)'}" for each in msgspec.structs.fields(action.ask))
    return f"{inspect.getdoc(action.call)}\n\n{inspect.getdoc(action.ask)}\n\nParameters:\n{said or '  none'}"


_READING = (
    Action(about.site_read, about.AskNothing, SEE),
    Action(about.status_show, about.AskNothing, SEE),
    Action(about.user_show, about.AskUser, KNOWN),
    Action(about.user_list, about.AskNothing, KNOWN),
    Action(help_show, AskHelp, SEE),
    Action(packages.package_search, packages.AskSearch, SEE),
    Action(packages.package_list, packages.AskPage, SEE),
    Action(packages.current_package_list_with_resources, packages.AskPage, SEE),
    Action(packages.package_show, packages.AskId, SEE),
    Action(packages.package_autocomplete, packages.AskPrefix, SEE),
    Action(packages.package_activity_list, packages.AskActivity, SEE),
    Action(packages.package_relationships_list, packages.AskId, SEE),
    Action(packages.recently_changed_packages_activity_list, packages.AskActivity, SEE),
    Action(packages.resource_show, packages.AskId, SEE),
    Action(packages.resource_search, packages.AskResources, SEE),
    Action(packages.resource_view_list, packages.AskId, SEE),
    Action(packages.resource_view_show, packages.AskId, SEE),
    Action(lists.organization_list, lists.AskPlaces, SEE),
    Action(lists.organization_list_for_user, lists.AskPlaces, SEE),
    Action(lists.organization_show, lists.AskPlace, SEE),
    Action(lists.organization_autocomplete, packages.AskPrefix, SEE),
    Action(lists.organization_activity_list, packages.AskActivity, SEE),
    Action(lists.group_list, lists.AskPlaces, SEE),
    Action(lists.group_show, lists.AskPlace, SEE),
    Action(lists.group_activity_list, packages.AskActivity, SEE),
    Action(lists.group_package_show, lists.AskMembers, SEE),
    Action(lists.member_list, lists.AskMembers, SEE),
    Action(lists.group_autocomplete, packages.AskPrefix, SEE),
    Action(lists.tag_list, lists.AskTags, SEE),
    Action(lists.tag_search, lists.AskTagSearch, SEE),
    Action(lists.tag_show, lists.AskPlace, SEE),
    Action(lists.tag_autocomplete, packages.AskPrefix, SEE),
    Action(lists.format_autocomplete, packages.AskPrefix, SEE),
    Action(lists.license_list, lists.AskPlaces, SEE),
    Action(lists.vocabulary_list, lists.AskPlaces, SEE),
    Action(following.vocabulary_show, following.AskVocabulary, SEE),
    Action(following.member_roles_list, about.AskNothing, SEE),
    Action(following.term_translation_show, about.AskNothing, SEE),
    Action(following.package_collaborator_list, following.AskCollaborators, KNOWN),
    Action(following.package_collaborator_list_for_user, following.AskCollaborators, KNOWN),
    Action(following.group_list_authz, following.AskPermission, KNOWN),
    Action(following.user_autocomplete, packages.AskPrefix, KNOWN),
    Action(following.user_activity_list, following.AskFollowee, KNOWN),
    Action(following.dashboard_activity_list, following.AskFollowee, KNOWN),
    Action(following.dashboard_new_activities_count, about.AskNothing, KNOWN),
    *(Action(each, packages.AskId, SEE) for each in following.FOLLOWERS),
    *(Action(each, packages.AskId, KNOWN) for each in following.FOLLOWING),
    *(Action(each, following.AskFollowee, KNOWN) for each in following.FOLLOWEES),
    Action(datastore.datastore_search, datastore.AskRows, ROWS),
    Action(datastore.datastore_search_sql, datastore.AskSql, ROWS),
    Action(datastore.datastore_info, datastore.AskTable, ROWS),
)
_WRITING = (
    Action(writing.package_create, writing.AskPackage, EDIT, writes=True),
    Action(writing.package_update, writing.AskPackage, EDIT, writes=True),
    Action(writing.package_patch, writing.AskPackage, EDIT, writes=True),
    Action(revising.package_revise, revising.AskRevise, EDIT, writes=True),
    Action(writing.package_owner_org_update, writing.AskOwner, EDIT, writes=True),
    Action(writing.package_resource_reorder, writing.AskOrder, EDIT, writes=True),
    Action(writing.package_delete, packages.AskId, EDIT, writes=True),
    Action(writing.dataset_purge, packages.AskId, EDIT, writes=True),
    Action(writing.resource_create, writing.AskResource, EDIT, writes=True),
    Action(writing.resource_update, writing.AskResource, EDIT, writes=True),
    Action(writing.resource_patch, writing.AskResource, EDIT, writes=True),
    Action(writing.resource_delete, packages.AskId, EDIT, writes=True),
    Action(rows.datastore_create, rows.AskCreate, EDIT, writes=True),
    Action(rows.datastore_upsert, rows.AskUpsert, EDIT, writes=True),
    Action(rows.datastore_delete, rows.AskDelete, EDIT, writes=True),
    Action(rows.datastore_records_delete, rows.AskDelete, EDIT, writes=True),
    *(Action(describe, bodies.AskBody, EDIT, writes=True) for describe in bodies.BODIES),
    *(Action(refuse, about.AskNothing, EDIT, writes=True) for refuse in writing.REFUSED),
)
ACTIONS: dict[str, Action] = {action.name: action for action in (*_READING, *_WRITING)}
"""Every action by name."""
