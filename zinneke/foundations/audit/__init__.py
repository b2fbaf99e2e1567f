"""The journal of the house: who did what, when, to what and on which ground, each entry sealed by the one before it.

Rooms write to it with `store.record` inside the transaction of the deed itself, so that a deed and its entry stand or fall together.
"""
