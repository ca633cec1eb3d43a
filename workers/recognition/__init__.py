"""Speech to text: code shared by the recognisers."""
