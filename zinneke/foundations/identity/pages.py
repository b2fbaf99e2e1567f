"""The people's doors of identity: signing in and out, the second factor, the account."""

from __future__ import annotations

from zinneke.foundations.identity.views import account, entrance
from zinneke.kernel.route import EVERYONE, KNOWN, Page

PAGES = (
    Page(name="sign-in", path="sign-in/", view=entrance.sign_in, audience=EVERYONE, sample={}),
    Page(name="sign-in-code", path="sign-in/code/", view=entrance.second_step, audience=EVERYONE),
    Page(name="second-factor", path="account/second-factor/", view=entrance.second_factor, audience=EVERYONE),
    Page(name="sign-out", path="sign-out/", view=entrance.sign_out, audience=EVERYONE),
    Page(name="account", path="account/", view=account.show, audience=KNOWN, sample={}),
    Page(name="account-language", path="account/language/", view=account.set_language, audience=KNOWN),
    Page(name="account-password", path="account/password/", view=account.set_password, audience=KNOWN, sample={}),
    Page(name="add-own-token", path="account/tokens/", view=account.add_token, audience=KNOWN),
    Page(name="revoke-own-token", path="account/tokens/{id}/revoke/", view=account.revoke_token, audience=KNOWN),
)
