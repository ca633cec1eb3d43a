"""English units, currencies, signs and abbreviations."""

from typing import Final

from workers.text.normalise.languages.nouns import parse_currencies, parse_words, word_set

CURRENCIES: Final = parse_currencies("""
USD|n|dollar|dollars|n|cent|cents
EUR|n|euro|euros|n|cent|cents
GBP|n|pound|pounds|n|penny|pence
JPY|n|yen|yen
CNY|n|yuan|yuan|n|fen|fen
INR|n|rupee|rupees|n|paisa|paise
CAD|n|Canadian dollar|Canadian dollars|n|cent|cents
AUD|n|Australian dollar|Australian dollars|n|cent|cents
NZD|n|New Zealand dollar|New Zealand dollars|n|cent|cents
SGD|n|Singapore dollar|Singapore dollars|n|cent|cents
HKD|n|Hong Kong dollar|Hong Kong dollars|n|cent|cents
MXN|n|Mexican peso|Mexican pesos|n|centavo|centavos
ARS|n|Argentine peso|Argentine pesos|n|centavo|centavos
CLP|n|Chilean peso|Chilean pesos
COP|n|Colombian peso|Colombian pesos|n|centavo|centavos
PEN|n|sol|soles|n|céntimo|céntimos
BRL|n|real|reais|n|centavo|centavos
CHF|n|Swiss franc|Swiss francs|n|centime|centimes
SEK|n|Swedish krona|Swedish kronor|n|öre|öre
NOK|n|Norwegian krone|Norwegian kroner|n|øre|øre
DKK|n|Danish krone|Danish kroner|n|øre|øre
PLN|n|zloty|zlotys|n|grosz|groszy
CZK|n|Czech koruna|Czech korunas|n|haler|halers
HUF|n|forint|forints
RUB|n|ruble|rubles|n|kopeck|kopecks
UAH|n|hryvnia|hryvnias|n|kopiyka|kopiykas
TRY|n|Turkish lira|Turkish liras|n|kurus|kurus
KRW|n|won|won
THB|n|baht|baht|n|satang|satang
VND|n|dong|dong
PHP|n|Philippine peso|Philippine pesos|n|centavo|centavos
IDR|n|rupiah|rupiah
MYR|n|ringgit|ringgit|n|sen|sen
ILS|n|shekel|shekels|n|agora|agorot
ZAR|n|rand|rand|n|cent|cents
EGP|n|Egyptian pound|Egyptian pounds|n|piastre|piastres
NGN|n|naira|naira|n|kobo|kobo
AED|n|dirham|dirhams|n|fils|fils
SAR|n|riyal|riyals|n|halala|halalas
BTC|n|bitcoin|bitcoins
""")

SYMBOLS: Final = parse_words("""
.|dot
,|comma
:|colon
;|semicolon
/|slash
\\|backslash
-|dash
_|underscore
@|at
#|hash
&|and
+|plus
=|equals
?|question mark
!|exclamation mark
%|percent
*|star
~|tilde
'|apostrophe
"|quote
(|open parenthesis
)|close parenthesis
[|open bracket
]|close bracket
{|open brace
}|close brace
<|less than
>|greater than
$|dollar
€|euro
£|pound
¥|yen
§|section
°|degree
^|caret
`|backtick
""")

SIGNS: Final = parse_words("""
&|and
+|plus
=|equals
@|at
#|hash
%|percent
‰|per mille
§|section
§§|sections
©|copyright
®|registered
™|trademark
°|degrees
×|times
÷|divided by
±|plus or minus
<|less than
>|greater than
≤|less than or equal to
≥|greater than or equal to
≠|not equal to
≈|approximately
→|to
²|squared
³|cubed
€|euro
$|dollar
£|pound
¥|yen
¼|one quarter
½|one half
¾|three quarters
√|square root of
∞|infinity
π|pi
""")

