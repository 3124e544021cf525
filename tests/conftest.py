"""The suite's fixtures: its people, its S3, the platform as a running process, and a browser before it."""

from hypothesis import HealthCheck, settings

# No test is about time: on a busy machine an example may take as long as it likes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = [
    "tests.plugins.left_out",
    "tests.plugins.collector",
    "tests.plugins.cast",
    "tests.plugins.emptying",
    "tests.plugins.hashing",
    "tests.plugins.standing",
    "tests.plugins.s3",
    "tests.plugins.intake",
    "tests.plugins.platform",
    "tests.plugins.fleet",
    "tests.plugins.relay",
    "tests.plugins.browser",
]
