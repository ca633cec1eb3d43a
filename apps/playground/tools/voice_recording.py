"""Context of every page that makes a voice: limits of a recording, a text to read, and the consent of the speaker."""

from typing import Any, Final

from apps.accounts.models import Plan
from apps.playground.tools.limits import StatedLimits, limits_of
from apps.voices.recordings import LIMITS

SCRIPT: Final = (
    "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow. The rainbow is a division of white light into many "
    "beautiful colors. People look, but no one ever finds the pot of gold at its end."
)
"""Beginning of the rainbow passage (Fairbanks, Voice and Articulation Drillbook, 1960), with nearly every sound of English."""
CONSENT: Final = (
    "I am the speaker of this recording, or the speaker has agreed, in words that I can show, that a voice is made of it and used here to speak "
    "texts. The agreement can be withdrawn at any time; the voice then no longer speaks. I will not use the voice to deceive anyone."
)
"""Statement that is recorded with a voice where no other one is given."""
SHORTEST_GOOD_SECONDS, LONGEST_GOOD_SECONDS = 10, 30


def recording_details() -> dict[str, Any]:
    """Context of `playground/tools/source.html` and `playground/components/consent.html` on a page that makes a voice."""
    return {
        "script_to_read": SCRIPT,
        "consent_text": CONSENT,
        "shortest_good_seconds": SHORTEST_GOOD_SECONDS,
        "longest_good_seconds": LONGEST_GOOD_SECONDS,
    }


def recording_limits(plan: Plan) -> StatedLimits:
    return limits_of(LIMITS, plan)
