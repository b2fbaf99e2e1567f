"""What the front door takes and gives back: enquiries as they come in, as staff see them, as their askers do, and in figures."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from zinneke.kernel.text import Text
from zinneke.office.network import words
from zinneke.office.network.values import Sheet


class EnquiryRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enquiry as it comes in, by whatever channel. `mail` is the identifier of the message it came in, so that one is not taken twice."""

    text: str
    subject: str = ""
    language: str = "fr"
    kind: str = "question"
    channel: str = "web"
    name: str = ""
    email: str = ""
    phone: str = ""
    area: str = ""
    mail: str = ""
    quiet: bool = False
    received: datetime | None = None


class EnquiryLine(msgspec.Struct, frozen=True):
    """Something that happened to an enquiry."""

    time: datetime
    what: str
    by: str
    text: str

    @property
    def words(self) -> Text:
        """Return what happened, in words."""
        return words.STEPS[self.what]


class Enquiry(Sheet, frozen=True, kw_only=True):
    """An enquiry as staff see it; its key is its reference."""

    channel: str
    language: str
    kind: str
    name: str
    email: str
    phone: str
    subject: str
    text: str
    received: datetime
    due: date
    state: str
    assigned: int | None
    assigned_name: str
    answer: str
    answered: datetime | None
    satisfied: str
    comment: str
    closed: datetime | None
    erased: datetime | None
    lines: tuple[EnquiryLine, ...] = ()

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.ENQUIRY_STATES[self.state]

    @property
    def kind_words(self) -> Text:
        """Return the kind in words."""
        return words.ENQUIRY_KINDS[self.kind]

    @property
    def channel_words(self) -> Text:
        """Return the channel in words."""
        return words.CHANNELS[self.channel]

    @property
    def satisfied_words(self) -> Text | None:
        """Return in words whether the answer helped; None when the asker did not say."""
        return words.SATISFIED.get(self.satisfied)

    def late(self, today: date) -> bool:
        """Say whether the promise is broken."""
        return self.answered is None and self.state != "closed" and self.due < today


class OwnEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """An enquiry as its asker sees it: no names of staff, no notes."""

    reference: str
    language: str
    kind: str
    subject: str
    text: str
    received: datetime
    due: date
    state: str
    owner: str
    answer: str
    answered: datetime | None
    satisfied: str
    erased: datetime | None
    steps: tuple[EnquiryLine, ...]

    @property
    def state_words(self) -> Text:
        """Return the state in words."""
        return words.ENQUIRY_STATES[self.state]


class Receipt(msgspec.Struct, frozen=True):
    """What an asker is given: the reference, the word with which they come back, and the promise."""

    reference: str
    word: str
    due: date


class EnquiryFigures(msgspec.Struct, frozen=True):
    """Enquiries in figures. A count of fewer than five people is None."""

    received: int | None
    answered: int | None
    in_time: int | None
    by_channel: dict[str, int | None]
    by_satisfaction: dict[str, int | None]
