"""The journal in the back office: to read, never to write."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from zinneke.foundations.audit import models


@admin.register(models.Entry)
class EntryAdmin(admin.ModelAdmin):
    list_display = ("seq", "time", "actor", "action", "subject", "detail", "ground")
    list_filter = ("action",)
    search_fields = ("actor", "subject", "action")
    ordering = ("-seq",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: only deeds write to the journal."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: what is written stays."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: nothing leaves the journal."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Let administrators read."""
        return bool(getattr(request.user, "is_administrator", False))
