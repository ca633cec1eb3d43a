"""Views of the dashboard, a module for each area."""
