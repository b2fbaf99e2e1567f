"""How the map is kept: things with their details as JSON, links, what columns mean, profiles, findings, scans, questions to stewards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Thing(models.Model):
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20)
    title = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    owner = models.CharField(max_length=500, blank=True, db_index=True)
    steward = models.CharField(max_length=500, blank=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    document = models.TextField()
    claimed = models.JSONField(default=list)
    origin = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=32, blank=True, db_index=True)
    reviewed = models.DateField(null=True)
    next_review = models.DateField(null=True)
    missing = models.DateField(null=True)
    withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("kind", "withdrawn", "level", "area"), name="cartography_kind")]

    def __str__(self) -> str:
        return self.key


class Link(models.Model):
    source = models.ForeignKey(Thing, models.CASCADE, related_name="out")
    relation = models.CharField(max_length=20)
    target = models.ForeignKey(Thing, models.CASCADE, related_name="into")
    origin = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("source", "relation", "target"), name="cartography_link_once")]


class Meaning(models.Model):
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="meanings")
    column = models.CharField(max_length=500)
    element = models.ForeignKey(Thing, models.CASCADE, related_name="meant")
    state = models.CharField(max_length=10)
    score = models.FloatField(default=1)
    by = models.CharField(max_length=200, blank=True)
    when = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("thing", "column", "element"), name="cartography_meaning_once")]


class Profile(models.Model):
    thing = models.OneToOneField(Thing, models.CASCADE, primary_key=True)
    document = models.BinaryField()
    when = models.DateTimeField()


class Finding(models.Model):
    left = models.ForeignKey(Thing, models.CASCADE, related_name="findings_left")
    right = models.ForeignKey(Thing, models.CASCADE, related_name="findings_right")
    kind = models.CharField(max_length=12)
    score = models.FloatField()
    document = models.BinaryField()
    decision = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=200, blank=True)
    decided = models.DateTimeField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    gone = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("left", "right"), name="cartography_finding_once")]


class Scan(models.Model):
    origin = models.CharField(max_length=500, db_index=True)
    owner = models.CharField(max_length=500, blank=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    alike = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=200)


class Question(models.Model):
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="questions")
    digest = models.CharField(max_length=64, unique=True)
    sent_to = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    sent = models.DateTimeField()
    expires = models.DateTimeField()
    answered = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=200)


class Miss(models.Model):
    words = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last = models.DateField()


class Figure(models.Model):
    """The manager's summary of a day, so that there is a trend."""

    day = models.DateField(primary_key=True)
    document = models.JSONField(default=dict)


class Twins(models.Model):
    """Entries of the public catalogue that seem to be one dataset."""

    mark = models.CharField(max_length=2000, unique=True)
    members = models.JSONField(default=list)
    score = models.FloatField()
    proofs = models.JSONField(default=list)
    decision = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=200, blank=True)
    gone = models.BooleanField(default=False)


class Peer(models.Model):
    """A city to compare with: which publishers of our catalogue it is, and what was imported of its own."""

    key = models.CharField(max_length=60, unique=True)
    title = models.JSONField(default=dict)
    publishers = models.JSONField(default=list)
    document = models.BinaryField(default=b"")
    datasets = models.PositiveIntegerField(default=0)
    when = models.DateTimeField(auto_now_add=True)


class Survey(models.Model):
    """What was last found in the public catalogue, by what was looked for."""

    name = models.CharField(max_length=20, unique=True)
    document = models.BinaryField()
    when = models.DateTimeField()
