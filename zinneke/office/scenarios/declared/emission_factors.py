"""Grams per kilometre by kind, fuel and Euro class: rounded values of the order of the EMEP/EEA guidebook 2019 (1.A.3.b.i-iv, Tier 2).

Hot and cold exhaust together. They are rounded averages over engine sizes and driving, to be taken with the uncertainty that the model gives them.
"""

from __future__ import annotations

from typing import NamedTuple


class Factor(NamedTuple):
    """Exhaust of one kilometre in grams: nitrogen oxides (as NO2), fine particles, carbon dioxide."""

    nox: float
    pm: float
    co2: float


NON_EXHAUST_PM = 0.0115
"""Fine particles (PM2.5) from tyres, brakes and road in grams a kilometre of a car, guidebook 1.A.3.b.vi-vii; also for electric vehicles."""
_CAR_DIESEL, _CAR_PETROL, _VAN_DIESEL, _VAN_PETROL = 165.0, 175.0, 230.0, 235.0
"""Carbon dioxide in real use, grams a kilometre: fuel burnt in town, not what the certificate says."""

FACTORS: dict[tuple[str, str, str], Factor] = {
    ("car", "diesel", "0"): Factor(0.55, 0.221, _CAR_DIESEL),
    ("car", "diesel", "1"): Factor(0.69, 0.084, _CAR_DIESEL),
    ("car", "diesel", "2"): Factor(0.72, 0.055, _CAR_DIESEL),
    ("car", "diesel", "3"): Factor(0.77, 0.039, _CAR_DIESEL),
    ("car", "diesel", "4"): Factor(0.58, 0.031, _CAR_DIESEL),
    ("car", "diesel", "5"): Factor(0.55, 0.0021, _CAR_DIESEL),
    ("car", "diesel", "6"): Factor(0.40, 0.0015, _CAR_DIESEL),
    ("car", "diesel", "6d"): Factor(0.17, 0.0015, _CAR_DIESEL),
    ("car", "petrol", "0"): Factor(2.53, 0.0022, _CAR_PETROL),
    ("car", "petrol", "1"): Factor(0.485, 0.0022, _CAR_PETROL),
    ("car", "petrol", "2"): Factor(0.255, 0.0022, _CAR_PETROL),
    ("car", "petrol", "3"): Factor(0.097, 0.0011, _CAR_PETROL),
    ("car", "petrol", "4"): Factor(0.061, 0.0011, _CAR_PETROL),
    ("car", "petrol", "5"): Factor(0.061, 0.0014, _CAR_PETROL),
    ("car", "petrol", "6"): Factor(0.061, 0.0014, _CAR_PETROL),
    ("car", "petrol", "6d"): Factor(0.045, 0.0014, _CAR_PETROL),
    ("van", "diesel", "0"): Factor(1.66, 0.356, _VAN_DIESEL),
    ("van", "diesel", "1"): Factor(1.22, 0.117, _VAN_DIESEL),
    ("van", "diesel", "2"): Factor(1.22, 0.117, _VAN_DIESEL),
    ("van", "diesel", "3"): Factor(1.03, 0.078, _VAN_DIESEL),
    ("van", "diesel", "4"): Factor(0.83, 0.041, _VAN_DIESEL),
    ("van", "diesel", "5"): Factor(1.15, 0.0010, _VAN_DIESEL),
    ("van", "diesel", "6"): Factor(0.80, 0.0009, _VAN_DIESEL),
    ("van", "diesel", "6d"): Factor(0.24, 0.0009, _VAN_DIESEL),
    ("van", "petrol", "0"): Factor(3.09, 0.0023, _VAN_PETROL),
    ("van", "petrol", "1"): Factor(0.563, 0.0023, _VAN_PETROL),
    ("van", "petrol", "2"): Factor(0.230, 0.0023, _VAN_PETROL),
    ("van", "petrol", "3"): Factor(0.129, 0.0011, _VAN_PETROL),
    ("van", "petrol", "4"): Factor(0.064, 0.0011, _VAN_PETROL),
    ("van", "petrol", "5"): Factor(0.064, 0.0014, _VAN_PETROL),
    ("van", "petrol", "6"): Factor(0.064, 0.0012, _VAN_PETROL),
    ("van", "petrol", "6d"): Factor(0.050, 0.0012, _VAN_PETROL),
    ("car", "electric", "-"): Factor(0.0, 0.0, 0.0),
    ("van", "electric", "-"): Factor(0.0, 0.0, 0.0),
}
