"""How indicators are kept: one row an indicator, one a definition, one a value that was ever entered, one a deed, one a computing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IndicatorRecord(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    owner = models.SlugField(max_length=80)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10)
    domain = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    proposer = models.CharField(max_length=100)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    validated = models.DateTimeField(null=True)
    evidence = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    successor = models.CharField(max_length=80, blank=True)
    due = models.DateField(null=True)
    due_by_hand = models.BooleanField(default=False)
    updated = models.DateTimeField(null=True)
    latest = models.CharField(max_length=30, blank=True)
    home = models.CharField(max_length=20, blank=True)
    areas = models.PositiveIntegerField(default=0)
    dimensions = models.JSONField(default=list)
    fault = models.TextField(blank=True)
    alerted = models.CharField(max_length=60, blank=True)
    contact = models.EmailField(blank=True)

    class Meta:
        verbose_name = "indicator"

    def __str__(self) -> str:
        return self.key


class DefinitionRecord(models.Model):
    indicator = models.ForeignKey(IndicatorRecord, on_delete=models.CASCADE, related_name="definitions")
    number = models.PositiveIntegerField()
    since = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10)
    sheet = models.JSONField()
    reason = models.TextField(blank=True)
    author = models.CharField(max_length=100)
    created = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("indicator", "number"), name="indicators_one_definition")]
        ordering = ("indicator", "number")


class ValueRecord(models.Model):
    indicator = models.ForeignKey(IndicatorRecord, on_delete=models.CASCADE, related_name="values")
    version = models.PositiveIntegerField()
    period = models.CharField(max_length=30, blank=True)
    start = models.DateField()
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    dimension = models.CharField(max_length=80, blank=True)
    value = models.FloatField(null=True)
    absent = models.CharField(max_length=20, blank=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    quality = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    provenance = models.JSONField(default=dict)
    entered = models.DateTimeField()
    entered_by = models.CharField(max_length=100)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    evidence = models.TextField(blank=True)
    ended = models.DateTimeField(null=True)
    why_ended = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=("indicator", "state", "ended", "area", "start"), name="indicators_current"),
            models.Index(fields=("state", "ended"), name="indicators_waiting"),
        ]


class DeedRecord(models.Model):
    indicator = models.ForeignKey(IndicatorRecord, on_delete=models.CASCADE, related_name="deeds")
    deed = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    who = models.CharField(max_length=100)
    organisation = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    why = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "pk")


class RunRecord(models.Model):
    indicator = models.ForeignKey(IndicatorRecord, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    seconds = models.FloatField()
    count = models.PositiveIntegerField()
    written = models.PositiveIntegerField()
    inputs = models.JSONField(default=list)
    fault = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-pk")


class RankingRecord(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    document = models.JSONField()
    cities = models.JSONField()


class StatementRecord(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    block = models.CharField(max_length=20)
    grade = models.PositiveSmallIntegerField()
    since = models.DateField()
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
