"""Speech to text: what the recognisers share."""
