"""Kill -9 of a process of the platform while it stores a result in the cache: nothing that is referred to is lost, nothing stays for ever."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.cache.models import CachedObject, CacheEntry
from apps.cache.services.sweep import sweep_cache
from apps.jobs.services.finish import finish_part
from apps.jobs.services.retention import delete_result
from tests.cache.conftest import _platform, account
from tests.cache.speaking import read_audio, speak, stored_files
from tests.factories_jobs import AUDIO, outcome_of, part_of, reread, started, store_output

__all__ = ["_platform", "account"]

PROGRAM = """
import json, os, signal, sys
import django
django.setup()
from django.conf import settings
given = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = given["database"]
settings.OBJECTS_FOLDER = given["objects"]
from apps.cache.services import objects
from apps.jobs.services import finish
from apps.core.storage import folder
from workers.contract.messages import PartOutcome

def killed(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)

module, name = {
    "before the copy": (folder.FolderStorage, "copy"),
    "after the copy": (finish, "lock_job"),
    "before the entry": (finish, "store_result"),
    "after the entry": (finish, "complete_job"),
}[given["point"]]
setattr(module, name, killed)
finish.finish_part(PartOutcome.from_dict(given["outcome"]))
"""


@pytest.mark.prove
@pytest.mark.parametrize("point", ["before the copy", "after the copy", "before the entry", "after the entry"])
def test_kill_while_a_result_is_stored_leaves_no_orphan_and_loses_nothing(account: Account, settings: Any, point: str) -> None:
    job = speak(account)
    part = started(part_of(job))
    outcome = outcome_of(part, manifest=store_output(part))
    given = {
        "database": connection.settings_dict["NAME"],
        "objects": settings.OBJECTS_FOLDER,
        "point": point,
        "outcome": outcome.to_dict(),
    }
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", PROGRAM, json.dumps(given)], cwd=root, env=environment, check=False, timeout=120)
    assert done.returncode == -9
    assert (reread(job).state, CacheEntry.objects.count()) == ("running", 0)
    assert len(stored_files()) == (0 if point == "before the copy" else 1)
    CachedObject.objects.update(claimed_at=Now() - timedelta(hours=1))
    sweep_cache()
    assert (stored_files(), CachedObject.objects.count()) == ([], 0)
    assert finish_part(outcome), "the reaper adopts the manifest"
    again = reread(speak(account))
    delete_result(reread(job))
    assert (again.state, read_audio(again)) == ("completed", AUDIO)
