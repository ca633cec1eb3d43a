"""Voice conversion: the performance of a recording in another voice."""
