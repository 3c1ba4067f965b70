"""`pytest tests/domain --hypothesis-profile=many` tries two hundred times as many programs."""

from hypothesis import settings

settings.register_profile("many", max_examples=200_000, deadline=None)
