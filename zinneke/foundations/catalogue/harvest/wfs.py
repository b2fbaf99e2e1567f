"""WFS without a catalogue beside it: each feature type of GetCapabilities is a dataset."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, ParseError  # noqa: S405  only the names: what is parsed is parsed by defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from zinneke.foundations.catalogue.harvest.asking import Rows, Visit
from zinneke.foundations.catalogue.readers import Described, DescribedForm, DescribedPublisher, row_of
from zinneke.kernel.load import Fault
from zinneke.kernel.problem import wrong


def read(visit: Visit) -> Rows:
    """Read the feature types that a service lists."""
    at = _with(visit.address, service="WFS", request="GetCapabilities")
    root = parse(visit.document(at, "application/xml, text/xml").body)
    if not _name(root).startswith("WFS_Capabilities"):
        raise wrong(f"This is no WFS: its answer begins with {_name(root)[:40]!r}, not WFS_Capabilities.")
    provider = _text(root, "ProviderName") or _text(root, "AuthorityName")
    terms = _text(root, "AccessConstraints") or _text(root, "Fees")
    formats = " ".join(each.text or "" for each in root.iter() if _name(each) in ("Value", "Format", "OutputFormat")).lower()
    for number, each in enumerate((found for found in root.iter() if _name(found) == "FeatureType"), 1):
        name = _text(each, "Name")
        if not name:
            yield Fault(f"feature type {number}", "it has no name, so it could not be recognised next time. Tell the publisher.")
            continue
        get = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": name}
        forms = [DescribedForm(format="wfs", accessURL=at, downloadURL=_with(visit.address, **get), license=terms)]
        if "json" in formats:
            forms.append(DescribedForm(format="geojson", downloadURL=_with(visit.address, **get, outputFormat="application/json"), license=terms))
        words = [text for keyword in each.iter() if _name(keyword) == "Keyword" and (text := (keyword.text or "").strip())]
        yield row_of(
            Described(
                uri=f"{visit.address.partition('?')[0]}#{name}",
                identifier=name,
                title={visit.language: _text(each, "Title") or name},
                description={visit.language: _text(each, "Abstract")},
                keywords={visit.language: words} if words else {},
                publisher=DescribedPublisher({visit.language: provider}) if provider else None,
                distributions=forms,
            )
        )


def parse(body: bytes) -> Element:
    """Return a document's root. Raises `Problem` 400 for one that is broken, or declares what may hide an attack."""
    try:
        return fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise wrong("The document declares a document type or entities, which may hide an attack. It was not read.") from None
    except (ParseError, ValueError, LookupError, RecursionError) as fault:
        raise wrong(f"The document cannot be read as XML: {fault}.") from None


def _with(address: str, **asked: str) -> str:
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in {each.lower() for each in (*asked, "request", "version")}]
    return urlunsplit(parts._replace(query=urlencode([*kept, *asked.items()]), fragment=""))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next(((found.text or "").strip() for found in element.iter() if _name(found) == name and (found.text or "").strip()), "")
