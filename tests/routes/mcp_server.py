"""Rows of ttsai/mcp_server/views.py."""

from tests.routes.table import row

ROWS = [row("/mcp/", "POST", scope=None, owns=None, body={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})]
