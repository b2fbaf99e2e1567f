"""What a city talks about, as people say it in French, Dutch and English: one line a concept, every phrase meaning the same.

Data of our own, in the words of Brussels' administrations. A word may stand in several lines; whoever types it gets them all.
A star stands before a word that also means something else: typed, it brings the others; they do not bring it.
"""

from __future__ import annotations

_TABLE = """
qualité de l'air | luchtkwaliteit | air quality | pollution atmosphérique | luchtvervuiling | luchtverontreiniging | air pollution
particules fines | fijn stof | fijnstof | particulate matter | PM10 | PM2.5
dioxyde d'azote | stikstofdioxide | nitrogen dioxide | NO2
ozone | ozon
bruit | geluid | lawaai | noise | geluidshinder | nuisances sonores | geluidsoverlast
climat | klimaat | climate
changement climatique | klimaatverandering | climate change
météo | *weer | weather | météorologie | meteorologie
température | temperatuur | temperature
pluie | regen | neerslag | précipitations | rain | rainfall | precipitation
îlots de chaleur | hitte-eilanden | heat islands
énergie | energie | energy
électricité | elektriciteit | electricity | *stroom
gaz | gas | aardgas | gaz naturel | natural gas
panneaux solaires | zonnepanelen | solar panels | photovoltaïque | fotovoltaïsch | photovoltaic
éolien | windenergie | wind energy | éoliennes | windturbines | windmolens | wind turbines
chauffage | verwarming | heating
performance énergétique | energieprestatie | energy performance | PEB | EPB
eau | water
eau potable | drinkwater | drinking water
qualité de l'eau | waterkwaliteit | water quality
inondation | overstroming | flood | inondations | overstromingen | floods
eaux souterraines | grondwater | groundwater
égouts | riolering | sewer | assainissement | waterzuivering | sewerage
fontaine | fontein | fountain | fontaines | drinkfonteinen
canal | kanaal
rivière | rivier | river | cours d'eau | waterlopen | waterways
étang | vijver | pond
déchets | afval | waste
collecte des déchets | afvalophaling | waste collection
recyclage | recyclage | recycling
poubelle | vuilnisbak | *bin | litter bins | corbeilles | vuilnisbakken | street bins | poubelles
bulles à verre | glasbollen | glass containers | glasbakken
propreté | netheid | cleanliness
dépôt clandestin | sluikstort | illegal dumping | fly-tipping
compost | compostering | composting
sol | bodem | soil
pollution du sol | bodemverontreiniging | soil pollution
arbre | boom | tree
arbres remarquables | merkwaardige bomen | remarkable trees
parc | park
espaces verts | groene ruimten | green spaces | espace vert | groene ruimte | groen
forêt | bos | forest
biodiversité | biodiversiteit | biodiversity
nature | natuur
réserve naturelle | natuurreservaat | nature reserve
animaux | dieren | animals
chien | hond | dog | honden
potager | moestuin | vegetable garden | potagers | moestuinen | jardins partagés | samentuinen
agriculture | landbouw | farming
stationnement | parking | se garer | garer | parkeren | parkeerplaats | parkeerplaatsen | parking spaces | car park | parkeergarage
stationnement riverain | bewonersparkeren | resident parking
places PMR | parkeerplaatsen mindervaliden | disabled parking | parkeerplaatsen gehandicapten | stationnement handicapés
mobilité | mobiliteit | mobility
transport | vervoer | transports
transports en commun | transports publics | openbaar vervoer | public transport
bus | autobus
tram | tramway
métro | metro | subway
arrêt | halte | *stop | arrêts | haltes
train | trein | SNCB | NMBS | chemin de fer | spoorweg | railway
gare | station | railway station | treinstation | gares | stations
vélo | fiets | bicycle | bike | cyclisme | cycling
piste cyclable | fietspad | cycle path | pistes cyclables | fietspaden | cycle lanes | itinéraires cyclables | fietsroutes
stationnement vélo | fietsenstalling | bicycle parking | bike parking | parkings vélos | fietsenstallingen | bike racks
comptage vélos | fietstellingen | bike counts | bike counters | compteurs vélos | fietstelpalen
vélos partagés | deelfietsen | bike sharing | Villo
trottinette | *step | scooter | trottinettes | scooters
voiture | auto | car | voitures | auto's | cars
voitures partagées | autodelen | car sharing | deelauto's
borne de recharge | laadpaal | charging station | bornes de recharge | laadpalen | charging points
taxi | taxi's
circulation | verkeer | traffic | trafic
comptage routier | verkeerstellingen | traffic counts | comptages de trafic
accident | ongeval | ongevallen | accidents | verkeersongevallen
sécurité routière | verkeersveiligheid | road safety
tunnel | tunnels
route | weg | road | routes | wegen | roads | voirie | wegennet
rue | straat | street | rues | straten | streets
piéton | voetganger | pedestrian | piétons | voetgangers | pedestrians
zone 30 | 30 km/h
chantier | werf | roadworks | chantiers | werven | wegenwerken | travaux
éclairage public | openbare verlichting | street lighting | straatverlichting
feux de signalisation | verkeerslichten | traffic lights
limitation de vitesse | snelheidsbeperking | speed limit
zone de basses émissions | lage-emissiezone | low emission zone | LEZ
logistique | logistiek | logistics
port | haven | harbour
aéroport | luchthaven | airport
population | bevolking | inhabitants | habitants | inwoners
naissance | geboorte | birth | naissances | geboorten | births
décès | overlijden | death | sterfte | mortalité | mortality
ménages | huishoudens | households
âge | leeftijd | *age
nationalité | nationaliteit | nationality
migration | migratie
enfants | kinderen | children
jeunesse | jeugd | youth | jeunes | jongeren
seniors | ouderen | elderly | personnes âgées | senioren
femmes | vrouwen | women
égalité | gelijkheid | equality | genre | gender
handicap | handicap | disability | personnes handicapées | personen met een handicap
pauvreté | armoede | poverty
revenus | inkomen | income | inkomens | revenu
emploi | werkgelegenheid | employment | tewerkstelling | *jobs
chômage | werkloosheid | unemployment | chômeurs | werklozen
salaires | lonen | wages
entreprises | ondernemingen | companies | bedrijven | businesses | enterprises
commerce | handel | retail | magasins | winkels | shops | commerces
marché | markt | market | marchés | markten | markets
marchés publics | overheidsopdrachten | public procurement | public contracts
subsides | subsidies | subventions | grants | subventies
budget | begroting | budgets
comptes | rekeningen | accounts
impôts | belastingen | taxes | fiscalité | fiscaliteit | taxation
prix | prijzen | prices
tourisme | toerisme | tourism
hôtels | hotels
restaurants | horeca | cafés
logement | huisvesting | housing | woningen | logements
logement social | sociale woningen | social housing | logements sociaux
loyers | huurprijzen | rents | loyer | huur
bâtiments | gebouwen | buildings | bâtiment | gebouw
permis d'urbanisme | stedenbouwkundige vergunningen | building permits | bouwvergunningen | permis de bâtir | omgevingsvergunning | planning permits
urbanisme | stedenbouw | urban planning | aménagement du territoire | ruimtelijke ordening | spatial planning
cadastre | kadaster | cadastral
adresses | adressen | addresses | adresse | adres
patrimoine | erfgoed | heritage | patrimoine immobilier | onroerend erfgoed
monuments | monumenten
occupation du sol | bodemgebruik | land use | landgebruik
altitude | hoogte | elevation | modèle numérique de terrain | digitaal hoogtemodel | digital elevation model
orthophoto | luchtfoto | aerial photo | photos aériennes | luchtfoto's | orthophotos
carte | kaart | *map | cartes | kaarten
limites administratives | administratieve grenzen | administrative boundaries
communes | gemeenten | municipalities | commune | gemeente | municipality
quartiers | wijken | neighbourhoods | quartier | wijk | neighborhoods
secteurs statistiques | statistische sectoren | statistical sectors
codes postaux | postcodes | postal codes
école | school | écoles | scholen | schools
enseignement | onderwijs | education | éducation
université | universiteit | university
crèche | kinderopvang | nursery | crèches | kinderdagverblijven | childcare | milieux d'accueil
élèves | leerlingen | pupils
bibliothèque | bibliotheek | library | bibliothèques | bibliotheken | libraries
musée | museum | musées | musea | museums
culture | cultuur | culture
art | kunst | street art | fresques | muurschilderingen | murals
événements | evenementen | events | agenda
sport | sport | sports
piscine | zwembad | swimming pool | piscines | zwembaden
terrain de sport | sportveld | sports field | installations sportives | sportvoorzieningen | sports facilities
plaine de jeux | speelplein | playground | aires de jeux | speelpleinen | speeltuinen | playgrounds | speeltuin
toilettes | toiletten | toilets | toilettes publiques | openbare toiletten | public toilets | urinoirs
santé | gezondheid | health
hôpital | ziekenhuis | hospital | hôpitaux | ziekenhuizen | hospitals
médecins | artsen | doctors | huisartsen | médecins généralistes
pharmacie | apotheek | pharmacy | pharmacies | apotheken
défibrillateur | defibrillator | DEA | AED | défibrillateurs | defibrillatoren
vaccination | vaccinatie | vaccins | vaccins
covid | covid-19 | coronavirus
cancer | kanker
police | politie
criminalité | criminaliteit | crime
sécurité | veiligheid | safety | security
caméras | camera's | cameras | vidéosurveillance | camerabewaking
pompiers | brandweer | fire brigade | SIAMU | DBDMH
justice | justitie
élections | verkiezingen | elections
parlement | parlement | parliament
conseil communal | gemeenteraad | municipal council
mandats | mandaten | mandates | rémunérations | bezoldigingen
administration | bestuur | overheid | administrations
transparence | transparantie | transparency
participation | participatie | inspraak
associations | verenigingen | asbl | vzw
wifi | wi-fi | wifi hotspots
télécommunications | telecommunicatie | telecommunications | antennes | antennas | zendmasten | 5G
internet | internet
cimetière | begraafplaats | cemetery | cimetières | begraafplaatsen
odonymes | noms de rues | straatnamen | street names
langue | taal | language
signalement | melding | *report | signalements | meldingen | fix my street
"""

CONCEPTS: tuple[tuple[str, ...], ...] = tuple(tuple(phrase.strip() for phrase in line.split("|")) for line in _TABLE.strip().splitlines())
