"""The map of one dataset alone, for other people's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from zinneke.foundations.catalogue import store as catalogue
from zinneke.foundations.tables import store as tables
from zinneke.kernel.confidentiality import Actor, Right
from zinneke.kernel.problem import not_found
from zinneke.kernel.route import Needs, Page
from zinneke.web import dataset_map
from zinneke.web.middleware import HEADERS
from zinneke.web.templatetags.zinneke import language


@xframe_options_exempt
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Show the map of a dataset with nothing around it; others may frame it. Raises `Problem` 404 for one without shapes."""
    actor: Actor = request.actor
    spoken = language()
    dataset, version = catalogue.get_dataset(actor, key), tables.get_version(actor, key)
    if not version.geometry:
        raise not_found("map", key)
    context = {"dataset": dataset, "title": dataset.title_in(spoken)[0], "map": dataset_map.of_version(actor, version, spoken)}
    answer = render(request, "web/dataset_map_embed.html", context)
    policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
    answer.headers["Content-Security-Policy"] = policy
    return answer


PAGES = (Page(name="dataset-map", path="data/{key}/map/", view=embed, audience=Needs(Right.SEE, "catalogue"), sample={"key": "trees"}),)
