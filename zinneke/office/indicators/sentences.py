"""What is wrong with a sheet or a row of values, as sentences in the three languages; `{…}` are filled in."""

from __future__ import annotations

from typing import NamedTuple

from zinneke.kernel.text import Text, same


class Told(NamedTuple):
    """A fault of a form: the field, and the sentence."""

    field: str
    text: Text

    def __str__(self) -> str:
        return f"{self.field}: {self.text.en}"


def fill(text: Text, **values: object) -> Text:
    """Return a sentence with its gaps filled."""
    return Text(text.fr.format(**values), text.nl.format(**values), text.en.format(**values))


NAME = Text(
    "Écrivez le nom en français et en néerlandais.", "Schrijf de naam in het Frans en het Nederlands.", "Write the name in French and in Dutch."
)
DEFINITION = Text(
    "Écrivez la définition en français et en néerlandais.",
    "Schrijf de definitie in het Frans en het Nederlands.",
    "Write the definition in French and in Dutch.",
)
UNIT = Text(
    "Dites en quelle unité on mesure : un code UCUM tel que %, /km2 ou ug/m3 ; 1 pour un nombre.",
    "Zeg in welke eenheid gemeten wordt: een UCUM-code zoals %, /km2 of ug/m3; 1 voor een aantal.",
    "Say in which unit it is measured: a UCUM code such as %, /km2 or ug/m3; 1 for a count.",
)
UNKNOWN = Text(
    "« {word} » n’est pas connu. Choisissez parmi {known}.",
    "‘{word}’ is niet bekend. Kies uit {known}.",
    "{word!r} is not known. Choose among {known}.",
)
BOUNDS = Text(
    "Le minimum plausible dépasse le maximum plausible.",
    "Het aannemelijke minimum ligt boven het aannemelijke maximum.",
    "What is plausible at least is more than what is plausible at most.",
)
TOLERANCE = Text(
    "Écrivez l’écart toléré comme un nombre positif.",
    "Schrijf de toegestane afwijking als een positief getal.",
    "Write how far a value may be off its path as a positive number.",
)
OWNER = Text(
    "Un objectif a quelqu’un qui en répond : nommez l’organisation.",
    "Een doelstelling heeft iemand die ervoor instaat: noem de organisatie.",
    "An objective has somebody who answers for it: name the organisation.",
)
BASELINE = Text(
    "Un objectif dit d’où l’on part : une période et sa valeur.",
    "Een doelstelling zegt van waar men vertrekt: een periode en haar waarde.",
    "An objective says from where one starts: a period and its value.",
)
BY_WHEN = Text(
    "Dites pour quand l’objectif doit être atteint.", "Zeg tegen wanneer het doel bereikt moet zijn.", "Say by when the objective is to be reached."
)
BETTER = Text(
    "Dites si plus ou moins vaut mieux : sans cela, personne ne sait si l’objectif est atteint.",
    "Zeg of meer of minder beter is: anders weet niemand of het doel bereikt is.",
    "Say whether more or less is better; else nobody can tell whether the objective is reached.",
)
PROMISE = Text(
    "Écrivez ce qui est promis en français et en néerlandais.",
    "Schrijf wat beloofd wordt in het Frans en het Nederlands.",
    "Write what is promised in French and in Dutch.",
)
NEGATIVE = Text(
    "Une cible sous zéro ne peut être atteinte par ce qui se compte à partir de zéro. Corrigez le signe.",
    "Een streefwaarde onder nul is onbereikbaar voor wat vanaf nul geteld wordt. Verbeter het teken.",
    "A target below nought cannot be reached by what is counted from nought. Correct its sign.",
)
FORWARD = Text(
    "Le chemin avance dans le temps : le départ d’abord, les étapes ensuite, la cible à la fin.",
    "Het pad gaat vooruit in de tijd: eerst het vertrekpunt, dan de stappen, als laatste het doel.",
    "The path goes forward in time: the baseline first, then the steps, the target last.",
)
PERIOD = Text(
    "« {period} » n’est pas une période. Écrivez 2023, 2023-Q4, 2023-11 ou 2020-06/2021-05.",
    "‘{period}’ is geen periode. Schrijf 2023, 2023-Q4, 2023-11 of 2020-06/2021-05.",
    "{period!r} is not a period. Write 2023, 2023-Q4, 2023-11 or 2020-06/2021-05.",
)
UNIT_CHANGE = Text(
    "L’unité passe de {before} à {after}. Dites dès quelle période la nouvelle définition vaut, pour que les anciennes valeurs gardent la leur.",
    "De eenheid gaat van {before} naar {after}. Zeg vanaf welke periode de nieuwe definitie geldt, zodat oudere waarden de hunne houden.",
    "The unit changes from {before} to {after}. Say from which period the new definition holds, so that older values keep theirs.",
)
WHY = Text("Dites pourquoi la définition change.", "Zeg waarom de definitie verandert.", "Say why the definition changes.")

