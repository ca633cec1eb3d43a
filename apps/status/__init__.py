"""Status of the platform: probes of its own, uptime, incidents and maintenance."""
