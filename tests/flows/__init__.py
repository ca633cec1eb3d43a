"""End-to-end tests: HTTP to real audio through real queues, and processes killed during a job."""
