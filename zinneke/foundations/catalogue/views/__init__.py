"""The pages of the catalogue that are its own."""
