"""The plugins that every test may ask fixtures from; each lives in tests/support."""

pytest_plugins = [
    "tests.support.stack",
    "tests.support.app",
    "tests.support.books",
    "tests.support.coverage_gate",
    "tests.support.long_tests",
]
