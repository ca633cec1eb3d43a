"""What the platform and the workers say to each other: standard library only, JSON of plain values."""
