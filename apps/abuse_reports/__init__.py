"""Reports of abuse by the public, and takedowns of voices."""
