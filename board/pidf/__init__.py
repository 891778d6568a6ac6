# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes to presence documents and back. Pure: no Qt, no SIP, no clock, no I/O."""
