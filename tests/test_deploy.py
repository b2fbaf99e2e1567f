"""What a city starts is what the platform knows: settings, commands, ports and doors that exist, and no secret in any of it."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
import yaml

from benchmarks.serving import free_port
from tests import nats, postgres
from tests.broker import until
from zinneke import settings
from zinneke.foundations.jetstream import JetStream
from zinneke.foundations.observations import clickhouse_tables
from zinneke.kernel import registry

DEPLOY = Path(__file__).parents[1] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted(DEPLOY.glob("*.service"))
PROXIES = ("nginx.conf", "Caddyfile", "compose.Caddyfile")
pytestmark = pytest.mark.xdist_group("deploy")


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text())
    return read


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists_and_no_secret_is_written(path: Path) -> None:
    text = path.read_text()
    compose = {"ZINNEKE_CLICKHOUSE_PASSWORD_SHA256"}  # of ClickHouse's own service
    assert set(re.findall(r"ZINNEKE_[A-Z0-9_]+", text)) - compose <= set(settings.ENVIRONMENT)
    for given in re.findall(r"(?i)(?:password|secret)\w*[ \t]*[:=][ \t]*[\"']?([^\s\"',}]+)", re.sub(r"\$\{[^}]*\}", "$", text)):
        assert given.startswith(("$", "/")) or given == "scram-sha-256", given
    for given in re.findall(r"://[^/\s:@]+:([^@\s/]+)@", text):
        assert given.startswith("${") or given in ("PASSWORD", "password", "…"), given
    assert not re.search(r"BEGIN [A-Z ]*PRIVATE KEY|[0-9a-f]{40}", text)


def test_setting_up_compiles_the_code_since_a_service_may_not_write_beside_it() -> None:
    told = subprocess.run(["make", "--dry-run", "--always-make", "setup"], cwd=DEPLOY.parent, capture_output=True, text=True, check=True)
    assert "-m compileall" in told.stdout


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists_as_nobody_special(path: Path) -> None:
    service = unit(path)["Service"]
    program, verb, *_ = [word for word in service["ExecStart"].split() if word != "/usr/bin/env" and "=" not in word]
    assert program == "/opt/zinneke/.venv/bin/zinneke"
    assert verb in registry.commands()
    assert service["User"] == "zinneke"
    assert service["ProtectSystem"] == "strict"
    assert service["UMask"] == "0077"


def test_the_units_are_what_systemd_understands() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    for path in (*UNITS, *DEPLOY.glob("*.timer")):
        done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
        told = [line for line in done.stderr.splitlines() if path.name in line and "is not executable" not in line and "not found" not in line]
        assert not told, told


def test_the_proxies_send_observations_to_the_nodes_that_take_in_and_hide_what_is_for_inside() -> None:
    doors = {route.path for route in registry.routes() if route.method == "POST"}
    for name in PROXIES:
        text = (DEPLOY / name).read_text()
        assert "/metrics" in text
        assert "/api/commands" in text
        assert re.search(r"(?i)64 ?mb?", text)
    nginx = (DEPLOY / "nginx.conf").read_text()
    (pattern,) = re.findall(r"location ~ (\S+) \{", nginx)
    sent = {door for door in doors if re.fullmatch(pattern.strip("^$"), re.sub(r"\{[^}]+\}", "x", door))}
    assert sent == {
        "/api/observations", "/api/observations/arrow", "/api/solutions/{solution}/{source}", "/api/lorawan/ttn", "/api/lorawan/chirpstack",
        "/sta/v1.1/CreateObservations",
    }  # fmt: skip
    for name in PROXIES[1:]:
        (words,) = re.findall(r"@observations \{\s+path ([^\n]+)", (DEPLOY / name).read_text())
        assert {word.replace("*", "{solution}/{source}") for word in words.split()} == sent
    assert "127.0.0.1:8000" in nginx
    assert "127.0.0.1:8000" in (DEPLOY / "Caddyfile").read_text()
    ports = set(re.findall(r"127\.0\.0\.1:(81\d\d)", nginx))
    assert ports == set(re.findall(r"127\.0\.0\.1:(81\d\d)", (DEPLOY / "Caddyfile").read_text()))
    assert ports <= set(re.findall(r"zinneke-ingest@(\d+)", (DEPLOY / "README.md").read_text()))


def test_the_proxies_hand_on_no_certificate_that_a_client_wrote() -> None:
    assert 'proxy_set_header Client-Cert "";' in (DEPLOY / "nginx.conf").read_text()
    for name in PROXIES[1:]:
        text = (DEPLOY / name).read_text()
        assert text.count("header_up -Client-Cert") == text.count("reverse_proxy ") == 2, name


def test_the_proxies_understand_their_files(tmp_path: Path) -> None:
    tried = 0
    if program := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"):
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key"]
        words = ["openssl", "req", "-x509", "-subj", "/CN=city", *key, "-out", tmp_path / "pem"]
        subprocess.run(words, check=True, capture_output=True)
        site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/data.city.example.pem", f"{tmp_path}/pem")
        site = re.sub(r"listen (\d+)", "listen 127.0.0.1:1\\1", site.replace("/etc/ssl/data.city.example.key", f"{tmp_path}/key"))
        folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        whole = f"error_log {tmp_path}/log;\npid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{site}\n}}\n"
        (tmp_path / "nginx.conf").write_text(whole)
        done = subprocess.run([program, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
        assert "test is successful" in done.stderr, done.stderr
        tried += 1
    if program := shutil.which("caddy"):
        for name in PROXIES[1:]:
            words = [program, "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / name)]
            done = subprocess.run(words, env={**os.environ, "CITY_HOST": "data.city.example"}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        tried += 1
    if not tried:
        pytest.skip("neither nginx nor caddy is installed")


def test_the_compose_file_is_whole() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services, volumes = compose["services"], set(compose["volumes"])
    used: set[str] = set()
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("environment", {})) - {name for name in service.get("environment", {}) if not name.startswith("ZINNEKE_")} <= set(
            settings.ENVIRONMENT
        )
        for mount in service.get("volumes", ()):
            source = re.split(r":(?=/)", mount)[0]
            if source.startswith("./"):
                assert (DEPLOY / source).is_file(), source
            elif not source.startswith("$"):
                used.add(source)
    assert used == volumes
    assert {name for name, service in services.items() if service.get("ports")} == {"proxy", "mosquitto"}
    text = (DEPLOY / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert asked == set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "compose.env").read_text(), re.MULTILINE))
    assert services["ingest"]["environment"]["ZINNEKE_NODE"] == "ingest"
    for node in ("main", "ingest"):
        assert services[node]["environment"]["ZINNEKE_BUS_URL"].endswith("@nats:4222/brussels")


def test_the_bus_understands_its_file_and_lets_a_city_do_what_it_needs_and_no_other_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if nats.PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("nats-server is not installed; CI needs it")
        pytest.skip("nats-server is not installed")
    port = free_port()
    text = (DEPLOY / "nats-server.conf").read_text()
    assert re.search(r"^port: 4222$", text, re.MULTILINE)
    mine = re.sub(r"^port: .*$", f"port: {port}", text.replace("/var/lib/nats", str(tmp_path / "kept")), flags=re.MULTILINE)
    (tmp_path / "conf").write_text(mine)
    word = "four-words-of-a-test"
    process = subprocess.Popen([nats.PROGRAM, "-c", tmp_path / "conf", "-l", tmp_path / "log"], env={**os.environ, "BUS_PASSWORD": word})
    nodes = [JetStream(f"nats://brussels:{word}@127.0.0.1:{port}/brussels") for _ in range(2)]
    stranger = JetStream(f"nats://brussels:wrong@127.0.0.1:{port}/brussels")
    monkeypatch.setattr("zinneke.foundations.jetstream.AWAY", 20.0)
    try:
        heard = threading.Event()
        nodes[1].hear("word", lambda told: heard.set())
        for node in nodes:
            node.start()
        until(lambda: all(node.connected for node in nodes), "both are let in")
        nodes[1].work("observations", lambda payloads: [payload[::-1] for payload in payloads])
        assert nodes[0].hand("observations", b"abc") == b"cba"
        nodes[0].tell("word")
        assert heard.wait(30)
        monkeypatch.setattr("zinneke.foundations.jetstream.AWAY", 2.0)
        stranger.start()
        assert not stranger.connected
    finally:
        for node in (*nodes, stranger):
            node.stop()
        process.terminate()
        process.wait(30)


def test_the_broker_of_the_containers_is_set_as_the_one_of_a_machine() -> None:
    def told(name: str) -> set[str]:
        lines = {line.strip() for line in (DEPLOY / name).read_text().splitlines() if line.strip() and not line.startswith("#")}
        return {line for line in lines if not line.startswith(("certfile", "keyfile", "password_file", "listener 1883"))}

    assert told("mosquitto.conf") == told("compose.mosquitto.conf")


def test_postgresql_knows_its_settings() -> None:
    names = re.findall(r"^(\w+) =", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE)
    with postgres.running() as cluster, psycopg.connect(f"{cluster}/postgres") as connection:
        found = connection.execute("SELECT name FROM pg_settings WHERE name = ANY(%s)", [names]).fetchall()
    assert {name for (name,) in found} == set(names)


def test_clickhouse_gets_the_tables_that_the_platform_makes_and_a_cluster_that_hangs_together() -> None:
    folder = DEPLOY / "clickhouse"
    for name, cluster in (("tables.sql", None), ("cluster.sql", "region")):
        written = [line for line in (folder / name).read_text().splitlines() if line and not line.startswith("--")]
        assert written == [f"{statement};" for statement in clickhouse_tables.statements(cluster)]
    for path in folder.glob("*.xml"):
        assert ElementTree.parse(path).getroot().tag == "clickhouse"
    cluster = ElementTree.parse(folder / "cluster.xml").getroot()
    hosts = {host.text for host in cluster.iterfind("remote_servers/region/shard/replica/host")}
    keepers = {host.text for host in cluster.iterfind("zookeeper/node/host")}
    assert keepers == {host.text for host in cluster.iterfind("keeper_server/raft_configuration/server/hostname")}
    assert keepers <= hosts
    assert len(keepers) % 2 == 1
    assert {port.text for port in cluster.iterfind("zookeeper/node/port")} == {cluster.findtext("keeper_server/tcp_port")}
    assert {each.tag for each in cluster.iterfind("macros/*")} == {"shard", "replica"}
