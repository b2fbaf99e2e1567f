"""The machines' door to campaigns, and that of people's phones."""

from __future__ import annotations

import msgspec

from zinneke.foundations.devices import campaigns
from zinneke.foundations.devices.values import Campaign, Contributed, Contribution
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Call, Needs, Route

SEE, EDIT = Needs(Right.SEE, campaigns.SUBJECT), Needs(Right.EDIT, campaigns.SUBJECT)
TAGS = ("Campaigns",)


class AskCampaign(msgspec.Struct, forbid_unknown_fields=True):
    """One campaign."""

    key: str


class Campaigns(msgspec.Struct):
    """Campaigns, the newest first."""

    campaigns: list[Campaign]


def list_campaigns(call: Call[None]) -> Campaigns:
    """List the campaigns in which people measure."""
    return Campaigns(campaigns.list_campaigns(call.actor))


def get_campaign(call: Call[AskCampaign]) -> Campaign:
    """Describe one campaign: what is measured, in which range, how places are coarsened, and when."""
    return campaigns.get_campaign(call.actor, call.ask.key)


def set_campaign(call: Call[AskCampaign]) -> Campaign:
    """Declare a campaign, or change it."""
    return campaigns.set_campaign(call.actor, msgspec.structs.replace(call.body, key=call.ask.key))


def contribute(call: Call[AskCampaign]) -> Contributed:
    """Contribute a measurement, without an account. The place is coarsened before anything is stored; the answer says what was kept."""
    return campaigns.contribute(call.actor, call.ask.key, call.body, call.client)


ROUTES = (
    Route(method="GET", path="/api/campaigns", call=list_campaigns, audience=SEE, gives=Campaigns, summary="List campaigns", tags=TAGS),
    Route(
        method="GET",
        path="/api/campaigns/{key}",
        call=get_campaign,
        audience=SEE,
        ask=AskCampaign,
        gives=Campaign,
        summary="Describe a campaign",
        tags=TAGS,
    ),
    Route(
        method="PUT",
        path="/api/campaigns/{key}",
        call=set_campaign,
        audience=EDIT,
        ask=AskCampaign,
        takes=Campaign,
        gives=Campaign,
        summary="Declare a campaign",
        tags=TAGS,
    ),
    Route(
        method="POST",
        path="/api/campaigns/{key}/contributions",
        call=contribute,
        audience=SEE,
        ask=AskCampaign,
        takes=Contribution,
        gives=Contributed,
        limit=2_000,
        status=201,
        summary="Contribute a measurement",
        tags=TAGS,
    ),
)
