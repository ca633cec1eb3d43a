"""The whole platform: HTTP to real audio through real queues, and its processes killed in mid job."""
