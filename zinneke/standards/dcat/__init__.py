"""DCAT-AP 3: the catalogue as linked data, in Turtle, JSON-LD and RDF/XML, streamed; with the Belgian profile and the high-value-dataset annex.

A dataset is told as flat `Node`s (`datasets`), which three writers put on the wire (`writers`): no graph is ever held.
"""

from zinneke.standards.dcat.routes import ROUTES

__all__ = ["ROUTES"]
