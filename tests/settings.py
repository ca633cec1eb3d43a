"""The platform's settings, on servers that this run started. pytest-django loads this before anything else."""

from tests.servers import use_servers

use_servers()

from ttsai.settings import *  # noqa: E402, F403
