"""English date formats; English is the only language of the admin."""
