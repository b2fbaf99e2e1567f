"""Which columns hold identifiers and personal data: decided by the share of valid different values, with the evidence kept.

Checksums are those of python-stdnum and phonenumbers. One valid value proves nothing: of random eleven-digit numbers one in 600
passes as a national number. Thirty different values of which four in five are valid cannot be chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from zinneke.foundations.tables.findings import Evidence, Kind
from zinneke.foundations.tables.wording import fold, known, means, pieces, units
from zinneke.kernel.confidentiality import Level

MANY, FEW = 30, 5
"""So many different values decide alone; so many are enough where the column's name says the same."""
SHARE, SHARE_WHEN_NAMED = 0.8, 0.6
LOOKED_AT = 200
"""A test is run on at most this many different values, spread over the whole column."""

Test = Callable[[str], bool]


class _Rule(NamedTuple):
    kind: Kind
    rule: Any
    test: Test
    named: Callable[[str], bool]
    level: Level
    alone: bool
    share: float = SHARE


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


_NATIONAL = re.compile(r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[-. ]?\d{2}")
_ENTERPRISE = re.compile(r"(?:BE)?[ .]?[01]?\d{3}[. ]?\d{3}[. ]?\d{3}", re.IGNORECASE)
_ESTABLISHMENT = re.compile(r"[2-8][. ]?\d{3}[. ]?\d{3}[. ]?\d{3}")
_OGM = re.compile(r"(?:\+{3}|\*{3})?\d{3}/?\d{4}/?\d{5}(?:\+{3}|\*{3})?")
_PLATE = re.compile(r"[1-9QTZ]-?[A-Z]{3}-?\d{3}|[A-Z]{3}-?\d{3}|\d{3}-?[A-Z]{3}|[A-Z]{2}[.-]?\d{3}|[A-Z][.-]?\d{3}[.-]?[A-Z]", re.IGNORECASE)
_NEW_PLATE = re.compile(r"[1-9]-?[A-Z]{3}-?\d{3}", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]+\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"(?:\+|00|0|\(0)[\d ./()-]{7,18}")
_CAPAKEY = re.compile(r"\d{5}[A-Z]\d{4}/\d{2}[A-Z_]\d{3}")
_HOUSE = re.compile(r"\d{1,4} ?[A-Za-z]?(?:[ /-]{1,3}\d{1,4})?(?: ?(?:bte|bus|b|box)\.? ?\w{1,5})?", re.IGNORECASE)
_BOX = r"(?:bte|bus|boite|b|box)\.? ?\w{1,5}"
_NUMBER_AT_END = re.compile(rf"\b\d{{1,4}} ?[A-Za-z]?(?: ?[/-] ?\d+)?(?: ?,? ?{_BOX})?(?:,? +\d{{4}} +\D{{2,40}})?$", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def _national(text: str) -> bool:
    from stdnum.be import nn

    return bool(_NATIONAL.fullmatch(text)) and nn.is_valid(_digits(text))


def _bis(text: str) -> bool:
    from stdnum.be import bis

    return bool(_NATIONAL.fullmatch(text)) and bis.is_valid(_digits(text))


def _enterprise(text: str) -> bool:
    from stdnum.be import vat

    return bool(_ENTERPRISE.fullmatch(text)) and len(_digits(text)) == 10 and vat.is_valid(_digits(text))


def _vat(text: str) -> bool:
    return text[:2].upper() == "BE" and _enterprise(text)


def _establishment(text: str) -> bool:
    from stdnum.be import vat

    return bool(_ESTABLISHMENT.fullmatch(text)) and vat.checksum(_digits(text)) == 0


def _iban(text: str) -> bool:
    from stdnum import iban

    return text[:2].isalpha() and iban.is_valid(text)


def _ogm(text: str) -> bool:
    from stdnum.be import ogm_vcs

    return bool(_OGM.fullmatch(text)) and ogm_vcs.is_valid(_digits(text))


def _phone(text: str) -> bool:
    """A Belgian or international number that begins with 0, 00 or +: eight figures alone are as often a date."""
    if not _PHONE.fullmatch(text) or _DATE.fullmatch(text) or len(_digits(text)) < 9:
        return False
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "BE"))
    except phonenumbers.NumberParseException:
        return False


