"""Server of the Model Context Protocol: tools that speak, transcribe and convert, on stdio (`ttsai mcp`) and at /mcp of the platform.

tools.py and resources.py define what a client sees, once for both transports; every tool calls the platform's own API with the caller's key.
"""
