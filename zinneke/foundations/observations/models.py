"""What is known about things and streams, alerts and quarantine. The observations themselves are in the engine's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Described(models.Model):
    """What most entities have. `key` is the house's own name for what it declares itself; what others make has none."""

    id = models.AutoField(primary_key=True)
    key = models.CharField(max_length=300, unique=True, null=True)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Location(Described):
    encoding = models.CharField(max_length=100)
    location = models.JSONField()


class Sensor(Described):
    encoding = models.CharField(max_length=100)
    metadata = models.JSONField()


class ObservedProperty(Described):
    definition = models.CharField(max_length=500)


class Feature(Described):
    """A feature of interest; `source` is the location that it was made from, where nobody named another."""

    encoding = models.CharField(max_length=100)
    feature = models.JSONField()
    source = models.OneToOneField(Location, models.SET_NULL, null=True, related_name="made")


class Thing(models.Model):
    key = models.CharField(max_length=200, primary_key=True)
    number = models.IntegerField(unique=True, null=True)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    locations = models.ManyToManyField(Location, related_name="things")
    kind = models.CharField(max_length=250, blank=True)
    solution = models.CharField(max_length=100, blank=True, db_index=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    area = models.CharField(max_length=20, blank=True, db_index=True)
    level = models.PositiveSmallIntegerField()
    properties = models.JSONField(default=dict)
    created = models.DateTimeField(null=True)
    changed = models.DateTimeField(null=True)


class Stream(models.Model):
    id = models.IntegerField(primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="streams")
    name = models.JSONField(default=dict)
    reading = models.CharField(max_length=100, blank=True, db_index=True)
    means = models.CharField(max_length=500, blank=True)
    unit = models.CharField(max_length=50)
    interval = models.PositiveIntegerField(default=0)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    jump = models.FloatField(null=True)
    keep = models.PositiveIntegerField(null=True)
    level = models.PositiveSmallIntegerField()
    description = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    kind = models.CharField(max_length=200, blank=True)
    units = models.JSONField(default=list)
    sensor = models.ForeignKey(Sensor, models.PROTECT, null=True, related_name="streams")
    multi = models.BooleanField(default=False)
    types = models.JSONField(default=list)


class Observes(models.Model):
    """Which property a stream observes; several, in order, when each of its observations has several results."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="observes")
    observed = models.ForeignKey(ObservedProperty, models.PROTECT, related_name="streams")
    rank = models.PositiveSmallIntegerField(default=0)


class HistoricalLocation(models.Model):
    id = models.AutoField(primary_key=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="stays")
    time = models.DateTimeField()
    locations = models.ManyToManyField(Location, related_name="stays")


class Past(models.Model):
    """What an attribute of a thing was until a moment, when it is not measured."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="past")
    name = models.CharField(max_length=500)
    held = models.JSONField()
    until = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("thing", "until"), name="observations_past_of"),)


class Actuator(Described):
    encoding = models.CharField(max_length=100)
    metadata = models.JSONField()


class TaskingCapability(Described):
    """What a thing can be told to do, and with which parameters."""

    parameters = models.JSONField(default=dict)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="capabilities")
    actuator = models.ForeignKey(Actuator, models.CASCADE, related_name="capabilities")


class Task(models.Model):
    id = models.AutoField(primary_key=True)
    capability = models.ForeignKey(TaskingCapability, models.CASCADE, related_name="tasks")
    parameters = models.JSONField(default=dict)
    created = models.DateTimeField()
    status = models.CharField(max_length=20)
    changed = models.DateTimeField()


class Context(models.Model):
    """A JSON-LD context that somebody entrusted to the house: which IRI each term stands for."""

    id = models.CharField(max_length=100, primary_key=True)
    document = models.JSONField()
    who = models.CharField(max_length=200)
    created = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(auto_now=True)


class Source(models.Model):
    """Another source of entities, as somebody registered it."""

    id = models.CharField(max_length=500, primary_key=True)
    document = models.JSONField()
    who = models.CharField(max_length=200)
    created = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(auto_now=True)
    ended = models.BooleanField(default=False)
    """Whether it was told that it has come to its end."""


class Counter(models.Model):
    """The highest number that things, or streams, ever had, so that none is used twice."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.IntegerField(default=0)


class Stamp(models.Model):
    """One row, renewed with every change of things and streams, so that what is kept in memory knows when it is old."""

    value = models.CharField(max_length=32)


class Change(models.Model):
    """A line of the log of `followed`: what changed, or a new stamp."""

    id = models.BigAutoField(primary_key=True)
    record = models.CharField(max_length=20)
    row = models.CharField(max_length=200)


class Alert(models.Model):
    stream = models.ForeignKey(Stream, models.CASCADE)
    solution = models.CharField(max_length=100)
    area = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=100)
    name = models.JSONField(default=dict)
    sentence = models.JSONField(default=dict)
    status = models.CharField(max_length=10)
    value = models.FloatField(null=True)
    owner = models.BigIntegerField(null=True, db_index=True)
    """Whose it is, where nobody else is told."""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "rule"], condition=models.Q(until=None), name="one_open_alert_a_rule")]


class AlertRule(models.Model):
    """A rule that a person made: one that everybody is told of, or their own."""

    person = models.BigIntegerField(db_index=True)
    actor = models.CharField(max_length=100)
    """Within whose reach it looks: a person, or a token of theirs."""
    shared = models.BooleanField(default=False)
    name = models.CharField(max_length=200)
    document = models.JSONField()
    state = models.CharField(max_length=10, default="active", db_index=True)
    created = models.DateTimeField()
    changed = models.DateTimeField()


class Quarantined(models.Model):
    """What was refused. `raw` is the body of a message that could not be read at all, `source` the decoder of its solution that it was meant for."""

    state = models.CharField(max_length=10, default="waiting", db_index=True)
    detail = models.JSONField(null=True)
    raw = models.BinaryField(null=True)
    source = models.CharField(max_length=100, blank=True)
    signed = models.BooleanField(default=False)
    """Whether it came with a signature of its device, which was right."""
    attempts: RelatedManager[Attempt]

    stream = models.CharField(max_length=300)
    time = models.CharField(max_length=60)
    value = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    who = models.CharField(max_length=200)
    heard = models.DateTimeField(db_index=True)
    solution = models.CharField(max_length=100, blank=True)
    area = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField()


class Attempt(models.Model):
    """One sending again of what was refused: who did it, as what, and what became of it."""

    quarantined = models.ForeignKey(Quarantined, models.CASCADE, related_name="attempts")
    who = models.CharField(max_length=200)
    at = models.DateTimeField()
    sent = models.JSONField(default=dict)
    outcome = models.CharField(max_length=300)

    class Meta:
        ordering = ("pk",)


class Feed(models.Model):
    """How the asking of a source's live address goes."""

    solution = models.CharField(max_length=100)
    source = models.CharField(max_length=100)
    due = models.DateTimeField(null=True)
    asked = models.DateTimeField(null=True)
    changed = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=500, blank=True)
    etag = models.CharField(max_length=500, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    stored = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["solution", "source"], name="one_feed_a_source")]
