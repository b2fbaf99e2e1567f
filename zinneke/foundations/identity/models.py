"""The tables of identity. No secret of a token is among them, only its digest."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zinneke.foundations.identity import rules
from zinneke.kernel.text import choose

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Organisation(models.Model):
    key = models.SlugField(_("short name"), max_length=80, unique=True, help_text=_("Letters, figures and hyphens; it stands in addresses."))
    name = models.JSONField(_("name in each language"), default=dict, help_text=_('For example {"fr": "Ixelles", "nl": "Elsene"}.'))
    area = models.CharField(_("area"), max_length=20, blank=True, help_text=_("A commune's NIS code, such as 21015; nothing for the whole Region."))

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return choose(self.name, get_language() or "en")[0] or str(self.key)


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        """Return a person by email, upper and lower case alike."""
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Write a new person; without a password nobody can sign in as them."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("organisation")
    )
    language = models.CharField(_("language"), max_length=2, default="fr", help_text=_("The language we write to this person in: fr, nl or en."))
    is_active = models.BooleanField(_("access"), default=True, help_text=_("Take this away from who leaves; nobody is ever deleted."))
    created = models.DateTimeField(auto_now_add=True)
    totp_secret = models.CharField(max_length=200, blank=True)
    """Sealed (see `vault`): the database alone opens nobody's second factor."""
    totp_counter = models.BigIntegerField(default=0)
    desk_before = models.DateTimeField(null=True, editable=False)
    desk_last = models.DateTimeField(null=True, editable=False)
    """When this person was at the desk in the sitting before, and in the last one."""
    stamp = models.PositiveIntegerField(default=0)
    """Raised to end every session of this person at once."""

    grants: RelatedManager[Grant]
    tokens: RelatedManager[Token]
    recovery_codes: RelatedManager[RecoveryCode]
    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("email",)
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return str(self.name or self.email)

    @cached_property
    def is_administrator(self) -> bool:
        """Say whether this person holds the administrator's role, whole."""
        return self.is_active and self.grants.filter(role="administrator", area="", subject="*").exists()

    @property
    def is_staff(self) -> bool:
        """Say whether the back office is open: to administrators only."""
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        """Say whether nothing in the back office is closed: to administrators only."""
        return self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer the back office, which knows nothing of areas: administrators may."""
        return self.is_administrator

    def has_module_perms(self, label: str) -> bool:
        """Answer the back office for a whole room."""
        return self.is_administrator

    def get_session_auth_hash(self) -> str:
        """Return what a session must match: it changes with the password and the stamp, and so ends the others."""
        return salted_hmac("zinneke.identity.session", f"{self.password}:{self.stamp}", algorithm="sha256").hexdigest()


class Grant(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=100)
    area = models.CharField(_("area"), max_length=20, blank=True, help_text=_("A commune's NIS code, such as 21015; nothing for the whole Region."))
    subject = models.CharField(
        _("subject"), max_length=200, default="*", help_text=_("A room or a part of one, such as tables.trees; * for everything.")
    )
    created = models.DateTimeField(_("given on"), auto_now_add=True)
    by = models.CharField(_("given by"), max_length=100)

    class Meta:
        ordering = ("person", "role", "area", "subject")
        constraints = (models.UniqueConstraint(fields=("person", "role", "area", "subject"), name="identity_grant_once"),)
        verbose_name = _("role given")
        verbose_name_plural = _("roles given")

    def __str__(self) -> str:
        return f"{rules.say_role(self.role, get_language() or 'en')} · {self.subject} · {self.area or '*'}"


class Token(models.Model):
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("owner"))
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("what it may do"), default=list)
    created = models.DateTimeField(_("made on"), auto_now_add=True)
    expires = models.DateTimeField(_("valid until"))
    revoked = models.DateTimeField(_("revoked on"), null=True, blank=True)
    last_used = models.DateField(_("last used"), null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return str(self.name)


class RecoveryCode(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)


class Attempt(models.Model):
    """How often somebody failed to sign in lately, by a digest of the account or the address: never the thing itself."""

    digest = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
