"""Whatever the OpenAPI page allows, and much that it does not, is answered: no request makes the platform fail."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zinneke.kernel import registry
from zinneke.kernel.openapi import describe
from zinneke.kernel.route import Route

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error

pytestmark = [pytest.mark.xdist_group("openapi"), pytest.mark.filterwarnings("ignore")]
ROUTES = [route for route in registry.routes() if route.path != "/api/commands"]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Open the records for all routes: what one leaves behind, the next must bear; they are emptied once, at the end.

    It takes the place of pytest-django's fixture of this name, by which that knows that the records must be made.
    """
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=False)


@pytest.fixture(scope="module")
def application(db: None) -> Iterator[Any]:
    """Open one house for all routes."""
    from zinneke.asgi import application, house

    house.start()
    yield application
    house.stop()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_request_makes_the_platform_fail(application: Any, route: Route) -> None:
    schema = schemathesis.openapi.from_dict(describe([route], "http://127.0.0.1"))
    schema.app = application
    (operation,) = [found.ok() for found in schema.get_all_operations()]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @given(case=cases)
    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(checks=[not_a_server_error])

    ask()
