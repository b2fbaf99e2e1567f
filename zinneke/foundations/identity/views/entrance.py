"""Signing in and out, in one step or two. A session is nobody's until the last step is passed."""

from __future__ import annotations

import time
from typing import Any, TypedDict

import pyotp
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import memory, models, rules, signin, vault
from zinneke.kernel.problem import Problem

PENDING, SECRET = "identity.pending", "identity.secret"
PATIENCE = 600
"""Seconds between the password and the second factor."""


class Pending(TypedDict):
    """Who has given the right password and not yet passed the second step."""

    person: int
    proof: str
    at: float
    next: str


def address_of(request: HttpRequest) -> str:
    """Return the address from which a request came, by which attempts are counted."""
    return str(request.META.get("REMOTE_ADDR", ""))[:60]


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for email and password; lead on to the second factor where there is or must be one."""
    there = rules.own_path(request.POST.get("next", "") or request.GET.get("next", ""), reverse("account"))
    if request.method != "POST":
        return render(request, "identity/sign_in.html", {"next": there})
    email, errors = request.POST.get("email", ""), {}
    try:
        passed = signin.check_password(email, request.POST.get("password", ""), address_of(request))
    except Problem:
        return _again(request, "identity/sign_in.html", {"next": there, "email": email, "errors": {"email": _wait()}}, 429)
    if passed is None:
        errors["email"] = _("The email address or the password is not right. Check both and try again.")
        return _again(request, "identity/sign_in.html", {"next": there, "email": email, "errors": errors}, 422)
    person = models.Person.objects.get(pk=passed.person)
    if passed.has_second_factor or passed.needs_second_factor:
        request.session.flush()
        memory.forget()
        request.session[PENDING] = Pending(person=person.pk, proof=person.get_session_auth_hash(), at=time.time(), next=there)
        return redirect("sign-in-code" if passed.has_second_factor else "second-factor")
    return _enter(request, person, there, "password")


@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor, or a recovery code."""
    found = _pending(request)
    if found is None:
        return redirect("sign-in")
    person, there = found
    if request.method != "POST":
        return render(request, "identity/second_step.html")
    try:
        right = signin.check_second_factor(person.pk, request.POST.get("code", ""), address_of(request))
    except Problem:
        return _again(request, "identity/second_step.html", {"errors": {"code": _wait()}}, 429)
    if not right:
        errors = {"code": _("The code is not right, or it was used before. Wait for the next one and try again.")}
        return _again(request, "identity/second_step.html", {"errors": errors}, 422)
    return _enter(request, person, there, "second factor")


@never_cache
@sensitive_post_parameters("password")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up a second factor: for somebody in the middle of signing in, or signed in, who then gives the password again."""
    found = _pending(request)
    pending = found is not None
    if found is None and isinstance(request.user, models.Person):
        found = request.user, reverse("account")
    if found is None or (pending and found[0].totp_secret):
        return redirect("sign-in")
    person, there = found
    secret = _offered(request, person)
    shown: dict[str, Any] = {"pending": pending, "secret": " ".join(secret[start : start + 4] for start in range(0, 32, 4))}
    shown["picture"] = _picture(secret, person.email)
    if request.method != "POST":
        return render(request, "identity/second_factor.html", shown)
    try:
        if not pending and signin.check_password(person.email, request.POST.get("password", ""), address_of(request)) is None:
            errors = {"password": _("The password is not right.")}
            return _again(request, "identity/second_factor.html", {**shown, "errors": errors}, 422)
        codes = signin.set_second_factor(person.pk, secret, request.POST.get("code", ""))
    except Problem as problem:
        errors = {"code": _("The code is not right. Check that the clock of your telephone is right and try again.")}
        errors = {"password": _wait()} if problem.status == 429 else errors
        return _again(request, "identity/second_factor.html", {**shown, "errors": errors}, problem.status if problem.status == 429 else 422)
    request.session.pop(SECRET, None)
    if pending:
        _enter(request, person, there, "second factor set")
    return render(request, "identity/recovery_codes.html", {"codes": codes, "next": there})


def _offered(request: HttpRequest, person: models.Person) -> str:
    """Return the secret that this session offers, sealed meanwhile like those that are set."""
    if (kept := request.session.get(SECRET)) and (secret := vault.unseal(kept, f"person:{person.pk}")):
        return secret
    secret = pyotp.random_base32()
    request.session[SECRET] = vault.seal(secret, f"person:{person.pk}")
    return secret


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; only a form does so, since a link could be followed by a machine."""
    if request.method != "POST":
        return render(request, "identity/sign_out.html")
    if isinstance(request.user, models.Person):
        audit.record(f"person:{request.user.pk}", "sign-out", f"person:{request.user.pk}")
    logout(request)
    memory.forget()
    return redirect("home")


def _pending(request: HttpRequest) -> tuple[models.Person, str] | None:
    """Return who is between two steps and where they wanted to go; nobody after ten minutes, or after a change of password."""
    pending: Pending | None = request.session.get(PENDING)
    if not pending or not 0 <= time.time() - pending["at"] < PATIENCE:
        return None
    person = models.Person.objects.filter(pk=pending["person"], is_active=True).first()
    if person is None or not constant_time_compare(pending["proof"], person.get_session_auth_hash()):
        return None
    return person, pending["next"]


def _enter(request: HttpRequest, person: models.Person, there: str, step: str) -> HttpResponse:
    """Open the session under a new key, so that one planted before is worth nothing."""
    request.session.pop(PENDING, None)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    audit.record(f"person:{person.pk}", "sign-in", f"person:{person.pk}", {"address": address_of(request), "step": step})
    return HttpResponseRedirect(there)


def _again(request: HttpRequest, template: str, shown: dict[str, Any], status: int) -> HttpResponse:
    return render(request, template, shown, status=status)


def _wait() -> str:
    return _("There were too many attempts. Wait a quarter of an hour, then try again.")


def _picture(secret: str, email: str) -> str:
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=settings.PUBLIC_URL.partition("://")[2] or "Zinneke")
    import segno

    drawn = segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=False)
    return mark_safe(drawn)  # noqa: S308  drawn by segno from our own text; nothing of it is a reader's
