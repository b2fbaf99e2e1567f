"""A component from the publiccode.yml in its repository (publiccodeyml-spec 0.2 to 0.4), the standard by which administrations describe software."""

from __future__ import annotations

from typing import Any

from zinneke.kernel.problem import wrong
from zinneke.office.projects import rules
from zinneke.office.projects.values import Component, Texts

STATES = {"concept": "building", "development": "building", "beta": "running", "stable": "running", "obsolete": "ending"}
READINESS = {"concept": 2, "development": 5, "beta": 7, "stable": 9, "obsolete": 9}
"""What its `developmentStatus` says of a component, and of its readiness (an estimate, which people may correct)."""
LANGUAGES = {"fr": "fr", "nl": "nl", "en": "en", "fra": "fr", "nld": "nl", "eng": "en"}


def read(data: bytes, key: str = "") -> Component:
    """Return the component that a publiccode.yml describes. Raises `Problem` 400 for what is none."""
    import yaml

    try:
        told = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as fault:
        raise wrong(f"This is not YAML: {' '.join(str(fault).split())[:200]}.") from None
    if not isinstance(told, dict) or "publiccodeYmlVersion" not in told or not isinstance(told.get("name"), str):
        raise wrong("This is not a publiccode.yml: it says neither publiccodeYmlVersion nor the name of the software.")
    status = str(told.get("developmentStatus", ""))
    return Component(
        key=key or rules.slug(told["name"]),
        name={"en": told["name"]},
        about=_descriptions(told.get("description")),
        licence=_text(told, "legal", "license"),
        code=_text(told, "url") or _text(told, "landingURL"),
        state=STATES.get(status, "running"),
        readiness=READINESS.get(status),
        reason=_text(told, "legal", "repoOwner"),
    )


def _text(told: Any, *path: str) -> str:
    for step in path:
        told = told.get(step) if isinstance(told, dict) else None
    return told.strip() if isinstance(told, str) else ""


def _descriptions(told: Any) -> Texts:
    if not isinstance(told, dict):
        return {}
    found = {}
    for code, words in told.items():
        language = LANGUAGES.get(str(code).split("-")[0].lower())
        if language and (text := _text(words, "shortDescription") or _text(words, "longDescription")):
            found[language] = text
    return found
