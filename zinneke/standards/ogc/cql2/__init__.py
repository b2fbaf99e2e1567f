"""CQL2 (OGC 21-065): conditions written as text or JSON, read into one tree, and translated to the conditions of the tables. Never SQL."""

from __future__ import annotations

from zinneke.standards.ogc.cql2.reading import LANGUAGES as LANGUAGES
from zinneke.standards.ogc.cql2.reading import Reading as Reading
from zinneke.standards.ogc.cql2.reading import read_filter as read_filter
from zinneke.standards.ogc.cql2.reading import read_tree as read_tree
from zinneke.standards.ogc.cql2.text import is_bare as is_bare
from zinneke.standards.ogc.cql2.tree import Node as Node
from zinneke.standards.ogc.cql2.tree import Operation as Operation
from zinneke.standards.ogc.cql2.tree import Property as Property
from zinneke.standards.ogc.cql2.tree import fault as fault
