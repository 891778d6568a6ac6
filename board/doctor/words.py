# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every finding's words: what is wrong, why it matters, and the exact lines that mend it. Tables only.

The texts know `{pbx}`, `{where}` (host and port), `{host}`, `{user}` (whose pjsip.conf section ours is taken to be),
`{own}`, `{them}` (the extensions, told short), `{status}`, `{text}` and `{number}`; a line with `{extension}` is
repeated for each extension. Sources: Asterisk 22's pjsip.conf, extensions.conf and modules.conf samples, measurement.
"""

from collections.abc import Mapping
from types import MappingProxyType

from board.doctor.row import Row
from board.doctor.words_extensions import STATES, SUBSCRIBING
from board.doctor.words_link import LINK
from board.doctor.words_way import WAY

ROWS: Mapping[str, Row] = MappingProxyType({**WAY, **SUBSCRIBING, **STATES, **LINK})
