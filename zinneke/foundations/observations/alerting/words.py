"""What alerts of people's rules say, in three languages. Pure."""

from __future__ import annotations

from zinneke.foundations.observations.alerting.values import Anomaly, Frozen, Geofence, Rate, Silent, Threshold, When
from zinneke.kernel.text import Text, same, say_number
from zinneke.kernel.units import UNITS

AN_HOUR = {"hour": Text("par heure", "per uur", "an hour"), "minute": Text("par minute", "per minuut", "a minute")}
SPANS = (
    (86_400, Text("{} jour", "{} dag", "{} day"), Text("{} jours", "{} dagen", "{} days")),
    (3_600, Text("{} heure", "{} uur", "{} hour"), Text("{} heures", "{} uur", "{} hours")),
    (60, Text("{} minute", "{} minuut", "{} minute"), Text("{} minutes", "{} minuten", "{} minutes")),
    (1, Text("{} seconde", "{} seconde", "{} second"), Text("{} secondes", "{} seconden", "{} seconds")),
)
THERE = {
    "inside": Text("Se trouve dans la zone.", "Bevindt zich in het gebied.", "Is inside the area."),
    "outside": Text("Se trouve hors de la zone.", "Bevindt zich buiten het gebied.", "Is outside the area."),
}


def sentence(when: When, unit: str, value: float, measure: float, usual: float, waited: float) -> Text:
    """Say why an alert opens: at which value, which `measure` was compared, what is `usual`, for how many seconds it was waited."""
    if isinstance(when, Threshold):
        return _threshold(when, unit, value)
    if isinstance(when, Rate):
        return _rate(when, unit, measure)
    if isinstance(when, Geofence):
        return THERE[when.when]
    if isinstance(when, Silent):
        span = say_span(waited)
        return Text(f"Aucune mesure depuis {span.fr}.", f"Al {span.nl} geen meting.", f"No value for {span.en}.")
    said = quantity(value, unit)
    if isinstance(when, Frozen):
        span = say_span(waited)
        return Text(f"Toujours {said.fr} depuis {span.fr}.", f"Al {span.nl} onveranderd {said.nl}.", f"Unchanged at {said.en} for {span.en}.")
    assert isinstance(when, Anomaly)
    known = quantity(usual, unit)
    return Text(
        f"{said.fr}, alors que {known.fr} est habituel à cette heure.",
        f"{said.nl}, terwijl {known.nl} op dit uur gewoon is.",
        f"{said.en}, where {known.en} is usual at this hour.",
    )


def _threshold(when: Threshold, unit: str, value: float) -> Text:
    said = quantity(value, unit)
    if when.above is not None and value > when.above:
        limit = quantity(when.above, unit)
        return Text(f"{said.fr}\u00a0: au-dessus de {limit.fr}.", f"{said.nl}: boven {limit.nl}.", f"{said.en}: above {limit.en}.")
    limit = quantity(value if when.below is None else when.below, unit)
    return Text(f"{said.fr}\u00a0: en dessous de {limit.fr}.", f"{said.nl}: onder {limit.nl}.", f"{said.en}: below {limit.en}.")


def _rate(when: Rate, unit: str, measure: float) -> Text:
    said, per = quantity(abs(measure), unit), AN_HOUR[when.per]
    if measure > 0:
        return Text(f"En hausse de {said.fr} {per.fr}.", f"Stijgt met {said.nl} {per.nl}.", f"Rises by {said.en} {per.en}.")
    return Text(f"En baisse de {said.fr} {per.fr}.", f"Daalt met {said.nl} {per.nl}.", f"Falls by {said.en} {per.en}.")


def quantity(value: float, unit: str) -> Text:
    """Return a value with its unit, with as many decimals as say something."""
    known = UNITS.get(unit)
    least = known.decimals if known else 2
    decimals = least if value == round(value, least) or abs(value) >= 10 else max(least, 2)
    number, symbol = say_number(value, decimals), known.symbol if known else unit
    if not symbol:
        return number
    return Text(f"{number.fr}\u202f{symbol}", f"{number.nl}\u00a0{symbol}", f"{number.en}\u00a0{symbol}")


def say_span(seconds: float) -> Text:
    """Return a span of time in its largest unit of which there is at least one, rounded down."""
    for length, one, more in SPANS:
        if seconds >= length:
            count = int(seconds // length)
            said = one if count == 1 else more
            return Text(said.fr.format(count), said.nl.format(count), said.en.format(count))
    return same("0 s")
