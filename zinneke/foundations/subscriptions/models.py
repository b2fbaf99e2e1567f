"""The tables of subscriptions: what each wants and how far it is, what happened besides observations, and the dead letters."""

from __future__ import annotations

from django.db import models


class Subscription(models.Model):
    key = models.CharField(max_length=500, unique=True, null=True)
    person = models.BigIntegerField(db_index=True)
    actor = models.CharField(max_length=100)
    """Whose rights are asked at each delivery: a person, or a token of theirs."""
    name = models.CharField(max_length=200, blank=True)
    document = models.JSONField()
    secret = models.TextField(blank=True)
    """Sealed (see `identity.vault`)."""
    state = models.CharField(max_length=10, default="active", db_index=True)
    why = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    expires = models.DateTimeField(null=True)

    position = models.BigIntegerField()
    occurrence = models.BigIntegerField()
    sequence = models.BigIntegerField(default=0)
    pending_position = models.BigIntegerField(null=True)
    pending_occurrence = models.BigIntegerField(null=True)
    """Up to where the notification at hand goes, so that it is the same when it is tried again."""

    round = models.DateTimeField(null=True)
    page = models.IntegerField(default=0)
    """Of what is told by the clock: when next, and how many notifications of that round were told already."""

    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    refusals = models.IntegerField(default=0)
    due = models.DateTimeField(null=True)
    sent = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    last_attempt = models.DateTimeField(null=True)
    last_success = models.DateTimeField(null=True)
    last_failure = models.DateTimeField(null=True)
    last_status = models.IntegerField(default=0)
    last_reason = models.CharField(max_length=300, blank=True)


class Occurrence(models.Model):
    """Something that happened besides an observation. Numbers follow the commits, without a hole."""

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    """The room whose rights decide who is told, and `part` of it."""
    part = models.CharField(max_length=100, blank=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    time = models.DateTimeField()
    stored = models.DateTimeField(db_index=True)
    stream = models.IntegerField(null=True)
    thing = models.CharField(max_length=200, blank=True)
    reading = models.CharField(max_length=100, blank=True)
    value = models.FloatField(null=True)
    rule = models.CharField(max_length=100, blank=True)
    owner = models.BigIntegerField(null=True)
    """Whose it is, where nobody else is told."""
    about = models.JSONField(default=dict)


class Counter(models.Model):
    """One row: the last number of an occurrence. Whoever writes one holds it until the commit."""

    value = models.BigIntegerField(default=0)


class Letter(models.Model):
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="letters")
    sequence = models.BigIntegerField()
    made = models.DateTimeField()
    given_up = models.DateTimeField()
    media_type = models.CharField(max_length=100)
    headers = models.JSONField(default=dict)
    body = models.TextField()
    status = models.IntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
