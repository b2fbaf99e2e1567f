"""What all records keep to, so that they are the same on SQLite and on PostgreSQL, where a table, an index and a constraint share their names."""

from __future__ import annotations

from collections import Counter

from django.apps import apps


def test_no_table_index_or_constraint_has_the_name_of_another() -> None:
    found: Counter[str] = Counter()
    for model in apps.get_models():
        found.update([model._meta.db_table, *(each.name for each in (*model._meta.indexes, *model._meta.constraints))])
    assert [name for name, times in found.items() if times > 1] == []
