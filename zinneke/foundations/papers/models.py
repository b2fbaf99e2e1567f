"""The table of papers, private to this folder."""

from __future__ import annotations

from django.db import models


class Paper(models.Model):
    """A file and the record that holds it."""

    holder = models.CharField(max_length=200, db_index=True)
    """The record: `project:lora`, `meeting:2026-11`, `article:budget`."""
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("holder", "digest"), name="papers_once"),)
