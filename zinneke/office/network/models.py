"""How the network is kept: sheets that carry their level, area and owner, and what hangs on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Sheet(models.Model):
    """What every sheet has. `owner` is the organisation or group on whose part of the room somebody may hold rights."""

    key = models.SlugField(max_length=80, unique=True)
    level = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=80, blank=True, db_index=True)
    version = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key


class Organisation(Sheet):
    """What identity does not keep of an organisation: its key, name and area are there."""

    kind = models.CharField(max_length=20)
    helix = models.CharField(max_length=20)
    parent = models.CharField(max_length=80, blank=True)
    languages = models.JSONField(default=list)
    address = models.CharField(max_length=300, blank=True)
    web = models.CharField(max_length=300, blank=True)
    about = models.JSONField(default=dict)
    appoints = models.BooleanField(default=True)


class Post(Sheet):
    """One person on one post of an organisation, from a day to a day; whoever follows gets a row of their own."""

    title = models.JSONField(default=dict)
    person = models.CharField(max_length=200, blank=True)
    agreed = models.BooleanField(default=False)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    account = models.BigIntegerField(null=True, db_index=True)
    mandate = models.CharField(max_length=1000, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    deputy_of = models.CharField(max_length=80, blank=True)
    themes = models.JSONField(default=list)


class Lead(Sheet):
    """Who leads a project: offered, accepted, handed over."""

    project = models.CharField(max_length=120, db_index=True)
    title = models.CharField(max_length=300)
    post = models.CharField(max_length=80, db_index=True)
    state = models.CharField(max_length=20)
    since = models.DateField(null=True)
    until = models.DateField(null=True)


class LeadStep(models.Model):
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="steps")
    time = models.DateTimeField()
    by = models.CharField(max_length=200)
    what = models.CharField(max_length=20)
    post = models.CharField(max_length=80)
    note = models.CharField(max_length=1000, blank=True)


class Group(Sheet):
    """A body that meets; `rule` is an RRULE on the local time of `begins`."""

    name = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    kind = models.CharField(max_length=20)
    members = models.JSONField(default=list)
    rule = models.CharField(max_length=300, blank=True)
    begins = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField(default=120)
    place = models.CharField(max_length=300, blank=True)


class Meeting(Sheet):
    group = models.CharField(max_length=80, db_index=True)
    title = models.CharField(max_length=300, blank=True)
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, default="planned")
    report = models.TextField(blank=True)
    present = models.JSONField(default=list)
    excused = models.JSONField(default=list)
    planned_for = models.DateTimeField(null=True)

    class Meta(Sheet.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=("group", "planned_for"), name="network_meeting_once")]


class Point(Sheet):
    """A point of an agenda, as somebody relayed it, with its papers."""

    meeting = models.CharField(max_length=80, db_index=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    place = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=200, blank=True)
    papers = models.JSONField(default=list)


class Decision(Sheet):
    """What a meeting, or the manager alone, decided; with `parties` and a term it is an escalation."""

    meeting = models.CharField(max_length=80, blank=True, db_index=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    taken = models.DateField()
    parties = models.JSONField(default=list)
    due = models.DateField(null=True)
    followed = models.CharField(max_length=20, default="open")
    followed_on = models.DateField(null=True)
    note = models.TextField(blank=True)


class Action(Sheet):
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    post = models.CharField(max_length=80, blank=True, db_index=True)
    due = models.DateField(null=True)
    state = models.CharField(max_length=20, default="open")
    meeting = models.CharField(max_length=80, blank=True, db_index=True)
    decision = models.CharField(max_length=80, blank=True, db_index=True)
    project = models.CharField(max_length=120, blank=True, db_index=True)
    done = models.DateField(null=True)


class Feed(models.Model):
    """A calendar that a machine may fetch: for a person, of everything of theirs or of one group. Only the digest of its word is kept."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.BigIntegerField(db_index=True)
    group = models.CharField(max_length=80, blank=True)
    made = models.DateTimeField()
    revoked = models.DateTimeField(null=True)


class Enquiry(Sheet):
    """A question, an idea or a need. Key is the reference; `digest` is of the word with which the asker comes back."""

    digest = models.CharField(max_length=64)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    received = models.DateTimeField()
    due = models.DateField()
    state = models.CharField(max_length=20)
    assigned = models.BigIntegerField(null=True, db_index=True)
    assigned_name = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)
    answered = models.DateTimeField(null=True)
    satisfied = models.CharField(max_length=10, blank=True)
    comment = models.CharField(max_length=2000, blank=True)
    closed = models.DateTimeField(null=True)
    reminded = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True)
    mail = models.CharField(max_length=64, blank=True, db_index=True)


class Numbers(models.Model):
    """The last reference given in a year."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class EnquiryLine(models.Model):
    """What happened to an enquiry: a `step` that the asker sees too, a further `message` from them, an internal `note`."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="lines")
    level = models.PositiveSmallIntegerField()
    time = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=20)
    text = models.TextField(blank=True)


class Knock(models.Model):
    """That somebody at an address, known by a digest only, sent a form; kept for a day."""

    digest = models.CharField(max_length=64, db_index=True)
    time = models.DateTimeField()


class Letter(models.Model):
    """A letter on its way. What failed is tried again; what left is forgotten after a month."""

    about = models.CharField(max_length=80, db_index=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=400)
    text = models.TextField()
    made = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    sent = models.DateTimeField(null=True)


class Faq(Sheet):
    question = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    state = models.CharField(max_length=20)
    enquiry = models.CharField(max_length=80, blank=True)
    approved_by = models.CharField(max_length=200, blank=True)
    approved = models.DateField(null=True)


class Opinion(Sheet):
    """Advice to the government or an administration; each text that was sent is a version of its own."""

    title = models.CharField(max_length=300)
    language = models.CharField(max_length=2)
    requested_by = models.CharField(max_length=80)
    requested = models.DateField()
    due = models.DateField(null=True)
    draft = models.TextField(blank=True)


class OpinionVersion(models.Model):
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    dated = models.DateField()
    by = models.CharField(max_length=200)
    text = models.TextField()


class OpinionOutcome(models.Model):
    """A decision that followed an opinion, or did not."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="outcomes")
    version = models.PositiveIntegerField()
    decided = models.DateField()
    title = models.CharField(max_length=300)
    reference = models.CharField(max_length=300, blank=True)
    followed = models.CharField(max_length=20)
    note = models.CharField(max_length=2000, blank=True)


class Review(Sheet):
    """A draft project or tender, read against a checklist before it goes out."""

    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    submitted_by = models.CharField(max_length=80)
    submitted = models.DateField()
    project = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=20)
    remarks = models.JSONField(default=dict)
    conclusion = models.TextField(blank=True)
    concluded = models.DateField(null=True)


class Mandate(Sheet):
    """One version of what the office may and must do; each is a row, none is overwritten."""

    title = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    approved_by = models.JSONField(default=dict)
    approved = models.DateField()
    reference = models.CharField(max_length=300, blank=True)


class Commitment(Sheet):
    title = models.JSONField(default=dict)
    source = models.JSONField(default=dict)
    promised = models.DateField()
    due = models.DateField(null=True)
    done = models.DateField(null=True)
    proof = models.CharField(max_length=300, blank=True)


class Membership(Sheet):
    """A network of cities or standards: what the office is in it, and what it takes over from it."""

    name = models.JSONField(default=dict)
    scope = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    about = models.JSONField(default=dict)
    web = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    contact = models.CharField(max_length=254, blank=True)
