"""How projects are kept: one row a project with its fiche as JSON, its gates, the components, what was found in common, and drafts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Record(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=80)
    phase = models.CharField(max_length=20)
    since = models.DateField()
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    confirmed = models.DateField(null=True)
    loaded = models.CharField(max_length=32, blank=True)
    """The digest of the fiche as a file gave it last; empty once a person has changed the record."""
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    geometry = models.BinaryField(null=True)
    document = models.BinaryField()

    class Meta:
        verbose_name = "project"
        indexes: ClassVar = [
            models.Index(fields=("kind", "level", "area"), name="projects_reach"),
            models.Index(fields=("owner",), name="projects_owner"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Passed(models.Model):
    """A gate that was passed; kept for ever."""

    project = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="gates")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    day = models.DateField()
    by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering = ("pk",)


class Party(models.Model):
    """An organisation that owns projects or takes part in them: its name is a public fact."""

    key = models.SlugField(max_length=80, unique=True)
    document = models.BinaryField()


class Part(models.Model):
    """A component."""

    key = models.SlugField(max_length=80, unique=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField()
    loaded = models.CharField(max_length=32, blank=True)
    document = models.BinaryField()


class Common(models.Model):
    """Two projects with something in common. What was decided is never decided again by itself."""

    one = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    duplicate = models.BooleanField(default=False)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open", db_index=True)
    by = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("one", "other"), name="projects_pair_once")]


class Begun(models.Model):
    """A form that a person has begun and not sent."""

    person = models.PositiveBigIntegerField()
    project = models.CharField(max_length=80, blank=True)
    typed = models.JSONField(default=dict)
    changed = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("person", "project"), name="projects_draft_once")]


class Limit(models.Model):
    """How many smart projects may be in execution at a time; 0 sets no limit."""

    projects = models.PositiveIntegerField(default=0)
