"""The name of identity in the back office."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Identity(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.identity"
    verbose_name = _("People and rights")
