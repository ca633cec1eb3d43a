"""Italian units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|m|dollaro|dollari|m|centesimo|centesimi
EUR|m|euro|euro|m|centesimo|centesimi
GBP|f|sterlina|sterline|m|penny|pence
JPY|m|yen|yen
CNY|m|yuan|yuan|m|fen|fen
INR|f|rupia|rupie|f|paisa|paise
CAD|m|dollaro canadese|dollari canadesi|m|centesimo|centesimi
AUD|m|dollaro australiano|dollari australiani|m|centesimo|centesimi
NZD|m|dollaro neozelandese|dollari neozelandesi|m|centesimo|centesimi
SGD|m|dollaro di Singapore|dollari di Singapore|m|centesimo|centesimi
HKD|m|dollaro di Hong Kong|dollari di Hong Kong|m|centesimo|centesimi
MXN|m|peso messicano|pesos messicani|m|centavo|centavos
ARS|m|peso argentino|pesos argentini|m|centavo|centavos
CLP|m|peso cileno|pesos cileni
COP|m|peso colombiano|pesos colombiani|m|centavo|centavos
PEN|m|sol|soles|m|céntimo|céntimos
BRL|m|real|reais|m|centavo|centavos
CHF|m|franco svizzero|franchi svizzeri|m|centesimo|centesimi
SEK|f|corona svedese|corone svedesi|m|öre|öre
NOK|f|corona norvegese|corone norvegesi|m|øre|øre
DKK|f|corona danese|corone danesi|m|øre|øre
PLN|m|zloty|zloty|m|grosz|groszy
CZK|f|corona ceca|corone ceche|m|heller|heller
HUF|m|fiorino|fiorini
RUB|m|rublo|rubli|m|copeco|copechi
UAH|f|grivnia|grivnie|m|copeco|copechi
TRY|f|lira turca|lire turche|m|kurus|kurus
KRW|m|won|won
THB|m|baht|baht|m|satang|satang
VND|m|dong|dong
PHP|m|peso filippino|pesos filippini|m|centavo|centavos
IDR|f|rupia indonesiana|rupie indonesiane
MYR|m|ringgit|ringgit|m|sen|sen
ILS|m|shekel|shekel|f|agora|agorot
ZAR|m|rand|rand|m|centesimo|centesimi
EGP|f|sterlina egiziana|sterline egiziane|f|piastra|piastre
NGN|f|naira|naira|m|kobo|kobo
AED|m|dirham|dirham|m|fils|fils
SAR|m|riyal|riyal|f|halala|halala
BTC|m|bitcoin|bitcoin
""")

SYMBOLS: Final = parse_words("""
.|punto
,|virgola
:|due punti
;|punto e virgola
/|barra
\\|barra inversa
-|trattino
_|trattino basso
@|chiocciola
#|cancelletto
&|e
+|più
=|uguale
?|punto interrogativo
!|punto esclamativo
%|per cento
*|asterisco
~|tilde
'|apostrofo
"|virgolette
(|aperta parentesi
)|chiusa parentesi
[|aperta parentesi quadra
]|chiusa parentesi quadra
{|aperta parentesi graffa
}|chiusa parentesi graffa
<|minore di
>|maggiore di
$|dollaro
€|euro
£|sterlina
¥|yen
§|paragrafo
°|grado
^|accento circonflesso
`|accento grave
""")

SIGNS: Final = parse_words("""
&|e
+|più
=|uguale a
@|chiocciola
#|cancelletto
%|per cento
‰|per mille
§|paragrafo
§§|paragrafi
©|copyright
®|marchio registrato
™|marchio
°|gradi
×|per
÷|diviso
±|più o meno
<|minore di
>|maggiore di
≤|minore o uguale a
≥|maggiore o uguale a
≠|diverso da
≈|circa
→|a
²|al quadrato
³|al cubo
€|euro
$|dollaro
£|sterlina
¥|yen
¼|un quarto
½|un mezzo
¾|tre quarti
√|radice quadrata di
∞|infinito
π|pi greco
""")

