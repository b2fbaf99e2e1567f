from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from zinneke.office.cartography.drawing import LETTER, draw


def around(many: int) -> Any:
    things = [
        (SimpleNamespace(key=f"application/{n}", kind="application", title={"fr": f"Une application numéro {n}"}), min(n, 1)) for n in range(many)
    ]
    return cast("Any", SimpleNamespace(things=things, links=[(things[0][0].key, "uses", each.key) for each, _ in things[1:]]))


def test_no_name_on_the_drawing_covers_another_or_a_thing() -> None:
    drawing = draw(around(60), "fr")
    boxes = []
    for node in drawing.nodes:
        at = node.label_at
        if not at.crowded:
            wide = len(node.label) * LETTER
            left = node.x + at.dx - {"start": 0, "end": wide, "middle": wide / 2}[at.anchor]
            boxes.append((left, node.y + at.dy - 13, left + wide, node.y + at.dy + 4))
    dots = [(node.x - 8, node.y - 8, node.x + 8, node.y + 8) for node in drawing.nodes]
    assert len(boxes) > 8 and any(node.label_at.crowded for node in drawing.nodes) and not drawing.nodes[0].label_at.crowded
    for a in boxes:
        others = [*(b for b in boxes if b is not a), *dots[1:]]
        assert not [b for b in others if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]


def test_a_few_things_all_show_their_names() -> None:
    assert not [node for node in draw(around(6), "fr").nodes if node.label_at.crowded]
