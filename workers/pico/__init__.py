"""SVOX Pico in child processes: its C library hangs or fails on some texts and holds the interpreter's lock while it computes."""
