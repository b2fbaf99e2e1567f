"""Know your data: what the administrations hold and ask for, profiled without exposure, and where the same data are kept twice.

The finding half is pure and needs neither server nor database: `profile` looks at a table once, `identify` names identifiers and
personal data, `sketch` hashes values under a key, `matching` compares the columns of two tables, `relations` judges what two tables
are to each other, `candidates` does so for thousands of tables, `duplicates` for the entries of a catalogue.
"""
