"""How the room keeps things: one row an entry with its documents as JSON, one row for each thing that somebody did with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """`document` is what is being written, `shown` what readers see; they differ while a change waits."""

    kind = models.CharField(max_length=20)
    key = models.SlugField(max_length=120)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12)
    live = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=300)
    document = models.BinaryField()
    shown = models.BinaryField(null=True)
    shown_version = models.PositiveIntegerField(default=0)
    day = models.DateTimeField(null=True, db_index=True)
    published = models.DateTimeField(null=True)
    created = models.DateTimeField()
    changed = models.DateTimeField(db_index=True)
    changed_by = models.CharField(max_length=200)
    loaded = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar = [models.UniqueConstraint(fields=("kind", "key"), name="knowledge_kind_key")]
        indexes: ClassVar = [models.Index(fields=("kind", "live", "state", "level", "area"), name="knowledge_lists")]

    def __str__(self) -> str:
        return self.title


class Concept(models.Model):
    """A theme or a plan of the thesaurus, with its words in each language and what it is part of."""

    scheme = models.CharField(max_length=10)
    key = models.SlugField(max_length=60)
    label = models.JSONField()
    also = models.JSONField(default=dict)
    broader = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("scheme", "key"), name="knowledge_concept_key")]


class Revision(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12)
    document = models.BinaryField()
    note = models.CharField(max_length=500, blank=True)
    time = models.DateTimeField()
    by = models.CharField(max_length=200)


class Vote(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="votes")
    person = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    ring = models.CharField(max_length=20)
    argument = models.CharField(max_length=1000)
    time = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("entry", "person"), name="knowledge_one_vote")]


class Move(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="moves")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    argument = models.JSONField(default=dict)
    time = models.DateTimeField()
    by = models.CharField(max_length=200)


class Referral(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="referrals")
    party = models.CharField(max_length=100)
    note = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=12, default="asked")
    reason = models.CharField(max_length=1000, blank=True)
    asked = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("entry", "party"), name="knowledge_one_referral")]


class Source(models.Model):
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=1000, unique=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    themes = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    etag = models.CharField(max_length=500, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    failures = models.PositiveIntegerField(default=0)
    due = models.DateTimeField()
    read = models.DateTimeField(null=True)
    fault = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name


class Spotted(models.Model):
    source = models.ForeignKey(Source, models.CASCADE, related_name="spotted")
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    address = models.CharField(max_length=1000)
    about = models.CharField(max_length=1000, blank=True)
    dated = models.DateTimeField(null=True)
    seen = models.DateTimeField()
    state = models.CharField(max_length=12, default="new")
    entry = models.CharField(max_length=160, blank=True)

    class Meta:
        verbose_name_plural = "spotted"
        constraints: ClassVar = [models.UniqueConstraint(fields=("source", "digest"), name="knowledge_spotted_once")]
        indexes: ClassVar = [models.Index(fields=("state", "-seen"), name="knowledge_spotted_state")]


class Registration(models.Model):
    """Somebody who comes to an event; name, address and needs are emptied some time after it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="registrations")
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2)
    seats = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    audience = models.CharField(max_length=20, blank=True)
    needs = models.CharField(max_length=500, blank=True)
    consented = models.DateTimeField()
    created = models.DateTimeField()
    reminded = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("entry", "state"), name="knowledge_seats")]


class Capture(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="captures")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    about = models.CharField(max_length=1000, blank=True)
    domain = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    time = models.DateTimeField()
    by = models.CharField(max_length=200)


class Subscriber(models.Model):
    """One address that gets letters; always personal. `serial` grows when it subscribes again, so that old confirmations end;
    `wish` is what was asked for and not confirmed yet."""

    email = models.CharField(max_length=254, unique=True)
    language = models.CharField(max_length=2)
    themes = models.JSONField(default=list)
    audience = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12)
    wish = models.JSONField(default=dict)
    serial = models.PositiveIntegerField(default=1)
    asked = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    left = models.DateTimeField(null=True)
    bounces = models.PositiveSmallIntegerField(default=0)


class Letter(models.Model):
    subject = models.JSONField(default=dict)
    intro = models.JSONField(default=dict)
    themes = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    items = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField()
    approved = models.DateTimeField(null=True)
    by = models.CharField(max_length=200)


class Delivery(models.Model):
    """One letter for one subscriber: claimed before it is sent, so that nobody gets it twice."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, models.SET_NULL, null=True, related_name="deliveries")
    audience = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=12)
    attempts = models.PositiveSmallIntegerField(default=0)
    time = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [models.UniqueConstraint(fields=("letter", "subscriber"), name="knowledge_one_letter")]


class Answer(models.Model):
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="answers")
    organisation = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    text = models.TextField()
    state = models.CharField(max_length=12, default="received")
    reason = models.CharField(max_length=1000, blank=True)
    created = models.DateTimeField()


class Check(models.Model):
    """What became of each promise of a tender when it was looked up."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="checks")
    results = models.JSONField()
    time = models.DateTimeField()
    by = models.CharField(max_length=200)
