"""Addresses that a mail can be sent to."""


def is_deliverable(address: str) -> bool:
    """False for an address that looks right, and no mail reaches.

    Its domain has no form on the wire (IDNA), as a label of 60 `é`, or it is an address literal, as `[127.0.0.1]`, which mail servers refuse.
    """
    domain = address.rpartition("@")[2]
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return bool(domain) and not domain.startswith("[")
