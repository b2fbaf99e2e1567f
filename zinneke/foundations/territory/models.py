"""The tables of the territory: private to this folder."""

from __future__ import annotations

from django.db import models


class AreaRecord(models.Model):
    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, db_index=True)
    name = models.JSONField()
    parent = models.CharField(max_length=40, db_index=True, blank=True)
    postal_codes = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    search = models.TextField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    lon = models.FloatField()
    lat = models.FloatField()
    geometry = models.BinaryField()
    digest = models.CharField(max_length=32)


class PlaceRecord(models.Model):
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    name = models.JSONField()
    category = models.CharField(max_length=40)
    area = models.CharField(max_length=40, db_index=True, blank=True)
    detail = models.JSONField(default=dict)
    weight = models.FloatField(default=0)
    search = models.TextField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    lon = models.FloatField()
    lat = models.FloatField()
    geometry = models.BinaryField()
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="territory_place_once")]
        indexes = [models.Index(fields=["lon", "lat"], name="territory_place_point")]


class Edition(models.Model):
    """Which state areas or places are in: a new random mark whenever one changes, so that every process sees it."""

    subject = models.CharField(max_length=20, primary_key=True)
    mark = models.CharField(max_length=32)
