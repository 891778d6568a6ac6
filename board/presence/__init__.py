# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The embedded presence core: Asterisk's presence-state API. Pure but for its store; time comes in as an argument."""
