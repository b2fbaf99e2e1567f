"""The verbs of publishing."""

from __future__ import annotations

from zinneke.office.publishing.arriving import begin_source, fetch_again, list_tables
from zinneke.office.publishing.counting import get_usage
from zinneke.office.publishing.refreshing import find_refresh, list_failed, set_refresh, stop_refresh
from zinneke.office.publishing.rules import SUBJECT, say_step
from zinneke.office.publishing.uploads import (
    add_upload,
    delete_upload,
    finish_upload,
    get_upload,
    list_uploads,
    set_row,
    set_spec,
)
from zinneke.office.publishing.voices import add_post, cast_vote, get_post, list_posts, list_waiting, moderate

__all__ = [
    "SUBJECT", "add_post", "add_upload", "begin_source", "cast_vote", "delete_upload", "fetch_again", "find_refresh", "finish_upload", "get_post",
    "get_upload", "get_usage", "list_failed", "list_posts", "list_tables", "list_uploads", "list_waiting", "moderate", "say_step", "set_refresh",
    "set_row", "set_spec", "stop_refresh",
]  # fmt: skip
INTERNAL = ("say_step",)
"""What is no verb."""
