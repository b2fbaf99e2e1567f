"""Which records of things and streams changed: a log that the database itself writes, so that no way of changing them is forgotten.

Each change names whose it is, a thing where it hangs on one; each new stamp of the register is a line too. Who keeps something made
of the records reads what came after the stamp that it was made at.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection

from zinneke.foundations.observations import models

STAMP = "stamp"
KEPT = 200_000
"""Lines that are kept; who was away for longer reads everything."""
FOLLOWED: dict[str, tuple[tuple[str, str], ...]] = {
    "thing": (("thing", "key"),),
    "stream": (("thing", "thing_id"),),
    "thing_locations": (("thing", "thing_id"),),
    "historicallocation": (("thing", "thing_id"),),
    "historicallocation_locations": (("history", "historicallocation_id"),),
    "observes": (("stream", "stream_id"),),
    "taskingcapability": (("thing", "thing_id"),),
    "task": (("task", "id"),),
    "location": (("location", "id"),),
    "feature": (("feature", "id"), ("source", "source_id")),
    "sensor": (("sensor", "id"),),
    "observedproperty": (("observed", "id"),),
    "actuator": (("actuator", "id"),),
}
"""Of each table, what a change of a row is a change of, and the column that names it."""
_FUNCTION = """
CREATE OR REPLACE FUNCTION observations_follow() RETURNS trigger AS $$
BEGIN
    FOR place IN 0..TG_NARGS / 2 - 1 LOOP
        INSERT INTO observations_change (record, "row")
        SELECT DISTINCT TG_ARGV[2 * place], named FROM unnest(ARRAY[
            CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) ->> TG_ARGV[2 * place + 1] END,
            CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) ->> TG_ARGV[2 * place + 1] END
        ]) AS named WHERE named IS NOT NULL;
    END LOOP;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""


def follow(**_: Any) -> None:
    """Let the database write the log; repeated after every migration, since a table that is made anew forgets who followed it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table, told in FOLLOWED.items():
            for statement in (_postgresql if connection.vendor == "postgresql" else _sqlite)(f"observations_{table}", told):
                cursor.execute(statement)


def _postgresql(table: str, told: tuple[tuple[str, str], ...]) -> list[str]:
    given = ", ".join(f"'{word}'" for pair in told for word in pair)
    made = f"CREATE TRIGGER followed AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION observations_follow({given})"
    return [f"DROP TRIGGER IF EXISTS followed ON {table}", made]


def _sqlite(table: str, told: tuple[tuple[str, str], ...]) -> list[str]:
    statements = []
    for event, rows in (("INSERT", ("NEW",)), ("DELETE", ("OLD",)), ("UPDATE", ("OLD", "NEW"))):
        named = " UNION ".join(
            f"SELECT '{record}', {row}.{column} WHERE {row}.{column} IS NOT NULL"  # noqa: S608  our own names
            for record, column in told
            for row in rows
        )
        name = f"{table}_followed_{event.lower()}"
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(f'CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN INSERT INTO observations_change (record, "row") {named}; END')
    return statements


def stamp(value: str) -> None:
    """Note a new stamp, and forget what is long past."""
    line = models.Change.objects.create(record=STAMP, row=value)
    models.Change.objects.filter(pk__lte=line.pk - KEPT).delete()


def since(value: str, most: int) -> dict[str, set[str]] | None:
    """Return what changed after a stamp, by record; None when that is not known any more, or when it is more than `most`."""
    changes = models.Change.objects
    line = changes.filter(record=STAMP, row=value).order_by("-pk").values_list("pk", flat=True).first()
    if line is None:
        return None
    later = changes.filter(pk__gt=line).exclude(record=STAMP).values_list("record", "row").distinct()[: most + 1]
    found: dict[str, set[str]] = defaultdict(set)
    for record, row in later:
        found[record].add(row)
    return None if sum(map(len, found.values())) > most else found
