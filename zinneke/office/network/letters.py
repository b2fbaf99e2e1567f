"""Letters that leave by mail: kept first, sent by a chore, tried again when the mail server does not answer, never lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage

from zinneke.office.network import models, rules

LONGEST_WAIT = timedelta(hours=12)
FORGOTTEN = timedelta(days=30)
"""How long a letter that left is kept."""


def keep(about: str, to: str, subject: str, text: str, now: datetime) -> None:
    """Put a letter on its way; it joins the caller's transaction. An address that is none, or several, gets no letter."""
    if rules.is_email(to):
        models.Letter.objects.create(about=about, to=to, subject=rules.one_line(subject), text=text, made=now, due=now)


def send(now: datetime) -> tuple[int, int]:
    """Send what is due and return how many left and how many wait. A letter is taken before it is sent, so that two senders never send it twice."""
    left = failed = 0
    _close_folder()
    for pk in models.Letter.objects.filter(sent=None, due__lte=now).order_by("due").values_list("pk", flat=True)[:200]:
        letter = models.Letter.objects.get(pk=pk)
        again = now + min(LONGEST_WAIT, timedelta(minutes=2 ** min(letter.tries, 12)))
        if not models.Letter.objects.filter(pk=pk, sent=None, tries=letter.tries).update(tries=letter.tries + 1, due=again):
            continue
        try:
            _post(letter)
        except Exception as fault:  # whatever the mail server or its library says: the letter waits
            models.Letter.objects.filter(pk=pk).update(fault=type(fault).__name__[:300])
            failed += 1
        else:
            models.Letter.objects.filter(pk=pk).update(sent=now, fault="")
            left += 1
    return left, failed


def _post(letter: models.Letter) -> None:
    """Hand one letter to the mail server, marked so that machines do not answer it (RFC 3834)."""
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    EmailMessage(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to], headers=headers).send()


def _close_folder() -> None:
    """Keep letters that stay on this machine from everybody but the one who runs it."""
    if folder := getattr(settings, "EMAIL_FILE_PATH", None):
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(folder).chmod(0o700)


def forget(now: datetime) -> int:
    """Forget the letters that left a month ago, and return how many."""
    return int(models.Letter.objects.filter(sent__lt=now - FORGOTTEN).delete()[0])
