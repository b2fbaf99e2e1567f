"""What a result says in words: the answer in one sentence, quantities, and which way is good. Pure."""

from __future__ import annotations

from zinneke.kernel.text import Text, same, say_number
from zinneke.kernel.units import unit
from zinneke.office.scenarios.declaring import Model, Output
from zinneke.office.scenarios.values import Band, Figure, Result

NO_BREAK = "\u00a0"
MUCH = 200.0
"""Per cent from which on a change is told as it is, because so many times nearly nothing says little."""
NONE = same("–")


def amount(value: float, output: Output) -> Text:
    """Return a value of an output with its unit, in four figures that say something; small ones get more decimals, so as not to be nothing."""
    decimals = output.decimals
    if value and abs(value) < 10**-decimals:
        decimals += 2
    written = say_number(float(f"{value:.4g}") + 0.0, decimals)
    return _joined(Text(*(each.replace("-", "−") for each in (written.fr, written.nl, written.en))), unit(output.unit).symbol)


def _joined(written: Text, symbol: str) -> Text:
    if not symbol:
        return written
    gap = "" if symbol == "%" else NO_BREAK
    return Text(f"{written.fr}{NO_BREAK}{symbol}", f"{written.nl}{gap}{symbol}", f"{written.en}{gap}{symbol}")


def between(band: Band, output: Output) -> Text:
    """Return the bounds of a band."""
    low, high = amount(band.low, output), amount(band.high, output)
    if low == high:
        return NONE
    return Text(f"{low.fr} à {high.fr}", f"{low.nl} tot {high.nl}", f"{low.en} to {high.en}")


def per_cent(value: float) -> Text:
    """Return a share without its sign, with the decimals that say something."""
    size = abs(value)
    written = say_number(size, 0 if size >= 10 else 1 if size >= 1 else 2)
    return _joined(written, "%")


def signed(value: float) -> Text:
    """Return a change in per cent: 12 % less, 3 % more."""
    share = per_cent(value)
    if value < 0:
        return Text(f"{share.fr} de moins", f"{share.nl} minder", f"{share.en} less")
    return Text(f"{share.fr} de plus", f"{share.nl} meer", f"{share.en} more")


def change(figure: Figure, output: Output) -> Text | None:
    """Return a change in per cent of what is there, or, for an output that is a share itself, in points; None where nothing was there before."""
    if output.unit == "%":
        size = say_number(abs(figure.change.mid), 1)
        more = _more(figure)
        return Text(*(f"{number}{NO_BREAK}{word}" for number, word in _pointed(size, more)))
    if figure.relative and abs(figure.relative.mid) > MUCH:
        size, more = amount(abs(figure.change.mid), output), _more(figure)
        return Text(f"{size.fr} {more.fr}", f"{size.nl} {more.nl}", f"{size.en} {more.en}")
    return signed(figure.relative.mid) if figure.relative else None


def _pointed(size: Text, more: Text) -> tuple[tuple[str, str], ...]:
    return (size.fr, f"points {more.fr}"), (size.nl, f"punten {more.nl}"), (size.en, f"points {more.en}")


def unsure(figure: Figure) -> bool:
    """Say whether the draws do not agree that there is more, or that there is less."""
    return figure.change.low < 0 < figure.change.high


def still(figure: Figure) -> bool:
    """Say whether nothing changes: no draw moves by more than a ten-millionth of what is there."""
    grain = 1e-7 * max(abs(figure.baseline.mid), 1e-9)
    return abs(figure.change.low) <= grain and abs(figure.change.high) <= grain


def status(figure: Figure, output: Output) -> str:
    """Return how a change is to be seen: good, watch, or unknown where it is not sure or has no good direction."""
    if output.better == "neither" or still(figure) or unsure(figure):
        return "unknown"
    return "good" if (figure.change.mid < 0) == (output.better == "less") else "watch"


def sentence(model: Model, result: Result, output: Output | None = None) -> Text:
    """Return what a result says of an output, the first that it has by default."""
    output = output or next(each for each in model.outputs if result.figure(each.key))
    figure = result.figure(output.key)
    assert figure is not None
    name, whole = output.name, whole_of(model, result, output)
    if still(figure):
        return Text(f"{name.fr} : rien ne change.", f"{name.nl}: er verandert niets.", f"{name.en}: nothing changes.")
    if figure.relative is None:
        low, high = amount(figure.scenario.low, output), amount(figure.scenario.high, output)
        return Text(
            f"{name.fr} : entre {low.fr} et {high.fr} {whole.fr}.",
            f"{name.nl}: tussen {low.nl} en {high.nl} {whole.nl}.",
            f"{name.en}: between {low.en} and {high.en} {whole.en}.",
        )
    low, high, middle = signed(figure.relative.low), signed(figure.relative.high), signed(figure.relative.mid)
    if output.unit == "%" and (points := change(figure, output)):
        return Text(f"{name.fr} : {points.fr} {whole.fr}.", f"{name.nl}: {points.nl} {whole.nl}.", f"{name.en}: {points.en} {whole.en}.")
    if unsure(figure):
        return Text(
            f"{name.fr} : aucun effet certain, entre {low.fr} et {high.fr}.",
            f"{name.nl}: geen zeker effect, tussen {low.nl} en {high.nl}.",
            f"{name.en}: no sure effect, between {low.en} and {high.en}.",
        )
    size = amount(abs(figure.change.mid), output)
    more = _more(figure)
    if abs(figure.relative.mid) > MUCH:
        return Text(
            f"{name.fr} : {size.fr} {more.fr} {whole.fr}.",
            f"{name.nl}: {size.nl} {more.nl} {whole.nl}.",
            f"{name.en}: {size.en} {more.en} {whole.en}.",
        )
    return Text(
        f"{name.fr} : {middle.fr}, soit {size.fr} {more.fr} {whole.fr}.",
        f"{name.nl}: {middle.nl}, dat is {size.nl} {more.nl} {whole.nl}.",
        f"{name.en}: {middle.en}, that is {size.en} {more.en} {whole.en}.",
    )


def whole_of(model: Model, result: Result, output: Output) -> Text:
    """Return over what an output's figure is: that of another engine, its own, or the model's."""
    engine = model.engine(result.question.engine)
    return engine.whole if engine else output.whole or model.whole


def _more(figure: Figure) -> Text:
    return Text("de moins", "minder", "less") if figure.change.mid < 0 else Text("de plus", "meer", "more")


def sureness(figure: Figure) -> Text | None:
    """Return how sure a change is: the bounds between which nine draws in ten lie."""
    if figure.relative is None or still(figure) or figure.relative.low == figure.relative.high:
        return None
    low, high = sorted((figure.relative.low, figure.relative.high), key=abs)
    near, far = per_cent(low), signed(high)
    if low < 0 < high or high < 0 < low:
        near = signed(low)
    return Text(
        f"Neuf tirages sur dix : entre {near.fr} et {far.fr}.",
        f"Negen trekkingen op tien: tussen {near.nl} en {far.nl}.",
        f"Nine draws in ten: between {near.en} and {far.en}.",
    )
