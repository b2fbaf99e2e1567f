"""The declaration of smart bins."""

from __future__ import annotations

from zinneke.kernel.confidentiality import Right
from zinneke.kernel.solution import Alert, Asset, Class, Indicator, Layer, Reading, Role, Solution, Source
from zinneke.kernel.text import Text
from zinneke.solutions.smart_bins import connect, rules

_DAY = 86_400
SEEN = Text("Zinneke : vidages vus dans les niveaux", "Zinneke: ledigingen gezien in de peilen", "Zinneke: emptyings seen in the levels")
FILL = Text("Niveau de remplissage", "Vulgraad", "Fill level")

BIN = Asset(
    "bin",
    Text("Poubelle de rue", "Straatvuilnisbak", "Street bin"),
    "https://github.com/smart-data-models/dataModel.WasteManagement/blob/master/WasteContainer",
    (
        Reading("fill", FILL, "%", "https://smartdatamodels.org/dataModel.WasteManagement/fillingLevel", 0, 100, _DAY),
        Reading(
            "weight",
            Text("Poids collecté", "Opgehaald gewicht", "Weight collected"),
            "kg",
            "https://smartdatamodels.org/dataModel.WasteManagement/actualWeight",
            0,
            500,
            _DAY,
        ),
    ),
)

SOLUTION = Solution(
    key="smart_bins",
    name=Text("Poubelles connectées", "Slimme vuilnisbakken", "Smart bins"),
    purpose=Text(
        "Vider les poubelles quand elles se remplissent, ni trop tôt ni trop tard.",
        "Vuilnisbakken ledigen wanneer ze vol raken, niet te vroeg en niet te laat.",
        "Empty bins when they fill up, neither too early nor too late.",
    ),
    domain="environment",
    icon="trash-2",
    window=21 * _DAY,
    assets=(BIN,),
    sources=(
        Source("sensor", Text("Capteurs de niveau", "Niveausensoren", "Level sensors"), connect.decode_sensor, "", "", "mqtt"),
        Source(
            "collections",
            Text("Collectes d’Édimbourg", "Ophalingen van Edinburgh", "Collections of Edinburgh"),
            connect.decode_collections,
            "City of Edinburgh Council",
            "OGL-UK-3.0",
            "file",
        ),
    ),
    answer=rules.answer,
    how=Text(
        "Le rythme d’une poubelle est la médiane de ses montées, pondérée par leur durée, sans les vidages. Le dernier niveau, prolongé à ce "
        "rythme, dit quand elle atteindra 90 %. Une poubelle qui a moins de trois montées n’est signalée que pleine.",
        "Het tempo van een vuilnisbak is de mediaan van zijn stijgingen, gewogen naar hun duur, zonder de ledigingen. Het laatste niveau, aan "
        "dat tempo doorgetrokken, zegt wanneer hij 90% bereikt. Een bak met minder dan drie stijgingen wordt enkel gemeld als hij vol is.",
        "A bin’s rate is the median of its rises, weighted by how long they lasted, emptyings left out. Its last level, carried on at that "
        "rate, says when it reaches 90%. A bin with fewer than three rises is only reported when it is full.",
    ),
    indicators=(
        Indicator(
            "early",
            Text("Vidages trop tôt (moins de 50 %)", "Te vroeg geledigd (minder dan 50%)", "Emptied too early (below 50%)"),
            "%",
            "fill",
            rules.early_share,
            SEEN,
            28 * _DAY,
            20,
        ),
        Indicator(
            "overflow",
            Text("Vidages d’une poubelle comble", "Geledigd toen de bak overvol was", "Emptied when completely full"),
            "%",
            "fill",
            rules.overflow_share,
            SEEN,
            28 * _DAY,
            5,
        ),
        Indicator(
            "weight",
            Text("Poids collecté sur sept jours", "Gewicht opgehaald over zeven dagen", "Weight collected over seven days"),
            "kg",
            "weight",
            rules.total,
            Text("Zinneke : somme des poids collectés", "Zinneke: som van de opgehaalde gewichten", "Zinneke: sum of the weights collected"),
            7 * _DAY,
        ),
    ),
    layers=(
        Layer(
            "fill",
            FILL,
            "bin",
            "fill",
            (
                Class(50, Text("moins de la moitié", "minder dan half", "less than half"), "good", "#2E7D5B"),
                Class(rules.FULL, Text("à moitié ou plus", "half vol of meer", "half full or more"), "watch", "#C77700"),
                Class(100, Text("pleine", "vol", "full"), "act", "#B3261E"),
            ),
        ),
    ),
    alerts=(Alert("full", Text("Poubelle pleine", "Volle vuilnisbak", "Full bin"), "fill", rules.full),),
    roles=(Role("collector", Text("Équipe de collecte", "Ophaalploeg", "Collection crew"), frozenset({Right.SEE, Right.COMMAND})),),
    datasets=("bin-collections-edinburgh-2016",),
)
