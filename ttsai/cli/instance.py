"""For commands that need a running instance: finds it, and connects this process to its data."""

import os

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.instance import Instance, find_instance
from ttsai.supervisor.postgres import forget_libpq_settings


def running_instance() -> Instance:
    """The instance that runs in TTSAI_HOME. Raises InstanceError where none does."""
    home = Home.from_environment()
    try:
        found = find_instance(home)
    except PermissionError as error:
        raise InstanceError("not_yours", f"The instance in {home.path} is another user's: {error.filename} cannot be read") from error
    if found is None:
        raise InstanceError("not_running", f"No instance runs in {home.path}. Start one with: make run")
    return found


def connect() -> None:
    """Sets the environment so that Django finds the data: DATABASE_URL where it is given, else the running instance's. Raises InstanceError."""
    if not os.environ.get("DATABASE_URL"):
        forget_libpq_settings()
        os.environ.update(running_instance().environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
