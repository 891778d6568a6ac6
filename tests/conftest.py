# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test gets: the fixtures of the real Asterisk."""

pytest_plugins = ["tests.pbx.fixtures"]
