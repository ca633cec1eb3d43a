"""French units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|m|dollar|dollars|m|cent|cents
EUR|m|euro|euros|m|centime|centimes
GBP|f|livre|livres|m|penny|pence
JPY|m|yen|yens
CNY|m|yuan|yuans|m|fen|fens
INR|f|roupie|roupies|m|paisa|paisas
CAD|m|dollar canadien|dollars canadiens|m|cent|cents
AUD|m|dollar australien|dollars australiens|m|cent|cents
NZD|m|dollar néo-zélandais|dollars néo-zélandais|m|cent|cents
SGD|m|dollar de Singapour|dollars de Singapour|m|cent|cents
HKD|m|dollar de Hong Kong|dollars de Hong Kong|m|cent|cents
MXN|m|peso mexicain|pesos mexicains|m|centavo|centavos
ARS|m|peso argentin|pesos argentins|m|centavo|centavos
CLP|m|peso chilien|pesos chiliens
COP|m|peso colombien|pesos colombiens|m|centavo|centavos
PEN|m|sol|sols|m|centime|centimes
BRL|m|réal|réaux|m|centavo|centavos
CHF|m|franc suisse|francs suisses|m|centime|centimes
SEK|f|couronne suédoise|couronnes suédoises|m|öre|öre
NOK|f|couronne norvégienne|couronnes norvégiennes|m|øre|øre
DKK|f|couronne danoise|couronnes danoises|m|øre|øre
PLN|m|zloty|zlotys|m|grosz|groszy
CZK|f|couronne tchèque|couronnes tchèques|m|haléř|haléřs
HUF|m|forint|forints
RUB|m|rouble|roubles|m|kopeck|kopecks
UAH|f|hryvnia|hryvnias|m|kopiyka|kopiykas
TRY|f|livre turque|livres turques|m|kurus|kurus
KRW|m|won|wons
THB|m|baht|bahts|m|satang|satangs
VND|m|dong|dongs
PHP|m|peso philippin|pesos philippins|m|centavo|centavos
IDR|f|roupie indonésienne|roupies indonésiennes
MYR|m|ringgit|ringgits|m|sen|sens
ILS|m|shekel|shekels|f|agora|agorot
ZAR|m|rand|rands|m|cent|cents
EGP|f|livre égyptienne|livres égyptiennes|f|piastre|piastres
NGN|m|naira|nairas|m|kobo|kobos
AED|m|dirham|dirhams|m|fils|fils
SAR|m|riyal|riyals|f|halala|halalas
BTC|m|bitcoin|bitcoins
""")

SYMBOLS: Final = parse_words("""
.|point
,|virgule
:|deux-points
;|point-virgule
/|slash
\\|antislash
-|tiret
_|tiret bas
@|arobase
#|dièse
&|et
+|plus
=|égal
?|point d'interrogation
!|point d'exclamation
%|pour cent
*|étoile
~|tilde
'|apostrophe
"|guillemets
(|parenthèse ouvrante
)|parenthèse fermante
[|crochet ouvrant
]|crochet fermant
{|accolade ouvrante
}|accolade fermante
<|inférieur à
>|supérieur à
$|dollar
€|euro
£|livre
¥|yen
§|paragraphe
°|degré
^|accent circonflexe
`|accent grave
""")

SIGNS: Final = parse_words("""
&|et
+|plus
=|égale
@|arobase
#|dièse
%|pour cent
‰|pour mille
§|paragraphe
§§|paragraphes
©|copyright
®|marque déposée
™|marque
°|degrés
×|fois
÷|divisé par
±|plus ou moins
<|inférieur à
>|supérieur à
≤|inférieur ou égal à
≥|supérieur ou égal à
≠|différent de
≈|environ
→|à
²|au carré
³|au cube
€|euro
$|dollar
£|livre
¥|yen
¼|un quart
½|un demi
¾|trois quarts
√|racine carrée de
∞|infini
π|pi
""")

