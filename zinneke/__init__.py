"""Zinneke, the open urban platform of a bilingual capital."""

__version__ = "0.1.0"
