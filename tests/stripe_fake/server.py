"""HTTP server of the fake, in threads of this process."""

import copy
import html
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from tests.stripe_fake.checkout import Checkout
from tests.stripe_fake.params import RefusedError, parse
from tests.stripe_fake.routes import answer
from tests.stripe_fake.state import encoded, sign

SECRET_KEY = "sk_test_fake_key_of_nobody"
WEBHOOK_SECRET = "whsec_fake_secret_of_nobody"
HIDDEN = ("given", "price_ids", "works", "needs_confirmation")


class StripeFake(Checkout):
    """Running fake: `with StripeFake() as fake`, then `fake.base` is its URL."""

    def __init__(self, *, port: int = 0, webhook_url: str = "") -> None:
        super().__init__()
        self.webhook_url = webhook_url
        self.server = ThreadingHTTPServer(("127.0.0.1", port), type("BoundHandler", (Handler,), {"fake": self}))
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def reset(self) -> None:
        """Forget everything that was asked too."""
        super().reset()
        self.page_limit = 100
        self.failures: list[int] = []
        """Statuses of the next answers, whatever is asked."""
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.keys: dict[str, tuple[str, int, dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def handle(self, method: str, path: str, values: dict[str, Any], key: str | None) -> tuple[int, dict[str, Any]]:
        """Status and body of an API request. A repeated idempotency key gets the first answer, errors of the server excepted."""
        with self.lock:
            self.requests.append((method, path, values))
            if self.failures:
                status = self.failures.pop(0)
                kind = "rate_limit_error" if status == 429 else "api_error"
                return status, {"error": {"type": kind, "message": "Try again later."}}
            request = json.dumps([method, path, values], sort_keys=True)
            if key and key in self.keys:
                first, status, body = self.keys[key]
                if first != request:
                    message = (
                        f"Keys for idempotent requests can only be used with the same parameters they were first used with. Key: '{key}'."
                    )
                    return 400, {"error": {"type": "idempotency_error", "message": message}}
                return status, body
            try:
                status, body = 200, copy.deepcopy(answer(self, method, path, values))
            except RefusedError as refusal:
                status, body = refusal.status, copy.deepcopy(refusal.body)
            if key:
                self.keys[key] = (request, status, body)
            return status, body

    def send_events(self) -> int:
        """Post the unsent events to the webhook URL; returns their number."""
        events = self.unsent()
        for event in events:
            body = encoded(event)
            headers = {"Content-Type": "application/json", "Stripe-Signature": sign(body, WEBHOOK_SECRET)}
            urlopen(Request(self.webhook_url, body.encode(), headers), timeout=30).close()
        return len(events)

    def pay_page(self, session_id: str) -> str:
        """Page of a checkout: the amount, and buttons to pay and to decline."""
        session = self.get("checkout.session", session_id)
        amount = html.escape(f"{session['amount_total'] / 100:.2f} {(session['currency'] or '').upper()}")
        buttons = "".join(
            f'<button name="action" value="{action}" id="{action}">{label}</button> '
            for action, label in (("pay", "Pay"), ("decline", "Decline"))
        )
        note = "" if session["status"] == "open" else "<p>This checkout is over.</p>"
        return (
            f"<!doctype html><title>Fake checkout</title><style>body{{font:16px system-ui;margin:4rem auto;max-width:28rem}}</style>"
            f"<h1>Fake checkout</h1><p id=amount>{amount}</p>{note}<form method=post>{buttons}</form>"
        )

    def act_on_page(self, session_id: str, action: str) -> str:
        """Pay or decline; returns where the browser goes."""
        with self.lock:
            session = self.get("checkout.session", session_id)
            if action == "pay":
                self.pay(session)
                return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
            return f"{self.base}/pay/{session_id}"


class Handler(BaseHTTPRequestHandler):
    """Requests of the package and of browsers."""

    fake: StripeFake
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets, and a client acknowledges the first one up to 40 ms late

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/pay/"):
            self._send(200, self.fake.pay_page(url.path.removeprefix("/pay/")).encode(), "text/html; charset=utf-8")
        elif not url.path.startswith("/v1/"):
            self._send(200, b"<!doctype html><title>Fake Stripe</title><p>A page of the fake Stripe.", "text/html; charset=utf-8")
        else:
            self._answer("GET", url.path, parse(url.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/pay/"):
            target = self.fake.act_on_page(self.path.removeprefix("/pay/"), parse_qs(body).get("action", [""])[0])
            self.send_response(303)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if self.fake.webhook_url:
                threading.Thread(target=self.fake.send_events, daemon=True).start()
        else:
            self._answer("POST", urlsplit(self.path).path, parse(body))

    def do_DELETE(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer("DELETE", url.path, parse(url.query or body))

    def _answer(self, method: str, path: str, values: dict[str, Any]) -> None:
        if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            status, body = 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}}
        else:
            status, body = self.fake.handle(method, path, values, self.headers.get("Idempotency-Key"))
        shown = json.dumps(_shown(body)).encode()
        self._send(status, shown, "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", "req_fake")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: tests look at `fake.requests`."""


def _shown(value: Any) -> Any:
    """The value without what only the fake knows."""
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items() if key not in HIDDEN}
    return [_shown(one) for one in value] if isinstance(value, list) else value
