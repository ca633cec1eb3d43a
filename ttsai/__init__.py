"""The composition root: settings, routes, the web process, the command line, the supervisor."""
