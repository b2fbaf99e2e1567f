"""Devices as an operator meets them: the list with a form for another, and one device with its streams and keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zinneke.foundations.devices import certificates, store
from zinneke.foundations.devices.rules import MOST_KEYS
from zinneke.foundations.devices.values import Device, DeviceRow
from zinneke.foundations.identity import store as identity
from zinneke.foundations.observations import standing
from zinneke.foundations.observations import store as observations
from zinneke.foundations.observations.standing import Standing
from zinneke.foundations.territory import store as territory
from zinneke.kernel.confidentiality import Actor, Level, Right
from zinneke.kernel.problem import Problem, wrong
from zinneke.kernel.text import choose

PAGE = 50
FINDINGS = {
    "never": ("unknown", gettext_lazy("Not heard of yet")),
    "silent": ("act", gettext_lazy("Silent")),
    "frozen": ("watch", gettext_lazy("Always the same value")),
    "ahead": ("watch", gettext_lazy("Clock runs ahead")),
    "behind": ("watch", gettext_lazy("Comes late")),
    "jump": ("watch", gettext_lazy("Jumped")),
}
"""What is found about a stream, as a status and in words; what is graver stands first."""
LEVELS = (
    (str(int(Level.SHARED)), gettext_lazy("shared between administrations")),
    (str(int(Level.PUBLIC)), gettext_lazy("public")),
    (str(int(Level.PERSONAL)), gettext_lazy("personal data")),
)


class DeviceForm(forms.Form):
    """A device and the streams that it may write."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Letters, figures, hyphens, such as bin-17."))
    streams = forms.CharField(
        label=gettext_lazy("Streams that it writes"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("Their numbers or keys, which stand on the live page of each sensor. For example: 17, smart_bins/b-18/fill."),
    )
    kind = forms.CharField(label=gettext_lazy("Kind"), max_length=100, required=False)
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation that answers for it"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    signs = forms.BooleanField(label=gettext_lazy("It signs each message; its key alone opens nothing"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Who may know of it"), choices=LEVELS)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self._actor = actor
        language = (get_language() or "en")[:2]
        areas = [(area.code, choose(area.name, language)[0]) for area in territory.list_areas(actor)]
        self.fields["area"].choices = [("", gettext_lazy("The whole Region")), *_with(self.initial.get("area"), areas)]
        self.fields["organisation"].choices = [
            ("", gettext_lazy("None yet")),
            *_with(self.initial.get("organisation"), _organisations(actor, language)),
        ]
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext" if field.help_text else ""

    def row(self) -> DeviceRow:
        """Return the device that was filled in. Raises `Problem` 400 for streams that are none."""
        given = self.cleaned_data
        numbers = [self._number(word) for word in given["streams"].replace(",", " ").split()]
        told = {name: given[name].strip() for name in ("name", "kind", "organisation", "area")}
        return DeviceRow(**told, level=Level(int(given["level"])), signs=given["signs"], streams=tuple(dict.fromkeys(numbers)))

    def _number(self, word: str) -> int:
        if word.isascii() and word.isdigit() and len(word) < 10:
            return int(word)
        if (stream := observations.find_stream(self._actor, word)) is None:
            raise wrong(f"{word!r} is not the number or the key of a stream.", where="streams")
        return stream.id

    def tell(self, problem: Problem) -> None:
        """Put a verb's refusal at the field that it names, or on top."""
        where = str(problem.extra.get("where", ""))
        self.add_error(where if where in self.fields else None, problem.said_in((get_language() or "en")[:2]))


def _organisations(actor: Actor, language: str) -> list[tuple[str, str]]:
    """Return the organisations that somebody may see by name; where that is none, their own."""
    try:
        return [(each.key, choose(each.name, language)[0] or each.key) for each in identity.list_organisations(actor)]
    except Problem:
        return [(actor.organisation, actor.organisation)] if actor.organisation else []


