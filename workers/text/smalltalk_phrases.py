"""Phrases that the responder without a language model understands and says, by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's. Triggers are whole words in a row; accents and capitals do not matter."""

    language: str
    notice: str
    """Sentence that says that no language model is configured."""
    courtesies: tuple[tuple[tuple[str, ...], str], ...]
    """Triggers and the reply; the first that fits is given."""
    asks_time: tuple[str, ...]
    time: str
    asks_date: tuple[str, ...]
    date: str
    weekdays: tuple[str, ...]
    """Monday first."""
    operations: Mapping[str, tuple[str, ...]]
    """Names of + - * /; the first is the one that is spoken."""
    equals: str


EN: Final = Phrases(
    "en",
    "I am offline: no language model is set up on this server, so I can only exchange greetings, tell the time and the date, and do sums.",
    (
        (("who are you", "what are you", "your name"), "I am this server's built-in voice assistant."),
        (("how are you", "how do you do"), "Everything here is running, thank you."),
        (("thank you", "thanks"), "You are welcome."),
        (("goodbye", "bye", "good night", "see you"), "Goodbye."),
        (("good morning",), "Good morning."),
        (("good evening",), "Good evening."),
        (("hello", "hi", "hey", "good afternoon", "good day"), "Hello."),
    ),
    ("what time", "the time", "time is it"),
    "It is {time} on this server ({zone}).",
    ("what day", "the date", "what date", "today's date", "which day", "what year", "which year", "what month"),
    "Today is {weekday}, {month} {day}, {year}.",
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    MappingProxyType(
        {
            "+": ("plus", "+"),
            "-": ("minus", "-", "less"),
            "*": ("times", "multiplied by", "*", "x", "×"),
            "/": ("divided by", "/", "÷"),
        }
    ),
    "is",
)

ES: Final = Phrases(
    "es",
    "Estoy sin conexión: en este servidor no hay ningún modelo de lenguaje, así que solo puedo saludar, decir la hora y la fecha y hacer cuentas.",
    (
        (("quién eres", "cómo te llamas", "tu nombre"), "Soy el asistente de voz incluido en este servidor."),
        (("cómo estás", "qué tal", "cómo está usted"), "Aquí todo funciona, gracias."),
        (("gracias",), "De nada."),
        (("adiós", "hasta luego", "buenas noches", "chao"), "Adiós."),
        (("buenos días",), "Buenos días."),
        (("hola", "buenas tardes", "buenas"), "Hola."),
    ),
    ("qué hora", "la hora"),
    "En este servidor son las {time} ({zone}).",
    ("qué día", "la fecha", "qué fecha", "a cuántos estamos", "en qué año", "qué mes"),
    "Hoy es {weekday}, {day} de {month} de {year}.",
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    MappingProxyType(
        {
            "+": ("más", "mas", "+"),
            "-": ("menos", "-"),
            "*": ("por", "multiplicado por", "*", "x", "×"),
            "/": ("entre", "dividido entre", "dividido por", "/", "÷"),
        }
    ),
    "es",
)

FR: Final = Phrases(
    "fr",
    "Je suis hors ligne : aucun modèle de langue n'est configuré sur ce serveur, je peux donc seulement saluer, donner l'heure et la date et faire "
    "des calculs.",
    (
        (("qui es-tu", "qui êtes-vous", "ton nom", "votre nom", "tu t'appelles"), "Je suis l'assistant vocal intégré de ce serveur."),
        (("comment vas-tu", "comment allez-vous", "ça va"), "Tout fonctionne ici, merci."),
        (("merci",), "Je vous en prie."),
        (("au revoir", "bonne nuit", "à bientôt"), "Au revoir."),
        (("bonsoir",), "Bonsoir."),
        (("bonjour", "salut", "coucou"), "Bonjour."),
    ),
    ("quelle heure", "l'heure"),
    "Sur ce serveur, il est {time} ({zone}).",
    ("quel jour", "la date", "quelle date", "quelle année", "quel mois"),
    "Nous sommes le {weekday} {day} {month} {year}.",
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    MappingProxyType(
        {
            "+": ("plus", "+"),
            "-": ("moins", "-"),
            "*": ("fois", "multiplié par", "*", "x", "×"),
            "/": ("divisé par", "/", "÷"),
        }
    ),
    "font",
)

