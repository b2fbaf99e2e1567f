"""The pages of publishing, one module a part."""
