"""The people's pages of the room."""
