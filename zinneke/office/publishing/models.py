"""What is kept of publications that have begun: the file beside, how to read it, how to describe it, what was found in it."""

from __future__ import annotations

from django.db import models


class Upload(models.Model):
    key = models.CharField(max_length=32, unique=True)
    owner = models.CharField(max_length=200, db_index=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=2000, blank=True)
    dataset = models.CharField(max_length=120, blank=True)
    ground = models.CharField(max_length=40, blank=True)
    spec = models.BinaryField()
    row = models.BinaryField()
    raw = models.BinaryField(blank=True, default=b"")
    found = models.BinaryField(blank=True, default=b"")
    fault = models.CharField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, default="ready")
    source = models.TextField(blank=True)
    floor = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField()
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What somebody says: a word in a discussion, a reuse that is shown, a request for data that are missing. Of who says it nothing is kept."""

    kind = models.CharField(max_length=12)
    dataset = models.CharField(max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    area = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=500, blank=True)
    shown_as = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=10, default="waiting")
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=120, blank=True)
    leads_to = models.CharField(max_length=120, blank=True)
    votes = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()
    decided = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("kind", "state", "dataset"), name="publishing_posts"),)

    def __str__(self) -> str:
        return self.title or self.text[:60]


class Ballot(models.Model):
    """That somebody voted for a request, known by a digest that leads to nobody."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="ballots")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("post", "digest"), name="publishing_one_vote"),)


class Refresh(models.Model):
    """A dataset that is fetched again from time to time, for whom, and how the last time went.

    `source` is sealed, `address` what is shown of it; `made` marks a version that came of it in this way and waited for a second person.
    """

    dataset = models.CharField(max_length=120, unique=True)
    level = models.PositiveSmallIntegerField(default=0)
    area = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=2000)
    source = models.TextField(blank=True)
    person = models.PositiveBigIntegerField(null=True)
    made = models.CharField(max_length=40, blank=True, default="")
    hours = models.PositiveIntegerField()
    spec = models.BinaryField()
    state = models.CharField(max_length=12, default="waiting")
    since = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=0)
    etag = models.CharField(max_length=500, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    succeeded = models.DateTimeField(null=True)


class Use(models.Model):
    """How often something was used on a day: a number, and nothing of who did."""

    day = models.DateField()
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "kind", "key"), name="publishing_use_a_day"),)
