"""The platform's settings, on servers that this run started and none of the caller's settings. pytest-django loads this before anything else."""

from tests.environment import use_clean_environment
from tests.servers import use_servers

use_clean_environment()
use_servers()

from ttsai.settings import *  # noqa: E402, F403
