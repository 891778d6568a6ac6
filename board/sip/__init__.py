# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The user agent: workers that own pjsua2 behind a SIP border of ours, their pool, and the subscription policy."""
