"""The name of the devices in the back office."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Devices(AppConfig):
    """The room as Django knows it."""

    name = "zinneke.foundations.devices"
    verbose_name = _("Devices")
