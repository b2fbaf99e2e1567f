"""Every test process has a data folder of its own; nothing is read from or written to the developer's."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

if "zinneke.settings" in sys.modules:
    raise RuntimeError("The settings were read before the tests had a data folder of their own: unset DJANGO_SETTINGS_MODULE.")
_folder = tempfile.mkdtemp(prefix=f"zinneke-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-")
os.environ["ZINNEKE_DATA"] = _folder
os.environ.setdefault("ZINNEKE_SECRET", "a secret for tests only")
os.environ["DJANGO_SETTINGS_MODULE"] = "zinneke.settings"
if (_records := os.environ.get("ZINNEKE_DATABASE_URL") or os.environ.get("ZINNEKE_TESTED_ON")) is not None:
    os.environ["ZINNEKE_DATABASE_URL"] = os.environ["ZINNEKE_TESTED_ON"] = _records

import django  # noqa: E402  the settings read the folder
import hypothesis  # noqa: E402
import pytest  # noqa: E402

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("house")
django.setup()
if _records:  # each test has doors of its own, and PostgreSQL so many connections for all that ever were
    from django.db import connection as _connection

    _connection.settings_dict["CONN_MAX_AGE"] = 0
del os.environ["DJANGO_SETTINGS_MODULE"]  # else workers would inherit it and read the settings before this file
os.environ.pop("ZINNEKE_DATABASE_URL", None)  # what a test starts has records of its own, in its data folder or where the test says

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Begin each test with nothing in memory of what others saw and did in this process."""
    from tests.memory import forget

    forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Keep from being done again after every test that commits: Django's permissions, which the house does not use, and following the records."""
    from django.apps import apps
    from django.db.models.signals import post_migrate

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    observations = apps.get_app_config("observations")
    post_migrate.disconnect(sender=observations, dispatch_uid=observations.name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data; a test that needs it is skipped, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"the real data is not at {SHARED}")
    return SHARED


def pytest_unconfigure() -> None:
    """Leave no data folder behind."""
    import shutil

    shutil.rmtree(_folder, ignore_errors=True)
