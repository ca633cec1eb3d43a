"""Email addresses: the mailbox that several spellings lead to, and domains of throw-away mailboxes."""

from typing import Final

from disposable_email_domains import blocklist

GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(address: str) -> str:
    """The spelling by which addresses of one mailbox are equal: in lower case, without a `+tag`, and without the dots that Gmail ignores."""
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_disposable(address: str) -> bool:
    """True for an address at a domain of throw-away mailboxes, or at a subdomain of one."""
    labels = address.strip().lower().rpartition("@")[2].rstrip(".").split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))
