"""What the installation of `make run` holds, and that it is enough."""
