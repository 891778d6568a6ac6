# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board doctor`: the whole chain to each PBX looked at once, and what is wrong told with what mends it.

`examine` gathers facts (`facts`), `judge` makes findings of them (`finding`, worded in `words`), `report` prints them.
"""
