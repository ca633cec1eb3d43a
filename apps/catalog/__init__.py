"""What the workers announced: workers, models, voices."""
