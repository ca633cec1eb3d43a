"""Engine workers: text to audio, audio to text, audio to audio. No Django, no database."""

import os

# NumPy reads it when it is imported. A worker's compute threads are its parallelism: threads of OpenBLAS beside them only wait for each
# other, and the small matrices of weighted prediction error took 40 times the CPU.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
