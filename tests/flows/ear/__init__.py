"""Speech judged by ear."""
