"""Spanish units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|m|dólar|dólares|m|centavo|centavos
EUR|m|euro|euros|m|céntimo|céntimos
GBP|f|libra|libras|m|penique|peniques
JPY|m|yen|yenes
CNY|m|yuan|yuanes|m|fen|fenes
INR|f|rupia|rupias|f|paisa|paisas
CAD|m|dólar canadiense|dólares canadienses|m|centavo|centavos
AUD|m|dólar australiano|dólares australianos|m|centavo|centavos
NZD|m|dólar neozelandés|dólares neozelandeses|m|centavo|centavos
SGD|m|dólar de Singapur|dólares de Singapur|m|centavo|centavos
HKD|m|dólar de Hong Kong|dólares de Hong Kong|m|centavo|centavos
MXN|m|peso mexicano|pesos mexicanos|m|centavo|centavos
ARS|m|peso argentino|pesos argentinos|m|centavo|centavos
CLP|m|peso chileno|pesos chilenos
COP|m|peso colombiano|pesos colombianos|m|centavo|centavos
PEN|m|sol|soles|m|céntimo|céntimos
BRL|m|real|reales|m|centavo|centavos
CHF|m|franco suizo|francos suizos|m|céntimo|céntimos
SEK|f|corona sueca|coronas suecas|m|öre|öre
NOK|f|corona noruega|coronas noruegas|m|øre|øre
DKK|f|corona danesa|coronas danesas|m|øre|øre
PLN|m|esloti|eslotis|m|grosz|groszy
CZK|f|corona checa|coronas checas|m|heller|hellers
HUF|m|forinto|forintos
RUB|m|rublo|rublos|m|kopek|kopeks
UAH|f|grivna|grivnas|m|kopek|kopeks
TRY|f|lira turca|liras turcas|m|kurus|kurus
KRW|m|won|wones
THB|m|baht|bahts|m|satang|satangs
VND|m|dong|dongs
PHP|m|peso filipino|pesos filipinos|m|centavo|centavos
IDR|f|rupia indonesia|rupias indonesias
MYR|m|ringgit|ringgits|m|sen|senes
ILS|m|séquel|séqueles|f|agorá|agorot
ZAR|m|rand|rands|m|centavo|centavos
EGP|f|libra egipcia|libras egipcias|f|piastra|piastras
NGN|f|naira|nairas|m|kobo|kobos
AED|m|dírham|dírhams|m|fils|fils
SAR|m|riyal|riyales|f|halala|halalas
BTC|m|bitcoin|bitcoins
""")

SYMBOLS: Final = parse_words("""
.|punto
,|coma
:|dos puntos
;|punto y coma
/|barra
\\|barra invertida
-|guion
_|guion bajo
@|arroba
#|almohadilla
&|y
+|más
=|igual
?|signo de interrogación
!|signo de exclamación
¿|abre interrogación
¡|abre exclamación
%|por ciento
*|asterisco
~|tilde
'|apóstrofo
"|comillas
(|abre paréntesis
)|cierra paréntesis
[|abre corchete
]|cierra corchete
{|abre llave
}|cierra llave
<|menor que
>|mayor que
$|dólar
€|euro
£|libra
¥|yen
§|sección
°|grado
^|acento circunflejo
`|acento grave
""")

SIGNS: Final = parse_words("""
&|y
+|más
=|igual a
@|arroba
#|almohadilla
%|por ciento
‰|por mil
§|sección
§§|secciones
©|copyright
®|marca registrada
™|marca registrada
°|grados
×|por
÷|entre
±|más menos
<|menor que
>|mayor que
≤|menor o igual que
≥|mayor o igual que
≠|distinto de
≈|aproximadamente
→|a
²|al cuadrado
³|al cubo
€|euro
$|dólar
£|libra
¥|yen
¼|un cuarto
½|un medio
¾|tres cuartos
√|raíz cuadrada de
∞|infinito
π|pi
""")

