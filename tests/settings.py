"""Platform settings for tests, on servers started by this run. pytest-django loads this module first."""

from tests.environment import use_clean_environment
from tests.servers import use_servers, use_temporary_folder

use_clean_environment()
use_temporary_folder()
use_servers()

from ttsai.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["tests.passwords.QuickArgon2PasswordHasher"]
