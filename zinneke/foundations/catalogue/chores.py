"""What the catalogue does by itself: it reads the catalogues whose time has come, in a thread of its own, since one may take long."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections

from zinneke.foundations.catalogue import harvesting
from zinneke.kernel.chore import Chore
from zinneke.kernel.confidentiality import SYSTEM
from zinneke.kernel.problem import Problem

log = structlog.get_logger("harvest")
_thread: threading.Thread | None = None


def harvest_due(now: datetime) -> str:
    """Begin to read what is due, unless something is being read already. Returns a line for the log."""
    global _thread  # noqa: PLW0603  one at a time in this process; the records keep other processes out
    if _thread is not None and _thread.is_alive():
        return ""
    due = harvesting.list_due(SYSTEM, now)
    if not due:
        return ""
    _thread = threading.Thread(target=_read, args=(due,), name="harvest", daemon=True)
    _thread.start()
    return f"reading {', '.join(due)}"


def _read(keys: list[str]) -> None:
    for key in keys:
        close_old_connections()
        try:
            run = harvesting.run_harvest(SYSTEM, key)
            log.info("harvest", source=key, outcome=run.outcome, added=run.report.added, changed=run.report.changed, gone=run.report.gone)
        except Problem as problem:
            log.info("harvest", source=key, said=problem.detail)
        except Exception:
            log.exception("harvest", source=key)
        finally:
            close_old_connections()


CHORES = (Chore(name="catalogue.harvest", every=timedelta(minutes=1), run=harvest_due),)