ABBREVIATIONS: Final = parse_words("""
no.|#number
Rm.|#Room
c.|#circa
Ph.D.|P H D
Ph.D|P H D
w/|^with
w/o|^without
No.|#number
Nos.|#numbers
№|#number
p.|#page
Jan.|January
Feb.|February
Aug.|August
Sept.|September
Oct.|October
Nov.|November
Dec.|December
Mr.|*Mister
Mrs.|*Missus
Ms.|*Miz
Mr|*Mister
Mrs|*Missus
Ms|*Miz
Dr|*Doctor
vs|^versus
Dr.|*Doctor
Prof.|*Professor
Rev.|*Reverend
Hon.|*Honorable
Gov.|*Governor
Sen.|*Senator
Rep.|*Representative
Pres.|*President
Gen.|*General
Col.|*Colonel
Capt.|*Captain
Lt.|*Lieutenant
Sgt.|*Sergeant
Cpl.|*Corporal
Fr.|*Father
St.|*Saint
Mt.|*Mount
Ft.|*Fort
Sr.|Senior
Jr.|Junior
Inc.|Incorporated
Ltd.|Limited
Corp.|Corporation
Co.|Company
Bros.|Brothers
Dept.|Department
dept.|department
Ave.|Avenue
Blvd.|Boulevard
Rd.|Road
Ln.|Lane
Hwy.|Highway
Apt.|Apartment
Assn.|Association
Univ.|University
approx.|approximately
appt.|appointment
apt.|apartment
est.|established
etc.|et cetera
e.g.|^for example
i.e.|^that is
vs.|^versus
cf.|^compare
viz.|^namely
ca.|^circa
fig.|#figure
Fig.|#Figure
vol.|#volume
Vol.|#Volume
ch.|#chapter
Ch.|#Chapter
pp.|#pages
ed.|edition
misc.|miscellaneous
min.|minimum
Ste.|#Suite
max.|maximum
avg.|average
temp.|temperature
tel.|telephone
Tel.|Telephone
ext.|#extension
ext|#extension
Ext|#Extension
Ext.|#Extension
govt.|government
Mon.|Monday
Tue.|Tuesday
Tues.|Tuesday
Wed.|Wednesday
Thu.|Thursday
Thur.|Thursday
Thurs.|Thursday
Fri.|Friday
Sq.|Square
Pkwy.|Parkway
Fwy.|Freeway
Pl.|Place
Bldg.|Building
Esq.|Esquire
Messrs.|*Messieurs
Maj.|*Major
Adm.|*Admiral
Cmdr.|*Commander
Supt.|*Superintendent
Sec.|#Section
sec.|#section
Art.|#Article
art.|#article
para.|#paragraph
c/o|^care of
P.O.|^P O
""")

ROMAN_KEYWORDS: Final = word_set(
    "chapter part volume book act scene section phase type appendix article title class war bowl grade level stage tier vol"
)

ROMAN_NAMES: Final = word_set("""Henry Edward George William Richard Charles James Elizabeth Mary Louis Philip Napoleon Paul Pius Benedict Francis Catherine Ivan
    Alexander Nicholas Frederick Leo Gregory Innocent Urban Clement Boniface Peter Ferdinand Leopold Albert Frederik Christian Gustav Carl
    Otto Wilhelm Harald Haakon Ptolemy Ramses Ramesses Darius Xerxes Cyrus Julius Martin Stephen Robert Malcolm Alfonso Carlos Felipe
    Juan Umberto Victor Vittorio Constantine Justinian Theodosius Margaret Anne Isabella Maximilian Joseph Wenceslas Casimir Sigismund
    Mehmed Selim Murad Suleiman Abdul Pedro João Manuel Albrecht Edmund Harold Matilda Sixtus Callixtus Adrian Celestine""")

YEAR_CONTEXTS: Final = word_set("""in c ca since from until till by before after around circa about early late mid during year years of spring summer autumn fall winter
    january february march april may june july august september october november december and between class copyright ©""")

WEEKDAYS: Final = parse_words("""
Mon|Monday
Tue|Tuesday
Tues|Tuesday
Wed|Wednesday
Thu|Thursday
Thur|Thursday
Thurs|Thursday
Fri|Friday
Sat|Saturday
Sun|Sunday
""")
