"""The world of the knowledge centre: an entry of each kind for each item, published, with a vote, a referral, a check and a source beside it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.access.cast import ITEMS, Item, Somebody
from tests.access.doors import Door, changes, counts, lists, opens, plain, silent
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.knowledge import challenges, events, models, papers, store, tenders, watch
from zinneke.office.knowledge.values import (
    Article,
    Asked,
    Challenge,
    Clause,
    Concept,
    Details,
    Draft,
    Elsewhere,
    Event,
    Promise,
    Technology,
    Tender,
)

ROOM = "zinneke.office.knowledge"
THE_WHOLE = "letters go to the whole Region and have no level: tests/office/knowledge/test_letters.py"
BY_LINK = "what is behind a signed link belongs to whoever has the link: tests/office/knowledge"
OWN = "personal data beside an entry, for whoever may edit it up to personal data: tests/office/knowledge"
HANDLED = {
    f"{ROOM}.store.list_concepts": "the thesaurus is public",
    f"{ROOM}.store.set_concepts": "the thesaurus is public, and set for the whole Region: tests/office/knowledge/test_entries.py",
    f"{ROOM}.store.list_in_review": "what one may publish: tests/office/knowledge/test_entries.py",
    f"{ROOM}.watch.move_technology": "takes the right to command: tests/office/knowledge/test_watch.py",
    f"{ROOM}.watch.answer_referral": "for the organisation that was asked: tests/office/knowledge/test_watch.py",
    f"{ROOM}.events.get_registration": BY_LINK,
    f"{ROOM}.events.cancel_registration": BY_LINK,
    f"{ROOM}.events.list_registrations": OWN,
    f"{ROOM}.challenges.list_answers": OWN,
    f"{ROOM}.challenges.decide_answer": OWN,
    **{
        f"{ROOM}.letters.{name}": THE_WHOLE
        for name in (
            *("subscribe", "confirm", "leave", "check_leave", "set_letter"),
            *("list_letters", "get_letter", "approve_letter", "record_bounce", "list_reach"),
        )
    },
}  # fmt: skip
OWN_PAGES = {
    "knowledge-papers",
    "newsletter", "newsletter-confirm", "newsletter-leave", "knowledge-source", "knowledge-item", "knowledge-letters", "knowledge-letter",
    "knowledge-send", "event-registration", "event-people", "event-workshop", "event-workshop-csv", "technology-vote", "technology-move",
    "elsewhere-refer", "elsewhere-answer", "clause-insert", "tender-verify", "challenge-decide", "knowledge-new", "knowledge-edit",
    "knowledge-state", "knowledge-history",
}  # fmt: skip
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
OWN_KINDS: dict[str, Details] = {
    "article": Article(day=date(2026, 11, 20)),
    "technology": Technology(quadrant="data", ring="assess"),
    "elsewhere": Elsewhere(city="Kerkrade", source="https://example.org/", seen=date(2026, 11, 20)),
    "event": Event(starts=NOON, ends=NOON + timedelta(hours=2), seats=1000, limit=2),
    "tender": Tender(buyer="Kerkrade", promises=(Promise("dataset", "nothing", date(2026, 1, 1)),)),
    "challenge": Challenge(),
    "clause": Clause(topic="data"),
}


def draft(item: Item, kind: str, **other: Any) -> Draft:
    """Return a planted entry, or the same otherwise."""
    words = {"fr": f"Kerkrade {item.mark}", "nl": f"Kerkrade {item.mark} nl"}
    planted = {"key": item.mark, "title": words, "summary": words, "related": ("project:kerkrade",), "themes": ("kerkrade",)}
    return Draft(**{**planted, "details": OWN_KINDS[kind], "level": item.level, "area": item.area, **other})


def plant() -> None:
    """Plant the items."""
    store.set_concepts(SYSTEM, "theme", [Concept(key="kerkrade", label={"fr": "Kerkrade", "nl": "Kerkrade", "en": "Kerkrade"})])
    for item, kind in itertools.product(ITEMS, OWN_KINDS):
        entry = store.set_entry(SYSTEM, draft(item, kind))
        store.set_state(SYSTEM, kind, item.mark, "published", entry.version)
    for item in ITEMS:
        watch.cast_vote(SYSTEM, item.mark, "trial", f"Because of {item.mark}")
        watch.refer(SYSTEM, item.mark, "kerkrade", f"For {item.mark}")
        tenders.verify_delivery(SYSTEM, item.mark)
        papers.add_paper(SYSTEM, "article", item.mark, f"{item.mark}.txt", item.mark.encode())
        events.add_capture(SYSTEM, item.mark, "need", f"Need of {item.mark}")
        number = watch.add_source(SYSTEM, f"Source {item.mark}", f"https://example.org/{item.mark}", item.level, item.area, checked=False)
        models.Spotted.objects.create(source_id=number, digest=item.mark, title=f"Seen {item.mark}", address="https://example.org/", seen=NOON)


def paper_of(item: Item) -> int:
    """Return the number of the planted paper."""
    return next(each.number for each in papers.list_papers(SYSTEM, "article", item.mark) if each.name == f"{item.mark}.txt")


def _source(item: Item) -> int:
    return int(models.Source.objects.get(name=f"Source {item.mark}").pk)


def _spotted(item: Item) -> int:
    return int(models.Spotted.objects.get(digest=item.mark).pk)


def _asked(who: Somebody) -> Asked:
    return Asked(name="Jo", email=f"{who.kind.replace(' ', '.').replace(chr(39), '')}@example.org", consent=True)


def doors() -> list[Door]:
    """Plant the world and return every reading door of the room."""
    plant()
    one = f"{ROOM}.store"
    return [
        *(lists(f"{one}.list_entries", lambda who, k=kind: plain(store.list_entries(who.actor, k))) for kind in OWN_KINDS),
        lists(f"{one}.list_entries", lambda who: plain(store.list_entries(who.actor, "article", theme="kerkrade", archived=True))),
        opens(f"{one}.get_entry", lambda who, item: store.get_entry(who.actor, "article", item.mark)),
        opens(f"{one}.get_working", lambda who, item: store.get_working(who.actor, "article", item.mark), edits=True),
        opens(f"{one}.list_changes", lambda who, item: store.list_changes(who.actor, "article", item.mark), edits=True),
        lists(f"{one}.list_about", lambda who: plain(store.list_about(who.actor, "project:kerkrade"))),
        lists(f"{one}.list_by_reference", lambda who: plain(store.list_by_reference(who.actor, [f"article:{item.mark}" for item in ITEMS]))),
        lists(f"{one}.search", lambda who: plain(store.search(who.actor, "kerkrade", limit=200))),
        silent(f"{one}.search", lambda who, item: plain(store.search(who.actor, item.mark, theme="kerkrade"))),
        silent(f"{one}.search", lambda who, item: plain(store.search(who.actor, item.mark[:-2] + item.mark[-1] + item.mark[-2]))),
        counts(f"{one}.count_kinds", lambda who: store.count_kinds(who.actor)["article"], len),
        opens(f"{ROOM}.papers.list_papers", lambda who, item: papers.list_papers(who.actor, "article", item.mark)),
        opens(f"{ROOM}.papers.get_paper", lambda who, item: papers.get_paper(who.actor, "article", item.mark, paper_of(item))),
        opens(f"{ROOM}.watch.list_votes", lambda who, item: watch.list_votes(who.actor, item.mark)),
        opens(f"{ROOM}.watch.list_moves", lambda who, item: watch.list_moves(who.actor, item.mark)),
        lists(f"{ROOM}.watch.list_moved", lambda who: sorted(watch.list_moved(who.actor, datetime(2020, 1, 1, tzinfo=UTC)))),
        lists(f"{ROOM}.watch.list_referrals", lambda who: plain(watch.list_referrals(who.actor)), edits=True),
        lists(f"{ROOM}.watch.list_sources", lambda who: plain(watch.list_sources(who.actor)), edits=True),
        lists(f"{ROOM}.watch.list_proposed", lambda who: plain(watch.list_proposed(who.actor)), edits=True),
        opens(f"{ROOM}.events.get_seats", lambda who, item: events.get_seats(who.actor, item.mark)),
        opens(f"{ROOM}.events.register", lambda who, item: events.register(who.actor, item.mark, _asked(who))),
        opens(f"{ROOM}.events.list_captures", lambda who, item: events.list_captures(who.actor, item.mark), edits=True),
        opens(f"{ROOM}.tenders.list_checks", lambda who, item: tenders.list_checks(who.actor, item.mark)),
        lists(f"{ROOM}.tenders.list_open_points", lambda who: plain([each for each, _ in _late(who)]), edits=True),
        opens(f"{ROOM}.challenges.answer_challenge", lambda who, item: challenges.answer_challenge(who.actor, item.mark, "A", "B", "c@d.be", "E")),
    ]


def _late(who: Somebody) -> Any:
    return tenders.list_open_points(who.actor, date(2027, 1, 1))


def writing() -> list[Door]:
    """Plant the world and return every writing door of the room, taking entries over among them."""
    plant()
    tick = itertools.count(1)

    def version(kind: str, item: Item) -> int:
        return int(models.Entry.objects.get(kind=kind, key=item.mark).version)

    def rewritten(who: Somebody, item: Item) -> Any:
        return store.set_entry(who.actor, draft(item, "article", summary={"fr": f"{next(tick)}"}), version("article", item))

    def begun(who: Somebody, item: Item) -> Any:
        return store.set_entry(who.actor, draft(item, "article", key=f"new-{item.mark}-{next(tick)}"))

    def stepped(who: Somebody, item: Item) -> Any:
        key = f"step-{item.mark}-{next(tick)}"
        store.set_entry(SYSTEM, draft(item, "article", key=key))
        return store.set_state(who.actor, "article", key, "review", 1)

    def answered(call: Callable[..., Any]) -> Callable[[Somebody, Item], bool]:
        def ask(who: Somebody, item: Item) -> bool:
            call(who, item)
            return True

        return ask

    def inserted(who: Somebody, item: Item) -> Any:
        return tenders.insert_clause(who.actor, item.mark, "quagpublic", version("tender", item))

    def restore(item: Item) -> None:
        models.Referral.objects.filter(entry__key=item.mark).delete()
        papers.add_paper(SYSTEM, "article", item.mark, f"{item.mark}.txt", item.mark.encode())
        models.Spotted.objects.filter(digest=item.mark).update(state="new")

    doors: dict[str, Any] = {
        "store.set_entry": rewritten,
        "store.set_entry new": begun,
        "store.set_state": stepped,
        "papers.add_paper": lambda who, item: papers.add_paper(who.actor, "article", item.mark, "more.txt", b"more"),
        "papers.remove_paper": answered(lambda who, item: papers.remove_paper(who.actor, "article", item.mark, paper_of(item))),
        "watch.cast_vote": answered(lambda who, item: watch.cast_vote(who.actor, item.mark, "hold", "why")),
        "watch.refer": answered(lambda who, item: watch.refer(who.actor, item.mark, f"party-{next(tick)}")),
        "watch.add_source": answered(
            lambda who, item: watch.add_source(who.actor, "x", f"https://example.org/{next(tick)}", item.level, item.area, checked=False)
        ),
        "watch.set_source": answered(lambda who, item: watch.set_source(who.actor, _source(item), True)),
        "watch.keep_proposed": answered(lambda who, item: watch.keep_proposed(who.actor, _spotted(item), "Gent")),
        "watch.dismiss_proposed": answered(lambda who, item: watch.dismiss_proposed(who.actor, _spotted(item))),
        "events.add_capture": answered(lambda who, item: events.add_capture(who.actor, item.mark, "need", "x")),
        "events.remove_capture": answered(lambda who, item: events.remove_capture(who.actor, item.mark, 0)),
        "tenders.insert_clause": inserted,
        "tenders.verify_delivery": answered(lambda who, item: tenders.verify_delivery(who.actor, item.mark)),
    }
    return [changes(f"{ROOM}.{name}", ask, restore) for name, ask in doors.items()]


def routes(ask: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every reading route."""
    plant()
    api = "/api/knowledge"
    return [
        lists(f"GET {api}/entries", lambda who: ask(who, f"{api}/entries?kind=article").content),
        opens(f"GET {api}/entries/{{kind}}/{{key}}", lambda who, item: ask(who, f"{api}/entries/article/{item.mark}")),
        lists(f"GET {api}/search", lambda who: ask(who, f"{api}/search?q=kerkrade&limit=200").content),
        lists(f"GET {api}/about", lambda who: ask(who, f"{api}/about?reference=project:kerkrade").content),
        lists(f"GET {api}/radar", lambda who: ask(who, f"{api}/radar").content),
        Door(f"GET {api}/themes", lambda who, expected: "" if ask(who, f"{api}/themes").status_code == 200 else "does not answer"),
        lists(f"GET {api}/feeds/{{language}}", lambda who: ask(who, f"{api}/feeds/fr").content),
        lists(f"GET {api}/events.ics", lambda who: ask(who, f"{api}/events.ics").content),
        opens(f"GET {api}/events/{{key}}/calendar", lambda who, item: ask(who, f"{api}/events/{item.mark}/calendar")),
        opens(f"GET {api}/events/{{key}}/description", lambda who, item: ask(who, f"{api}/events/{item.mark}/description")),
    ]


