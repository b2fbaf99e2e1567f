"""Boundaries, streets, places and coordinate systems: which commune and neighbourhood a point is in, and what is called so where.

Areas nest (region, commune, neighbourhood); places are streets and points of interest. Coordinates are WGS 84 longitude and
latitude in that order; `crs` turns them into Lambert 72, Lambert 2008 and Web Mercator. `tiles` writes vector tiles. Others
come in through `store` (verbs), `values`, `tiles`, `crs`, `geojson` and `readers`.
"""
