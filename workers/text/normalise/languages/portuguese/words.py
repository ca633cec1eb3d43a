"""Portuguese units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|m|dólar|dólares|m|centavo|centavos
EUR|m|euro|euros|m|centavo|centavos
GBP|f|libra|libras|m|pêni|pence
JPY|m|iene|ienes
CNY|m|yuan|yuans|m|fen|fens
INR|f|rupia|rupias|f|paisa|paisas
CAD|m|dólar canadense|dólares canadenses|m|centavo|centavos
AUD|m|dólar australiano|dólares australianos|m|centavo|centavos
NZD|m|dólar neozelandês|dólares neozelandeses|m|centavo|centavos
SGD|m|dólar de Singapura|dólares de Singapura|m|centavo|centavos
HKD|m|dólar de Hong Kong|dólares de Hong Kong|m|centavo|centavos
MXN|m|peso mexicano|pesos mexicanos|m|centavo|centavos
ARS|m|peso argentino|pesos argentinos|m|centavo|centavos
CLP|m|peso chileno|pesos chilenos
COP|m|peso colombiano|pesos colombianos|m|centavo|centavos
PEN|m|sol|sóis|m|cêntimo|cêntimos
BRL|m|real|reais|m|centavo|centavos
CHF|m|franco suíço|francos suíços|m|cêntimo|cêntimos
SEK|f|coroa sueca|coroas suecas|m|öre|öre
NOK|f|coroa norueguesa|coroas norueguesas|m|øre|øre
DKK|f|coroa dinamarquesa|coroas dinamarquesas|m|øre|øre
PLN|m|zloty|zlotys|m|grosz|groszy
CZK|f|coroa tcheca|coroas tchecas|m|heller|hellers
HUF|m|forint|forints
RUB|m|rublo|rublos|m|copeque|copeques
UAH|f|grívnia|grívnias|m|copeque|copeques
TRY|f|lira turca|liras turcas|m|kurus|kurus
KRW|m|won|wons
THB|m|baht|bahts|m|satang|satangs
VND|m|dong|dongs
PHP|m|peso filipino|pesos filipinos|m|centavo|centavos
IDR|f|rupia indonésia|rupias indonésias
MYR|m|ringgit|ringgits|m|sen|sens
ILS|m|shekel|shekels|f|agorá|agorot
ZAR|m|rand|rands|m|centavo|centavos
EGP|f|libra egípcia|libras egípcias|f|piastra|piastras
NGN|f|naira|nairas|m|kobo|kobos
AED|m|dirham|dirhams|m|fils|fils
SAR|m|riyal|riyals|f|halala|halalas
BTC|m|bitcoin|bitcoins
""")

SYMBOLS: Final = parse_words("""
.|ponto
,|vírgula
:|dois pontos
;|ponto e vírgula
/|barra
\\|barra invertida
-|hífen
_|sublinhado
@|arroba
#|cerquilha
&|e
+|mais
=|igual
?|ponto de interrogação
!|ponto de exclamação
%|por cento
*|asterisco
~|til
'|apóstrofo
"|aspas
(|abre parêntese
)|fecha parêntese
[|abre colchete
]|fecha colchete
{|abre chave
}|fecha chave
<|menor que
>|maior que
$|dólar
€|euro
£|libra
¥|iene
§|parágrafo
°|grau
^|acento circunflexo
`|acento grave
""")

SIGNS: Final = parse_words("""
&|e
+|mais
=|igual a
@|arroba
#|cerquilha
%|por cento
‰|por mil
§|parágrafo
§§|parágrafos
©|copyright
®|marca registrada
™|marca registrada
°|graus
×|vezes
÷|dividido por
±|mais ou menos
<|menor que
>|maior que
≤|menor ou igual a
≥|maior ou igual a
≠|diferente de
≈|aproximadamente
→|para
²|ao quadrado
³|ao cubo
€|euro
$|dólar
£|libra
¥|iene
¼|um quarto
½|meio
¾|três quartos
√|raiz quadrada de
∞|infinito
π|pi
""")

