"""The name of the papers in the back office."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Papers(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.papers"
    verbose_name = _("Papers")
