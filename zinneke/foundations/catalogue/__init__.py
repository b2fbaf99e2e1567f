"""What data exists: datasets of every source described in three languages, their quality, and the search that finds them.

Entries from other catalogues are set with `store.set_datasets`, datasets of our own with `store.publish`. Texts keep every
language they came in. What an entry's level and area forbid is left out before anything is counted, ranked or suggested.
"""
