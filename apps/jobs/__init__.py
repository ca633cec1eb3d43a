"""Jobs and their parts: submit, dispatch, lease, finish, cancel, reap."""
