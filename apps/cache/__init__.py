"""Cache of speech: results of earlier requests by the hash of everything that their audio depends on."""
