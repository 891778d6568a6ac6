# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways a status reaches a PBX, and the durable outbox before them. No Qt, no configuration."""
