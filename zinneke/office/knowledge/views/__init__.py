"""The views of the knowledge centre: reading, writing, taking part, and the work behind."""
