"""What is measured, how, and the last table. `make bench` runs every module here; nothing here is a test."""
