"""The demonstration city: a folder laid out like the real one, written by us from facts and from dice, for when there is nothing to load.

The communes' names, codes, populations and sizes are facts; every border, street, place and measurement is invented, and
the file `DEMONSTRATION` in the folder says so. The same seed gives the same bytes.
"""

from zinneke.cli.demo.city import MARKER, generate

__all__ = ["MARKER", "generate"]