NO_VALUE = Text(
    "il n’y a pas de valeur ; écrivez-la ou retirez la ligne",
    "er is geen waarde; schrijf ze of laat de rij weg",
    "there is no value; write it, or leave the row out",
)
NO_NUMBER = Text("« {cell} » n’est pas un nombre", "‘{cell}’ is geen getal", "{cell!r} is not a number")
NO_GRADE = Text(
    "la qualité {cell} n’est pas un degré de 1 à 6", "kwaliteit {cell} is geen graad van 1 tot 6", "the quality {cell} is no grade from 1 to 6"
)
NO_COMMUNE = Text(
    "la commune « {cell} » n’existe pas ici ; écrivez son code INS ou son nom, ou rien pour toute la Région",
    "gemeente ‘{cell}’ bestaat hier niet; schrijf haar NIS-code of naam, of niets voor het hele Gewest",
    "there is no commune {cell!r}; write its NIS code or its name, or nothing for the whole Region",
)
TWICE = Text(
    "la même période, commune et dimension figure déjà plus haut ; la première a été prise",
    "dezelfde periode, gemeente en dimensie staan hoger al; de eerste is genomen",
    "the same period, area and dimension came before; the first was taken",
)
NOT_YOURS = Text(
    "vous ne pouvez pas entrer de valeurs pour cette commune",
    "u mag voor deze gemeente geen waarden invoeren",
    "you may not enter values for this area",
)
TOO_LONG = Text("la dimension dépasse 80 signes", "de dimensie telt meer dan 80 tekens", "the dimension is longer than 80 characters")
BETWEEN = Text("la valeur n’est pas entre ses bornes", "de waarde ligt niet tussen haar grenzen", "the value does not lie between its bounds")
NOT_FINITE = Text("ce n’est pas un nombre fini", "het is geen eindig getal", "it is not a finite number")
BELOW_NOUGHT = Text(
    "elle est sous zéro, et cet indicateur ne peut l’être",
    "ze ligt onder nul, en dat kan deze indicator niet",
    "it is below nought, and this indicator cannot be",
)
BELOW = Text(
    "elle est sous {bound}, le minimum plausible",
    "ze ligt onder {bound}, het aannemelijke minimum",
    "it is below {bound}, the least that is plausible",
)
ABOVE = Text(
    "elle dépasse {bound}, le maximum plausible", "ze ligt boven {bound}, het aannemelijke maximum", "it is above {bound}, the most that is plausible"
)
TOO_MANY = Text(
    "seules {most} lignes se lisent à la fois ; envoyez la suite à part",
    "er worden {most} rijen tegelijk gelezen; stuur de rest apart",
    "only {most} rows are read at once; send the rest apart",
)

AGAIN = Text("Recalculée, avec un autre résultat.", "Herberekend, met een ander resultaat.", "Computed again, with another result.")
NEWER = Text("Remplacée par un projet plus récent.", "Vervangen door een recenter ontwerp.", "A newer draft took its place.")
CORRECTED = Text("Corrigée.", "Verbeterd.", "Corrected.")
BY_RULE = Text(
    "Calculée par la définition {version} et acceptée par la règle validée avec elle.",
    "Berekend met definitie {version} en aanvaard door de regel die ermee gevalideerd is.",
    "Computed by definition {version} and accepted by the rule that was validated with it.",
)
ENDED: dict[str, Text] = {text.en: text for text in (AGAIN, NEWER, CORRECTED)}
"""Why a value ended, where nobody wrote it."""

