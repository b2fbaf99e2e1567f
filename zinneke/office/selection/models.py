"""How the selection is kept: ideas and the decisions about them, methods, exercises with scores that are only ever added, and the roadmap."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Idea(models.Model):
    """One idea of the base. `stage` and `out` follow from its newest decision, and are kept here so that queries are short."""

    key = models.SlugField(max_length=100, unique=True)
    title = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=100, blank=True)
    domain = models.CharField(max_length=20, blank=True)
    tags = models.JSONField(default=list)
    since = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=300, blank=True)
    source_url = models.CharField(max_length=1000, blank=True)
    source_date = models.DateField(null=True)
    evidence = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="doubles")
    stage = models.CharField(max_length=12, default="base")
    out = models.BooleanField(default=False)
    coverage = models.CharField(max_length=10, blank=True)
    matches = models.JSONField(default=list)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("stage", "out", "domain"), name="selection_stage")]

    def __str__(self) -> str:
        return self.key


class Decision(models.Model):
    """What was decided about an idea: a passage to a stage, an exclusion, a comparison, a merger. Never changed, never taken away."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12)
    before = models.CharField(max_length=100, blank=True)
    after = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)
    time = models.DateTimeField()


class Method(models.Model):
    """One version of a method. A published one is never changed."""

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    document = models.BinaryField()
    note = models.TextField(blank=True)
    published = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("key", "version"), name="selection_method_once")]


class Exercise(models.Model):
    """A method applied to options by evaluators. `sequence` grows with every change, so that each state can be named and replayed."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.JSONField()
    about = models.JSONField(default=dict)
    method = models.ForeignKey(Method, on_delete=models.PROTECT)
    example = models.BooleanField(default=False)
    first = models.PositiveIntegerField(default=10)
    sequence = models.PositiveIntegerField(default=0)
    closed = models.DateTimeField(null=True)
    opened = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)


class Option(models.Model):
    """What is evaluated: an idea, a component, a project. It is there from `added` until before `withdrawn`, both in the exercise's sequence."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="options")
    key = models.SlugField(max_length=100)
    name = models.JSONField()
    about = models.JSONField(default=dict)
    domain = models.CharField(max_length=20, blank=True)
    refers = models.CharField(max_length=200, blank=True)
    plan = models.JSONField(default=dict)
    added = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("exercise", "key"), name="selection_option_once")]


class Evaluator(models.Model):
    """Somebody who evaluates in an exercise. The public sees the number; the name is for those who run the exercise."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="evaluators")
    number = models.PositiveIntegerField()
    person = models.CharField(max_length=100)
    name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("exercise", "person"), name="selection_evaluator_once")]


class Score(models.Model):
    """One raw score, or one that was settled after a disagreement (no evaluator). A later one takes its place; none is changed or taken away."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="scores")
    option = models.ForeignKey(Option, on_delete=models.PROTECT)
    evaluator = models.ForeignKey(Evaluator, null=True, on_delete=models.PROTECT)
    criterion = models.SlugField(max_length=60)
    value = models.FloatField(null=True)
    reason = models.TextField(blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    time = models.DateTimeField()
    sequence = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=("exercise", "sequence"), name="selection_scores")]


class Step(models.Model):
    """A project on the roadmap as it stands now. `start` counts quarters since the year 0."""

    key = models.SlugField(max_length=100, unique=True)
    name = models.JSONField()
    about = models.JSONField(default=dict)
    domain = models.CharField(max_length=20, blank=True)
    refers = models.CharField(max_length=200, blank=True)
    start = models.PositiveIntegerField()
    quarters = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default="planned")
    example = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)


class Change(models.Model):
    """A change of the roadmap with its reason; `beyond` is the decision to start above the limit."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=100, blank=True)
    after = models.CharField(max_length=100)
    reason = models.TextField()
    beyond = models.BooleanField(default=False)
    by_name = models.CharField(max_length=200)
    time = models.DateTimeField()


class Edition(models.Model):
    """The roadmap as it was published: what stood on it, why, and the limit of projects at a time. Never changed."""

    number = models.PositiveIntegerField(unique=True)
    document = models.BinaryField()
    reason = models.TextField()
    ceiling = models.PositiveIntegerField()
    by_name = models.CharField(max_length=200)
    time = models.DateTimeField()
