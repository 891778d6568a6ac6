# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The presence board: a SIP user agent that shows who of an Asterisk office can be reached."""
