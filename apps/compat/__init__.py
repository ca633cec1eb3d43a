"""Other vendors' API shapes over the same services: views and serializers only."""
