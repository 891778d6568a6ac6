# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person chooses to show, until when, and what shows by itself below it. Pure: no Qt, no I/O, no clock."""
