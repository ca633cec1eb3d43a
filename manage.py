#!/usr/bin/env python
"""Django's command line. Commands use the running instance of TTSAI_HOME, unless DATABASE_URL names a database."""

import contextlib
import os
import sys

from django.core.management import execute_from_command_line

from ttsai.cli.instance import connect
from ttsai.supervisor.errors import InstanceError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
    with contextlib.suppress(InstanceError):  # none runs: some commands need no database, and others say that none answers
        connect()
    os.environ.setdefault("TTSAI_DATABASE_STATEMENT_SECONDS", "0")  # a command, a migration say, may take its time
    execute_from_command_line(sys.argv)
