"""The pages of whoever runs sensors."""
