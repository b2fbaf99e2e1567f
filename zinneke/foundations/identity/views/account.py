"""One's own account: what one may do, in words; one's tokens, language and password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zinneke.foundations.identity import rules, signin, store
from zinneke.foundations.identity.values import Held
from zinneke.foundations.identity.views.entrance import address_of
from zinneke.kernel.problem import Problem
from zinneke.kernel.registry import solutions


@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Show the account."""
    return render(request, "identity/account.html", _shown(request))


@never_cache
@require_POST
def add_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it: the only time that it is seen."""
    name, scopes, days = request.POST.get("name", ""), request.POST.get("scopes", ""), request.POST.get("days", "")
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = _("Give the token a name, so that you know later what it is for.")
    try:
        asked = rules.check_scopes(scopes.replace(",", " ").split())
    except Problem:
        errors["scopes"] = _("Write at least one scope, such as see:observations, with spaces between several.")
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= 1100):
        errors["days"] = _("Give a number of days between 1 and 1100.")
    if errors:
        typed = {"typed_name": name, "typed_scopes": scopes, "typed_days": days}
        return render(request, "identity/account.html", {**_shown(request), **typed, "errors": errors}, status=422)
    token = store.add_own_token(_actor(request), name, asked, int(days))
    return render(request, "identity/account.html", {**_shown(request), "new_token": token})


@never_cache
@require_POST
def revoke_token(request: HttpRequest, id: str) -> HttpResponse:
    """Revoke one of one's own tokens."""
    store.revoke_own_token(_actor(request), int(id[:18]) if id.isascii() and id.isdigit() else 0)
    return redirect("account")


@never_cache
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language one reads, and go on in it."""
    language = request.POST.get("language", "")
    store.set_own_language(_actor(request), language)
    return redirect(f"/{language}/account/")


@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other session of this person ends."""
    errors: dict[str, str] = {}
    if request.method == "POST" and request.user.is_authenticated:  # Django reads the person here, before the session's proof changes
        new = request.POST.get("new", "")
        try:
            if new != request.POST.get("again", ""):
                raise Problem(422, "Not the same", field="again")
            person = signin.set_own_password(_actor(request).person or 0, request.POST.get("current", ""), new, address_of(request))
            update_session_auth_hash(request, person)
            return redirect("account")
        except Problem as problem:
            errors = _password_errors(problem)
    return render(request, "identity/password.html", {"errors": errors}, status=422 if errors else 200)


def _password_errors(problem: Problem) -> dict[str, str]:
    if problem.status == 429:
        return {"current": _("There were too many attempts. Wait a quarter of an hour, then try again.")}
    return {
        "again": {"again": _("The two new passwords are not the same.")},
        "new": {"new": problem.said_in((get_language() or "en")[:2])},
    }.get(str(problem.extra.get("field")), {"current": _("The current password is not right.")})


def _actor(request: HttpRequest) -> Any:
    return request.actor


def _shown(request: HttpRequest) -> dict[str, Any]:
    record = store.get_own_record(_actor(request))
    return {
        "person": record,
        "roles": [_in_words(held) for held in record.roles],
        "tokens": store.list_own_tokens(_actor(request)),
        "typed_days": "365",
    }


def _in_words(held: Held) -> dict[str, Any]:
    """Return a role as words: what it is called, what it allows, on what, where."""
    role = rules.roles().get(held.role)
    subject = role.subjects[0] if role and held.subject == "*" else held.subject
    solution = next((each.name for each in solutions().values() if each.subject == subject), None)
    return {
        "role": role,
        "key": held.role,
        "subject": subject,
        "solution": solution,
        "area": held.area,
        "rights": sorted(role.rights) if role else [],
    }
