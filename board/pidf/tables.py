# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the words of each dialect mean: tables from note, status and activity to the states of the board.

Only tables may live here; who reads which of them stands in the module of that dialect. What a dialect cannot
say (PIDF: busy; xpidf: ringing, hold) no table can bring back.
"""

from board.states import Basic, DeviceState, PresenceState

PRESENCE_WORDS = {state.value: state for state in PresenceState}

BASIC_WORDS = {basic.value: basic for basic in Basic}

# The presence-level notes of Asterisk (res_pjsip/presence_xml.c; chan_sip.c adds "Not online").
ASTERISK_NOTES = {
    "Ready": DeviceState.IDLE,
    "Ringing": DeviceState.RINGING,
    "On the phone": DeviceState.IN_USE,
    "On hold": DeviceState.ON_HOLD,
    "Unavailable": DeviceState.UNAVAILABLE,
    "Not online": DeviceState.UNAVAILABLE,
}

# Everybody else: the basic status, and whether an activity says on-the-phone. A closed tuple takes no call.
GENERIC_DEVICE = {
    (Basic.OPEN, False): DeviceState.IDLE,
    (Basic.OPEN, True): DeviceState.IN_USE,
    (Basic.CLOSED, False): DeviceState.UNAVAILABLE,
    (Basic.CLOSED, True): DeviceState.UNAVAILABLE,
    (None, False): DeviceState.UNKNOWN,
    (None, True): DeviceState.IN_USE,
}

# RPID activities (RFC 4480 section 3.2) that say how reachable a person is. `on-the-phone` speaks of the device;
# `other`, `unknown`, `playing`, `tv` and `looking-for-work` say nothing of it, so they are not here.
ACTIVITY_PRESENCE = {
    "appointment": PresenceState.DND,
    "away": PresenceState.AWAY,
    "breakfast": PresenceState.AWAY,
    "busy": PresenceState.DND,
    "dinner": PresenceState.AWAY,
    "holiday": PresenceState.XA,
    "in-transit": PresenceState.AWAY,
    "meal": PresenceState.AWAY,
    "meeting": PresenceState.DND,
    "performance": PresenceState.DND,
    "permanent-absence": PresenceState.XA,
    "presentation": PresenceState.DND,
    "shopping": PresenceState.AWAY,
    "sleeping": PresenceState.AWAY,
    "spectator": PresenceState.AWAY,
    "steering": PresenceState.DND,
    "travel": PresenceState.AWAY,
    "vacation": PresenceState.XA,
    "working": PresenceState.AVAILABLE,
    "worship": PresenceState.DND,
}

# Activities that add nothing to the state they stand for; any other one becomes the subtype.
PLAIN_ACTIVITIES = frozenset({"away", "busy", "working"})

# Among several activities the highest wins, in the order in which Asterisk picks one of a group of providers.
PRESENCE_RANK = {
    PresenceState.NOT_SET: 0,
    PresenceState.AVAILABLE: 1,
    PresenceState.UNAVAILABLE: 2,
    PresenceState.CHAT: 3,
    PresenceState.AWAY: 4,
    PresenceState.XA: 5,
    PresenceState.DND: 6,
}

XPIDF_DEVICE = {
    "open": DeviceState.IDLE,
    "inuse": DeviceState.IN_USE,
    "closed": DeviceState.UNAVAILABLE,
}

XPIDF_BASIC = {
    "open": Basic.OPEN,
    "inuse": Basic.OPEN,
    "closed": Basic.CLOSED,
}

# RFC 4235 section 3.7.1. An early dialog rings on the side that is called.
DIALOG_DEVICE = {
    ("trying", False): DeviceState.IN_USE,
    ("proceeding", False): DeviceState.IN_USE,
    ("early", False): DeviceState.IN_USE,
    ("trying", True): DeviceState.RINGING,
    ("proceeding", True): DeviceState.RINGING,
    ("early", True): DeviceState.RINGING,
    ("confirmed", False): DeviceState.IN_USE,
    ("confirmed", True): DeviceState.IN_USE,
    ("terminated", False): DeviceState.IDLE,
    ("terminated", True): DeviceState.IDLE,
}

# Several dialogs of one phone: the same rules by which a hint sums up its devices.
DIALOG_RANK = {
    DeviceState.IDLE: 0,
    DeviceState.ON_HOLD: 1,
    DeviceState.RINGING: 2,
    DeviceState.IN_USE: 3,
    DeviceState.IN_USE_RINGING: 4,
}
