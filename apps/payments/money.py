"""Amounts of money for display. Stripe counts in the smallest unit of a currency, which is not always a hundredth."""

from typing import Final

ZERO_DECIMAL: Final = frozenset(["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"])
THREE_DECIMAL: Final = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
"""Currencies without, and with three, decimal places. Stripe counts ISK and UGX in hundredths, although they have none."""
SYMBOLS: Final = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
"""Signs of currencies that are understood without a code; others are shown by their code."""


def decimals_of(currency: str) -> int:
    """Decimal places in which Stripe counts the currency (docs.stripe.com/currencies)."""
    if currency.lower() in ZERO_DECIMAL:
        return 0
    return 3 if currency.lower() in THREE_DECIMAL else 2


def format_money(minor: int, currency: str) -> str:
    """`$9.00`, `¥900`, `9.00 CHF`."""
    decimals = decimals_of(currency)
    amount = f"{abs(minor) / 10**decimals:,.{decimals}f}"
    sign, symbol = "-" if minor < 0 else "", SYMBOLS.get(currency.lower())
    return f"{sign}{symbol}{amount}" if symbol else f"{sign}{amount} {currency.upper()}"


def minor_of(major: float, currency: str) -> int:
    """Smallest units of an amount that a person wrote."""
    units: int = round(major * 10 ** decimals_of(currency))
    return units
