"""The solutions, each on its own and all by the common suite."""
