"""SVOX Pico as a separate program: one JSON request per line in; out, one JSON line with the number of bytes, then the samples.

Samples are 16-bit little-endian, mono, 16 kHz. A text that Pico cannot speak is answered with an error and no samples.
"""

import json
import sys


def main() -> None:
    """Serve until standard input ends, which it does when the worker is gone."""
    from py_nanotts import NanoTTS

    pico, output = NanoTTS(), sys.stdout.buffer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        samples, error = b"", ""
        try:
            samples = pico.speak(request["text"], voice=request["voice"], speed=request["speed"], volume=request["volume"])
        except (RuntimeError, ValueError, MemoryError) as failure:
            error = str(failure) or type(failure).__name__
        output.write(json.dumps({"bytes": len(samples), "error": error}).encode() + b"\n" + samples)
        output.flush()


if __name__ == "__main__":
    main()
