"""Numbers in words, for pages."""


def counted(number: int, noun: str) -> str:
    """`1 account`, `1,200 accounts`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_credits(millicredits: int | None) -> str:
    """Credits for display: 1,234.568."""
    return f"{(millicredits or 0) / 1000:,.3f}"
