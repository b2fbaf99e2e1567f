"""CQL2 (OGC 21-065): conditions written as text or JSON, read into one tree, and translated to the conditions of the tables. Never SQL."""

from __future__ import annotations

from zinneke.standards.ogc.cql2.reading import read_filter as read_filter
