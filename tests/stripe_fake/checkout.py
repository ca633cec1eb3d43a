"""Checkout sessions of the fake, and what a person does on their page."""

from typing import Any

from tests.stripe_fake.billing import Billing
from tests.stripe_fake.params import RefusedError
from tests.stripe_fake.state import DAY


class Checkout(Billing):
    """Sessions that are paid on the page /pay/<session>, or by these methods."""

    def new_session(self, values: dict[str, Any]) -> dict[str, Any]:
        self.get("customer", values["customer"])
        mode = values.get("mode", "payment")
        lines = [(self.get("price", line["price"]), int(line.get("quantity", 1))) for line in values.get("line_items", [])]
        self._check_session(values, mode=mode, has_recurring=[bool(price["recurring"]) for price, _ in lines])
        total = sum(price["unit_amount"] * quantity for price, quantity in lines)
        session = self.new(
            "checkout.session", "cs_test", mode=mode, customer=values["customer"], client_reference_id=values.get("client_reference_id"),
            metadata=values.get("metadata", {}), amount_total=total, amount_subtotal=total, status="open", payment_status="unpaid",
            currency=lines[0][0]["currency"] if lines else values.get("currency"), payment_intent=None, subscription=None, invoice=None,
            setup_intent=None, success_url=values["success_url"], cancel_url=values.get("cancel_url"), expires_at=self.now + DAY,
            automatic_tax={"enabled": values.get("automatic_tax", {}).get("enabled") == "true"},
        )  # fmt: skip
        session["given"] = values
        session["price_ids"] = [price["id"] for price, _ in lines]
        session["url"] = f"{self.base}/pay/{session['id']}"
        return session

    def expire_session(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["status"] != "open":
            raise RefusedError('Only Checkout Sessions with a status in ["open"] can be expired.')
        session.update(status="expired", url=None)
        self.emit("checkout.session.expired", session)
        return session

    def pay(self, session: dict[str, Any] | str) -> dict[str, Any]:
        """Pay with a new card, which is saved where the checkout says so; returns the session."""
        session = self.get("checkout.session", session) if isinstance(session, str) else session
        if session["status"] != "open":
            return session
        if session["mode"] == "setup":
            self.add_card(session["customer"])
            session.update(status="complete", payment_status="no_payment_required", url=None)
        elif session["mode"] == "subscription":
            self._pay_subscription(session)
        else:
            intent = self._intent_of(session)
            self.succeed(intent)
            session.update(status="complete", payment_status="paid", url=None)
        self.emit("checkout.session.completed", session)
        return session

    def pay_later(self, session: dict[str, Any]) -> dict[str, Any]:
        """Choose a bank debit, which is decided days later."""
        intent = self._intent_of(session)
        intent["status"] = "processing"
        session.update(status="complete", payment_status="unpaid", url=None)
        self.emit("checkout.session.completed", session)
        return session

    def decide(self, session: dict[str, Any], *, is_paid: bool) -> None:
        """The bank decides about a payment that was made by pay_later."""
        intent = self.get("payment_intent", session["payment_intent"])
        if is_paid:
            self.succeed(intent)
            session["payment_status"] = "paid"
        else:
            intent["status"] = "requires_payment_method"
            self.emit("payment_intent.payment_failed", intent)
        self.emit(f"checkout.session.async_payment_{'succeeded' if is_paid else 'failed'}", session)

    def _pay_subscription(self, session: dict[str, Any]) -> None:
        card = self.add_card(session["customer"])
        metadata = session["given"].get("subscription_data", {}).get("metadata", {})
        subscription = self.start_subscription(session["customer"], session["price_ids"][0], metadata=metadata)
        subscription["default_payment_method"] = card
        session.update(
            status="complete", payment_status="paid", subscription=subscription["id"], invoice=subscription["latest_invoice"], url=None
        )

    def _intent_of(self, session: dict[str, Any]) -> dict[str, Any]:
        data = session["given"].get("payment_intent_data", {})
        intent = self.new_intent(
            amount=session["amount_total"], currency=session["currency"], customer=session["customer"], metadata=data.get("metadata", {}),
            description=data.get("description", ""),
        )  # fmt: skip
        session["payment_intent"] = intent["id"]
        return intent

    @staticmethod
    def _check_session(values: dict[str, Any], *, mode: str, has_recurring: list[bool]) -> None:
        if "success_url" not in values:
            raise RefusedError("Missing required param: success_url.", param="success_url")
        if mode == "payment" and any(has_recurring):
            raise RefusedError("You specified `payment` mode but passed a recurring price.", param="line_items[0][price]")
        if mode == "subscription" and not any(has_recurring):
            raise RefusedError("You must provide at least one recurring price in `subscription` mode.")
        if mode == "setup" and (values.get("line_items") or "currency" not in values):
            raise RefusedError("In `setup` mode pass `currency` and no `line_items`.")
        if mode != "subscription" and "subscription_data" in values:
            raise RefusedError("You can not pass `subscription_data` in this mode.", param="subscription_data")
        if mode != "payment" and {"payment_intent_data", "invoice_creation"} & set(values):
            raise RefusedError("You can not pass `payment_intent_data` or `invoice_creation` in this mode.")
        needs_update = {"automatic_tax", "tax_id_collection"} & set(values)
        if needs_update and "name" not in values.get("customer_update", {}):
            raise RefusedError("Tax ID collection requires updating business name on the customer. Set `customer_update[name]` to `auto`.")
