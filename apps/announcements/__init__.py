"""Announcements of the operator, shown in the dashboard."""
