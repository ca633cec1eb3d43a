"""Django settings, read from the environment that the supervisor or the deployment sets."""

import ttsai.celery
from ttsai.settings.admin import *  # noqa: F403
from ttsai.settings.api import *  # noqa: F403
from ttsai.settings.apps import *  # noqa: F403
from ttsai.settings.cache import *  # noqa: F403
from ttsai.settings.identity import *  # noqa: F403
from ttsai.settings.log import *  # noqa: F403
from ttsai.settings.mail import *  # noqa: F403
from ttsai.settings.payments import *  # noqa: F403
from ttsai.settings.platform import *  # noqa: F403
from ttsai.settings.provenance import *  # noqa: F403
from ttsai.settings.servers import *  # noqa: F403
