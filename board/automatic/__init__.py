# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the desk, the phone and the calendar tell by themselves: sources on an event loop, one adapter each. No Qt."""