ABBREVIATIONS: Final = parse_words("""
N.º|#número
Vol.|#volume
séc.|^século
nº|#número
n.º|#número
Nº|#número
n°|#número
N°|#número
№|#número
p.|#página
Sr.|*senhor
Sra.|*senhora
Srta.|*senhorita
Srs.|*senhores
Dr.|*doutor
Dra.|*doutora
D.|*dom
Prof.|*professor
Profa.|*professora
Profª|*professora
Eng.|*engenheiro
Gen.|*general
Cel.|*coronel
Cap.|*capitão
Sto.|*santo
Sta.|*santa
Pe.|*padre
V.Exa.|vossa excelência
etc.|et cetera
p.ex.|^por exemplo
p. ex.|^por exemplo
ex.|^exemplo
aprox.|aproximadamente
máx.|máximo
mín.|mínimo
pág.|#página
págs.|#páginas
núm.|#número
tel.|telefone
Tel.|telefone
cap.|#capítulo
vol.|#volume
fig.|#figura
art.|#artigo
ed.|edição
Av.|*avenida
R.|*rua
Pça.|^praça
Rod.|*rodovia
apto.|apartamento
depto.|departamento
Depto.|departamento
dpto.|departamento
Cia.|companhia
Ltda.|limitada
a.C.|antes de Cristo
d.C.|depois de Cristo
a. C.|antes de Cristo
d. C.|depois de Cristo
S.A.|sociedade anônima
obs.|observação
Obs.|observação
vs.|^contra
V. Exa.|^vossa excelência
V. Sa.|^vossa senhoria
V.Sa.|^vossa senhoria
Al.|*alameda
Trav.|^travessa
Lgo.|^largo
inc.|^inciso
and.|andar
bl.|*bloco
s/n|sem número
Exmo.|*excelentíssimo
Exma.|*excelentíssima
Ilmo.|*ilustríssimo
tab.|#tabela
ref.|referência
hab.|habitantes
N.B.|^nota bene
""")

ROMAN_KEYWORDS: Final = word_set(
    "capítulo parte volume livro ato cena seção fase tipo apêndice artigo título tomo mundial século séculos nível guerra anexo"
)

ROMAN_NAMES: Final = word_set("""Henrique Eduardo Jorge Guilherme Ricardo Carlos Jaime Isabel Maria Luís Luiz Filipe Felipe Napoleão Paulo Pio Bento Francisco Catarina
    Ivan Alexandre Nicolau Frederico Leão Gregório Inocêncio Urbano Clemente Bonifácio Pedro Fernando Leopoldo Alberto Afonso Sancho João
    Otão Vítor Constantino Justiniano Teodósio Ptolomeu Ramsés Dario Xerxes Ciro Júlio Martinho Estêvão Roberto Humberto Maximiliano José
    Manuel Margarida Sisto Adriano Celestino Gustavo Duarte Elizabeth Dinis""")

YEAR_CONTEXTS: Final = word_set("em desde ano anos de")

FEMININE_ENDINGS: Final = ("a", "as", "ção", "ções", "são", "sões", "dade", "dades", "tude", "tudes", "gem", "gens", "ice", "ices")
MASCULINE: Final = word_set("""dia dias problema problemas tema temas mapa mapas programa programas sistema sistemas idioma idiomas planeta planetas clima climas
    drama dramas poema poemas grama gramas quilograma quilogramas cinema cinemas para a as la uma era contra já coração corações""")
FEMININE: Final = word_set("""mulher mulheres noite noites tarde tardes vez vezes mão mãos parte partes classe classes chave chaves foto fotos flor flores luz luzes
    voz vozes lei leis rede redes série séries base bases frase frases moto motos torre torres fase fases cor cores mãe mães gente irmã irmãs
    maçã maçãs colher colheres manhã manhãs""")
NOT_NOUNS: Final = word_set("""e ou a o as os de do da dos das em no na nos nas com por para que é são foi era ao à aos às como quando onde entre até nem mas se sem
    sobre mais menos não já eu ele ela eles elas está estão há tem""")

WEEKDAYS: Final = parse_words("""
seg|segunda
ter|terça
qua|quarta
qui|quinta
sex|sexta
sáb|sábado
dom|domingo
Seg|segunda
Ter|terça
Qua|quarta
Qui|quinta
Sex|sexta
Sáb|sábado
Dom|domingo
""")
