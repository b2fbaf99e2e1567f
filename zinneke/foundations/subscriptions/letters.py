"""What stands in a letter about events, in the reader's language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from zinneke.foundations.subscriptions.values import (
    ALERT_CLOSED,
    ALERT_OPENED,
    CHANGED,
    CORRECTED,
    CREATED,
    DELETED,
    PUBLISHED,
    SOURCE,
    THINGS,
    WITHDRAWN,
    Event,
    Missed,
    Notification,
)
from zinneke.kernel.text import Text, choose

SHOWN = 30
"""Events that stand in one letter; of the rest it says how many."""
SUBJECTS = {
    ALERT_OPENED: Text("Alerte : {}", "Melding: {}", "Alert: {}"),
    CORRECTED: Text("Mesures corrigées : {}", "Verbeterde metingen: {}", "Corrected measurements: {}"),
    PUBLISHED: Text("Données publiées : {}", "Gepubliceerde gegevens: {}", "Data published: {}"),
    WITHDRAWN: Text("Données retirées : {}", "Ingetrokken gegevens: {}", "Data withdrawn: {}"),
    CREATED: Text("Nouveaux objets : {}", "Nieuwe objecten: {}", "New things: {}"),
    CHANGED: Text("Objets modifiés : {}", "Gewijzigde objecten: {}", "Things that changed: {}"),
    DELETED: Text("Objets supprimés : {}", "Verwijderde objecten: {}", "Things that were deleted: {}"),
    SOURCE: Text("Sources enregistrées : {}", "Geregistreerde bronnen: {}", "Registered sources: {}"),
    ALERT_CLOSED: Text("Fin d’alerte : {}", "Einde van de melding: {}", "Alert over: {}"),
}
VERSION = Text("version", "versie", "version")
NEWS = Text("Nouvelles mesures : {}", "Nieuwe metingen: {}", "New measurements: {}")
TEST = Text("Essai : {}", "Test: {}", "Test: {}")
OWN = Text("votre abonnement", "uw abonnement", "your subscription")
TRIED = Text(
    "Ceci est un essai. Vos messages arriveront ici.",
    "Dit is een test. Uw berichten komen hier aan.",
    "This is a test. Your messages will arrive here.",
)
MORE = Text("… et {} de plus.", "… en nog {}.", "… and {} more.")
SAYS = Text("{} : {}", "{}: {}", "{}: {}")
LOST = Text(
    "Mesures qui ont attendu trop longtemps et ne sont plus dans la file, dont peut-être certaines pour vous : {}. L’historique les a encore.",
    "Metingen die te lang hebben gewacht en niet meer in de rij staan, misschien ook voor u: {}. Ze staan nog in de geschiedenis.",
    "Measurements that waited too long and are no longer in the queue, perhaps some of them for you: {}. The history still has them.",
)
LOST_NEWS = Text(
    "Nouvelles (alertes, corrections, données, objets) qui ont attendu trop longtemps et ne sont plus gardées, peut-être aussi pour vous : {}.",
    "Nieuws (meldingen, verbeteringen, gegevens, objecten) dat te lang heeft gewacht en niet meer bewaard wordt, misschien ook voor u: {}.",
    "News (alerts, corrections, data, things) that waited too long and is no longer kept, perhaps some of it for you: {}.",
)
LOST_UNKNOWN = Text(
    "Il se peut que des mesures ne vous aient pas été annoncées ; on ne sait pas combien. L’historique les a encore.",
    "Misschien werden metingen u niet gemeld; hoeveel is niet bekend. Ze staan nog in de geschiedenis.",
    "Measurements may not have been told to you; nobody knows how many. The history still has them.",
)
END = Text(
    "Vous recevez cette lettre parce que vous l’avez demandée. Pour l’arrêter : {}",
    "U krijgt deze brief omdat u erom vroeg. Stoppen kan hier: {}",
    "You get this letter because you asked for it. To stop it: {}",
)


def write(notification: Notification, name: str, language: str) -> tuple[str, str]:
    """Return the subject and the text of a letter."""
    named = name or OWN.said_in(language)
    if notification.test:
        lines, subject = [TRIED.said_in(language)], TEST
    else:
        lines, subject = [_line(event, language) for event in notification.events[:SHOWN]], SUBJECTS.get(notification.kind, NEWS)
    if (more := len(notification.events) - SHOWN) > 0:
        lines.append(MORE.said_in(language).format(more))
    if notification.missed is not None:
        lines += _lost(notification.missed, language)
    lines += ["", END.said_in(language).format(f"{settings.PUBLIC_URL}/{language}/subscriptions/")]
    return subject.said_in(language).format(" ".join(named.split())), "\n".join(lines) + "\n"


def _lost(missed: Missed, language: str) -> list[str]:
    """Say what was dropped: of measurements the history has what the queue has no more, of other news nothing has."""
    counted = ((LOST, missed.observations), (LOST_NEWS, missed.occurrences))
    return [text.said_in(language).format(count) for text, count in counted if count] or [LOST_UNKNOWN.said_in(language)]


def _line(event: Event, language: str) -> str:
    when = event.time.astimezone(ZoneInfo(settings.CITY_ZONE)).strftime("%d/%m/%Y %H:%M")
    what = choose(event.name, language)[0] if event.name else event.thing
    if sentence := event.about.get("sentence"):
        return f"{when}  {SAYS.said_in(language).format(what, choose(sentence, language)[0])}"
    if version := event.about.get("version"):
        return f"{when}  {what}, {VERSION.said_in(language)} {version}"
    if event.kind in THINGS:
        return f"{when}  {what} · {', '.join(event.about.get('changes', {}))}".rstrip(" ·")
    if event.kind == SOURCE:
        return f"{when}  {what}"
    measured = f"{event.value if event.value is not None else event.result} {event.unit}"
    return f"{when}  {what} · {SAYS.said_in(language).format(event.reading, measured)}".rstrip()
