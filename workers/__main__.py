"""`python -m workers`: one worker process, until it receives a signal."""

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # half of a start was a search of what it loads, all of which stays (workers/process.py enables it)
    from workers.process import main

    sys.exit(main())
