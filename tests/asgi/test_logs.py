"""What is counted of answers, as Prometheus reads it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from zinneke.asgi.logs import Tally


def test_answers_are_counted_by_route_and_their_seconds_add_up() -> None:
    tally, registry = Tally(), CollectorRegistry()
    registry.register(tally)
    for seconds in (0.0005, 0.001, 0.03, 40.0):
        tally.add("GET", "/api/latest", 200, seconds)
    tally.add("POST", "/api/latest", 404, 0.2)
    told = generate_latest(registry).decode().splitlines()
    assert 'zinneke_requests_total{method="GET",route="/api/latest",status="200"} 4.0' in told
    assert 'zinneke_requests_total{method="POST",route="/api/latest",status="404"} 1.0' in told
    assert 'zinneke_request_seconds_bucket{le="0.001",route="/api/latest"} 2.0' in told
    assert 'zinneke_request_seconds_bucket{le="0.05",route="/api/latest"} 3.0' in told
    assert 'zinneke_request_seconds_bucket{le="+Inf",route="/api/latest"} 5.0' in told
    assert 'zinneke_request_seconds_count{route="/api/latest"} 5.0' in told
    assert any(line.startswith('zinneke_request_seconds_sum{route="/api/latest"} 40.231') for line in told)
