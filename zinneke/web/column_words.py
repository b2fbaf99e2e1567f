"""Words for the columns that many sources have, where the manifest of the city gives none: data, in three languages."""

from __future__ import annotations

from zinneke.kernel.text import Text, same

WORDS: dict[str, Text] = {
    "lon longitude lng position.lng position.lon": Text("Longitude", "Lengtegraad", "Longitude"),
    "lat latitude position.lat": Text("Latitude", "Breedtegraad", "Latitude"),
    "x": same("x"),
    "y": same("y"),
    "id objectid fid gid identifier": Text("Identifiant", "Identificatie", "Identifier"),
    "uri": Text("Identifiant sur le web", "Identificatie op het web", "Identifier on the web"),
    "code": Text("Code", "Code", "Code"),
    "nis refnis nis_code": Text("Code NIS", "NIS-code", "NIS code"),
    "number num numero": Text("Numéro", "Nummer", "Number"),
    "name naam nom": Text("Nom", "Naam", "Name"),
    "title titre titel": Text("Titre", "Titel", "Title"),
    "description": Text("Description", "Beschrijving", "Description"),
    "type": same("Type"),
    "kind": Text("Genre", "Soort", "Kind"),
    "category categorie": Text("Catégorie", "Categorie", "Category"),
    "status statut state": Text("État", "Status", "State"),
    "direction": Text("Direction", "Richting", "Direction"),
    "value": Text("Valeur", "Waarde", "Value"),
    "unit": Text("Unité", "Eenheid", "Unit"),
    "year annee année jaar": Text("Année", "Jaar", "Year"),
    "quarter": Text("Trimestre", "Kwartaal", "Quarter"),
    "month mois maand": Text("Mois", "Maand", "Month"),
    "week semaine": Text("Semaine", "Week", "Week"),
    "day jour dag": Text("Jour", "Dag", "Day"),
    "hour heure uur": Text("Heure", "Uur", "Hour"),
    "date datum": Text("Date", "Datum", "Date"),
    "time timestamp datetime dt": Text("Date et heure", "Datum en uur", "Date and time"),
    "start start_date datedebut": Text("Début", "Begin", "Start"),
    "end end_date datefin": Text("Fin", "Einde", "End"),
    "last_update updated modified": Text("Dernière mise à jour", "Laatst bijgewerkt", "Last updated"),
    "address adresse adres addr": Text("Adresse", "Adres", "Address"),
    "street rue straat addr:street": Text("Rue", "Straat", "Street"),
    "housenumber addr:housenumber": Text("Numéro de maison", "Huisnummer", "House number"),
    "postal_code postcode zip zipcode addr:postcode": Text("Code postal", "Postcode", "Postal code"),
    "municipality commune gemeente": Text("Commune", "Gemeente", "Municipality"),
    "city ville stad addr:city": Text("Ville", "Stad", "City"),
    "neighbourhood quartier wijk buurt": Text("Quartier", "Wijk", "Neighbourhood"),
    "province provincie": Text("Province", "Provincie", "Province"),
    "region gewest": Text("Région", "Gewest", "Region"),
    "country pays land": Text("Pays", "Land", "Country"),
    "population inhabitants": Text("Habitants", "Inwoners", "Inhabitants"),
    "area area_km2": Text("Superficie", "Oppervlakte", "Area"),
    "geometry": Text("Forme", "Vorm", "Shape"),
    "capacity": Text("Capacité", "Capaciteit", "Capacity"),
    "operator": Text("Exploitant", "Uitbater", "Operator"),
    "website": Text("Site web", "Website", "Website"),
    "phone": Text("Téléphone", "Telefoon", "Phone"),
    "opening_hours": Text("Heures d’ouverture", "Openingsuren", "Opening hours"),
    "wikidata": same("Wikidata"),
}
"""The words of a column by the names it goes by, in small letters, parted by spaces."""

_BY_NAME = {name: words for names, words in WORDS.items() for name in names.split()}


def find_words(name: str, language: str) -> str:
    """Return what people read for a column by its raw name, "" where nothing is known.

    A language at the end of the name (`name_fr`, `nameNl`) is said in brackets.
    """
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    if words := _BY_NAME.get(plain):
        return words.said_in(language)
    stem, tongue = plain[:-2].rstrip("_:"), plain[-2:]
    words = _BY_NAME.get(stem) if tongue in ("fr", "nl", "en", "de") else None
    return f"{words.said_in(language)} ({tongue})" if words else ""
