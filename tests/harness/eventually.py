"""Waiting for what the server does on its own time."""
import time

from harness.server import PATIENCE


def eventually(condition, seconds=10):
    """The first true value of condition(); the last value when the time is over."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.05)