ABBREVIATIONS: Final = parse_words("""
av. de|^avenue de
av. du|^avenue du
av. des|^avenue des
Av. J.-C.|^avant Jésus-Christ
Mgr|*monseigneur
Vol.|#volume
nº|#numéro
n°|#numéro
N°|#numéro
№|#numéro
no|#numéro
p.|#page
M.|*monsieur
MM.|*messieurs
Mme.|*madame
Mme|*madame
Mmes|*mesdames
Mlle.|*mademoiselle
Mlle|*mademoiselle
Mlles|*mesdemoiselles
Me|^maître
Dr|*docteur
Dr.|*docteur
Pr|*professeur
Pr.|*professeur
St|*saint
Ste|*sainte
etc.|et cetera
p.ex.|^par exemple
p. ex.|^par exemple
ex.|^exemple
cf.|^confer
env.|environ
max.|maximum
min.|minimum
av.|*avenue
Av.|*avenue
bd|*boulevard
Bd|*boulevard
boul.|^boulevard
pl.|*place
tél.|téléphone
Tél.|téléphone
chap.|#chapitre
vol.|#volume
fig.|#figure
art.|#article
éd.|édition
pp.|#pages
s.v.p.|s'il vous plaît
SVP|s'il vous plaît
S.V.P.|s'il vous plaît
R.S.V.P.|répondez s'il vous plaît
c.-à-d.|^c'est-à-dire
càd|^c'est-à-dire
av. J.-C.|avant Jésus-Christ
apr. J.-C.|après Jésus-Christ
J.-C.|Jésus-Christ
vs.|^contre
vs|^contre
dép.|département
Cie|compagnie
Sté|société
qqch.|quelque chose
qqn|quelqu'un
al.|#alinéa
r.|*rue
ét.|étage
bât.|^bâtiment
app.|#appartement
appt.|#appartement
fbg|^faubourg
rte|^route
Fbg|^faubourg
Rte|^route
N.B.|^nota bene
réf.|^référence
hab.|habitants
""")

ROMAN_KEYWORDS: Final = word_set(
    "chapitre partie volume livre acte scène section phase type annexe article titre tome mondiale siècle niveau guerre"
)

ROMAN_NAMES: Final = word_set("""Henri Édouard Edouard George Georges Guillaume Richard Charles Jacques Élisabeth Elizabeth Elisabeth Marie Louis Philippe Napoléon
    Paul Pie Benoît François Catherine Ivan Alexandre Nicolas Frédéric Léon Grégoire Innocent Urbain Clément Boniface Pierre Ferdinand
    Léopold Albert Alphonse Jean Otton Victor Constantin Justinien Théodose Ptolémée Ramsès Darius Xerxès Cyrus Jules Martin Étienne Robert
    Humbert Maximilien Joseph Manuel Marguerite Sixte Adrien Célestin Gustave Christian Guillaume Baudouin Thibaut Amédée""")

YEAR_CONTEXTS: Final = word_set("en depuis année an l'an années")

FEMININE_ENDINGS: Final = (
    "tion", "tions", "sion", "sions", "té", "tés", "ée", "ées", "ette", "ettes", "atte", "attes", "otte", "ottes", "esse", "esses", "ance", "ances", "ence", "ences", "ure",
    "ures", "ille", "illes", "elle", "elles", "ine", "ines", "onne", "onnes", "ienne", "iennes", "euse", "euses", "trice", "trices", "ade",
    "ades", "tude", "tudes", "ise", "ises", "aine", "aines",
)  # fmt: skip
MASCULINE: Final = word_set("""été côté comité traité lycée musée silence domaine capitaine magazine côtés comités traités lycées musées capitaines magazines
    mercure murmure mille portefeuille stade grade mètre litre kilomètre""")
FEMININE: Final = word_set("""fois heure heures minute minutes seconde secondes femme femmes fille filles table tables page pages voiture voitures maison maisons
    livre livres ville villes rue rues pièce pièces place places chose choses tonne tonnes vie vies nuit nuits main mains part parts
    partie parties mère mères sœur sœurs voix porte portes tête têtes carte cartes lettre lettres ligne lignes photo photos image images
    vidéo vidéos pomme pommes bouteille bouteilles tasse tasses route routes école écoles étoile étoiles année mort""") - {
    "livre",
    "livres",
}

WEEKDAYS: Final = parse_words("""
lun|lundi
mar|mardi
mer|mercredi
jeu|jeudi
ven|vendredi
sam|samedi
dim|dimanche
Lun|lundi
Mar|mardi
Mer|mercredi
Jeu|jeudi
Ven|vendredi
Sam|samedi
Dim|dimanche
""")
