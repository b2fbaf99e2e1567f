"""The people's doors of whoever runs sensors: devices, what was refused, alerts, and a sensor as it is heard of."""

from __future__ import annotations

from zinneke.foundations.devices.store import SUBJECT
from zinneke.foundations.devices.views import alerts, campaigns, devices, keeping, quarantine
from zinneke.kernel.confidentiality import Right
from zinneke.kernel.route import Front, Needs, Page
from zinneke.kernel.text import Text

KEEPERS = Needs(Right.EDIT, SUBJECT)
WRITERS = Needs(Right.EDIT, "observations")
READERS = Needs(Right.SEE, "observations")

PAGES = (
    Page(
        name="devices",
        path="devices/",
        view=devices.show_all,
        audience=KEEPERS,
        front=Front(
            icon="waypoints",
            title=Text("Appareils", "Toestellen", "Devices"),
            about=Text(
                "Enregistrer les capteurs, donner et retirer leurs clés, voir lesquels se taisent.",
                "Sensoren registreren, hun sleutels geven en intrekken, zien welke zwijgen.",
                "Register sensors, give and revoke their keys, see which are silent.",
            ),
            shelf="data",
            rank=7,
        ),
    ),
    Page(name="device", path="devices/{name}/", view=devices.show, audience=KEEPERS),
    Page(name="device-act", path="devices/{name}/act/", view=devices.act, audience=KEEPERS),
    Page(
        name="campaigns-kept",
        path="campaigns/",
        view=keeping.show_all,
        audience=KEEPERS,
        front=Front(
            icon="phone",
            title=Text("Campagnes de mesure", "Meetcampagnes", "Measuring campaigns"),
            about=Text(
                "Inviter chacun à mesurer, suivre ce qui arrive, clôturer.",
                "Iedereen uitnodigen om te meten, volgen wat er binnenkomt, afsluiten.",
                "Invite everybody to measure, follow what comes in, close.",
            ),
            shelf="data",
            rank=9,
        ),
    ),
    Page(name="campaign", path="campaigns/{key}/", view=keeping.show, audience=KEEPERS),
    Page(name="campaign-act", path="campaigns/{key}/act/", view=keeping.act, audience=KEEPERS),
    Page(
        name="quarantine",
        path="quarantine/",
        view=quarantine.show_all,
        audience=WRITERS,
        front=Front(
            icon="inbox",
            title=Text("Quarantaine", "Quarantaine", "Quarantine"),
            about=Text(
                "Lire les mesures refusées, les corriger et les renvoyer.",
                "Geweigerde metingen lezen, verbeteren en opnieuw insturen.",
                "Read the measurements that were refused, mend them and send them again.",
            ),
            shelf="data",
            rank=8,
        ),
    ),
    Page(name="quarantined", path="quarantine/{number}/", view=quarantine.show, audience=WRITERS),
    Page(name="alerts", path="alerts/", view=alerts.show_all, audience=READERS, sample={}),
    Page(name="sensor-live", path="sensors/{number}/live/", view=alerts.live, audience=READERS, sample={"number": "1"}),
    Page(name="sensor-keep", path="sensors/{number}/keep/", view=alerts.keep, audience=Needs(Right.COMMAND, "observations")),
    Page(
        name="campaigns",
        path="contribute/",
        view=campaigns.show_all,
        audience=Needs(Right.SEE, SUBJECT),
        sample={},
        front=Front(
            icon="phone",
            title=Text("Mesurer avec nous", "Mee meten", "Measure with us"),
            about=Text(
                "Contribuer par une mesure faite avec ce que vous avez sur vous, sans compte.",
                "Bijdragen met een meting die u doet met wat u bij u hebt, zonder account.",
                "Contribute a measurement made with what you carry, without an account.",
            ),
        ),
    ),
    Page(name="contribute", path="contribute/{key}/", view=campaigns.contribute, audience=Needs(Right.SEE, SUBJECT)),
)
