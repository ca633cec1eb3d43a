"""Django's settings: everything comes from the environment, which the supervisor or the deployment sets."""

from ttsai.settings.admin import *  # noqa: F403
from ttsai.settings.api import *  # noqa: F403
import ttsai.celery  # noqa: F401 - every process with settings publishes through this app (celery.current_app)
from ttsai.settings.apps import *  # noqa: F403
from ttsai.settings.log import *  # noqa: F403
from ttsai.settings.platform import *  # noqa: F403
from ttsai.settings.servers import *  # noqa: F403