ABBREVIATIONS: Final = parse_words("""
D.ª|*doña
C/|^calle
Vol.|#volumen
ext.|#extensión
s.|*siglo
ss.|*siglos
n.º|#número
nº|#número
Nº|#número
N.º|#número
n°|#número
N°|#número
№|#número
p.|#página
Sr.|*señor
Sra.|*señora
Srta.|*señorita
Sres.|*señores
Dr.|*doctor
Dra.|*doctora
D.|*don
Dña.|*doña
Prof.|*profesor
Profa.|*profesora
Lic.|*licenciado
Ing.|*ingeniero
Arq.|*arquitecto
Gral.|*general
Cap.|*capitán
Cnel.|*coronel
Sto.|*santo
Sta.|*santa
Mons.|*monseñor
Ud.|usted
Uds.|ustedes
Vd.|usted
Vds.|ustedes
etc.|etcétera
p.ej.|^por ejemplo
p.e.|^por ejemplo
aprox.|aproximadamente
máx.|máximo
mín.|mínimo
pág.|#página
págs.|#páginas
núm.|#número
Núm.|#número
tel.|teléfono
Tel.|teléfono
teléf.|teléfono
cap.|#capítulo
vol.|#volumen
fig.|#figura
art.|#artículo
ed.|edición
Av.|*avenida
Avda.|^avenida
c/|^calle
Pl.|*plaza
Pza.|*plaza
ctra.|^carretera
dcha.|derecha
izq.|izquierda
admón.|administración
dpto.|departamento
depto.|departamento
Dpto.|departamento
gob.|gobierno
Cía.|compañía
Hnos.|^hermanos
EE.UU.|Estados Unidos
EE. UU.|Estados Unidos
JJ.OO.|Juegos Olímpicos
a.C.|antes de Cristo
d.C.|después de Cristo
a. C.|antes de Cristo
d. C.|después de Cristo
S.A.|sociedad anónima
vs.|^contra
p. ej.|^por ejemplo
apdo.|#apartado
esq.|*esquina
s/n|sin número
C. P.|#código postal
C.P.|#código postal
pza.|*plaza
avda.|^avenida
Excmo.|*excelentísimo
Excma.|*excelentísima
Ilmo.|*ilustrísimo
ptas.|pesetas
ej.|^ejemplo
Hno.|*hermano
Fdo.|^firmado
fdo.|^firmado
""")

ROMAN_KEYWORDS: Final = word_set(
    "capítulo parte volumen libro acto escena sección fase tipo apéndice artículo título tomo mundial siglo siglos nivel guerra anexo"
)

ROMAN_NAMES: Final = word_set("""Enrique Eduardo Jorge Guillermo Ricardo Carlos Jaime Isabel María Luis Felipe Napoleón Pablo Pío Benedicto Francisco Catalina Iván
    Alejandro Nicolás Federico León Gregorio Inocencio Urbano Clemente Bonifacio Pedro Fernando Leopoldo Alberto Alfonso Sancho Juan Otón
    Víctor Constantino Justiniano Teodosio Ramiro Ordoño Bermudo García Amadeo Ptolomeo Ramsés Darío Jerjes Ciro Julio Martín Esteban
    Roberto Humberto Maximiliano José Manuel Margarita Sixto Adriano Celestino Gustavo Cristián Guillermina""")

YEAR_CONTEXTS: Final = word_set("en desde año años de")

FEMININE_ENDINGS: Final = ("a", "as", "ción", "ciones", "sión", "siones", "dad", "dades", "tad", "tades", "tud", "tudes", "umbre", "umbres")
MASCULINE: Final = word_set("""día días problema problemas tema temas mapa mapas programa programas sistema sistemas idioma idiomas planeta planetas clima climas
    drama dramas poema poemas telegrama telegramas diploma diplomas cometa cometas esquema esquemas dilema dilemas dálmata dálmatas sofá sofás gorila gorilas
    kilograma megabyte a la las una era para contra hasta hacia ya va está esta estas había será""")
FEMININE: Final = word_set("""mujer mujeres noche noches tarde tardes vez veces mano manos parte partes clase clases calle calles llave llaves nube nubes foto fotos
    flor flores luz luces voz voces ley leyes red redes sal imagen imágenes orden órdenes serie series base bases frase frases moto motos
    torre torres nave naves sede sedes fase fases tos cruz cruces nariz narices raíz raíces pared paredes piel pieles miel sangre gente
    razón razones leche carne suerte muerte muertes fuente fuentes mente mentes madre madres""")
NOT_NOUNS: Final = word_set("""y o u a e de del en con por para que es son fue era al ante bajo como cuando desde donde entre hacia hasta ni pero pues según si sin
    sobre tras más menos se no ya lo la le las los les me te nos el ella ellos ellas está están hay ha han""")

WEEKDAYS: Final = parse_words("""
lun|lunes
mar|martes
mié|miércoles
jue|jueves
vie|viernes
sáb|sábado
dom|domingo
Lun|lunes
Mar|martes
Mié|miércoles
Jue|jueves
Vie|viernes
Sáb|sábado
Dom|domingo
""")
