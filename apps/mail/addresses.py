"""Addresses that a mail can be sent to."""


def is_deliverable(address: str) -> bool:
    """False for an address whose domain has no form on the wire (IDNA), although it looks right: a label of 60 `é` is too long there."""
    domain = address.rpartition("@")[2]
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return bool(domain)