ABSENT: dict[str, Text] = {
    "zero_divisor": Text("le diviseur est zéro", "de deler is nul", "its divisor is nought"),
    "no_divisor": Text("le diviseur n’est pas connu", "de deler is niet bekend", "its divisor is not known"),
    "no_data": Text("pas de données", "geen gegevens", "no data"),
    "too_few": Text("trop peu de personnes pour être publié", "te weinig personen om te publiceren", "too few people to be published"),
    "no_earlier": Text("pas de valeur antérieure", "geen eerdere waarde", "no earlier value"),
}
"""Why there is no value where one might be expected."""
GRADES: dict[int, Text] = {
    1: Text("mesure exacte", "nauwkeurige meting", "accurate measurement"),
    2: Text("extrapolé d’une enquête", "geëxtrapoleerd uit een enquête", "extrapolated from a survey"),
    3: Text("extrapolé de données plus générales", "geëxtrapoleerd uit gegevens van een hoger niveau", "extrapolated from higher-level data"),
    4: Text("estimation sur hypothèses", "raming op basis van aannames", "estimation on assumptions"),
    5: Text("estimation personnelle", "persoonlijke raming", "personal estimation"),
    6: Text("qualité inconnue", "kwaliteit onbekend", "quality unknown"),
}
"""The six grades of quality of the U4SSC verification manual (2022)."""
KINDS: dict[str, Text] = {
    "input": Text("Moyens", "Middelen", "Input"),
    "process": Text("Processus", "Proces", "Process"),
    "output": Text("Réalisation", "Prestatie", "Output"),
    "outcome": Text("Résultat", "Resultaat", "Outcome"),
    "impact": same("Impact"),
}
"""On which step from means to effects an indicator stands (Huovila and others, 2019)."""
FREQUENCIES: dict[str, Text] = {
    "year": Text("chaque année", "elk jaar", "every year"),
    "quarter": Text("chaque trimestre", "elk kwartaal", "every quarter"),
    "month": Text("chaque mois", "elke maand", "every month"),
    "day": Text("chaque jour", "elke dag", "every day"),
    "irregular": Text("sans rythme fixe", "zonder vast ritme", "at no fixed pace"),
    "once": Text("une seule fois", "eenmalig", "once"),
}
DIMENSIONS: dict[str, Text] = {
    "commune": Text("commune", "gemeente", "municipality"),
    "neighbourhood": Text("quartier", "wijk", "neighbourhood"),
    "sex": Text("sexe", "geslacht", "sex"),
    "age": Text("âge", "leeftijd", "age"),
    "income": Text("revenu", "inkomen", "income"),
    "household": Text("type de ménage", "huishoudtype", "kind of household"),
    "disability": Text("handicap", "handicap", "disability"),
    "language": Text("langue", "taal", "language"),
}
"""By what a figure may be told apart."""
STATES: dict[str, Text] = {
    "proposed": Text("Proposé", "Voorgesteld", "Proposed"),
    "review": Text("En examen", "In onderzoek", "In review"),
    "returned": Text("Renvoyé à l’auteur", "Teruggestuurd", "Returned"),
    "refused": Text("Refusé", "Geweigerd", "Refused"),
    "validated": Text("Validé", "Gevalideerd", "Validated"),
    "retired": Text("Retiré", "Afgevoerd", "Retired"),
}
DEEDS: dict[str, Text] = {
    "proposed": Text("Proposé", "Voorgesteld", "Proposed"),
    "changed": Text("Modifié", "Gewijzigd", "Changed"),
    "submitted": Text("Envoyé à l’examen", "Voor onderzoek ingediend", "Sent to review"),
    "validated": Text("Validé", "Gevalideerd", "Validated"),
    "returned": Text("Renvoyé à l’auteur", "Teruggestuurd", "Returned"),
    "refused": Text("Refusé", "Geweigerd", "Refused"),
    "retired": Text("Retiré", "Afgevoerd", "Retired"),
    "due": Text("Échéance fixée", "Termijn vastgelegd", "Due date set"),
    "left-path": Text("A quitté son chemin", "Heeft het pad verlaten", "Left its path"),
}
