"""`zinneke user`: people, roles and tokens from the command line of the machine, which acts as the platform itself."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from zinneke.foundations.identity import store
from zinneke.foundations.identity.values import Held
from zinneke.kernel.command import Command, Out
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import wrong


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs of `zinneke user` and their arguments."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    add = _verb(verbs, "add", "Add somebody; a password is made and shown once unless one is given.", _add)
    add.add_argument("--name", default="", help="first and last name")
    add.add_argument("--organisation", help="key of the organisation; made when it is new")
    add.add_argument("--role", help="role to give at once, for example administrator")
    _where(add)
    add.add_argument("--password-stdin", action="store_true", help="read the password from the first line of the standard input")
    _verb(verbs, "list", "List people and what they may do.", _list, email=False)
    role = _verb(verbs, "role", "Give somebody a role, or take it away.", _role)
    role.add_argument("role", help="partner, steward, operator, manager, administrator, or a solution's")
    _where(role)
    role.add_argument("--remove", action="store_true", help="take the role away")
    token = _verb(verbs, "token", "Make a token for somebody's machine; it is shown once.", _token)
    token.add_argument("--scope", action="append", required=True, metavar="SCOPE", help="what it may do, such as see:observations; may be repeated")
    token.add_argument("--days", type=int, default=365, help="days it lives")
    token.add_argument("--name", default="command line", help="what it is for")
    _verb(verbs, "password", "Give somebody a new password, made and shown once unless given.", _password).add_argument(
        "--password-stdin", action="store_true", help="read the password from the first line of the standard input"
    )
    _verb(verbs, "totp-reset", "Take away a lost second factor.", _totp_reset)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    run: Callable[[argparse.Namespace, Out], int],
    email: bool = True,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=summary, description=summary)
    if email:
        parser.add_argument("email", help="email address of the person")
    parser.set_defaults(run_user=run)
    return parser


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", default="", help="commune's NIS code; everywhere when left out")
    parser.add_argument("--subject", default="*", help="what it is about, such as observations.smart_bins; everything when left out")


def run(args: argparse.Namespace, out: Out) -> int:
    """Do what was asked, on a machine where nothing was ever served or loaded too; faults are told as sentences."""
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    if "identity_person" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False)
    status: int = args.run_user(args, out)
    return status


def _given_password(args: argparse.Namespace) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if args.password_stdin else None


def _add(args: argparse.Namespace, out: Out) -> int:
    given = _given_password(args)
    password = given if given is not None else secrets.token_urlsafe(12)
    if args.role:
        store.check_role(SYSTEM, args.role, args.area, args.subject)
    if args.organisation and args.organisation not in {each.key for each in store.list_organisations(SYSTEM)}:
        store.add_organisation(SYSTEM, args.organisation, {"en": args.organisation}, args.area)
    person = store.add_person(SYSTEM, args.email, args.name, args.organisation, password)
    out.say(f"{person.email} is known now.")
    if args.role:
        store.grant_role(SYSTEM, args.email, args.role, args.area, args.subject)
        out.say(f"Role: {_said(Held(args.role, args.area, args.subject))}.")
    if given is None:
        out.say(f"Password, shown only this once: {password}")
    return 0


def _list(args: argparse.Namespace, out: Out) -> int:
    people = store.list_people(SYSTEM)
    for person in people:
        state = ("" if person.active else " · may not sign in") + (" · second factor" if person.second_factor else "")
        out.say(f"{person.email} · {person.name}{state}")
        for held in person.roles:
            out.say(f"    {_said(held)}")
    if not people:
        out.say("Nobody yet. Begin with: zinneke user add EMAIL --role administrator")
    return 0


def _said(held: Held) -> str:
    return f"{held.role} on {'everything' if held.subject == '*' else held.subject} in {held.area or 'the whole region'}"


def _role(args: argparse.Namespace, out: Out) -> int:
    if args.remove:
        store.revoke_role(SYSTEM, args.email, args.role, args.area, args.subject)
    else:
        store.grant_role(SYSTEM, args.email, args.role, args.area, args.subject)
    out.say(f"{args.email}: {'no longer ' if args.remove else ''}{_said(Held(args.role, args.area, args.subject))}.")
    return 0


def _token(args: argparse.Namespace, out: Out) -> int:
    token = store.add_token(SYSTEM, args.email, args.name, args.scope, args.days)
    out.say(f"Token, shown only this once: {token}")
    return 0


def _password(args: argparse.Namespace, out: Out) -> int:
    given = _given_password(args)
    if given == "":
        raise wrong("No password came on the standard input.")
    password = given or secrets.token_urlsafe(12)
    store.set_password(SYSTEM, args.email, password)
    out.say(f"{args.email} has a new password." if given else f"Password, shown only this once: {password}")
    return 0


def _totp_reset(args: argparse.Namespace, out: Out) -> int:
    store.reset_second_factor(SYSTEM, args.email)
    out.say(f"{args.email} sets up a second factor anew at the next sign-in.")
    return 0


COMMANDS = (Command(name="user", summary="Manage people, roles and tokens.", configure=configure, run=run),)
