"""A component from its publiccode.yml."""

from __future__ import annotations

import pytest

from zinneke.kernel.problem import Problem
from zinneke.office.projects import publiccode

FILE = b"""publiccodeYmlVersion: "0.4"
name: Signalen
url: https://github.com/Amsterdam/signals.git
developmentStatus: stable
legal: {license: MPL-2.0, repoOwner: Amsterdam}
description:
  nl: {shortDescription: Meldingen over de openbare ruimte}
  en-GB: {shortDescription: Reports about public space}
  de: {shortDescription: Meldungen}
"""


def test_it_gives_a_component() -> None:
    found = publiccode.read(FILE)
    assert (found.key, found.licence, found.code, found.readiness) == ("signalen", "MPL-2.0", "https://github.com/Amsterdam/signals.git", 9)
    assert found.about == {"nl": "Meldingen over de openbare ruimte", "en": "Reports about public space"}


@pytest.mark.parametrize("data", [b"", b"a: [", b"name: x", b"\xff\xfe", b"- 1\n- 2", b"publiccodeYmlVersion: 1\nname: [x]"])
def test_what_is_none_is_told(data: bytes) -> None:
    with pytest.raises(Problem) as told:
        publiccode.read(data)
    assert told.value.status == 400 and told.value.detail
