"""The people's doors of subscriptions: one's own, one of them, and for who runs the platform how all do."""

from __future__ import annotations

from zinneke.foundations.subscriptions import rule_views, store, views
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import KNOWN, Front, Needs, Page
from zinneke.kernel.text import Text

FRONT = Front(
    icon="rss",
    title=Text("Mes abonnements", "Mijn abonnementen", "My subscriptions"),
    about=Text(
        "Être prévenu par courriel ou par votre propre système quand une alerte s’ouvre ou qu’une mesure arrive.",
        "Bericht krijgen per e-mail of in uw eigen systeem wanneer een melding begint of een meting binnenkomt.",
        "Be told by mail or in your own system when an alert opens or a measurement comes in.",
    ),
)

RULES = Front(
    icon="bell",
    title=Text("Règles d’alerte", "Meldingsregels", "Alert rules"),
    about=Text(
        "Fixer à partir de quand une mesure doit alerter, et l’essayer d’abord sur des données passées.",
        "Bepalen vanaf wanneer een meting een melding geeft, en dat eerst op gegevens uit het verleden uitproberen.",
        "Say from when on a measurement calls for somebody, and try it on the past first.",
    ),
)

PAGES = (
    Page(name="subscriptions", path="subscriptions/", view=views.show_own, audience=KNOWN, sample={}, front=FRONT),
    Page(name="subscriptions-all", path="subscriptions/all/", view=views.show_all, audience=Needs(Right.COMMAND, store.SUBJECT), sample={}),
    Page(name="subscription", path="subscriptions/{number}/", view=views.show, audience=KNOWN),
    Page(name="subscription-act", path="subscriptions/{number}/act/", view=views.act, audience=KNOWN),
    Page(name="alert-rules", path="alert-rules/", view=rule_views.show_all, audience=KNOWN, sample={}, front=RULES),
    Page(name="alert-rule-new", path="alert-rules/new/", view=rule_views.make, audience=KNOWN, sample={}),
    Page(name="alert-rule", path="alert-rules/{number}/", view=rule_views.show, audience=KNOWN),
    Page(name="alert-rule-act", path="alert-rules/{number}/act/", view=rule_views.act, audience=KNOWN),
)
