"""What the front door writes to those who ask, in their language: the acknowledgement, the answer, word of a transfer."""

from __future__ import annotations

from datetime import date

from zinneke.kernel.text import Text

RECEIVED = Text(
    "Nous avons bien reçu votre message {reference}",
    "Wij hebben uw bericht {reference} goed ontvangen",
    "We have received your message {reference}",
)
RECEIVED_TEXT = Text(
    "Madame, Monsieur,\n\nVotre message a reçu la référence {reference}. Vous aurez une réponse au plus tard le {due}.\n\n"
    "Vous pouvez suivre son traitement à cette adresse, qui n’est connue que de vous :\n{address}\n\n"
    "Pour compléter votre message, répondez à ce courriel sans changer son objet.\n\nLe Smart City Office de la Région de Bruxelles-Capitale",
    "Geachte mevrouw, geachte heer,\n\nUw bericht kreeg de referentie {reference}. U krijgt uiterlijk op {due} een antwoord.\n\n"
    "U kunt de behandeling volgen op dit adres, dat alleen u kent:\n{address}\n\n"
    "Wilt u iets toevoegen? Beantwoord dan deze e-mail zonder het onderwerp te wijzigen.\n\n"
    "Het Smart City Office van het Brussels Hoofdstedelijk Gewest",
    "Dear Sir or Madam,\n\nYour message has the reference {reference}. You will have an answer by {due} at the latest.\n\n"
    "You can follow it at this address, which only you know:\n{address}\n\n"
    "To add something, reply to this email without changing its subject.\n\nThe Smart City Office of the Brussels-Capital Region",
)
ANSWERED = Text("Réponse à votre message {reference}", "Antwoord op uw bericht {reference}", "Answer to your message {reference}")
ANSWERED_TEXT = Text(
    "Madame, Monsieur,\n\n{answer}\n\nCette réponse vous aide-t-elle ? Dites-le-nous depuis la page de suivi dont vous avez reçu l’adresse "
    "(référence {reference}).\n\nLe Smart City Office de la Région de Bruxelles-Capitale",
    "Geachte mevrouw, geachte heer,\n\n{answer}\n\nBent u hiermee geholpen? Laat het ons weten via de opvolgpagina waarvan u het adres kreeg "
    "(referentie {reference}).\n\nHet Smart City Office van het Brussels Hoofdstedelijk Gewest",
    "Dear Sir or Madam,\n\n{answer}\n\nDoes this answer help you? Tell us on the page whose address you were given "
    "(reference {reference}).\n\nThe Smart City Office of the Brussels-Capital Region",
)
TRANSFERRED = Text("Votre message {reference} a été transmis", "Uw bericht {reference} is doorgestuurd", "Your message {reference} was passed on")
TRANSFERRED_TEXT = Text(
    "Madame, Monsieur,\n\nVotre message {reference} concerne une autre administration : {organisation}. Nous le lui avons transmis avec tout ce que "
    "vous avez écrit ; vous n’avez rien à renvoyer. La réponse est promise au plus tard le {due}.\n\n"
    "Le Smart City Office de la Région de Bruxelles-Capitale",
    "Geachte mevrouw, geachte heer,\n\nUw bericht {reference} betreft een andere administratie: {organisation}. Wij hebben het met alles wat "
    "u schreef doorgestuurd; u hoeft niets opnieuw te sturen. U krijgt uiterlijk op {due} een antwoord.\n\n"
    "Het Smart City Office van het Brussels Hoofdstedelijk Gewest",
    "Dear Sir or Madam,\n\nYour message {reference} concerns another administration: {organisation}. We passed it on with all that you wrote; "
    "you need not send anything again. The answer is promised by {due}.\n\nThe Smart City Office of the Brussels-Capital Region",
)
REMINDER = Text(
    "À répondre avant le {due} : {reference}", "Te beantwoorden vóór {due}: {reference}", "To be answered before {due}: {reference}"
)  # fmt: skip
REMINDER_TEXT = Text(
    "Le délai promis pour la demande {reference} expire le {due}. Ouvrez votre bureau pour y répondre.",
    "De beloofde termijn voor de aanvraag {reference} loopt af op {due}. Open uw bureau om ze te beantwoorden.",
    "The delay promised for the enquiry {reference} ends on {due}. Open your desk to answer it.",
)


def say_day(day: date, language: str) -> str:
    """Return a day as people write it."""
    from babel.dates import format_date

    return str(format_date(day, "d MMMM y", locale={"fr": "fr_BE", "nl": "nl_BE"}.get(language, "en_GB")))
