"""The room as Django knows it: from then on it hears what the rooms below store."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Subscriptions(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        """Listen to the rooms below."""
        from zinneke.foundations.subscriptions import lifecycle

        lifecycle.listen_below()
