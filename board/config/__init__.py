# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration: one typed schema, TOML read into it, every mistake told in one line, secrets kept elsewhere."""

from board.config.problem import ConfigError, Problem
from board.config.reader import data_folder, find, load, loads
from board.config.schema import BoardConfig

__all__ = ["BoardConfig", "ConfigError", "Problem", "data_folder", "find", "load", "loads"]
