"""The views of the portal, one module a page; each lists its doors in `PAGES`."""
