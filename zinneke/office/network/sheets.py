"""Every sheet that people edit in a form: its form, how it is read and written, and where one goes then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zinneke.kernel.confidentiality import Actor
from zinneke.kernel.policy import DOMAINS
from zinneke.kernel.text import Text
from zinneke.office.network import store, values, words
from zinneke.office.network.forms import (
    ADDRESS,
    Area,
    Choice,
    Day,
    Lines,
    Moment,
    SheetForm,
    key_field,
    one_of,
    optional,
    organisations,
    posts,
    said,
    several,
    who_sees,
)

LANGUAGES = {"fr": Text("Français", "Frans", "French"), "nl": Text("Néerlandais", "Nederlands", "Dutch"), "en": Text("Anglais", "Engels", "English")}


class OrganisationForm(SheetForm):
    """An organisation of the directory."""

    sheet = values.Organisation
    texts = {"name": (_("Name"), 0), "about": (_("What it does"), 2)}
    key = key_field()
    kind = Choice(words.KINDS, label=_("Kind"), initial="regional")
    helix = Choice(words.HELICES, label=_("Which of the four helices"))
    parent = one_of(label=_("Part of"), required=False)
    languages = several(label=_("Languages"), choices=lambda: said(LANGUAGES))
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    web = forms.CharField(label=_("Website"), max_length=300, required=False, validators=ADDRESS)
    area = forms.CharField(
        label=_("Code of the commune"), max_length=20, required=False, help_text=_("Its NIS code, such as 21015; nothing for the whole Region.")
    )
    appoints = forms.BooleanField(label=_("Is asked to name a representative"), required=False, initial=True)
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["parent"].choices = optional(organisations(actor))


class PostForm(SheetForm):
    """Who represents an organisation."""

    sheet = values.Post
    texts = {"title": (_("Post"), 0)}
    fixed = ("owner",)
    key = key_field()
    person = forms.CharField(
        label=_("First and last name"), max_length=200, required=False, help_text=_("Shown to administrations only, unless the person agrees.")
    )
    agreed = forms.BooleanField(label=_("The person agrees that everybody sees the name"), required=False)
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        required=False,
        help_text=_("Links the post to an account here; only those who may see personal data see it."),
    )
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    mandate = Area(3, label=_("Mandate"), max_length=1000, required=False)
    since = Day(label=_("Since"), initial=timezone.localdate)
    until = Day(label=_("Until"), required=False)
    deputy_of = one_of(label=_("Deputy of"), required=False)
    themes = several(label=_("Themes"), choices=lambda: said(DOMAINS))
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        owner = self.before.owner if self.before else str(self.initial.get("owner", ""))
        own = [each for each in store.list_posts(actor, owner) if not each.deputy_of and each.key != (self.before.key if self.before else "")]
        known = dict(posts(actor))
        self.fields["deputy_of"].choices = optional([(each.key, known.get(each.key, each.key)) for each in own])


class GroupForm(SheetForm):
    """A body that meets."""

    sheet = values.Group
    texts = {"name": (_("Name"), 0), "about": (_("What it is for"), 3)}
    key = key_field()
    kind = Choice(words.GROUP_KINDS, label=_("Kind"), initial="theme")
    begins = Moment(label=_("First meeting of the series"), required=False)
    rule = forms.CharField(
        label=_("How it repeats"),
        max_length=300,
        required=False,
        help_text=_("A rule as calendars write it, such as FREQ=MONTHLY;BYDAY=2TH for each second Thursday."),
    )
    minutes = forms.IntegerField(label=_("Minutes that a meeting takes"), min_value=5, max_value=1440, initial=120)
    place = forms.CharField(label=_("Place"), max_length=300, required=False)
    members = several(label=_("Members"))
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["members"].choices = [*posts(actor), *organisations(actor)]

    def clean_rule(self) -> str:
        """Return the rule; one that cannot be followed is said at its field."""
        return str(self.cleaned_data["rule"]).strip().upper().removeprefix("RRULE:")


class MeetingForm(SheetForm):
    """A meeting, before it and after."""

    sheet = values.Meeting
    fixed = ("group",)
    title = forms.CharField(label=_("Title"), max_length=300, required=False, help_text=_("The group’s name when left empty."))
    start = Moment(label=_("Begins"))
    end = Moment(label=_("Ends"))
    place = forms.CharField(label=_("Place"), max_length=300, required=False)
    state = Choice(words.MEETING_STATES, label=_("State"), initial="planned")
    present = several(label=_("Present"))
    excused = several(label=_("Excused"))
    report = Area(12, label=_("Report"), required=False)
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        group = store.get_group(actor, self.before.group if isinstance(self.before, values.Meeting) else str(self.initial.get("group", "")))
        known = {**dict(organisations(actor)), **dict(posts(actor))}
        self.fields["present"].choices = self.fields["excused"].choices = [(each, known.get(each, each)) for each in group.members]
        if not self.before:
            self.initial |= {
                "place": group.place,
                "level": int(group.level),
            }
            del self.fields["present"], self.fields["excused"], self.fields["report"]

    def value(self) -> values.Sheet:
        """Return the meeting; a new one has its day in its key."""
        import msgspec

        found = super().value()
        assert isinstance(found, values.Meeting)
        return found if found.key else msgspec.structs.replace(found, key=f"{found.group}-{found.start:%Y-%m-%d-%H%M}")


class PointForm(SheetForm):
    """A point for an agenda."""

    sheet = values.Point
    fixed = ("meeting",)
    title = forms.CharField(label=_("Title"), max_length=300)
    text = Area(5, label=_("What it is about"), required=False)
    kind = Choice(words.POINT_KINDS, label=_("For"), initial="information")
    papers = Lines(3, label=_("Papers"), required=False, help_text=_("Addresses of what to read before, one on each line."))
    state = Choice(words.POINT_STATES, label=_("State"), initial="relayed")
    place = forms.IntegerField(label=_("Place on the agenda"), min_value=0, max_value=99, initial=0)


class DecisionForm(SheetForm):
    """A decision, and what became of it."""

    sheet = values.Decision
    fixed = ("meeting",)
    title = forms.CharField(label=_("Decision"), max_length=300)
    text = Area(5, label=_("Reasons and details"), required=False)
    taken = Day(label=_("Taken on"), initial=timezone.localdate)
    parties = several(label=_("Who must act"), help_text=_("With a term, this makes it an escalation: the register shows whether it was followed."))
    due = Day(label=_("By when"), required=False)
    followed = Choice(words.FOLLOWED, label=_("Was it followed?"), initial="open")
    note = Area(3, label=_("How we know"), required=False)
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["parties"].choices = organisations(actor)


class ActionForm(SheetForm):
    """An action with its owner and its day."""

    sheet = values.Action
    fixed = ("meeting", "decision")
    title = forms.CharField(label=_("Action"), max_length=300)
    text = Area(4, label=_("Details"), required=False)
    post = one_of(label=_("Owner"), required=False)
    due = Day(label=_("By when"), required=False)
    project = forms.CharField(label=_("Key of the project"), max_length=120, required=False)
    state = Choice(words.ACTION_STATES, label=_("State"), initial="open")
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["post"].choices = optional(posts(actor))


class LeadForm(SheetForm):
    """The question whether somebody will lead a project."""

    sheet = values.Lead
    project = forms.CharField(label=_("Key of the project"), max_length=120)
    title = forms.CharField(label=_("Project"), max_length=300)
    post = one_of(label=_("Who is asked"))
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["post"].choices = posts(actor)


class FaqForm(SheetForm):
    """A question that comes back."""

    sheet = values.Faq
    fixed = ("enquiry",)
    texts = {"question": (_("Question"), 0), "answer": (_("Answer"), 5)}


class OpinionForm(SheetForm):
    """A request for an opinion, and its draft."""

    sheet = values.Opinion
    title = forms.CharField(label=_("About what"), max_length=300)
    language = Choice(LANGUAGES, label=_("Language of the opinion"))
    requested_by = one_of(label=_("Requested by"))
    requested = Day(label=_("Requested on"), initial=timezone.localdate)
    due = Day(label=_("By when"), required=False)
    draft = Area(16, label=_("Draft"), required=False, help_text=_("Only those who write it see it, until it is sent."))
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["requested_by"].choices = organisations(actor)


class ReviewForm(SheetForm):
    """A draft project or tender to be read."""

    sheet = values.Review
    title = forms.CharField(label=_("Title"), max_length=300)
    kind = Choice(words.REVIEW_KINDS, label=_("Kind"))
    submitted_by = one_of(label=_("Submitted by"))
    submitted = Day(label=_("Submitted on"), initial=timezone.localdate)
    project = forms.CharField(label=_("Key of the project"), max_length=120, required=False)
    text = Area(12, label=_("The draft, or where it can be read"))
    level = who_sees()

    def __init__(self, actor: Actor, **more: Any) -> None:
        super().__init__(actor, **more)
        self.fields["submitted_by"].choices = organisations(actor)
        if not self.before:
            self.initial.setdefault("level", 1)


class MandateForm(SheetForm):
    """A version of the mandate."""

    sheet = values.Mandate
    texts = {"title": (_("Title"), 0), "text": (_("Text"), 10), "approved_by": (_("Approved by"), 0)}
    key = key_field()
    approved = Day(label=_("Approved on"))
    reference = forms.CharField(label=_("Reference"), max_length=300, required=False)


class CommitmentForm(SheetForm):
    """A promise of the office."""

    sheet = values.Commitment
    texts = {"title": (_("What is promised"), 0), "source": (_("Where it was promised"), 0)}
    promised = Day(label=_("Promised on"), initial=timezone.localdate)
    due = Day(label=_("By when"), required=False)
    done = Day(label=_("Kept on"), required=False)
    proof = forms.CharField(label=_("Address of the proof"), max_length=300, required=False, validators=ADDRESS)


class MembershipForm(SheetForm):
    """A network in which the office takes part."""

    sheet = values.Membership
    texts = {"name": (_("Name"), 0), "about": (_("What we take over from it, and give"), 3)}
    scope = Choice(words.SCOPES, label=_("Scope"), initial="international")
    role = Choice(words.ROLES, label=_("Our part in it"), initial="member")
    web = forms.CharField(label=_("Website"), max_length=300, required=False, validators=ADDRESS)
    since = Day(label=_("Since"), required=False)
    until = Day(label=_("Until"), required=False)
    contact = forms.CharField(
        label=_("Whom we know there"), max_length=254, required=False, help_text=_("Only those who may see personal data see it.")
    )


@dataclass(frozen=True, slots=True)
class Editor:
    """How one kind of sheet is edited: `get` and `write` are verbs, `after` gives the address to go to then."""

    form: type[SheetForm]
    get: Callable[[Actor, str], Any]
    write: Callable[[Actor, Any], Any]
    after: Callable[[Any], str]
    new: Any
    change: Any


def _to(page: str, field: str = "key") -> Callable[[Any], str]:
    return lambda sheet: reverse(page, kwargs={"key": getattr(sheet, field)})


def _to_meeting(sheet: Any) -> str:
    return reverse("network-meeting", kwargs={"key": sheet.meeting})


def _to_all(page: str) -> Callable[[Any], str]:
    return lambda sheet: reverse(page)


EDITORS: dict[str, Editor] = {
    "organisation": Editor(
        OrganisationForm,
        store.get_organisation,
        store.set_organisation,
        _to("network-organisation"),
        _("Add an organisation"),
        _("Change the organisation"),
    ),
    "post": Editor(
        PostForm, store.get_post, store.set_post, _to("network-organisation", "owner"), _("Name a representative"), _("Change the representative")
    ),
    "group": Editor(GroupForm, store.get_group, store.set_group, _to("network-group"), _("Add a group"), _("Change the group")),
    "meeting": Editor(MeetingForm, store.get_meeting, store.set_meeting, _to("network-meeting"), _("Add a meeting"), _("Change the meeting")),
    "point": Editor(PointForm, store.get_point, store.set_point, _to_meeting, _("Relay a point"), _("Change the point")),
    "decision": Editor(
        DecisionForm, store.get_decision, store.set_decision, _to("network-decision"), _("Write a decision down"), _("Change the decision")
    ),
    "action": Editor(ActionForm, store.get_action, store.set_action, _to("network-action"), _("Add an action"), _("Change the action")),
    "lead": Editor(LeadForm, store.get_lead, store.offer_lead, _to("network-lead"), _("Ask somebody to lead a project"), _("Change who leads")),
    "faq": Editor(FaqForm, store.get_faq, store.set_faq, _to_all("faq"), _("Propose a question"), _("Change the question")),
    "opinion": Editor(
        OpinionForm, store.get_opinion, store.set_opinion, _to("network-opinion"), _("Write a request for an opinion down"), _("Change the opinion")
    ),
    "review": Editor(ReviewForm, store.get_review, store.submit_review, _to("network-review"), _("Submit a draft"), _("Change the draft")),
    "mandate": Editor(
        MandateForm, store.get_mandate, store.set_mandate, _to_all("network-mandate"), _("Add a version of the mandate"), _("Correct the mandate")
    ),
    "commitment": Editor(
        CommitmentForm, store.get_commitment, store.set_commitment, _to_all("network-commitments"), _("Add a commitment"), _("Change the commitment")
    ),
    "membership": Editor(
        MembershipForm, store.get_membership, store.set_membership, _to_all("network-memberships"), _("Add a network"), _("Change the network")
    ),
}
