"""The suite's fixtures: its people, its S3, the platform as a running process, and a browser before it."""

pytest_plugins = [
    "tests.plugins.left_out",
    "tests.plugins.cast",
    "tests.plugins.emptying",
    "tests.plugins.s3",
    "tests.plugins.intake",
    "tests.plugins.platform",
    "tests.plugins.fleet",
    "tests.plugins.browser",
]