DE: Final = Phrases(
    "de",
    "Ich bin offline: Auf diesem Server ist kein Sprachmodell eingerichtet, deshalb kann ich nur grüßen, Uhrzeit und Datum nennen und rechnen.",
    (
        (("wer bist du", "wer sind sie", "dein name", "wie heißt du"), "Ich bin der eingebaute Sprachassistent dieses Servers."),
        (("wie geht", "wie geht's"), "Hier läuft alles, danke."),
        (("danke", "vielen dank"), "Gern geschehen."),
        (("auf wiedersehen", "tschüss", "gute nacht", "bis bald"), "Auf Wiedersehen."),
        (("guten morgen",), "Guten Morgen."),
        (("guten abend",), "Guten Abend."),
        (("hallo", "guten tag", "servus", "moin"), "Hallo."),
    ),
    ("wie spät", "wie viel uhr", "wieviel uhr", "uhrzeit"),
    "Auf diesem Server ist es {time} Uhr ({zone}).",
    ("welcher tag", "welchen tag", "welches datum", "das datum", "den wievielten", "welches jahr", "welchen monat"),
    "Heute ist {weekday}, der {day}. {month} {year}.",
    ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    MappingProxyType(
        {
            "+": ("plus", "+"),
            "-": ("minus", "-", "weniger"),
            "*": ("mal", "*", "x", "×"),
            "/": ("geteilt durch", "durch", "/", "÷"),
        }
    ),
    "ist",
)

IT: Final = Phrases(
    "it",
    "Sono offline: su questo server non c'è un modello linguistico, quindi posso solo salutare, dire l'ora e la data e fare calcoli.",
    (
        (("chi sei", "come ti chiami", "il tuo nome"), "Sono l'assistente vocale integrato di questo server."),
        (("come stai", "come va", "come sta"), "Qui funziona tutto, grazie."),
        (("grazie",), "Prego."),
        (("arrivederci", "buonanotte", "addio"), "Arrivederci."),
        (("buonasera",), "Buonasera."),
        (("ciao", "buongiorno", "salve"), "Ciao."),
    ),
    ("che ora", "che ore", "l'ora"),
    "Su questo server sono le {time} ({zone}).",
    ("che giorno", "la data", "che data", "che anno", "che mese"),
    "Oggi è {weekday} {day} {month} {year}.",
    ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    MappingProxyType(
        {
            "+": ("più", "piu", "+"),
            "-": ("meno", "-"),
            "*": ("per", "moltiplicato per", "*", "x", "×"),
            "/": ("diviso", "diviso per", "/", "÷"),
        }
    ),
    "fa",
)

PT: Final = Phrases(
    "pt",
    "Estou sem conexão: não há nenhum modelo de linguagem neste servidor, por isso só posso cumprimentar, dizer a hora e a data e fazer contas.",
    (
        (("quem é você", "qual é o seu nome", "como você se chama", "quem és"), "Sou o assistente de voz incluído neste servidor."),
        (("como vai", "como está", "tudo bem"), "Aqui está tudo a funcionar, obrigado."),
        (("obrigado", "obrigada"), "De nada."),
        (("adeus", "tchau", "até logo", "boa noite"), "Até logo."),
        (("bom dia",), "Bom dia."),
        (("olá", "oi", "boa tarde"), "Olá."),
    ),
    ("que horas", "a hora", "as horas"),
    "Neste servidor são {time} ({zone}).",
    ("que dia", "a data", "qual data", "em que ano", "que mês"),
    "Hoje é {weekday}, {day} de {month} de {year}.",
    ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    MappingProxyType(
        {
            "+": ("mais", "+"),
            "-": ("menos", "-"),
            "*": ("vezes", "multiplicado por", "*", "x", "×"),
            "/": ("dividido por", "/", "÷"),
        }
    ),
    "são",
)

PHRASES: Final[Mapping[str, Phrases]] = MappingProxyType({one.language: one for one in (EN, ES, FR, DE, IT, PT)})
