# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Asterisk's manager protocol (AMI): one codec, a server in front of the presence core, a client for a real PBX."""
