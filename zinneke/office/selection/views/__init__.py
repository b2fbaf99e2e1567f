"""The people's doors of the selection."""
