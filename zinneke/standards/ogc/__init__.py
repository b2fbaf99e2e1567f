"""OGC API at `/ogc`: Common, Features (parts 1 to 3 and 5), Tiles, Records and Environmental Data Retrieval over the stores of the house."""

from __future__ import annotations

from zinneke.standards.ogc.routes import ROUTES as ROUTES
