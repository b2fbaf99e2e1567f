"""The back office of identity, and its gate: our own sign-in, with the second factor."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import yesno
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from zinneke.foundations.audit import store as audit
from zinneke.foundations.identity import memory, models, rules, store
from zinneke.foundations.identity.values import Held
from zinneke.foundations.identity.views import entrance
from zinneke.kernel.problem import Problem


def lead_to_sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Send a visitor to our own sign-in page, and tell who is signed in without the role that it is not for them."""
    if request.user.is_authenticated:
        raise Problem(403, "Not allowed", "The back office is for administrators.")
    there = rules.own_path(request.GET.get("next", ""), reverse("admin:index"))
    return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': there})}")


def lead_to_password(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Send to our own page for changing a password."""
    return HttpResponseRedirect(reverse("account-password"))


admin.site.login = lead_to_sign_in
admin.site.logout = lambda request, extra_context=None: entrance.sign_out(request)
admin.site.password_change = lead_to_password
admin.site.site_header = admin.site.index_title = _("Back office")
admin.site.site_title = "Zinneke"
admin.site.site_url = "/"
LACKING = (gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link"))
"""What the framework says to screen readers and does not say in Dutch."""
admin.site.unregister(Group)  # rights are roles in areas, not groups


def _actor(request: HttpRequest) -> Any:
    return request.actor


def _said(role: str) -> str:
    return rules.say_role(role, get_language() or "en")


@admin.register(models.Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("key", "__str__", "area")
    search_fields = ("key", "name")

    def save_model(self, request: HttpRequest, obj: models.Organisation, form: Any, change: bool) -> None:
        """Keep an organisation, and write it down."""
        super().save_model(request, obj, form, change)
        audit.record(_actor(request), "organisation.set", f"organisation:{obj.key}", {"name": obj.name, "area": obj.area})
        memory.forget()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: people and entries of the journal refer to it."""
        return False


class GrantInline(admin.TabularInline):
    model = models.Grant
    extra = 0
    fields = readonly_fields = ("said_role", "area", "subject", "created", "by")
    can_delete = False

    @admin.display(description=_("role"))
    def said_role(self, grant: models.Grant) -> str:
        """Return the role in the reader's language."""
        return _said(grant.role)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse here: roles are given on their own page, where the giver's own rights are checked."""
        return False


@admin.register(models.Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ("email", "name", "organisation", "may_sign_in", "has_second_factor", "last_login")
    list_filter = ("is_active", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("email", "name")
    fields = ("email", "name", "organisation", "language", "is_active", "last_login")
    readonly_fields = ("last_login",)
    inlines = (GrantInline,)
    actions = ("reset_second_factor",)

    @admin.display(description=_("access"), ordering="is_active")
    def may_sign_in(self, person: models.Person) -> str:
        """Say whether this person is active, as a word: the pictures of the framework speak English."""
        return str(yesno(person.is_active))

    @admin.display(description=_("second factor"))
    def has_second_factor(self, person: models.Person) -> str:
        """Say whether a second factor is set."""
        return str(yesno(bool(person.totp_secret)))

    @admin.action(description=_("Take away the second factor"))
    def reset_second_factor(self, request: HttpRequest, chosen: QuerySet[models.Person]) -> None:
        """Take away the second factor of the chosen people."""
        for person in chosen:
            store.reset_second_factor(_actor(request), person.email)

    def save_model(self, request: HttpRequest, obj: models.Person, form: Any, change: bool) -> None:
        """Keep a person; a new one gets a password that is shown once."""
        obj.email = obj.email.strip().lower()
        if not change:
            password = secrets.token_urlsafe(12)
            obj.set_password(password)
            said = gettext("Password of %(email)s, shown only this once: %(password)s")
            messages.success(request, said % {"email": obj.email, "password": password})
        elif "is_active" in form.changed_data:
            obj.stamp += 1
        super().save_model(request, obj, form, change)
        audit.record(_actor(request), "person.set" if change else "person.add", f"person:{obj.pk}", {"changed": list(form.changed_data)})
        memory.forget()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: who leaves is set inactive, so that the journal keeps its meaning."""
        return False


class GrantForm(forms.ModelForm):
    """A role to give, checked by the same rules as everywhere."""

    class Meta:
        model = models.Grant
        fields = ("person", "role", "area", "subject")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"] = forms.ChoiceField(label=capfirst(gettext("role")), choices=[(key, _said(key)) for key in rules.roles()])

    def clean(self) -> dict[str, Any]:
        """Refuse a role, area or subject that does not exist."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            rules.check_holding(Held(cleaned.get("role", ""), cleaned.get("area", ""), cleaned.get("subject", "*")))
        except Problem:
            raise ValidationError(_("This role cannot be given there: no such area or subject, or not one of this role's.")) from None
        return cleaned


class RoleFilter(admin.SimpleListFilter):
    """The roles that somebody holds, in the reader's language."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Return each role that is held, with its name."""
        return [(key, _said(key)) for key in models.Grant.objects.order_by("role").values_list("role", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[models.Grant]) -> QuerySet[models.Grant]:
        """Keep the chosen role only."""
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(models.Grant)
class GrantAdmin(admin.ModelAdmin):
    form = GrantForm
    list_display = ("person", "said_role", "area", "subject", "created", "by")
    list_filter = (RoleFilter, "area", "subject")
    list_select_related = ("person",)
    autocomplete_fields = ("person",)

    @admin.display(description=_("role"), ordering="role")
    def said_role(self, grant: models.Grant) -> str:
        """Return the role in the reader's language."""
        return _said(grant.role)

    def save_model(self, request: HttpRequest, obj: models.Grant, form: Any, change: bool) -> None:
        """Give a role through the verb that checks the giver."""
        store.grant_role(_actor(request), obj.person.email, obj.role, obj.area, obj.subject)
        obj.pk = models.Grant.objects.get(person=obj.person, role=obj.role, area=obj.area, subject=obj.subject).pk

    def delete_model(self, request: HttpRequest, obj: models.Grant) -> None:
        """Take a role away through the verb that checks the giver."""
        store.revoke_role(_actor(request), obj.person.email, obj.role, obj.area, obj.subject)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[models.Grant]) -> None:
        """Take several roles away, each through the verb."""
        for grant in list(queryset):
            self.delete_model(request, grant)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: a role is taken away and another given, and both are written down."""
        return False


@admin.register(models.Token)
class TokenAdmin(admin.ModelAdmin):
    list_display = ("name", "owner", "scopes", "created", "expires", "revoked", "last_used")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")
    fields = ("name", "owner", "scopes", "created", "expires", "revoked", "last_used")
    actions = ("revoke",)

    @admin.action(description=_("Revoke at once"))
    def revoke(self, request: HttpRequest, chosen: QuerySet[models.Token]) -> None:
        """Revoke the chosen tokens."""
        for token in chosen:
            store.revoke_token(_actor(request), token.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a token is made by its owner, who alone sees it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: a token is revoked and another made."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: what was revoked stays known."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Let administrators look."""
        return bool(getattr(request.user, "is_administrator", False))
