"""The terms of the core context of NGSI-LD 1.8 and of the Smart Data Models in use: which IRI each stands for. Facts, as tables."""

from __future__ import annotations

from typing import Any

NGSI = "https://uri.etsi.org/ngsi-ld/"
CORE = f"{NGSI}v1/ngsi-ld-core-context-v1.8.jsonld"
VERSIONS = frozenset(
    [f"{NGSI}v1/ngsi-ld-core-context{version}.jsonld" for version in ("", *(f"-v1.{minor}" for minor in range(1, 9)))]
    + [address.replace("https:", "http:") for address in (CORE, f"{NGSI}v1/ngsi-ld-core-context.jsonld")]
)
"""Addresses at which the core context is published; each is answered from this table."""


def _words(text: str) -> list[str]:
    return text.split()


_PLAIN = _words(
    "attributeCount attributeDetails attributeList attributeName attributeNames attributeTypes avg cooldown csf contextSourceAlias "
    "contextSourceExtras contextSourceInfo contextSourceTimeAt contextSourceUptime count data distinctCount endpoint entities "
    "entityCount errors exclusions geoQ idPattern information isActive join joinLevel lang localOnly management max members min "
    "mode ngsildproperties notification notificationTrigger observationSpace operationSpace operations pick omit propertyNames q "
    "receiverInfo notifierInfo registrationName relationshipNames scope scopeQ showChanges splitEntities stddev subscriptionName "
    "success sum sumsq sysAttrs tenant temporalQ throttling timeInterval timeout timeproperty timerel timesFailed timesSent title "
    "totalCount typeNames unitCode update userName watchedAttributes accept format georel geoproperty location status containedBy"
)
_TYPES = _words(
    "Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration DateTime Date Time "
    "EntityType EntityTypeInfo EntityTypeList EntityInfo GeoProperty JsonProperty LanguageProperty ListProperty ListRelationship "
    "Notification Property Relationship Subscription TimeInterval VocabProperty EntityMap"
)
_TIMES = _words(
    "createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess modifiedAt notifiedAt observedAt startAt timeAt"
)
_IDS = ["contextSourceId", "datasetId", "entityId", "instanceId", "registrationId", "subscriptionId", "uri", "jsonldContext"]
_GEOJSON = ["Feature", "FeatureCollection", "GeometryCollection", "LineString", "MultiLineString", "MultiPoint", "MultiPolygon", "Point", "Polygon"]


def _value(name: str, **how: str) -> dict[str, str]:
    return {"@id": f"ngsi-ld:{name}", **{f"@{key}": said for key, said in how.items()}}


TERMS: dict[str, Any] = {
    "@version": 1.1,
    "ngsi-ld": NGSI,
    "geojson": "https://purl.org/geojson/vocab#",
    "id": "@id",
    "type": "@type",
    **{name: f"ngsi-ld:{name}" for name in (*_PLAIN, *_TYPES)},
    **{name: {"@id": f"ngsi-ld:{name}", "@type": "DateTime"} for name in _TIMES},
    **{name: {"@id": f"ngsi-ld:{name}", "@type": "@id"} for name in _IDS},
    **{name: f"geojson:{name}" for name in (*_GEOJSON, "geometry", "properties")},
    "features": {"@id": "geojson:features", "@container": "@set"},
    "bbox": {"@id": "geojson:bbox", "@container": "@list"},
    "coordinates": {"@id": "geojson:coordinates", "@container": "@list"},
    "description": "http://purl.org/dc/terms/description",
    "entityList": {"@id": "ngsi-ld:entityList", "@container": "@list"},
    "value": "ngsi-ld:hasValue",
    "values": {"@id": "ngsi-ld:hasValues", "@container": "@list"},
    "object": _value("hasObject", type="@id"),
    "objects": {"@id": "ngsi-ld:hasObjects", "@type": "@id", "@container": "@list"},
    "objectList": {"@id": "ngsi-ld:hasObjectList", "@container": "@list"},
    "objectType": _value("hasObjectType", type="@vocab"),
    "valueList": {"@id": "ngsi-ld:hasValueList", "@container": "@list"},
    "languageMap": _value("hasLanguageMap", container="@language"),
    "vocab": _value("hasVocab", type="@vocab"),
    "json": _value("hasJSON", type="@json"),
    "previousValue": "ngsi-ld:hasPreviousValue",
    "previousObject": _value("hasPreviousObject", type="@id"),
    "previousLanguageMap": _value("hasPreviousLanguageMap", container="@language"),
    "previousVocab": _value("hasPreviousVocab", type="@vocab"),
    "previousJson": _value("hasPreviousJson", type="@json"),
    "previousValueList": _value("hasPreviousValueList", container="@list"),
    "previousObjectList": _value("hasPreviousObjectList", type="@id", container="@list"),
    "@vocab": f"{NGSI}default-context/",
}
"""The core context itself."""
_MODELS = "https://smartdatamodels.org/"
_BY_MODEL = {
    "dataModel.Environment": "AirQualityObserved NoiseLevelObserved WaterQualityObserved pm25 pm10 no2 o3 so2 no nox co co2",
    "dataModel.WasteManagement": "WasteContainer WasteContainerIsle fillingLevel actualWeight",
    "dataModel.Transportation": "TrafficFlowObserved intensity averageVehicleSpeed occupancy laneId",
    "dataModel.Parking": "OnStreetParking OffStreetParking ParkingSpot availableSpotNumber totalSpotNumber occupiedSpotNumber",
    "dataModel.Weather": "WeatherObserved atmosphericPressure precipitation relativeHumidity solarRadiation temperature windDirection windSpeed",
    "dataModel.Streetlighting": "Streetlight StreetlightGroup illuminanceLevel powerState",
    "dataModel.Device": "Device batteryLevel deviceState",
    "dataModel.Building": "Building",
    "dataModel.WaterNetworkManagement": "WaterConsumptionObserved waterConsumption",
}
HOUSE: dict[str, Any] = {
    name: f"{_MODELS}{model}/{name}" for model, names in _BY_MODEL.items() for name in names.split()
} | {f"dm-{model.removeprefix('dataModel.').lower()}": f"{_MODELS}{model}/" for model in _BY_MODEL}  # fmt: skip
"""Terms of the Smart Data Models, as the house's own context has them; the prefixes reach their other terms."""
