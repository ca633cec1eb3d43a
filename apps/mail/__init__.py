"""Email: an outbox of rows, sent by the platform's worker, so that a request neither waits for a mail server nor loses a mail."""
