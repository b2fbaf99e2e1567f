"""The journal's two tables: its entries, and its head."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    seq = models.BigIntegerField(_("entry number"), primary_key=True)
    time = models.DateTimeField(_("when"), db_index=True)
    actor = models.CharField(_("who"), max_length=100, db_index=True)
    action = models.CharField(_("deed"), max_length=100)
    subject = models.CharField(_("subject"), max_length=200, db_index=True)
    detail = models.TextField(_("details"))
    ground = models.CharField(_("ground"), max_length=300, blank=True)
    previous = models.CharField(_("seal of the entry before"), max_length=64)
    hash = models.CharField(_("seal"), max_length=64)

    class Meta:
        ordering = ("seq",)
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry; one that stands is never written again."""
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: nothing leaves the journal."""
        raise RuntimeError("an entry of the journal cannot be deleted")

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"


class Head(models.Model):
    """One row: how many entries there are and the hash of the last, so that a shortened journal is seen."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
