# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands between the widgets and the rest of the program: open windows, the one instance, the own status' way."""
