"""What a column is recognised as, in words of three languages, with the evidence."""

from __future__ import annotations

from zinneke.foundations.tables.findings import Evidence, Kind
from zinneke.kernel.text import Text, same, say_number

KINDS: dict[Kind, Text] = {
    "national_number": Text("numéro de registre national", "rijksregisternummer", "national number"),
    "bis_number": Text("numéro bis", "bisnummer", "BIS number"),
    "enterprise_number": Text("numéro d’entreprise", "ondernemingsnummer", "enterprise number"),
    "establishment_number": Text("numéro d’unité d’établissement", "vestigingseenheidsnummer", "establishment number"),
    "vat_number": Text("numéro de TVA", "btw-nummer", "VAT number"),
    "iban": Text("numéro de compte (IBAN)", "rekeningnummer (IBAN)", "bank account (IBAN)"),
    "structured_communication": Text("communication structurée", "gestructureerde mededeling", "structured communication"),
    "licence_plate": Text("plaque d’immatriculation", "nummerplaat", "licence plate"),
    "phone": Text("numéro de téléphone", "telefoonnummer", "telephone number"),
    "mail": Text("adresse e-mail", "e-mailadres", "mail address"),
    "first_name": Text("prénom", "voornaam", "first name"),
    "surname": Text("nom de famille", "familienaam", "surname"),
    "person_name": Text("nom d’une personne", "naam van een persoon", "name of a person"),
    "street": Text("rue", "straat", "street"),
    "address": Text("adresse", "adres", "address"),
    "house_number": Text("numéro de maison", "huisnummer", "house number"),
    "postal_code": Text("code postal", "postcode", "postal code"),
    "commune": Text("commune", "gemeente", "municipality"),
    "birth_date": Text("date de naissance", "geboortedatum", "date of birth"),
    "birth_place": Text("lieu de naissance", "geboorteplaats", "place of birth"),
    "coordinate": Text("coordonnée géographique", "geografische coördinaat", "geographical coordinate"),
    "parcel": Text("parcelle cadastrale", "kadastraal perceel", "cadastral parcel"),
    "sex": Text("sexe", "geslacht", "sex"),
    "nationality": Text("nationalité", "nationaliteit", "nationality"),
}


def say_share(value: float) -> Text:
    """Return a share as per cent."""
    number = say_number(value * 100)
    return Text(f"{number.fr}\u202f%", f"{number.nl}\u202f%", f"{number.en}%")


def fill(text: Text, *values: Text) -> Text:
    """Fill the blanks of a text with others, language by language."""
    return Text(
        text.fr.format(*(each.fr for each in values)), text.nl.format(*(each.nl for each in values)), text.en.format(*(each.en for each in values))
    )


def say_evidence(evidence: Evidence) -> Text:
    """Return why a column is said to hold its kind: how many of how many values passed, and whether the name agrees."""
    kind, share = KINDS[evidence.kind], say_share(evidence.share)
    if evidence.rule == "name" or not evidence.sample:
        return fill(Text("{}, d’après le seul nom", "{}, alleen volgens de naam", "{}, by its name alone"), kind)
    agrees = Text(" ; le nom le confirme", "; de naam bevestigt het", "; the name agrees") if evidence.named else same("")
    said = Text(
        "{} : {} de {} valeurs différentes sont valables{}",
        "{}: {} van {} verschillende waarden is geldig{}",
        "{}: {} of {} different values are valid{}",
    )
    return fill(said, kind, share, say_number(evidence.sample), agrees)
