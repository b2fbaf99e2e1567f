"""The name of the journal in the back office."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Audit(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.audit"
    verbose_name = _("Journal")

    def ready(self) -> None:
        """Prepare every connection that the records come over: this is the lowest of the rooms."""
        from zinneke.foundations import postgresql

        postgresql.prepare()
