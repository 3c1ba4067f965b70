"""`pytest tests/domain --hypothesis-profile=many` tries twenty times as many programs."""

from hypothesis import settings

settings.register_profile("many", max_examples=20_000, deadline=None)
