"""The views of the people's door of scenarios."""
