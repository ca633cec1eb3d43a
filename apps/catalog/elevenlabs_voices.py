"""ElevenLabs' premade voices, which its documents and clients name by id, and the Kokoro voices that speak for them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PremadeVoice:
    """Voice of ElevenLabs' library."""

    voice_id: str
    name: str
    gender: str
    accent: str
    speaker: str
    """Kokoro voice of the same gender, and of the same accent where there is one."""


_TABLE: Final = """
21m00Tcm4TlvDq8ikWAM Rachel female american af_bella
29vD33N1CtxCmqQRPOHJ Drew male american am_michael
2EiwWnXFnvU5JabPnv8n Clyde male american am_onyx
5Q0t7uMcjvnagumLfvZi Paul male american am_echo
9BWtsMINqrJLrRacOk9x Aria female american af_aoede
AZnzlk1XvdvUeBnXmlld Domi female american af_kore
CYw3kZ02Hs0563khs1Fj Dave male british bm_fable
CwhRBWXzGAHq8TQ4Fs17 Roger male american am_eric
D38z5RcWu1voky8WS1ja Fin male irish bm_lewis
EXAVITQu4vr4xnSDxMaL Sarah female american af_sarah
ErXwobaYiN019PkySvjV Antoni male american am_adam
FGY2WhTYpPnrIDTdsKH5 Laura female american af_sky
GBv7mTt0atIp3Br8iCZE Thomas male american am_liam
IKne3meq5aSn9XLyUdCD Charlie male australian bm_lewis
JBFqnCBsd6RMkjVDRZzb George male british bm_george
LcfcDJNUP1GQjkzn1xUU Emily female american af_nicole
MF3mGyEYCl7XYWbV9V6O Elli female american af_nova
N2lVS1w4EtoT3dr4eOWO Callum male american am_fenrir
ODq5zmih8GrVes37Dizd Patrick male american am_puck
SAz9YHcvj6GT2YYXdXww River neutral american af_river
SOYHLrjzK2X1ezoPC6cr Harry male american am_santa
TX3LPaxmHKxFdv7VOQHJ Liam male american am_liam
ThT5KcBeYPX3keUQqHPh Dorothy female british bf_emma
TxGEqnHWrfWFTfGW9XjX Josh male american am_michael
VR6AewLTigWG4xSOukaG Arnold male american am_onyx
XB0fDUnXU5powFXDhCwa Charlotte female swedish bf_isabella
Xb7hH8MSUJpSbSDYk0k2 Alice female british bf_alice
XrExE9yKIg1WjnnlVkGX Matilda female american af_heart
ZQe5CZNOzWyzPSCn5a3c James male australian bm_daniel
Zlb1dXrM653N07WRdFW3 Joseph male british bm_lewis
bIHbv24MWmeRgasZH58o Will male american am_puck
bVMeCyTHy58xNoL34h3p Jeremy male irish bm_fable
cgSgspJ2msm6clMCkdW9 Jessica female american af_jessica
cjVigY5qzO86Huf0OWal Eric male american am_eric
flq6f7yk4E4fJM5XTYuZ Michael male american am_michael
g5CIjZEefAph4nQFvHAz Ethan male american am_echo
hpp4J3VqNfWAUOO0d1Us Bella female american af_bella
iP95p4xoKVk53GoZ742B Chris male american am_adam
jBpfuIE2acCO8z3wKNLl Gigi female american af_sky
jsCqWAovK2LkecY7zXl4 Freya female american af_aoede
nPczCjzI2devNBz1zQrb Brian male american am_onyx
oWAxZDx7w5VEj9dCyTzz Grace female american af_heart
onwK4e9ZLuTAKqWW03F9 Daniel male british bm_daniel
pFZP5JQG7iQjIQuC4Bku Lily female british bf_lily
pMsXgVXv3BLzUgSXRplE Serena female american af_alloy
pNInz6obpgDQGcFmaJgB Adam male american am_adam
piTKgcLEGmPE4e6mEKli Nicole female american af_nicole
pqHfZKP75CvOlQylNhV4 Bill male american am_echo
t0jbNlBVZ17f02VDIeMI Jessie male american am_fenrir
wViXBPUzp2ZZixB1xQuM Ryan male american am_eric
yoZ06aMxZJJ28mfd3POQ Sam male american am_puck
z9fAnlkpzviPz146aGWa Glinda female american af_kore
zcAOhNBS3c14rBihAFp1 Giovanni male italian am_fenrir
zrHiDhphv9ZnVXBqCLjz Mimi female swedish bf_emma
"""

PREMADE_VOICES: Final = {row.split()[0]: PremadeVoice(*row.split()) for row in _TABLE.strip().splitlines()}
"""By id, as of ElevenLabs' list of default and legacy voices."""

SPEAKERS_OF_PREMADE: Final = {
    name: voice.speaker for voice in PREMADE_VOICES.values() for name in (voice.voice_id.casefold(), voice.name.casefold())
}
"""Kokoro voices by id and name in small letters, as rows of stand-ins have them."""
