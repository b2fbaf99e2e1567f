"""How the catalogue is kept: one row an entry with its document as JSON, one row for the state of the whole, one a load."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    key = models.SlugField(max_length=120, unique=True)
    source = models.CharField(max_length=100)
    uri = models.CharField(max_length=2000)
    digest = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    versioned = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="published")
    since = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    author = models.CharField(max_length=200, blank=True)
    waits = models.PositiveIntegerField(default=0)
    part_of = models.SlugField(max_length=120, blank=True, default="")
    quality = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=500)
    modified = models.DateTimeField(null=True)
    first_seen = models.DateTimeField()
    changed = models.DateTimeField()
    sequence = models.BigIntegerField(db_index=True)
    document = models.BinaryField()

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar = [models.UniqueConstraint(fields=("source", "uri"), name="catalogue_source_uri")]
        indexes: ClassVar = [models.Index(fields=("source", "gone", "state", "level", "area", "changed"), name="catalogue_sources")]

    def __str__(self) -> str:
        return self.title


class Turn(models.Model):
    """One step of a dataset of our own through publication: who brought it to which state, when and why."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="turns")
    state = models.CharField(max_length=10)
    actor = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    time = models.DateTimeField()
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("pk",)


class Way(models.Model):
    """The identifier of a way to get a dataset of our own, which leads to it."""

    mark = models.CharField(max_length=64, unique=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="ways")


class Rule(models.Model):
    """What a publisher asks of a second person."""

    publisher = models.CharField(max_length=200, unique=True)
    asks = models.CharField(max_length=10)
    actor = models.CharField(max_length=200)
    time = models.DateTimeField()


class Body(models.Model):
    """An organisation or a group that somebody described, whether datasets name it or not yet."""

    kind = models.CharField(max_length=12)
    key = models.SlugField(max_length=100)
    title = models.JSONField()
    description = models.JSONField()

    class Meta:
        verbose_name_plural = "bodies"
        constraints: ClassVar = [models.UniqueConstraint(fields=("kind", "key"), name="catalogue_body_key")]


class State(models.Model):
    """The catalogue as a whole: `sequence` grows with every change, `lineage` tells one database from another."""

    lineage = models.CharField(max_length=32)
    sequence = models.BigIntegerField(default=0)


class Load(models.Model):
    key = models.CharField(max_length=300, primary_key=True)
    digest = models.CharField(max_length=128)
    note = models.CharField(max_length=1000, blank=True)
    time = models.DateTimeField()


class Harvest(models.Model):
    """A catalogue elsewhere that is read from time to time; its key is the source of the entries it gives."""

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=2000)
    hours = models.PositiveIntegerField()
    language = models.CharField(max_length=2, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    due = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    whole = models.DateTimeField(null=True)
    validators = models.BinaryField(default=b"{}")
    failures = models.PositiveIntegerField(default=0)
    accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


class Gathering(models.Model):
    """One run of a harvest, with what became of it."""

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="gatherings")
    time = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=10)
    report = models.BinaryField()

    class Meta:
        ordering = ("-pk",)
