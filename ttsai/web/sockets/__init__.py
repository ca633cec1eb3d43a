"""WebSocket connections of the ASGI shell: routing and admission, one session each, the protocol on the wire."""
