"""The tables of devices. No secret is among them: a key is derived from what stands here and from the platform's own secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from zinneke.kernel.confidentiality import Level

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Device(models.Model):
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=100, blank=True)
    organisation = models.CharField(max_length=80, blank=True)
    area = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(default=Level.SHARED)
    state = models.CharField(max_length=10, default="active")
    signs = models.BooleanField(default=False)
    registered = models.DateTimeField()
    registered_by = models.CharField(max_length=200)

    keys: RelatedManager[Key]
    certificates: RelatedManager[Certificate]
    writes: RelatedManager[Writes]

    class Meta:
        ordering = ("name",)


class Writes(models.Model):
    """A stream that a device may write, by its number, which is never used twice."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="writes")
    stream = models.IntegerField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("device", "stream"), name="devices_writes_once"),)


class Key(models.Model):
    device = models.ForeignKey(Device, models.CASCADE, related_name="keys")
    salt = models.CharField(max_length=64)
    made = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)
    taken = models.JSONField(default=dict)
    """The highest numbers of signed messages, each with what tells one message from another."""

    class Meta:
        ordering = ("pk",)


class Certificate(models.Model):
    """A client certificate by its fingerprint, in which its whole content is; who presents it has proved to hold its private key."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="certificates")
    fingerprint = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=300, blank=True)
    expires = models.DateTimeField(null=True)
    made = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("fingerprint",), condition=models.Q(revoked=None), name="devices_certificate_of_one"),)


class Nonce(models.Model):
    """A nonce that was taken, kept until a message with it would be too old anyway."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="nonces")
    nonce = models.CharField(max_length=128)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("device", "nonce"), name="devices_nonce_once"),)


class Campaign(models.Model):
    """What people are invited to measure with what they carry. Nothing of who they are has a column here."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.JSONField()
    about = models.JSONField()
    reading = models.JSONField()
    unit = models.CharField(max_length=50)
    low = models.FloatField()
    high = models.FloatField()
    metres = models.PositiveIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    closed = models.BooleanField(default=False)
    area = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("-starts", "key")
