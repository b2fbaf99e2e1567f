"""The records of versions; the rows themselves are in Parquet files."""

from __future__ import annotations

from django.db import models


class VersionRecord(models.Model):
    dataset = models.CharField(max_length=200, db_index=True)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    columns = models.JSONField()
    created = models.DateTimeField()
    source = models.TextField(blank=True)
    licence = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField()
    lowest = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    geometry = models.CharField(max_length=10, blank=True)
    time = models.CharField(max_length=200, blank=True)
    bbox = models.JSONField(null=True)
    lineage = models.JSONField(default=list)
    treatments = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    read = models.BigIntegerField(default=0)
    set_aside = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=200)
    held = models.BooleanField(default=False)
    current = models.BooleanField(default=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("dataset", "number"), name="one_version_per_number"),)
        ordering = ("dataset", "number")
