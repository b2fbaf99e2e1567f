"""What the demonstration city knows for certain: the 19 communes (Statbel, 2020), and words to invent names with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: NIS code, names, postal codes, inhabitants on 1 January 2020, square kilometres, and seeds around which to draw it."""

    nis: str
    fr: str
    nl: str
    postal: tuple[str, ...]
    population: int
    area: float
    seeds: tuple[tuple[float, float], ...]


COMMUNES = (
    Commune("21001", "Anderlecht", "Anderlecht", ("1070",), 120887, 17.91, ((4.313, 50.836), (4.277, 50.827))),
    Commune("21002", "Auderghem", "Oudergem", ("1160",), 34404, 8.968, ((4.433, 50.816), (4.457, 50.805))),
    Commune("21003", "Berchem-Sainte-Agathe", "Sint-Agatha-Berchem", ("1082",), 25502, 2.952, ((4.294, 50.865),)),
    Commune(
        "21004", "Bruxelles", "Brussel", ("1000", "1020", "1040", "1050", "1120", "1130"), 185103, 33.086,
        ((4.3525, 50.8467), (4.349, 50.862), (4.352, 50.88), (4.39, 50.898), (4.418, 50.892)),
    ),
    Commune("21005", "Etterbeek", "Etterbeek", ("1040",), 48473, 3.171, ((4.395, 50.833),)),
    Commune("21006", "Evere", "Evere", ("1140",), 42656, 5.121, ((4.408, 50.87),)),
    Commune("21007", "Forest", "Vorst", ("1190",), 56581, 6.31, ((4.324, 50.814),)),
    Commune("21008", "Ganshoren", "Ganshoren", ("1083",), 25234, 2.436, ((4.309, 50.874),)),
    Commune("21009", "Ixelles", "Elsene", ("1050",), 87632, 6.404, ((4.372, 50.83), (4.385, 50.818))),
    Commune("21010", "Jette", "Jette", ("1090",), 52728, 5.187, ((4.321, 50.884),)),
    Commune("21011", "Koekelberg", "Koekelberg", ("1081",), 21959, 1.184, ((4.326, 50.864),)),
    Commune("21012", "Molenbeek-Saint-Jean", "Sint-Jans-Molenbeek", ("1080",), 97979, 6.006, ((4.332, 50.855), (4.307, 50.854))),
    Commune("21013", "Saint-Gilles", "Sint-Gillis", ("1060",), 49678, 2.528, ((4.345, 50.829),)),
    Commune("21014", "Saint-Josse-ten-Noode", "Sint-Joost-ten-Node", ("1210",), 27497, 1.174, ((4.37, 50.853),)),
    Commune("21015", "Schaerbeek", "Schaarbeek", ("1030",), 132799, 7.901, ((4.38, 50.867), (4.398, 50.856))),
    Commune("21016", "Uccle", "Ukkel", ("1180",), 83980, 22.853, ((4.338, 50.8), (4.365, 50.785), (4.37, 50.803))),
    Commune("21017", "Watermael-Boitsfort", "Watermaal-Bosvoorde", ("1170",), 25332, 12.972, ((4.415, 50.803), (4.424, 50.789))),
    Commune("21018", "Woluwe-Saint-Lambert", "Sint-Lambrechts-Woluwe", ("1200",), 57712, 7.3, ((4.43, 50.848),)),
    Commune("21019", "Woluwe-Saint-Pierre", "Sint-Pieters-Woluwe", ("1150",), 42119, 8.94, ((4.43, 50.832), (4.457, 50.835))),
)  # fmt: skip

QUARTERS = (
    ("Centre", "Centrum"),
    ("Haut", "Boven"),
    ("Bas", "Beneden"),
    ("Gare", "Station"),
    ("Parc", "Park"),
    ("Moulin", "Molen"),
    ("Prairie", "Weide"),
)

STREETS = (
    ("Rue des Échantillons", "Proefstraat"), ("Avenue de l’Exemple", "Voorbeeldlaan"), ("Rue du Modèle", "Modelstraat"),
    ("Chaussée des Essais", "Steenweg der Proeven"), ("Place de la Maquette", "Maquetteplein"), ("Rue de l’Ébauche", "Schetsstraat"),
    ("Boulevard du Brouillon", "Kladlaan"), ("Rue de la Copie", "Kopiestraat"), ("Avenue du Croquis", "Krabbellaan"),
    ("Rue du Calque", "Kalkpapierstraat"), ("Square du Compas", "Passersquare"), ("Quai de la Règle", "Liniaalkaai"),
    ("Rue des Dés", "Dobbelstenenstraat"), ("Rue de la Gomme", "Vlakgomstraat"),
)  # fmt: skip

