"""SUMO as another engine, where it is installed (`pip install "zinneke[simulation]"`, EPL-2.0): programs run beside us, on networks of ours.

Each function computes one world with one seed and returns outputs over the busiest hour. Nothing of SUMO is imported but the folder of its programs.
"""

from __future__ import annotations

import importlib
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from zinneke.kernel.problem import Problem
from zinneke.office.scenarios.declared import speed_limit as streets
from zinneke.office.scenarios.declaring import Rows, Values

SECONDS = 120.0
"""How long one program may take."""
HOUR, AFTER = 3600, 1200
"""Seconds in which vehicles depart, and after which the last of them are left on the road."""
_PLACES = {node: (400 * (position % 3), -400 * (position // 3)) for position, node in enumerate("abcdefghi")}


def _program(name: str, folder: Path, *options: str) -> None:
    """Run one of SUMO's programs in a folder. Raises `Problem` 500 with its last words when it fails or takes too long."""
    home = Path(importlib.import_module("sumo").SUMO_HOME)
    try:
        done = subprocess.run(  # noqa: S603  the package's own program, options of ours
            [str(home / "bin" / name), *options],
            cwd=folder,
            env={"SUMO_HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Problem(500, "Too slow", f"SUMO ({name}) was not finished after {SECONDS:.0f} s and was ended.") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["without a word"]
        raise Problem(500, "SUMO failed", f"SUMO ({name}) ended with a fault: {last[0][:300]}")


def _parsed(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()  # noqa: S314  written by the program that we just ran


def _network(folder: Path, nodes: str, edges: str, *options: str, connections: str = "") -> None:
    (folder / "n.nod.xml").write_text(f"<nodes>{nodes}</nodes>")
    (folder / "n.edg.xml").write_text(f"<edges>{edges}</edges>")
    given = ["-n", "n.nod.xml", "-e", "n.edg.xml", "-o", "n.net.xml", "--no-turnarounds", *options]
    if connections:
        (folder / "n.con.xml").write_text(f"<connections>{connections}</connections>")
        given += ["-x", "n.con.xml"]
    _program("netconvert", folder, *given)


def _simulate(folder: Path, flows: str, seed: int, *options: str) -> list[dict[str, float]]:
    """Run the busiest hour and return each trip's figures: its duration and the time it lost, in seconds."""
    kind = '<vType id="v" sigma="0.5" speedFactor="normc(1,0.1,0.7,1.3)"/>'
    (folder / "n.rou.xml").write_text(f"<routes>{kind}{flows}</routes>")
    _program(
        "sumo",
        folder,
        *("-n", "n.net.xml", "-r", "n.rou.xml", "--seed", str(seed), "--end", str(HOUR + AFTER), "--no-step-log", "--no-warnings"),
        *("--tripinfo-output", "trips.xml", "--tripinfo-output.write-unfinished", "--time-to-teleport", "120", *options),
    )
    trips = [_trip(each) for each in _parsed(folder / "trips.xml")]
    if not trips:
        raise Problem(500, "No traffic", "Not one vehicle drove: with these inputs there is nothing to simulate.")
    return trips


def _trip(told: ElementTree.Element) -> dict[str, float]:
    figures = {name: float(told.get(name, "0")) for name in ("duration", "timeLoss")}
    return figures | {"flow": float(told.get("id", "0").partition(".")[0])}


def _mean(trips: list[dict[str, float]], name: str) -> float:
    return sum(trip[name] for trip in trips) / len(trips) if trips else 0.0


def speed_limit(values: Values, rows: Rows, seed: int) -> Mapping[str, float]:
    """Return the mean trip time (seconds) and the kilometres in quiet streets over the busiest hour of the example district."""
    nodes = "".join(f'<node id="{node}" x="{x}" y="{y}"/>' for node, (x, y) in _PLACES.items())
    nodes += "".join(f'<node id="{node}{node}" x="{x + 60}" y="{y + 60}"/>' for node, (x, y) in _PLACES.items())
    edges = ""
    for (begin, end), main in zip(streets.LINKS, streets.MAIN, strict=True):
        drawn, priority = (13.9, 3) if main else (8.3, 1)
        edges += f'<edge id="{begin}{end}" from="{begin}" to="{end}" numLanes="1" speed="{drawn}" priority="{priority}"/>'
    for node in _PLACES:
        edges += f'<edge id="in{node}" from="{node}{node}" to="{node}" numLanes="1" speed="13.9" priority="2"/>'
        edges += f'<edge id="out{node}" from="{node}" to="{node}{node}" numLanes="1" speed="13.9" priority="2"/>'
    flows = ""
    for number, ((begin, end), busiest) in enumerate(streets.TRIPS):
        chance = min(1.0, busiest * values["traffic"] / 100 / HOUR)
        flows += f'<flow id="{number}" type="v" begin="0" end="{HOUR}" probability="{chance:.6f}" from="in{begin}" to="out{end}"/>'
    with tempfile.TemporaryDirectory(prefix="zinneke-sumo-") as name:
        folder = Path(name)
        _network(folder, nodes, edges)
        _limit(folder, values)
        (folder / "edges.add.xml").write_text('<additional><edgeData id="all" file="edges.xml"/></additional>')
        rerouting = ("--device.rerouting.probability", "0.7", "--device.rerouting.period", "240", "--additional-files", "edges.add.xml")
        trips = _simulate(folder, flows, seed, *rerouting)
        quiet = {"".join(link) for link, main in zip(streets.LINKS, streets.MAIN, strict=True) if not main}
        driven = sum(
            float(edge.get("sampledSeconds", "0")) * float(edge.get("speed", "0"))
            for edge in _parsed(folder / "edges.xml").iter("edge")
            if edge.get("id") in quiet
        )
    return {"time": _mean(trips, "duration"), "local_km": driven / 1000}


def _limit(folder: Path, values: Values) -> None:
    """Write the limits into a network that was built for usual ones, so that who gives way to whom is the same in both worlds."""
    tree = ElementTree.parse(folder / "n.net.xml")  # noqa: S314  written by the program that we just ran
    limits = {"".join(link): values["limit_main" if main else "limit_local"] / 3.6 for link, main in zip(streets.LINKS, streets.MAIN, strict=True)}
    for edge in tree.getroot().iter("edge"):
        if (limit := limits.get(edge.get("id", ""))) is not None:
            for lane in edge.iter("lane"):
                lane.set("speed", f"{limit:.3f}")
    tree.write(folder / "n.net.xml")


def traffic_light(values: Values, rows: Rows, seed: int) -> Mapping[str, float]:
    """Return the mean time lost (seconds) by vehicles of the main and of the side street over the busiest hour of the crossing."""
    places = {"c": (0, 0), "w": (-400, 0), "e": (400, 0), "n": (0, 400), "s": (0, -400)}
    nodes = "".join(f'<node id="{node}" x="{x}" y="{y}" type="{"traffic_light" if node == "c" else "priority"}"/>' for node, (x, y) in places.items())
    lanes = {"we": max(1, round(values["lanes_main"] / 2)), "ns": max(1, round(values["lanes_side"] / 2))}
    edges, connections, flows = "", "", ""
    for number, (begin, end) in enumerate((("w", "e"), ("e", "w"), ("n", "s"), ("s", "n"))):
        axis = "we" if number < 2 else "ns"
        edges += f'<edge id="{begin}c" from="{begin}" to="c" numLanes="{lanes[axis]}" speed="13.9"/>'
        edges += f'<edge id="c{end}" from="c" to="{end}" numLanes="{lanes[axis]}" speed="13.9"/>'
        connections += "".join(f'<connection from="{begin}c" to="c{end}" fromLane="{lane}" toLane="{lane}"/>' for lane in range(lanes[axis]))
        flow = values["flow_main" if axis == "we" else "flow_side"] * lanes[axis]
        departing = f'probability="{min(1.0, flow / HOUR):.6f}" departLane="best" departSpeed="max"'
        flows += f'<flow id="{number}" type="v" begin="0" end="{HOUR}" {departing} from="{begin}c" to="c{end}"/>'
    with tempfile.TemporaryDirectory(prefix="zinneke-sumo-") as name:
        folder = Path(name)
        _network(folder, nodes, edges, connections=connections)
        (folder / "light.add.xml").write_text(f"<additional>{_programme(folder, values)}</additional>")
        trips = _simulate(folder, flows, seed, "--additional-files", "light.add.xml")
    main, side = ([trip for trip in trips if (trip["flow"] < 2) == here] for here in (True, False))
    return {"delay_main": _mean(main, "timeLoss"), "delay_side": _mean(side, "timeLoss")}


def _programme(folder: Path, values: Values) -> str:
    """Return the programme of the light as SUMO reads it: green, yellow and all red for each street in turn."""
    links = {int(each.get("linkIndex", "0")): each.get("from", "") for each in _parsed(folder / "n.net.xml").iter("connection") if each.get("tl")}
    side = values["cycle"] - 2 * values["change"] - values["green_main"]
    yellow = min(3.0, values["change"])
    phases = ""
    for mine, green in ((("wc", "ec"), values["green_main"]), (("nc", "sc"), side)):
        for seconds, letter in ((green, "G"), (yellow, "y"), (values["change"] - yellow, "r")):
            state = "".join(letter if links[index] in mine else "r" for index in sorted(links))
            phases += f'<phase duration="{seconds:.1f}" state="{state}"/>' if seconds > 0 else ""
    return f'<tlLogic id="c" type="static" programID="ours" offset="0">{phases}</tlLogic>'
