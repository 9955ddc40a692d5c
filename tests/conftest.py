"""What all tests share."""

pytest_plugins = ["tests.rules_plugin"]
