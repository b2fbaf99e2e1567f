"""The room as Django knows it: after each migration the records are followed again."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Observations(AppConfig):
    """The room of things, streams and what they measure."""

    name = "zinneke.foundations.observations"

    def ready(self) -> None:
        """Follow the records."""
        post_migrate.connect(_follow, sender=self, dispatch_uid=self.name)


def _follow(**_: object) -> None:
    from django.db import connection

    from zinneke.foundations.observations import followed, models

    if models.Change._meta.db_table in connection.introspection.table_names():
        followed.follow()
