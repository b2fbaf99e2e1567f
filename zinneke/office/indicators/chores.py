"""What the indicators do by themselves: compute what the data have changed, and tell when one leaves its path or is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import send_mail

from zinneke.kernel.chore import Chore
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.office.indicators import figures, life, store
from zinneke.office.indicators.models import IndicatorRecord
from zinneke.office.indicators.values import Indicator, Standing


def compute(moment: datetime) -> str:
    """Compute every indicator; what has not changed is not written."""
    counts = store.compute(SYSTEM, now=moment)
    return f"{counts.added} values written, {counts.refused} faults" if counts.added or counts.refused else ""


def watch(moment: datetime) -> str:
    """Tell once for each value that left its path: in the indicator's own history, and by a letter where an address is kept."""
    promised = [each for each in store.list_indicators(SYSTEM) if each.sheet.objective]
    told = 0
    for indicator, standing in zip(promised, store.standings(SYSTEM, promised), strict=True):
        record = IndicatorRecord.objects.get(key=indicator.key)
        mark = f"{standing.latest.period}: {standing.latest.value:g}" if standing.status == "act" and standing.latest else ""
        if mark and record.alerted != mark:
            life.deed(SYSTEM, record, "left-path", indicator.version, mark)
            _write(record.contact, indicator, standing)
            told += 1
        if record.alerted != mark:
            IndicatorRecord.objects.filter(pk=record.pk).update(alerted=mark)
    return f"{told} indicators left their path" if told else ""


def _write(address: str, indicator: Indicator, standing: Standing) -> None:
    """Send the letter, in French and Dutch, to the service that answers for the indicator."""
    if not address:
        return
    said = figures.say_standing(indicator, standing)
    title = f"{indicator.title('fr')} / {indicator.title('nl')}"
    send_mail(title, f"{indicator.title('fr')}\n{said.fr}\n\n{indicator.title('nl')}\n{said.nl}\n", None, [address])


CHORES = (
    Chore(name="indicators-compute", every=timedelta(hours=6), run=compute),
    Chore(name="indicators-watch", every=timedelta(hours=1), run=watch),
)
