# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The desktop program beside `set`, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.end2end.statuses import User, end


@contextmanager
def running_window(user: User) -> Iterator[None]:
    """Have the window run meanwhile; it is killed in the end."""
    process = user.begin("run")
    try:
        yield
    finally:
        end(process)


def pending(user: User) -> bool:
    """Tell whether something is still to come of a wish."""
    with user.outbox() as outbox:
        return bool(outbox.open_wishes("office"))
