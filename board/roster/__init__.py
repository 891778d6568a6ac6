# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a board shows: contacts x device x person x freshness, as frozen tiles and changes. Pure."""
