"""Language names in `verbose_json`: OpenAI's API spells out the English names of Whisper's languages."""

from typing import Final

_NAMES: Final = (
    "af afrikaans|am amharic|ar arabic|as assamese|az azerbaijani|ba bashkir|be belarusian|bg bulgarian|bn bengali|bo tibetan|br breton|bs bosnian|"
    "ca catalan|cs czech|cy welsh|da danish|de german|el greek|en english|es spanish|et estonian|eu basque|fa persian|fi finnish|fo faroese|"
    "fr french|gl galician|gu gujarati|ha hausa|haw hawaiian|he hebrew|hi hindi|hr croatian|ht haitian creole|hu hungarian|hy armenian|id indonesian|"
    "is icelandic|it italian|ja japanese|jw javanese|ka georgian|kk kazakh|km khmer|kn kannada|ko korean|la latin|lb luxembourgish|ln lingala|lo lao|"
    "lt lithuanian|lv latvian|mg malagasy|mi maori|mk macedonian|ml malayalam|mn mongolian|mr marathi|ms malay|mt maltese|my myanmar|ne nepali|"
    "nl dutch|nn nynorsk|no norwegian|oc occitan|pa punjabi|pl polish|ps pashto|pt portuguese|ro romanian|ru russian|sa sanskrit|sd sindhi|"
    "si sinhala|sk slovak|sl slovenian|sn shona|so somali|sq albanian|sr serbian|su sundanese|sv swedish|sw swahili|ta tamil|te telugu|tg tajik|"
    "th thai|tk turkmen|tl tagalog|tr turkish|tt tatar|uk ukrainian|ur urdu|uz uzbek|vi vietnamese|yi yiddish|yo yoruba|yue cantonese|zh chinese"
)
LANGUAGE_NAMES: Final = {code: name for code, _, name in (entry.partition(" ") for entry in _NAMES.split("|"))}


def language_name(tag: str) -> str:
    """`english` for `en`; the tag itself if Whisper does not know it."""
    return LANGUAGE_NAMES.get(tag, tag)


def language_tag(name: str) -> str:
    """`en` for `English`, which some clients send; anything else unchanged."""
    wanted = name.strip().casefold()
    return next((tag for tag, known in LANGUAGE_NAMES.items() if known == wanted), name)
