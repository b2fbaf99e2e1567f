"""Every kind of page a visitor can open, from the table of pages itself, so that a new page joins these tests or fails them by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zinneke.kernel import registry
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Known, Needs, Page

LANGUAGES = ("fr", "nl", "en")
ELSEWHERE = {
    "sign-in-code": "shown between two steps: test_signing_in",
    "second-factor": "shown between two steps: test_signing_in",
    "account-language": "takes a form, shows nothing of its own",
    "add-own-token": "takes a form, shows nothing of its own",
    "revoke-own-token": "takes a form, shows nothing of its own",
    "network-post-forget": "takes a form, shows nothing of its own",
    "network-plan": "takes a form, shows nothing of its own",
    "values-decide": "takes a form, shows nothing of its own",
    "project-confirm": "takes a form, shows nothing of its own",
    "synergy-settle": "takes a form, shows nothing of its own",
    "faq-approve": "takes a form, shows nothing of its own",
    "enquiry-own": "shown to whoever holds its word: test_front_door",
    **dict.fromkeys(
        (
            *("newsletter-leave", "event-registration", "event-people", "event-workshop", "knowledge-letters", "knowledge-letter", "knowledge-send"),
            *("knowledge-sources", "knowledge-source", "knowledge-item", "technology-vote", "technology-move", "elsewhere-refer", "elsewhere-answer"),
            *("clause-insert", "tender-verify", "challenge-decide", "knowledge-new", "knowledge-edit", "knowledge-state", "knowledge-history"),
        ),
        "for those who write, or behind a link of one's own: tests/office/knowledge/test_pages.py",
    ),
    **dict.fromkeys(
        (
            *("scenario-new", "scenario-edit", "scenario-publish", "scenario-remove", "scenario-start"),
            *("scenario-run", "scenario-run-cancel", "scenario-table", "scenario-count"),
        ),
        "for those who write, or takes a form: tests/office/scenarios/test_pages.py",
    ),
    **dict.fromkeys(
        ("indicator-history", "values-decide", "indicator-submit", "indicator-decide", "indicator-retire"),
        "about one value, or for those who write: tests/office/indicators/test_pages.py",
    ),
    **dict.fromkeys(
        (
            *("cartography-ask", "cartography-edit", "cartography-finding", "cartography-link", "cartography-mean"),
            *("cartography-verify", "cartography-withdraw", "cartography-withdraw-source", "cartography-decide-twins", "steward-question"),
        ),
        "for those who write, or behind a link of one's own: tests/office/cartography",
    ),
    **dict.fromkeys(
        ("idea-double", "roadmap-edition", "roadmap-publish", "settle", "sheet"),
        "for those who write, or once there is an edition: tests/office/selection/test_pages.py",
    ),
    **dict.fromkeys(
        ("subscription", "subscription-act", "subscriptions-all", "alert-rule", "alert-rule-act"),
        "one's own, or for operators: tests/foundations/subscriptions",
    ),
    **dict.fromkeys(("harvests", "harvest", "harvest-act"), "for those who edit: tests/foundations/catalogue/harvest/test_pages.py"),
    **dict.fromkeys(
        ("publish-about", "publish-check", "publish-delete", "publish-fetch", "publish-people", "publish-refresh", "publish-review", "publish-table"),
        "a step of something begun: test_publishing, tests/office/publishing",
    ),
    **dict.fromkeys(("data-post", "data-vote"), "for what was asked already: tests/office/publishing/test_voices.py"),
    **dict.fromkeys(
        ("knowledge-paper", "knowledge-papers", "network-paper", "network-papers", "project-paper", "project-papers"),
        "a file, or takes one: tests/foundations/papers",
    ),
    **dict.fromkeys(
        ("campaign", "campaign-act", "contribute", "device", "device-act", "quarantined", "sensor-keep"),
        "about one that somebody declared: tests/foundations/devices",
    ),
    "tender-clauses": "a file: tests/office/knowledge/test_pages.py",
}
"""Pages that no address alone can show, and why that is right."""
MORE = {
    "search-found": "search/?q=air",
    "search-narrowed": "search/?theme=ENVI",
    "search-in-a-part": "search/?bbox=4.33,50.83,4.37,50.86",
    "search-nothing": "search/?q=xyzzyxyzzy",
    "map-with-layers": "map/?layer=air_quality.pm25_day&layer=data.trees",
    "dataset-with-line": "data/weather-brussels-2018-2019/",
    "dataset-narrowed": "data/trees/?column=genus&op=eq&value=Tilia",
    "explorer-narrowed": "data/trees/explore/?where=height_m:ge:20&order=-height_m",
    "explorer-grouped": "data/trees/explore/?by=genus&figure=mean:height_m",
    "explorer-drawn": "data/trees/embed/?by=genus",
    "dataset-elsewhere": "data/bibliotheques/",
    "traffic": "solutions/traffic_counts/",
    "projects-narrowed": "projects/?domain=mobility&order=end",
    "projects-works": "projects/?kind=works",
    "projects-nothing": "projects/?q=xyzzyxyzzy",
    "component-own": "projects/components/zinneke-projects/",
    "bins": "solutions/smart_bins/",
    "finding": "cartography/findings/1/",
    "thing-found": "cartography/things/demo-stib/people/",
    "form-checked": "cartography/things/form/example-parking-card/",
    "scenario-answer": "scenarios/models/speed-limit/result/?limit_local=30&draws=100",
    "scenarios-compared": "scenarios/compare/?s=low-emission-zone-planned&s=low-emission-zone-two-years-later",
    "nothing": "no-such-page/",
}
"""Further faces of the same pages, below the language."""
FILE = re.compile(r"(\.[a-z]+|/csv/)$")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of page: where it is below the language, and whether one must be signed in to see it."""

    path: str
    known: bool = False

    def address(self, language: str) -> str:
        """Return the address in a language; the back office has the same one in all."""
        return self.path if self.path.startswith("/") else f"/{language}/{self.path}"


def filled(page: Page) -> str:
    """Return the path of a page with its sample values; empty when it has none and needs some."""
    values = dict(page.sample or {})
    names = re.findall(r"{(\w+)", page.path)
    return "" if set(names) - set(values) else re.sub(r"{(\w+)(:\w+)?}", lambda name: values[name[1]], page.path)


def known(page: Page) -> bool:
    """Say whether one must be signed in to see a page: it is one's own, or it writes."""
    return isinstance(page.audience, Known) or (isinstance(page.audience, Needs) and page.audience.right is not Right.SEE)


SHOWN = {page.name: page for page in registry.pages() if page.name not in ELSEWHERE and not FILE.search(page.path)}
WITHOUT_SAMPLE = sorted(name for name, page in SHOWN.items() if page.path and not filled(page))
KINDS: dict[str, Kind] = {
    **{name: Kind(filled(page), known(page)) for name, page in SHOWN.items() if name not in WITHOUT_SAMPLE},
    **{name: Kind(path) for name, path in MORE.items()},
    "back-office": Kind("/admin/", known=True),
}
OPEN = {name: kind for name, kind in KINDS.items() if not kind.known}
