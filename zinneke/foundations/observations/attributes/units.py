"""Units of measure by their code in UN/CEFACT Recommendation 20, which this standard uses, and in UCUM, which the house uses. Pure."""

from __future__ import annotations

_PAIRS = (
    ("1", ""), ("%", "P1"), ("ug/m3", "GQ"), ("mg/m3", "GP"), ("[ppm]", "59"), ("Cel", "CEL"), ("hPa", "A97"), ("mm", "MMT"), ("m", "MTR"),
    ("km", "KMT"), ("m/s", "MTS"), ("km/h", "KMH"), ("deg", "DD"), ("dB[SPL]", "2N"), ("lx", "LUX"), ("W/m2", "D54"), ("kW", "KWT"), ("kWh", "KWH"),
    ("L", "LTR"), ("kg", "KGM"), ("m3/h", "MQH"), ("km2", "KMK"), ("m2", "MTK"), ("d", "DAY"), ("s", "SEC"), ("min", "MIN"), ("h", "HUR"),
    ("W", "WTT"), ("MWh", "MWH"), ("t", "TNE"), ("V", "VLT"), ("K", "KEL"), ("Pa", "PAL"), ("A", "AMP"), ("Hz", "HTZ"), ("g", "GRM"), ("cm", "CMT"),
)  # fmt: skip
CODES = dict(_PAIRS)
"""The UN/CEFACT code of a UCUM one; a unit that has none here is told by the code it has."""
UCUM = {code: ucum for ucum, code in _PAIRS if code} | {"C62": "1"}
