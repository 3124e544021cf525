"""What every test may ask for by name: the cast."""

pytest_plugins = ["tests.plugins.cast"]
