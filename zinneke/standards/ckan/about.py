"""The actions about the site itself and whoever asks."""

from __future__ import annotations

from typing import Any

import msgspec

from zinneke import __version__
from zinneke.kernel.confidentiality import Right, refusal
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Call

SPOKEN = "2.11"
"""The version of CKAN whose interface this is."""


class AskNothing(msgspec.Struct):
    """Nothing."""


class AskUser(msgspec.Struct):
    """A user: oneself, when no id is given."""

    id: str = ""


def site_read(call: Call[Any], ask: AskNothing) -> bool:
    """Say that the site can be read."""
    return True


def status_show(call: Call[Any], ask: AskNothing) -> dict[str, Any]:
    """Say what this site is, and of which CKAN it speaks the interface."""
    return {
        "site_title": "Zinneke",
        "site_description": "",
        "site_url": call.base,
        "ckan_version": f"{SPOKEN}.0",
        "zinneke_version": __version__,
        "error_emails_to": None,
        "locale_default": "en",
        "extensions": ["datastore", "fluent"],
    }


def user_show(call: Call[Any], ask: AskUser) -> dict[str, Any]:
    """Show whoever asks. Nobody is shown to anybody else."""
    actor = call.actor
    if not actor.known:
        raise refusal(actor, Right.SEE, "account")
    if ask.id not in ("", actor.key, actor.name):
        raise not_found("user", ask.id)
    return {
        "id": actor.key,
        "name": actor.key,
        "fullname": actor.name,
        "display_name": actor.name or actor.key,
        "about": None,
        "state": "active",
        "sysadmin": False,
        "organization": actor.organisation,
    }


def user_list(call: Call[Any], ask: AskNothing) -> list[dict[str, Any]]:
    """List whoever asks: nobody is shown to anybody else."""
    return [user_show(call, AskUser())]
