"""Voice conversion: a recording to the same performance in another voice."""
