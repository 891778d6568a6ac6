# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's own SIP face: a sans-I/O notifier (RFC 6665) under a thin asyncio adapter."""
