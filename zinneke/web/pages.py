"""The people's doors of the portal, gathered from the modules of `views`."""

from __future__ import annotations

import importlib
import pkgutil

from zinneke.kernel.route import Page
from zinneke.web import views

PAGES: tuple[Page, ...] = tuple(
    page for info in pkgutil.iter_modules(views.__path__) for page in getattr(importlib.import_module(f"{views.__name__}.{info.name}"), "PAGES", ())
)
