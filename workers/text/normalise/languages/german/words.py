"""German units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|m|Dollar|Dollar|m|Cent|Cent
EUR|m|Euro|Euro|m|Cent|Cent
GBP|n|Pfund|Pfund|m|Penny|Pence
JPY|m|Yen|Yen
CNY|m|Yuan|Yuan|m|Fen|Fen
INR|f|Rupie|Rupien|m|Paisa|Paise
CAD|m|kanadischer Dollar|kanadische Dollar|m|Cent|Cent
AUD|m|australischer Dollar|australische Dollar|m|Cent|Cent
NZD|m|Neuseeland-Dollar|Neuseeland-Dollar|m|Cent|Cent
SGD|m|Singapur-Dollar|Singapur-Dollar|m|Cent|Cent
HKD|m|Hongkong-Dollar|Hongkong-Dollar|m|Cent|Cent
MXN|m|mexikanischer Peso|mexikanische Pesos|m|Centavo|Centavos
ARS|m|argentinischer Peso|argentinische Pesos|m|Centavo|Centavos
CLP|m|chilenischer Peso|chilenische Pesos
COP|m|kolumbianischer Peso|kolumbianische Pesos|m|Centavo|Centavos
PEN|m|Sol|Soles|m|Céntimo|Céntimos
BRL|m|Real|Reais|m|Centavo|Centavos
CHF|m|Franken|Franken|m|Rappen|Rappen
SEK|f|schwedische Krone|schwedische Kronen|n|Öre|Öre
NOK|f|norwegische Krone|norwegische Kronen|n|Øre|Øre
DKK|f|dänische Krone|dänische Kronen|n|Øre|Øre
PLN|m|Zloty|Zloty|m|Grosz|Groszy
CZK|f|tschechische Krone|tschechische Kronen|m|Heller|Heller
HUF|m|Forint|Forint
RUB|m|Rubel|Rubel|f|Kopeke|Kopeken
UAH|f|Hrywnja|Hrywnja|f|Kopijka|Kopijky
TRY|f|türkische Lira|türkische Lira|m|Kurus|Kurus
KRW|m|Won|Won
THB|m|Baht|Baht|m|Satang|Satang
VND|m|Dong|Dong
PHP|m|philippinischer Peso|philippinische Pesos|m|Centavo|Centavos
IDR|f|indonesische Rupiah|indonesische Rupiah
MYR|m|Ringgit|Ringgit|m|Sen|Sen
ILS|m|Schekel|Schekel|f|Agora|Agorot
ZAR|m|Rand|Rand|m|Cent|Cent
EGP|n|ägyptisches Pfund|ägyptische Pfund|m|Piaster|Piaster
NGN|m|Naira|Naira|m|Kobo|Kobo
AED|m|Dirham|Dirham|m|Fils|Fils
SAR|m|Riyal|Riyal|f|Halala|Halala
BTC|m|Bitcoin|Bitcoin
""")

SYMBOLS: Final = parse_words("""
.|Punkt
,|Komma
:|Doppelpunkt
;|Semikolon
/|Schrägstrich
\\|umgekehrter Schrägstrich
-|Bindestrich
_|Unterstrich
@|ät
#|Raute
&|und
+|plus
=|gleich
?|Fragezeichen
!|Ausrufezeichen
%|Prozent
*|Stern
~|Tilde
'|Apostroph
"|Anführungszeichen
(|Klammer auf
)|Klammer zu
[|eckige Klammer auf
]|eckige Klammer zu
{|geschweifte Klammer auf
}|geschweifte Klammer zu
<|kleiner als
>|größer als
$|Dollar
€|Euro
£|Pfund
¥|Yen
§|Paragraf
°|Grad
^|Zirkumflex
`|Gravis
""")

SIGNS: Final = parse_words("""
&|und
+|plus
=|gleich
@|ät
#|Raute
%|Prozent
‰|Promille
§|Paragraf
§§|Paragrafen
©|Copyright
®|eingetragenes Warenzeichen
™|Warenzeichen
°|Grad
×|mal
÷|geteilt durch
±|plus minus
<|kleiner als
>|größer als
≤|kleiner oder gleich
≥|größer oder gleich
≠|ungleich
≈|ungefähr
→|nach
²|hoch zwei
³|hoch drei
€|Euro
$|Dollar
£|Pfund
¥|Yen
¼|ein Viertel
½|ein halb
¾|drei Viertel
√|Wurzel aus
∞|unendlich
π|Pi
""")

