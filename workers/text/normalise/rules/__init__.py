"""Rules for text written otherwise than it is said: one module for each kind. A rule reads what begins at a position, in linear time."""
