"""Subscriptions, schedules and invoices of the fake, with its clock."""

import calendar
from datetime import UTC, datetime
from typing import Any

from tests.stripe_fake.params import RefusedError
from tests.stripe_fake.payments import Payments
from tests.stripe_fake.state import DAY


def add_interval(start: int, recurring: dict[str, Any]) -> int:
    """The same day of the next month or year, or the month's last one."""
    moment = datetime.fromtimestamp(start, UTC)
    months = moment.month - 1 + recurring["interval_count"] * (12 if recurring["interval"] == "year" else 1)
    year, month = moment.year + months // 12, months % 12 + 1
    return int(moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1])).timestamp())


class Billing(Payments):
    """Money that moves every month."""

    def start_subscription(self, customer: str, price_id: str, *, metadata: dict[str, str]) -> dict[str, Any]:
        price = self.get("price", price_id)
        subscription = self.new(
            "subscription", "sub", customer=customer, status="incomplete", metadata=metadata, cancel_at_period_end=False, canceled_at=None,
            ended_at=None, schedule=None, pending_update=None, latest_invoice=None, currency=price["currency"], default_payment_method=None,
            items={"object": "list", "data": [], "has_more": False, "url": "/v1/subscription_items"}, start_date=self.now,
        )  # fmt: skip
        item = self.new("subscription_item", "si", price=price, quantity=1, subscription=subscription["id"])
        item.update(current_period_start=self.now, current_period_end=add_interval(self.now, price["recurring"]))
        subscription["items"]["data"].append(item)
        self.emit("customer.subscription.created", subscription)
        invoice = self._invoice(subscription, "subscription_create", [self._line(item, price["unit_amount"], price)])
        subscription["status"] = "active" if invoice["status"] == "paid" else "incomplete"
        self.emit("customer.subscription.updated", subscription)
        return subscription

    def update_subscription(self, subscription: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        if subscription["status"] == "canceled":
            raise RefusedError(f"No such subscription: '{subscription['id']}'", status=404, code="resource_missing")
        if values.get("payment_behavior") == "pending_if_incomplete" and "cancel_at_period_end" in values:
            raise RefusedError("You can't pass `cancel_at_period_end` with payment_behavior=pending_if_incomplete.")
        if subscription["schedule"] and ("items" in values or "cancel_at_period_end" in values):
            raise RefusedError("The subscription is managed by the subscription schedule and can't be updated directly.")
        if "cancel_at_period_end" in values:
            subscription["cancel_at_period_end"] = values["cancel_at_period_end"] == "true"
        for changed in values.get("items", []):
            self._change_price(subscription, changed, values)
        self.emit("customer.subscription.updated", subscription)
        return subscription

    def cancel_subscription(self, subscription: dict[str, Any]) -> dict[str, Any]:
        if subscription["status"] == "canceled":
            raise RefusedError(f"No such subscription: '{subscription['id']}'", status=404, code="resource_missing")
        subscription.update(status="canceled", canceled_at=self.now, ended_at=self.now, schedule=None)
        self.emit("customer.subscription.deleted", subscription)
        return subscription

    def new_schedule(self, values: dict[str, Any]) -> dict[str, Any]:
        subscription = self.get("subscription", values["from_subscription"])
        if subscription["schedule"]:
            raise RefusedError("The subscription is already attached to a schedule.")
        item = subscription["items"]["data"][0]
        phase = {
            "start_date": item["current_period_start"],
            "end_date": item["current_period_end"],
            "items": [{"price": item["price"]["id"]}],
        }
        schedule = self.new(
            "subscription_schedule", "sub_sched", customer=subscription["customer"], subscription=subscription["id"], phases=[phase],
            status="active", end_behavior="release",
        )  # fmt: skip
        subscription["schedule"] = schedule["id"]
        self.emit("subscription_schedule.created", schedule)
        return schedule

    def update_schedule(self, schedule: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        phases: list[dict[str, Any]] = []
        for number, given in enumerate(values.get("phases", [])):
            start = int(given["start_date"]) if "start_date" in given else (phases[-1]["end_date"] if phases else self.now)
            prices = [self.get("price", item["price"]) for item in given["items"]]
            if "end_date" in given:
                end = int(given["end_date"])
            elif "duration" in given:
                end = add_interval(start, {**given["duration"], "interval_count": int(given["duration"].get("interval_count", 1))})
            else:
                raise RefusedError(f"Phase {number} needs an end_date or a duration.")
            phases.append({"start_date": start, "end_date": end, "items": [{"price": price["id"]} for price in prices]})
        if phases:
            if phases[0]["start_date"] != schedule["phases"][0]["start_date"]:
                raise RefusedError("You can not modify the start date of the current phase.")
            schedule["phases"] = phases
        self.emit("subscription_schedule.updated", schedule)
        return schedule

    def release_schedule(self, schedule: dict[str, Any]) -> dict[str, Any]:
        if schedule["status"] != "active":
            raise RefusedError("You cannot release a subscription schedule that is currently in the `released` status.")
        self.get("subscription", schedule["subscription"])["schedule"] = None
        schedule["status"] = "released"
        self.emit("subscription_schedule.released", schedule)
        return schedule

    def pay_invoice(self, invoice: dict[str, Any]) -> bool:
        """Try to pay an open invoice with the customer's card."""
        [payment] = [one for one in self.all("invoice_payment") if one["invoice"] == invoice["id"]] or [None]
        if payment is None:
            return False
        intent = self.get("payment_intent", payment["payment"]["payment_intent"])
        invoice["attempt_count"] += 1
        is_paid = self.charge(intent, self.card_of(invoice["customer"]))
        if is_paid:
            payment["status"] = "paid"
            self._mark_paid(invoice)
        else:
            self.emit("invoice.payment_failed", invoice)
        self._after_payment(invoice, is_paid=is_paid)
        return is_paid

    def advance(self, *, days: float) -> None:
        """Move the clock, and renew, change or end the subscriptions whose periods end meanwhile. Open invoices are tried again."""
        self.now += int(days * DAY)
        for subscription in self.all("subscription"):
            while subscription["status"] in {"active", "past_due"} and subscription["items"]["data"][0]["current_period_end"] <= self.now:
                self._renew(subscription)

    def _renew(self, subscription: dict[str, Any]) -> None:
        item = subscription["items"]["data"][0]
        if subscription["cancel_at_period_end"]:
            self.cancel_subscription(subscription)
            return
        if subscription["schedule"]:
            schedule = self.get("subscription_schedule", subscription["schedule"])
            phases = [phase for phase in schedule["phases"] if phase["start_date"] >= item["current_period_end"]]
            if phases:
                item["price"] = self.get("price", phases[0]["items"][0]["price"])
            if len(phases) <= 1:  # the last phase runs: it is released at its end, which no test waits for
                self.release_schedule(schedule)
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = add_interval(item["current_period_start"], item["price"]["recurring"])
        invoice = self._invoice(subscription, "subscription_cycle", [self._line(item, item["price"]["unit_amount"], item["price"])])
        subscription["status"] = "active" if invoice["status"] == "paid" else "past_due"
        self.emit("customer.subscription.updated", subscription)

    def _change_price(self, subscription: dict[str, Any], changed: dict[str, Any], values: dict[str, Any]) -> None:
        item = self.get("subscription_item", changed["id"])
        price = self.get("price", changed["price"])
        start, end = item["current_period_start"], item["current_period_end"]
        left = (end - self.now) / (end - start)
        is_same = price["recurring"]["interval"] == item["price"]["recurring"]["interval"]
        lines = [
            self._line(item, -round(item["price"]["unit_amount"] * left), item["price"], proration=True),
            self._line(item, round(price["unit_amount"] * left) if is_same else price["unit_amount"], price, proration=is_same),
        ]
        before = (item["price"], start, end)
        item["price"] = price
        if not is_same:
            item.update(current_period_start=self.now, current_period_end=add_interval(self.now, price["recurring"]))
            lines[1]["period"] = {"start": item["current_period_start"], "end": item["current_period_end"]}
        if values.get("proration_behavior") != "always_invoice":
            return
        invoice = self._invoice(subscription, "subscription_update", lines)
        if invoice["status"] != "paid" and values.get("payment_behavior") == "pending_if_incomplete":
            item["price"], item["current_period_start"], item["current_period_end"] = before
            subscription["pending_update"] = {"expires_at": self.now + DAY, "subscription_items": [{"id": item["id"], "price": price}]}

    def _line(self, item: dict[str, Any], amount: int, price: dict[str, Any], *, proration: bool = False) -> dict[str, Any]:
        return self.new(
            "line_item", "il", amount=amount, subtotal=amount, currency=price["currency"], quantity=1, discount_amounts=[],
            period={"start": item["current_period_start"], "end": item["current_period_end"]},
            parent={
                "type": "subscription_item_details",
                "subscription_item_details": {"subscription": item["subscription"], "subscription_item": item["id"], "proration": proration},
            },
            pricing={"type": "price_details", "price_details": {"price": price["id"], "product": price["product"]}},
        )  # fmt: skip

    def _invoice(self, subscription: dict[str, Any], reason: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        total = sum(line["amount"] for line in lines)
        customer = self.get("customer", subscription["customer"])
        due = total + customer["balance"]
        number = len(self.all("invoice")) + 1
        invoice = self.new(
            "invoice", "in", customer=customer["id"], status="open", billing_reason=reason, currency=subscription["currency"], total=total,
            amount_due=max(0, due), amount_paid=0, starting_balance=customer["balance"], ending_balance=min(0, due), attempt_count=0, number=f"FAKE-{number:04d}", customer_tax_ids=customer["tax_ids"],
            lines={"object": "list", "data": lines, "has_more": False, "url": "/v1/invoices/lines"},
            parent={"type": "subscription_details", "subscription_details": {"subscription": subscription["id"], "metadata": {}}},
            status_transitions={"paid_at": None, "finalized_at": self.now},
        )  # fmt: skip
        invoice["hosted_invoice_url"] = f"{self.base}/invoice/{invoice['id']}"
        invoice["invoice_pdf"] = f"{self.base}/invoice/{invoice['id']}/pdf"
        subscription["latest_invoice"] = invoice["id"]
        self.emit("invoice.created", invoice)
        self.emit("invoice.finalized", invoice)
        customer["balance"] = min(0, due)
        if due <= 0:
            self._mark_paid(invoice)
            return invoice
        intent = self.new_intent(amount=due, currency=subscription["currency"], customer=customer["id"], metadata={})
        self.new(
            "invoice_payment", "inpay", invoice=invoice["id"], status="open", amount_requested=due, currency=subscription["currency"],
            is_default=True, payment={"type": "payment_intent", "payment_intent": intent["id"]},
        )  # fmt: skip
        self.pay_invoice(invoice)
        return invoice

    def _mark_paid(self, invoice: dict[str, Any]) -> None:
        invoice.update(status="paid", amount_paid=invoice["amount_due"])
        invoice["status_transitions"]["paid_at"] = self.now
        self.emit("invoice.paid", invoice)

    def _after_payment(self, invoice: dict[str, Any], *, is_paid: bool) -> None:
        subscription = self.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
        if is_paid and subscription["status"] == "past_due":
            subscription["status"] = "active"
            self.emit("customer.subscription.updated", subscription)

    base = ""
    """URL of the server."""
