"""Workers, models and voices, as the workers announced them."""
