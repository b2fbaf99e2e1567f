"""Tests of the pages of map, data, solutions, sensors and communes."""