def _with(key: str | None, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return choices by name, with one that holds already, though whoever looks may not see it by its name."""
    known = sorted(choices, key=lambda each: each[1])
    return known if not key or any(key == each for each, _name in known) else [*known, (key, key)]


@never_cache
def show_all(request: HttpRequest) -> HttpResponse:
    """List the devices, and register another: its key is shown on the page that answers, and never again."""
    actor: Actor = request.actor
    form = DeviceForm(actor, request.POST or None, initial={"streams": request.GET.get("stream", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made, key = store.register(actor, form.row())
        except Problem as problem:
            if problem.status == 401:
                raise
            form.tell(problem)
        else:
            return render(request, "devices/key.html", {"device": made, "key": key, "new": True})
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    found = store.list_devices(actor, state=state if state in ("active", "revoked") else None, right=Right.EDIT, after=after, limit=PAGE + 1)
    context = {
        "devices": list(_lines(actor, found[:PAGE])),
        "state": state,
        "form": form,
        "next": f"?{urlencode({'state': state, 'after': found[PAGE - 1].name})}" if len(found) > PAGE else "",
    }
    return render(request, "devices/devices.html", context, status=422 if request.method == "POST" else 200)


def _lines(actor: Actor, devices: Iterable[Device]) -> Iterable[dict[str, Any]]:
    """Yield a line a device: when it was heard of last, its lag, and the gravest of what is found about its streams."""
    devices = list(devices)
    known = {each.stream: each for each in standing.list_standing(actor, [number for device in devices for number in device.streams])}
    for device in devices:
        mine = [known[number] for number in device.streams if number in known]
        found = {finding for each in mine for finding in each.findings}
        lags = [(each.heard, each.lag) for each in mine if each.heard is not None and each.lag is not None]
        yield {
            "device": device,
            "last": max((each.last for each in mine if each.last), default=None),
            "lag": max(lags)[1] if lags else None,
            "findings": words(found) if device.state == "active" else [],
            "heard": bool(mine),
        }


def words(findings: Iterable[str]) -> list[tuple[str, Any]]:
    """Return findings as statuses with words, the gravest first."""
    found = set(findings)
    return [told for finding, told in FINDINGS.items() if finding in found]


@never_cache
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show one device, its streams and keys, and what can be done about them; a change of it comes here too."""
    actor: Actor = request.actor
    device = store.get_device(actor, name, Right.EDIT)
    form = DeviceForm(actor, request.POST or None, initial=_initial(device))
    form.fields["name"].widget = forms.HiddenInput()
    if request.method == "POST" and form.is_valid():
        try:
            store.set_device(actor, DeviceRow(**{**_fields(form.row()), "name": name}))
        except Problem as problem:
            if problem.status == 401:
                raise
            form.tell(problem)
        else:
            messages.success(request, _("The device was changed."))
            return redirect("device", name=name)
    live = [key for key in device.keys if key.revoked is None]
    context = {
        "device": device,
        "commune": dict(form.fields["area"].choices).get(device.area, ""),
        "answers_for": dict(form.fields["organisation"].choices).get(device.organisation, ""),
        "streams": [_stream(actor, each) for each in standing.list_standing(actor, device.streams)],
        "live": live,
        "room": len(live) < MOST_KEYS,
        "gone": [key for key in device.keys if key.revoked],
        "certificates": [each for each in device.certificates if each.revoked is None],
        "more_certificates": sum(each.revoked is None for each in device.certificates) < certificates.MOST,
        "gone_certificates": [each for each in device.certificates if each.revoked],
        "form": form,
    }
    return render(request, "devices/device.html", context, status=422 if request.method == "POST" else 200)


def _fields(row: DeviceRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _initial(device: Device) -> dict[str, Any]:
    told = {name: getattr(device, name) for name in ("name", "kind", "organisation", "area")}
    return {**told, "signs": device.signs, "level": str(int(device.level)), "streams": ", ".join(map(str, device.streams))}


def _stream(actor: Actor, now: Standing) -> dict[str, Any]:
    stream = observations.get_stream(actor, now.stream)
    spoken = (get_language() or "en")[:2]
    name = choose(stream.name, spoken)[0] or stream.reading or stream.key
    return {"stream": stream, "name": name, "now": now, "findings": words(now.findings)}


@never_cache
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Give a device a key or a certificate, revoke one, revoke the device, or let it come back."""
    actor: Actor = request.actor
    answer = request.POST.get("answer", "")
    try:
        if answer == "add-key":
            key = store.add_key(actor, name)
            return render(request, "devices/key.html", {"device": store.get_device(actor, name), "key": key})
        if answer == "revoke-key":
            store.revoke_key(actor, name, _number(request))
            messages.success(request, _("The key was revoked. Whatever still uses it is refused."))
        elif answer == "add-certificate":
            certificates.add_certificate(actor, name, request.POST.get("certificate", ""))
            messages.success(request, _("The certificate is registered. Whoever presents it is this device."))
        elif answer == "revoke-certificate":
            certificates.revoke_certificate(actor, name, _number(request))
            messages.success(request, _("The certificate was revoked. Whatever still uses it is refused."))
        elif answer == "revoke":
            store.revoke(actor, name)
            messages.success(request, _("The device was revoked, with all its keys and certificates."))
        elif answer == "restore":
            store.restore(actor, name)
            messages.success(request, _("The device is back. Give it a key or a certificate."))
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        messages.error(request, problem.said_in((get_language() or "en")[:2]))
    return redirect("device", name=name)


def _number(request: HttpRequest) -> int:
    """Return the number of the key or certificate that an answer is about, 0 for none."""
    word = request.POST.get("key", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 18 else 0