ABBREVIATIONS: Final = parse_words("""
jun.|junior
sen.|senior
№|#Nummer
S.|#Seite
Dr.|*Doktor
Prof.|*Professor
Hr.|*Herr
Hrn.|*Herrn
Fr.|*Frau
Dipl.|*Diplom
Ing.|*Ingenieur
St.|*Sankt
Nr.|#Nummer
Nrn.|#Nummern
z.B.|^zum Beispiel
z. B.|^zum Beispiel
d.h.|^das heißt
d. h.|^das heißt
u.a.|^unter anderem
u. a.|^unter anderem
u.U.|^unter Umständen
z.T.|^zum Teil
z. T.|^zum Teil
z.Z.|^zurzeit
z.Zt.|^zurzeit
i.d.R.|^in der Regel
i. d. R.|^in der Regel
o.ä.|oder ähnliches
o. ä.|oder ähnliches
u.ä.|und ähnliches
s.o.|siehe oben
s.u.|siehe unten
usw.|und so weiter
usf.|und so fort
etc.|et cetera
bzw.|^beziehungsweise
ca.|^circa
vgl.|^vergleiche
evtl.|^eventuell
ggf.|^gegebenenfalls
inkl.|^inklusive
exkl.|^exklusive
max.|^maximal
min.|^minimal
mind.|^mindestens
sog.|^sogenannte
sogen.|^sogenannte
geb.|^geboren
gest.|^gestorben
Abb.|#Abbildung
Abs.|#Absatz
Abt.|#Abteilung
Anm.|#Anmerkung
Art.|#Artikel
Aufl.|#Auflage
Art.-Nr.|#Artikelnummer
Bd.|#Band
Bde.|#Bände
Hrsg.|Herausgeber
Jh.|Jahrhundert
Jhd.|Jahrhundert
Jg.|Jahrgang
Kap.|#Kapitel
Mio.|^Millionen
Mrd.|^Milliarden
Std.|Stunden
Str.|Straße
Tel.|^Telefon
Tsd.|^Tausend
Verf.|Verfasser
bes.|^besonders
betr.|^betrifft
gem.|^gemäß
insb.|^insbesondere
insbes.|^insbesondere
jew.|^jeweils
lt.|^laut
n.Chr.|nach Christus
n. Chr.|nach Christus
v.Chr.|vor Christus
v. Chr.|vor Christus
zzgl.|^zuzüglich
abzgl.|^abzüglich
zw.|^zwischen
Ziff.|#Ziffer
lit.|^Litera
z.Hd.|^zu Händen
z. Hd.|^zu Händen
Ges.|^Gesellschaft
m.b.H.|^mit beschränkter Haftung
m. b. H.|^mit beschränkter Haftung
e. V.|eingetragener Verein
i.A.|^im Auftrag
i. A.|^im Auftrag
o.g.|^oben genannte
o. g.|^oben genannte
u. U.|^unter Umständen
z. Zt.|^zurzeit
Co.|Co
Pl.|*Platz
Hbf.|Hauptbahnhof
Hbf|Hauptbahnhof
MwSt.|Mehrwertsteuer
MwSt|Mehrwertsteuer
Min.|Minuten
Sek.|Sekunden
""")

ROMAN_KEYWORDS: Final = word_set("kapitel teil band akt szene abschnitt phase typ anhang artikel titel weltkrieg stufe klasse buch")

ROMAN_NAMES: Final = word_set("""Heinrich Eduard Georg Wilhelm Richard Karl Jakob Elisabeth Maria Ludwig Philipp Napoleon Paul Pius Benedikt Franziskus Franz
    Katharina Iwan Alexander Nikolaus Friedrich Leo Gregor Innozenz Urban Clemens Klemens Bonifatius Peter Ferdinand Leopold Albert Albrecht
    Alfons Johann Johannes Otto Viktor Konstantin Justinian Theodosius Ptolemäus Ramses Dareios Xerxes Kyros Julius Martin Stephan Robert
    Maximilian Joseph Josef Margarethe Sixtus Hadrian Christian Gustav Konrad Rudolf Lothar Sigismund August Ernst Elizabeth Charles""")

YEAR_CONTEXTS: Final = word_set("""in im jahr jahre seit ab von bis vor nach um anno januar februar märz april mai juni juli august september oktober november dezember
    sommer herbst winter frühling frühjahr jahres und zwischen""")

WEEKDAYS: Final = parse_words("""
Mo|Montag
Di|Dienstag
Mi|Mittwoch
Do|Donnerstag
Fr|Freitag
Sa|Samstag
So|Sonntag
""")

COMPOUNDS: Final = parse_words("""
str.|straße
pl.|platz
""")
