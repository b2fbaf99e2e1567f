"""The portal: base templates, home, search, map, dashboards, and the pages generated from a solution."""
