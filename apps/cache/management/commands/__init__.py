"""Write operations: submit, attempts, finish, cancel, reap, expire. Each owns its transaction and locks the job's row before its parts."""
