"""Customers, cards, charges, refunds and disputes of the fake."""

from typing import Any

from tests.stripe_fake.params import RefusedError
from tests.stripe_fake.state import State

DECLINED = {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined."}


class Payments(State):
    """Money that moves once."""

    def add_card(self, customer: str, *, works: bool = True, needs_confirmation: bool = False) -> str:
        """Save a card; one that does not work is declined when it is charged."""
        card = self.new(
            "payment_method", "pm", type="card", customer=customer, card={"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2040},
            works=works, needs_confirmation=needs_confirmation,
        )  # fmt: skip
        self.emit("payment_method.attached", card)
        return str(card["id"])

    def set_cards(self, customer: str, *, works: bool) -> None:
        for card in self.all("payment_method", customer=customer):
            card["works"] = works

    def card_of(self, customer: str) -> dict[str, Any] | None:
        default = self.get("customer", customer)["invoice_settings"]["default_payment_method"]
        return self.get("payment_method", default) if default else next(iter(self.all("payment_method", customer=customer)), None)

    def new_intent(self, *, amount: int, currency: str, customer: str, metadata: dict[str, str], description: str = "") -> dict[str, Any]:
        return self.new(
            "payment_intent", "pi", amount=amount, amount_received=0, currency=currency, customer=customer, metadata=metadata,
            description=description, status="requires_payment_method", latest_charge=None, last_payment_error=None, payment_method=None,
        )  # fmt: skip

    def charge(self, intent: dict[str, Any], card: dict[str, Any] | None) -> bool:
        """Try to take the money of a payment intent; True if it succeeded. Events as Stripe sends them."""
        if card is not None and card["needs_confirmation"]:
            intent["status"] = "requires_action"
            self.emit("payment_intent.requires_action", intent)
            return False
        if card is None or not card["works"]:
            intent["status"], intent["last_payment_error"] = "requires_payment_method", dict(DECLINED)
            self.emit("payment_intent.payment_failed", intent)
            return False
        self.succeed(intent, payment_method=card["id"])
        return True

    def succeed(self, intent: dict[str, Any], *, payment_method: str | None = None) -> dict[str, Any]:
        charge = self.new(
            "charge", "ch", amount=intent["amount"], amount_captured=intent["amount"], amount_refunded=0, currency=intent["currency"],
            customer=intent["customer"], payment_intent=intent["id"], paid=True, captured=True, disputed=False, refunded=False,
            status="succeeded", payment_method=payment_method, metadata={},
        )  # fmt: skip
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], payment_method=payment_method)
        self.emit("charge.succeeded", charge)
        self.emit("payment_intent.succeeded", intent)
        return charge

    def refund(self, payment_intent: str, *, amount: int | None = None) -> dict[str, Any]:
        """Refund a payment, wholly or in part, as the operator does on Stripe's page."""
        [charge] = self.all("charge", payment_intent=payment_intent)
        part = charge["amount"] - charge["amount_refunded"] if amount is None else amount
        if part > charge["amount"] - charge["amount_refunded"]:
            raise RefusedError("Refund amount is greater than charge amount", code="charge_already_refunded")
        refund = self.new(
            "refund", "re", amount=part, charge=charge["id"], currency=charge["currency"], payment_intent=payment_intent, status="succeeded"
        )
        charge["amount_refunded"] += part
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.emit("charge.refunded", charge)
        self.emit("refund.created", refund)
        return refund

    def fail_refund(self, refund: dict[str, Any]) -> None:
        """The bank returns a refund: the money is the platform's again."""
        charge = self.get("charge", refund["charge"])
        refund["status"] = "failed"
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self.emit("refund.failed", refund)

    def dispute(self, payment_intent: str, *, amount: int | None = None, status: str = "needs_response") -> dict[str, Any]:
        [charge] = self.all("charge", payment_intent=payment_intent)
        charge["disputed"] = True
        dispute = self.new(
            "dispute", "du", amount=charge["amount"] if amount is None else amount, charge=charge["id"], currency=charge["currency"],
            payment_intent=payment_intent, reason="fraudulent", status=status,
        )  # fmt: skip
        self.emit("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, dispute: dict[str, Any], *, status: str) -> None:
        dispute["status"] = status
        self.emit("charge.dispute.closed", dispute)
