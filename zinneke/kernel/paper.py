"""Reports on paper: a PDF of A4 pages that are numbered."""

from __future__ import annotations

import io
from typing import Any

SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u202f": "\u00a0", "₂": "2", "₃": "3", "≤": "max.", "≥": "min.", "−": "-"}
"""Signs that mean markup, or that the report's letters do not have, and what stands for them."""
_SIGNS = str.maketrans(SIGNS)


def escaped(text: str) -> str:
    """Return a text for a report: markup as it stands, signs that its letters do not have in their nearest form."""
    return text.translate(_SIGNS)


def as_pdf(story: list[Any], title: str, language: str) -> bytes:
    """Return a report as a PDF: A4, pages numbered, the same bytes for the same story."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    def numbered(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawRightString(A4[0] - 20 * mm, 12 * mm, str(document.page))

    packed = io.BytesIO()
    document = SimpleDocTemplate(
        packed, pagesize=A4, title=title, lang=language, leftMargin=20 * mm, rightMargin=20 * mm, author="Zinneke", invariant=1
    )
    document.build(story, onFirstPage=numbered, onLaterPages=numbered)
    return packed.getvalue()
