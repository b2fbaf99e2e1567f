"""The declared models. A module with `MODEL` in it is found; nothing is registered by hand."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from zinneke.kernel.problem import not_found
from zinneke.office.scenarios.declaring import Model


@cache
def models() -> dict[str, Model]:
    """Return every declared model by key."""
    places = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    found = [place.MODEL for place in places if hasattr(place, "MODEL")]
    return {model.key: model for model in sorted(found, key=lambda model: (model.domain, model.key))}


def get_model(key: str) -> Model:
    """Return a model by its key. Raises `Problem` 404."""
    if (found := models().get(key)) is None:
        raise not_found("model", key)
    return found
