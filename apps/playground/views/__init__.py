"""Views of the playground's pages."""
