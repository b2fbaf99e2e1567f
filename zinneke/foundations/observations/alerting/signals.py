"""What a row says under each kind of rule: wrong, well, or neither. Pure, over columns."""

from __future__ import annotations

import numpy as np

from zinneke.foundations.observations.alerting.machine import NEITHER, WELL, WRONG, Signals
from zinneke.foundations.observations.values import Floats, Int64s, Truths


def threshold(values: Floats, above: Floats, below: Floats, hysteresis: Floats) -> Signals:
    """Say which values are beyond a limit, and which are back from it by more than the hysteresis; `above` is inf, `below` -inf for none."""
    with np.errstate(invalid="ignore"):
        wrong = (values > above) | (values < below)
        well = (values <= above - hysteresis) & (values >= below + hysteresis)
    return _said(wrong, well)


def rate(values: Floats, times: Int64s, values_before: Floats, times_before: Int64s, known: Truths, span: Int64s) -> Floats:
    """Return by how much each value rose since the one before, for each `span` microseconds; not a number where there was none before."""
    apart = np.where(known & (times > times_before), times - np.where(known, times_before, times), 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(apart > 0, (values - values_before) / apart * span, np.nan)


def beyond(measures: Floats, rises: Floats, falls: Floats) -> Signals:
    """Say which rates are further from nothing than they may; what is not a number says nothing."""
    with np.errstate(invalid="ignore"):
        wrong = (measures > rises) | (-measures > falls)
    return _said(wrong, ~wrong & np.isfinite(measures))


def frozen(values: Floats, values_before: Floats, known: Truths) -> Signals:
    """Say which values are the same as the one before."""
    return _said(known & (values == values_before), ~known | (values != values_before))


def heard(times: Int64s, now: int, after: Int64s) -> Signals:
    """Say which rows show that a sensor speaks: those that are younger than the silence that is waited for."""
    fresh = now - times <= after
    return _said(np.zeros(len(times), bool), fresh)


def _said(wrong: Truths, well: Truths) -> Signals:
    return np.where(wrong, WRONG, np.where(well, WELL, NEITHER)).astype(np.int8)
