"""What was found, in words: kinds, relations, actions and reasons in the three languages of the house."""

from __future__ import annotations

from zinneke.foundations.tables.saying import KINDS, fill, say_share
from zinneke.kernel.text import Text, same
from zinneke.office.cartography.values import Action, Part, Relation, RelationKind

RELATIONS: dict[RelationKind, Text] = {
    "copy": Text("copie", "kopie", "copy"),
    "older": Text("copie plus ancienne", "oudere kopie", "older copy"),
    "subset": Text("sous-ensemble", "deelverzameling", "subset"),
    "joinable": Text("mêmes entités, autres données", "zelfde entiteiten, andere gegevens", "same entities, other attributes"),
    "unionable": Text("données de même nature", "gegevens van dezelfde aard", "more of the same kind"),
    "asked": Text("demandé à nouveau au citoyen", "opnieuw aan de burger gevraagd", "asked of citizens again"),
}
ACTIONS: dict[Action, Text] = {
    "retire": Text("Supprimer la copie", "De kopie afschaffen", "Retire the copy"),
    "feed": Text("Alimenter depuis la source", "Voeden vanuit de bron", "Feed from the source"),
    "service": Text("Relier par un service commun", "Verbinden via een gemeenschappelijke dienst", "Join through a common service"),
    "union": Text("Réunir dans une vue commune", "Samenbrengen in een gemeenschappelijke weergave", "Unite in a common view"),
    "drop": Text("Retirer le champ du formulaire", "Het veld uit het formulier halen", "Drop the field from the form"),
}


_PARTS: dict[str, Text] = {
    "concept": Text("les noms disent la même chose ({})", "de namen betekenen hetzelfde ({})", "the names mean the same ({})"),
    "name": Text("les noms s’écrivent de même ({})", "de namen lijken op elkaar ({})", "the names are spelt alike ({})"),
    "values": Text("{} des valeurs se retrouvent", "{} van de waarden komt overeen", "{} of the values agree"),
    "words": Text("les textes partagent leurs mots ({})", "de teksten delen hun woorden ({})", "the texts share their words ({})"),
    "numbers": Text("les nombres se répartissent de même ({})", "de getallen zijn gelijk verdeeld ({})", "the numbers are spread alike ({})"),
    "dates": Text("les périodes se recouvrent ({})", "de periodes overlappen ({})", "the periods overlap ({})"),
    "shapes": Text("les valeurs ont la même forme ({})", "de waarden hebben dezelfde vorm ({})", "the values have the same pattern ({})"),
    "nulls": Text("elles sont vides aussi souvent l’une que l’autre", "ze zijn even vaak leeg", "they are empty equally often"),
    "neighbours": Text("les colonnes voisines correspondent", "de naburige kolommen komen overeen", "the columns beside them match"),
    "columns": Text("{} des colonnes correspondent", "{} van de kolommen komt overeen", "{} of the columns match"),
    "entities": Text(
        "{} des entités se trouvent dans l’autre table", "{} van de entiteiten staat in de andere tabel", "{} of the entities are in the other table"
    ),
    "rows": Text("jusqu’à {} des entités sont reliées", "tot {} van de entiteiten is verbonden", "up to {} of the entities are linked"),
}
_SENTENCES: dict[RelationKind, Text] = {
    "copy": Text("{0} est une copie de {1}.", "{0} is een kopie van {1}.", "{0} is a copy of {1}."),
    "older": Text("{0} est une copie plus ancienne de {1}.", "{0} is een oudere kopie van {1}.", "{0} is an older copy of {1}."),
    "subset": Text("{0} est contenu dans {1}.", "{0} zit volledig in {1}.", "{0} is contained in {1}."),
    "joinable": Text(
        "{0} décrit les mêmes entités que {1}, sous d’autres aspects.",
        "{0} beschrijft andere aspecten van dezelfde entiteiten als {1}.",
        "{0} describes the same entities as {1}, in other respects.",
    ),
    "unionable": Text(
        "{0} et {1} contiennent des données de même nature.",
        "{0} en {1} bevatten gegevens van dezelfde aard.",
        "{0} and {1} hold data of the same kind.",
    ),
    "asked": Text("{0} demande ce que {1} contient déjà.", "{0} vraagt wat {1} al bevat.", "{0} asks for what {1} already holds."),
}


def say_part(part: Part) -> Text:
    """Return the sentence of one reason, with its figure."""
    if part.name == "kind":
        kind = KINDS.get(part.shown) if part.value > 0 else None  # type: ignore[call-overload]
        if kind is None:
            return Text("les types de données diffèrent", "de soorten gegevens verschillen", "the kinds of data differ")
        return fill(Text("même type de donnée : {}", "zelfde soort gegeven: {}", "same kind of data: {}"), kind)
    found = fill(_PARTS[part.name], say_share(part.value))
    if part.name == "entities" and part.shown:
        return fill(Text("{} (par {})", "{} (via {})", "{} (by {})"), found, same(part.shown))
    if part.name == "concept" and " = " in part.shown:
        return fill(Text("{}, comme ailleurs ici {}", "{}, zoals elders hier {}", "{}, as elsewhere here {}"), found, same(part.shown))
    return found


def say_relation(relation: Relation, left: Text | None = None, right: Text | None = None) -> Text:
    """Return what the left table is to the right one, as a sentence; by their keys where no titles are given."""
    return fill(_SENTENCES[relation.kind], left or same(relation.left), right or same(relation.right))
