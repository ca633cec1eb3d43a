"""Installed apps, middleware and templates."""

from typing import Any

from ttsai.settings.environment import ROOT

INSTALLED_APPS = [
    "apps.operator",  # before django-unfold, whose templates it replaces
    "unfold.apps.BasicAppConfig",
    "apps.operator.site_config.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "apps.core",
    "apps.mail",
    "apps.accounts",
    "apps.audit",
    "apps.provenance",
    "apps.billing",
    "apps.webhooks",
    "apps.uploads",
    "apps.pronunciations",
    "apps.voice_profiles",
    "apps.catalog",
    "apps.cache",
    "apps.jobs",
    "apps.speech",
    "apps.transcription",
    "apps.subtitles",
    "apps.voices",
    "apps.voice_design",
    "apps.voice_slots",
    "apps.voice_library",
    "apps.translation",
    "apps.audio_tools",
    "apps.conversion",
    "apps.conversations",
    "apps.batches",
    "apps.projects",
    "apps.privacy",
    "apps.teams",
    "apps.identity",  # before django-allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.humanize",  # django-allauth's templates use it
    "apps.announcements",
    "apps.abuse_reports",
    "apps.status",
    "apps.website",
    "apps.account_pages",
    "apps.documentation",
    "apps.playground",
    "apps.payments",
    "apps.dashboard",
]

TTSAI_JOB_END_OBSERVERS = (
    "apps.speech.job_webhooks.record_job_webhooks",
    "apps.transcription.recording_release.release_recording",
    "apps.batches.services.completion.count_ended_item",
    "apps.voices.services.receiving.end_enrolment",
    "apps.projects.services.takes.record_takes",
    "apps.compat.deepgram.callbacks.record_job_callback",
)
"""(Job) -> None, called in the transaction of every job's end, after its credits are settled: for apps above jobs."""

TTSAI_DELIVERY_BODIES = {"deepgram.callback": "apps.compat.deepgram.callbacks.callback_text"}
"""Deliveries whose text is written when they are sent: a function (what the delivery stores) -> text, by the name of the event."""

TTSAI_CREDIT_RETURN_HOOK = "apps.payments.services.debts.settle_debts"
"""(account id) -> thousandths of a credit: called in the transaction in which a job gives credits back to an account that owes some."""

TTSAI_JOB_KINDS = (
    "apps.jobs.kinds.PREVIEW",
    "apps.jobs.kinds.RENDITION",
    "apps.speech.kinds.SPEECH",
    "apps.transcription.kinds.TRANSCRIPTION",
    "apps.subtitles.kinds.ALIGNMENT",
    "apps.voices.kinds.ENROL_VOICE",
    "apps.voices.kinds.VOICE_CLONE",
    "apps.translation.kinds.SPEECH_TRANSLATION",
    "apps.audio_tools.kinds.CONVERT",
    "apps.audio_tools.kinds.TRIM_SILENCE",
    "apps.audio_tools.kinds.NORMALIZE",
    "apps.audio_tools.kinds.ENHANCE",
    "apps.audio_tools.kinds.DEREVERB",
    "apps.audio_tools.kinds.SEPARATE",
    "apps.audio_tools.kinds.WAVEFORM",
    "apps.audio_tools.kinds.ANALYZE",
    "apps.audio_tools.kinds.DIARIZE",
    "apps.conversion.kinds.VOICE_CONVERSION",
    "apps.conversion.kinds.SPEECH_TO_SPEECH",
    "apps.audio_tools.kinds.VERIFY",
    "apps.conversations.kinds.VOICE_CHAT",
    "apps.projects.kinds.COMPOSITION",
    "apps.status.kinds.SPEECH_PROBE",
    "apps.status.kinds.TRANSCRIPTION_PROBE",
)
"""Every kind of job (apps/jobs/kinds.py: JobKind)."""

TTSAI_ERASURE_STEPS = ("apps.payments.services.erasure.end_payments",)
"""(Account) -> None, called before the rows of an erased account are deleted, and again if one raised: what other servers hold of it."""

TTSAI_PART_RECEIVERS = {
    "examine_voice": "apps.voices.services.receiving.receive_examination",
    "fit_voice": "apps.voices.services.receiving.receive_fit",
}
"""Receivers (apps/jobs/services/part_receivers.py) by kind of part, called with each checked result of the kind before the job continues."""

TTSAI_VOICE_SOURCES: tuple[str, ...] = ("apps.voices.selectors.find_own_voice", "apps.voice_slots.selectors.find_slot_voice")
"""Functions (Caller, voice id) -> OwnVoice or None that find the voices of accounts, in apps above the catalogue (apps/catalog/voices.py)."""

TTSAI_VOICE_PLACES: tuple[str, ...] = ("apps.voice_slots.selectors.count_empty_slots",)
"""Functions (Caller) -> int that count voices which an account may still make, in apps above the voices; they count to the plan's voices."""

MIDDLEWARE = [
    "apps.core.middleware.RequestMiddleware",
    "apps.website.static_files.StaticFilesMiddleware",
    "apps.core.middleware.SessionZoneMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]
"""Checks for Django's middleware of sessions, logins and messages: SessionZoneMiddleware runs them for the zones that have sessions."""

ROOT_URLCONF = "ttsai.urls"
APPEND_SLASH = False
WSGI_APPLICATION = None
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.website.context.site",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
BASE_DIR = ROOT
