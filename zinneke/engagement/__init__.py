"""Everybody else: ideas, reports from the street, services."""
