"""Settings of watermark and content credentials, one environment variable each. A plan may decide otherwise."""

from ttsai.settings import environment

TTSAI_WATERMARK = environment.text("TTSAI_WATERMARK", "off")
"""Speech that is watermarked: off, cloned (with voices of accounts), all."""

TTSAI_C2PA = environment.text("TTSAI_C2PA", "off") == "on"
"""Results carry content credentials (C2PA)."""

TTSAI_C2PA_CERTIFICATES = environment.text("TTSAI_C2PA_CERTIFICATES")
"""PEM file of the signer's certificate and its issuers; by default a development chain below TTSAI_HOME, which nobody else trusts."""

TTSAI_C2PA_KEY = environment.text("TTSAI_C2PA_KEY")
"""PEM file of the signer's private key, readable by the platform only."""

TTSAI_C2PA_TRUST = environment.text("TTSAI_C2PA_TRUST")
"""PEM file of further root certificates that POST /v1/audio/verify/ trusts."""
