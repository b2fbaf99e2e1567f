"""The foundations: data, identity, territory, observations, catalogue."""