def _person(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", fold(text))
    return 2 <= len(words) <= 5 and not re.search(r"\d", text) and bool(known("first_names").intersection(words))


def _among(name: str) -> Test:
    return lambda text: fold(text.strip()).replace(" ", "-") in known(name)


def _surname(text: str) -> bool:
    return bool(known("surnames").intersection(fold(text).replace("-", " ").split())) and len(text) < 40


_SHAPED = re.compile(r"(?:[^\W\d_]+['’]?(?: |-|$)?){1,5}")


def shaped(text: str) -> bool:
    """Say whether a text looks like somebody's name: one to five words of letters, one of them written large."""
    return len(text) < 40 and text[:60] != text[:60].lower() and _SHAPED.fullmatch(text) is not None


_WORD = re.compile(r"[^\W\d_]+")
_SAINTS = frozenset(("saint", "sainte", "st", "ste", "sint", "santa", "san", "notre"))
"""Words before a first name that make it a school, a parish or a quarter."""


def _full_name(text: str) -> bool:
    """Say whether a text is a first name and a surname, in whichever order: two to five words, written large but for particles."""
    if len(text) > 50 or not 0 < text.strip().count(" ") < 5 or re.search(r"[\d_/()&:;!?@]", text):
        return False
    words = _WORD.findall(text)
    folded = [fold(each) for each in words]
    if folded[0] in _SAINTS | known("street_words") or any(
        each.islower() and plain not in known("name_particles") for each, plain in zip(words, folded, strict=True)
    ):
        return False
    first = {folded[0], "-".join(folded[:2]), folded[-1]} & known("first_names")
    return bool(first) or bool({folded[0], folded[-1]} & known("surnames"))


def _street(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", fold(text))
    if not words or len(words) > 8:
        return False
    types = known("street_words")
    return words[0] in types or any(word.endswith(("straat", "laan", "steenweg", "plein", "dreef", "lei")) and len(word) > 5 for word in words[:3])


def _address(text: str) -> bool:
    return _street(text) and bool(_NUMBER_AT_END.search(text.strip()))


def _postcode(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and "1000" <= text <= "9992"


def _coordinate(text: str) -> bool:
    """A latitude or longitude in or near Belgium with three decimals or more, or a Lambert 72 or 2008 coordinate in metres."""
    if re.match(r"0\d", text):
        return False
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return False
    near = 49.4 <= value <= 51.6 or 2.4 <= value <= 6.5
    metres = 20_000 <= value <= 300_000 or 520_000 <= value <= 800_000
    return (near and len(text.partition("." if "." in text else ",")[2]) >= 3) or metres


def _has(*choices: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda name: any(means(name, *choice) for choice in choices)


def _numbered(concept: str) -> Callable[[str], bool]:
    """A name that holds the concept and `number`, `identifier` or `code`, or one of the short forms that mean both."""

    def named(name: str) -> bool:
        short = len(units(name)) == 1 or bool({"kbo", "bce", "cbe"}.intersection(pieces(name)))
        return means(name, concept) and (short or any(means(name, each) for each in ("number", "identifier", "code")))

    return named


_PEOPLE = (
    "person", "citizen", "resident", "applicant", "owner", "tenant", "customer", "user", "member", "contact", "pupil", "patient", "spouse",
    "child", "father", "mother", "driver", "beneficiary", "reporter",
)  # fmt: skip


def _somebody(name: str) -> bool:
    return any(means(name, each) for each in _PEOPLE)


def _whose(name: str) -> bool:
    return means(name, "name") and _somebody(name)


def _at(*words: str) -> Callable[[str], bool]:
    return lambda name: bool(set(words) & set(pieces(name)))


_BIRTHPLACE = _has(("birth", "location"), ("birth", "town"), ("birth", "country"))
_NN = _has(("national", "number"), ("social_security",))
RULES: tuple[_Rule, ...] = (
    _Rule("iban", "checksum", _iban, _has(("iban",), ("bank", "account"), ("account", "number")), Level.PERSONAL, True),
    _Rule("vat_number", "checksum", _vat, _has(("vat",)), Level.SHARED, True),
    _Rule("national_number", "checksum", _national, lambda name: _NN(name) or _at("rijksregisternummer")(name), Level.PERSONAL, True),
    _Rule("bis_number", "checksum", _bis, lambda name: _NN(name) or _at("bis")(name), Level.PERSONAL, True),
    _Rule("enterprise_number", "checksum", _enterprise, _numbered("enterprise"), Level.SHARED, True),
    _Rule("establishment_number", "checksum", _establishment, _numbered("establishment"), Level.SHARED, True),
    _Rule("structured_communication", "checksum", _ogm, _at("ogm", "vcs", "structuree", "mededeling", "communication"), Level.SHARED, True),
    _Rule("parcel", "pattern", lambda text: bool(_CAPAKEY.fullmatch(text)), _has(("parcel",)), Level.SHARED, True),
    _Rule("mail", "pattern", lambda text: bool(_MAIL.fullmatch(text)), _has(("mail",)), Level.PERSONAL, True),
    _Rule("phone", "checksum", _phone, _has(("phone",), ("mobile",), ("fax",)), Level.PERSONAL, True),
    _Rule("licence_plate", "pattern", lambda text: bool(_PLATE.fullmatch(text)), _has(("plate",)), Level.PERSONAL, False),
    _Rule("person_name", "list", _person, _whose, Level.PERSONAL, True, 0.5),
    _Rule("address", "pattern", _address, lambda name: means(name, "address") and not means(name, "mail"), Level.SHARED, True, 0.6),
    _Rule("street", "pattern", _street, _has(("street",)), Level.PUBLIC, True, 0.6),
    _Rule("commune", "list", _among("municipalities"), _has(("municipality",), ("town",)), Level.PUBLIC, True, 0.6),
    _Rule("first_name", "list", _among("first_names"), _has(("first", "name")), Level.PERSONAL, True, 0.5),
    _Rule("surname", "list", _surname, _has(("last", "name"), ("maiden", "name")), Level.PERSONAL, True, 0.4),
    _Rule("surname", "pattern", shaped, _has(("last", "name"), ("maiden", "name")), Level.PERSONAL, False, 0.7),
    _Rule("coordinate", "pattern", _coordinate, _has(("latitude",), ("longitude",), ("coordinate",)), Level.PUBLIC, False),
    _Rule("postal_code", "pattern", _postcode, _has(("postcode",)), Level.PUBLIC, False),
    _Rule("house_number", "pattern", lambda text: bool(_HOUSE.fullmatch(text)), _has(("house", "number"), ("house",)), Level.PUBLIC, False),
    _Rule("birth_date", "pattern", lambda text: bool(_DATE.fullmatch(text)), _has(("birth",), ("birth", "date")), Level.PERSONAL, False),
    _Rule("birth_place", "pattern", lambda text: text[:1].isalpha(), _BIRTHPLACE, Level.SHARED, False),
    _Rule("sex", "list", _among("sexes"), _has(("sex",)), Level.SHARED, False),
    _Rule("nationality", "list", _among("nationalities"), _has(("nationality",)), Level.SHARED, False),
)  # fmt: skip
_FEW_VALUES = frozenset(("sex", "nationality", "commune", "postal_code"))


def evidence(name: str, sample: Sequence[str]) -> tuple[Evidence, ...]:
    """Return what a column may hold, the surest first, by its name and a sample of its different values."""
    step = max(1, len(sample) // LOOKED_AT)
    looked = [text.strip() for text in sample[::step][:LOOKED_AT]]
    found: list[Evidence] = []
    for rule in RULES:
        named = rule.named(name)
        if not named and not rule.alone and rule.kind != "licence_plate":
            continue
        share = _share(rule, looked, named)
        if rule.kind == "licence_plate" and not named and not (share >= SHARE and _diverse(looked)):
            continue
        if looked and (share >= 0.5 or (named and share >= 0.2)):
            sure = _sure(rule, share, len(looked), named) or (rule.kind == "licence_plate" and len(looked) >= MANY and _diverse(looked))
            found.append(Evidence(rule.kind, rule.rule, round(share, 3), len(looked), named, sure, rule.level))
        elif named and not looked:
            found.append(Evidence(rule.kind, "name", 0.0, 0, True, False, rule.level))
    if not any(each.kind == "person_name" and (each.sure or each.named) for each in found) and (people := _full_names(name, looked)):
        found = [people, *(each for each in found if each.kind != "person_name")]
    return tuple(sorted(found, key=lambda each: (not each.sure, not each.named, each.rule != "checksum", -each.share)))


def _full_names(name: str, looked: Sequence[str]) -> Evidence | None:
    """Return that even a short column holds people: half of its values where its name agrees, four in five of three or more otherwise."""
    if not looked or not any(map(_full_name, looked[:12])):
        return None
    share, called = sum(map(_full_name, looked)) / len(looked), called_name(name) or _somebody(name)
    if share < (0.5 if called else SHARE) or (not called and len(looked) < 3):
        return None
    return Evidence("person_name", "list", round(share, 3), len(looked), called, True, Level.PERSONAL)


def _share(rule: _Rule, looked: Sequence[str], named: bool) -> float:
    """Return the share of valid values; what fails on all of the first dozen without a name that agrees is not looked at further."""
    if not looked or (not named and not any(map(rule.test, looked[:12]))):
        return 0.0
    return sum(map(rule.test, looked)) / len(looked)


def _sure(rule: _Rule, share: float, sample: int, named: bool) -> bool:
    if named:
        return share >= min(rule.share, SHARE_WHEN_NAMED) and (sample >= FEW or rule.kind in _FEW_VALUES)
    return rule.alone and share >= rule.share and sample >= MANY


def _diverse(looked: Sequence[str]) -> bool:
    """Say whether these look like plates of the present layout, or vary in their letters as plates do and codes (SCN-125) do not."""
    new = sum(bool(_NEW_PLATE.fullmatch(text)) for text in looked)
    letters = {re.sub(r"[^A-Za-z]", "", text).upper() for text in looked}
    return new >= SHARE * len(looked) and len(letters) >= 0.5 * len(looked)


def called_name(name: str) -> bool:
    """Say whether a column is called a name and nothing more, as the one beside the first names is."""
    return len(pieces(name)) == 1 and means(name, "name")


@lru_cache(maxsize=4096)
def suspected(name: str) -> tuple[Kind, ...]:
    """Return the kinds that a column's name alone suggests: for forms, and databases of which only the metadata are known."""
    return tuple(dict.fromkeys(rule.kind for rule in RULES if rule.named(name)))