PLACES = (
    ({"amenity": "school"}, "École modèle", "Modelschool", 60),
    ({"amenity": "pharmacy"}, "Pharmacie modèle", "Modelapotheek", 50),
    ({"amenity": "restaurant"}, "Restaurant L’Exemple", "Restaurant Het Voorbeeld", 70),
    ({"amenity": "cafe"}, "Café du Brouillon", "Kladcafé", 60),
    ({"shop": "bakery"}, "Boulangerie modèle", "Modelbakkerij", 50),
    ({"shop": "supermarket"}, "Supérette modèle", "Modelbuurtwinkel", 40),
    ({"amenity": "library"}, "Bibliothèque modèle", "Modelbibliotheek", 19),
    ({"amenity": "townhall"}, "Maison communale modèle", "Modelgemeentehuis", 19),
    ({"leisure": "playground"}, "Plaine de jeux modèle", "Modelspeelplein", 60),
    ({"tourism": "museum"}, "Musée de la Maquette", "Maquettemuseum", 12),
    ({"amenity": "hospital"}, "Hôpital modèle", "Modelziekenhuis", 8),
    ({"amenity": "post_office"}, "Bureau de poste modèle", "Modelpostkantoor", 19),
)  # fmt: skip

TREES = (("Tilia cordata", "Tilia"), ("Platanus x hispanica", "Platanus"), ("Acer platanoides", "Acer"), ("Aesculus hippocastanum", "Aesculus"))

DATASETS = (
    ("TRAN", "Comptages de vélos", "Fietstellingen", "Bicycle counts"),
    ("TRAN", "Trafic dans les tunnels", "Verkeer in de tunnels", "Traffic in the tunnels"),
    ("TRAN", "Parkings publics", "Openbare parkings", "Public car parks"),
    ("TRAN", "Arceaux à vélos", "Fietsbogen", "Bicycle racks"),
    ("TRAN", "Zones de rencontre", "Woonerven", "Shared streets"),
    ("ENVI", "Qualité de l’air, moyennes journalières", "Luchtkwaliteit, daggemiddelden", "Air quality, daily means"),
    ("ENVI", "Dioxyde d’azote, campagne citoyenne", "Stikstofdioxide, burgercampagne", "Nitrogen dioxide, citizens’ campaign"),
    ("ENVI", "Bruit dans la rue", "Geluid op straat", "Street noise"),
    ("ENVI", "Arbres d’alignement", "Laanbomen", "Street trees"),
    ("ENVI", "Remplissage des poubelles publiques", "Vulling van de openbare vuilnisbakken", "Fill level of street bins"),
    ("ENVI", "Observations météorologiques", "Weerwaarnemingen", "Weather observations"),
    ("ENVI", "Fontaines d’eau potable", "Drinkwaterfonteinen", "Drinking fountains"),
    ("SOCI", "Population par commune", "Bevolking per gemeente", "Population by commune"),
    ("SOCI", "Maisons de quartier", "Buurthuizen", "Community centres"),
    ("EDUC", "Écoles", "Scholen", "Schools"),
    ("EDUC", "Bibliothèques", "Bibliotheken", "Libraries"),
    ("EDUC", "Musées", "Musea", "Museums"),
    ("EDUC", "Plaines de jeux", "Speelpleinen", "Playgrounds"),
    ("HEAL", "Pharmacies", "Apotheken", "Pharmacies"),
    ("HEAL", "Hôpitaux", "Ziekenhuizen", "Hospitals"),
    ("REGI", "Limites des communes", "Gemeentegrenzen", "Commune boundaries"),
    ("REGI", "Quartiers", "Wijken", "Neighbourhoods"),
    ("REGI", "Rues", "Straten", "Streets"),
    ("GOVE", "Budget communal", "Gemeentebegroting", "Municipal budget"),
    ("GOVE", "Subsides octroyés", "Toegekende subsidies", "Subsidies granted"),
    ("GOVE", "Marchés publics", "Overheidsopdrachten", "Public contracts"),
    ("ECON", "Marchés hebdomadaires", "Wekelijkse markten", "Weekly markets"),
    ("ECON", "Commerces vides", "Leegstaande winkels", "Vacant shops"),
    ("ENER", "Éclairage public", "Openbare verlichting", "Street lighting"),
    ("ENER", "Consommation des bâtiments communaux", "Verbruik van de gemeentelijke gebouwen", "Energy use of municipal buildings"),
    ("JUST", "Commissariats", "Politiecommissariaten", "Police stations"),
    ("TECH", "Points d’accès wifi", "Wifipunten", "Wi-fi points"),
)  # fmt: skip