ABBREVIATIONS: Final = parse_words("""
N.|#numero
Vol.|#volume
nº|#numero
n°|#numero
N°|#numero
n.º|#numero
№|#numero
p.|#pagina
Sig.|*signor
sig.|*signor
Sig.ra|*signora
sig.ra|*signora
Sig.na|*signorina
Sigg.|*signori
Dott.|*dottor
dott.|*dottor
Dott.ssa|*dottoressa
dott.ssa|*dottoressa
Dr.|*dottor
Prof.|*professor
prof.|*professor
Prof.ssa|*professoressa
prof.ssa|*professoressa
Ing.|*ingegner
ing.|*ingegner
Avv.|*avvocato
avv.|*avvocato
Arch.|*architetto
Geom.|*geometra
Rag.|*ragionier
On.|*onorevole
Gen.|*generale
Col.|*colonnello
Cap.|*capitano
S.|*san
Egr.|*egregio
Gent.|*gentile
Spett.|*spettabile
ecc.|eccetera
etc.|eccetera
p.es.|^per esempio
p. es.|^per esempio
ad es.|^ad esempio
es.|^esempio
cfr.|^confronta
ca.|^circa
pag.|#pagina
pagg.|#pagine
pp.|#pagine
cap.|#capitolo
vol.|#volume
fig.|#figura
art.|#articolo
n.|#numero
tel.|telefono
Tel.|telefono
cell.|cellulare
ed.|edizione
max.|massimo
min.|minimo
p.zza|*piazza
P.zza|*piazza
V.le|*viale
v.le|*viale
C.so|*corso
c.so|*corso
a.C.|avanti Cristo
d.C.|dopo Cristo
a. C.|avanti Cristo
d. C.|dopo Cristo
S.p.A.|società per azioni
S.r.l.|società a responsabilità limitata
c.a.|corrente anno
u.s.|ultimo scorso
vs.|^contro
co.|#comma
lett.|^lettera
P.le|*piazzale
p.le|*piazzale
L.go|*largo
l.go|*largo
int.|#interno
sc.|*scala
F.lli|*fratelli
f.lli|*fratelli
Sigg.ri|*signori
Mons.|*monsignor
on.|*onorevole
Ill.mo|*illustrissimo
N.B.|^nota bene
sec.|*secolo
tab.|#tabella
vd.|^vedi
""")

ROMAN_KEYWORDS: Final = word_set(
    "capitolo parte volume libro atto scena sezione fase tipo appendice articolo titolo tomo mondiale livello guerra allegato"
)

ROMAN_NAMES: Final = word_set("""Enrico Edoardo Giorgio Guglielmo Riccardo Carlo Giacomo Elisabetta Maria Luigi Filippo Napoleone Paolo Pio Benedetto Francesco
    Caterina Ivan Alessandro Nicola Federico Leone Gregorio Innocenzo Urbano Clemente Bonifacio Pietro Ferdinando Leopoldo Alberto Alfonso
    Giovanni Ottone Vittorio Emanuele Costantino Giustiniano Teodosio Tolomeo Ramses Dario Serse Ciro Giulio Martino Stefano Roberto Umberto
    Massimiliano Giuseppe Margherita Sisto Adriano Celestino Gustavo Cristiano Cosimo Amedeo Corrado Elizabeth""")

YEAR_CONTEXTS: Final = word_set("nel dal del al anno anni il")

FEMININE_ENDINGS: Final = ("a", "zione", "zioni", "sione", "sioni", "tà", "tù", "trice", "trici", "udine", "udini")
FEMININE: Final = word_set("notte parte mano voce luce chiave nave carne madre mente gente classe fonte fronte legge morte rete")
MASCULINE: Final = word_set("problema tema programma sistema clima dramma poema diploma pianeta cinema poeta la")
NOT_NOUNS: Final = word_set("""e o ed od a di da in con su per tra fra il lo la i gli le che non è era ma se al del dal nel sul ai dei dai nei sui alla della dalla
    nella sulla si no ci mi ti vi ne più meno come quando dove sono ha hanno solo""")

WEEKDAYS: Final = parse_words("""
lun|lunedì
mar|martedì
mer|mercoledì
gio|giovedì
ven|venerdì
sab|sabato
dom|domenica
Lun|lunedì
Mar|martedì
Mer|mercoledì
Gio|giovedì
Ven|venerdì
Sab|sabato
Dom|domenica
""")
