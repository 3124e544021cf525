"""What the expo's tests share."""

from tests.plugins.told import told  # noqa: F401 - a fixture
