"""Workers, models and voices as announced by the workers."""
