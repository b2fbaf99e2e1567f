"""How scenarios and their runs are kept: the question and the result as JSON, beside what is asked of them in queries."""

from __future__ import annotations

from django.db import models


class Scenario(models.Model):
    key = models.SlugField(max_length=120, unique=True)
    name = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)
    note = models.JSONField(default=dict)
    model = models.CharField(max_length=100, db_index=True)
    digest = models.CharField(max_length=64)
    question = models.BinaryField()
    result = models.BinaryField(null=True)
    computed = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    published = models.DateTimeField(null=True, db_index=True)
    author = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    discussion = models.CharField(max_length=500, blank=True)
    parent = models.CharField(max_length=120, blank=True)
    edition = models.PositiveIntegerField(default=1)
    illustration = models.BooleanField(default=False)
    created = models.DateTimeField()
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Run(models.Model):
    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=12, db_index=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.JSONField(default=dict)
    asked = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.state}"
