"""The words of the house in plain typed Python: no framework, no storage, no network. Everything reads it; it reads nothing."""