def pages(get: Callable[..., Any]) -> list[Door]:
    """Plant the world and return every page that shows data."""
    plant()
    at = "/en/knowledge"
    return [
        lists("knowledge", lambda who: get(who, f"{at}/?q=kerkrade").content),
        lists("knowledge-radar", lambda who: get(who, f"{at}/radar/").content),
        *(lists("knowledge-list", lambda who, p=path: get(who, f"{at}/{p}/").content) for path in ("publications", "elsewhere", "events", "tenders")),
        *(
            opens("knowledge-entry", lambda who, item, p=path: get(who, f"{at}/{p}/{item.mark}/"))
            for path in ("publications", "radar", "elsewhere", "events", "tenders", "challenges", "clauses")
        ),
        opens("event-register", lambda who, item: get(who, f"{at}/events/{item.mark}/register/")),
        opens("challenge-answer", lambda who, item: get(who, f"{at}/challenges/{item.mark}/answer/")),
        opens("tender-clauses", lambda who, item: get(who, f"{at}/tenders/{item.mark}/clauses.txt")),
        opens("knowledge-paper", lambda who, item: get(who, f"{at}/publications/{item.mark}/papers/{paper_of(item)}/")),
        lists("knowledge-sources", lambda who: get(who, f"{at}/sources/").content, edits=True),
    ]
