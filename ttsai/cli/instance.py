"""Connects commands to the data of the running instance."""

import os

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.instance import Instance, find_instance


def running_instance() -> Instance:
    """The instance running in TTSAI_HOME. Raises InstanceError if there is none."""
    home = Home.from_environment()
    try:
        found = find_instance(home)
    except PermissionError as error:
        raise InstanceError("not_yours", f"The instance in {home.path} is another user's: {error.filename} cannot be read") from error
    if found is None:
        raise InstanceError("not_running", f"No instance runs in {home.path}. Start one with: make run")
    return found


def connect() -> None:
    """Set the environment for Django: DATABASE_URL if given, otherwise that of the running instance. Raises InstanceError."""
    if not os.environ.get("DATABASE_URL"):
        from ttsai.supervisor.postgres import forget_libpq_settings  # needs psycopg, which customers' commands do without

        forget_libpq_settings()
        os.environ.update(running_instance().environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
