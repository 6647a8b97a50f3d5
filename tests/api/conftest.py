"""A world in which every door opens."""

import pytest
from django.core.cache import cache

from tests.api.world import World


@pytest.fixture
def world(db: None) -> World:
    """Return the world, with no guesses and no messages counted yet."""
    cache.clear()
    return World()
