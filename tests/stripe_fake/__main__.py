"""`python -m tests.stripe_fake`: the fake beside a running platform, for people who try the pages without an account at Stripe.

It prints the variables for the platform, sends events to it, and lets an hour, a day or a month pass on request.
"""

import argparse
import sys

from tests.stripe_fake import StripeFake
from tests.stripe_fake.server import SECRET_KEY, WEBHOOK_SECRET


def main() -> None:
    """Serve until the end of the input; each line is a number of days that pass."""
    parser = argparse.ArgumentParser(prog="python -m tests.stripe_fake", description="A stand-in for Stripe on this machine.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--platform", default="http://127.0.0.1:8000", help="URL of the platform that events are sent to.")
    options = parser.parse_args()
    with StripeFake(port=options.port, webhook_url=f"{options.platform}/webhooks/stripe/") as fake:
        variables = f"TTSAI_STRIPE_API_BASE={fake.base} TTSAI_STRIPE_SECRET_KEY={SECRET_KEY} TTSAI_STRIPE_WEBHOOK_SECRETS={WEBHOOK_SECRET}"
        print(f"Start the platform with:\n  {variables} make run\n")
        print("Then once: manage.py create_stripe_prices, with the same variables.")
        print("Enter a number of days to let them pass.", flush=True)
        for line in sys.stdin:
            with fake.lock:
                fake.advance(days=float(line or 0))
            print(f"{fake.send_events()} events sent", flush=True)


if __name__ == "__main__":
    main()
