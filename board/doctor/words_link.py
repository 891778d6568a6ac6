# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of what keeps a status from being set. A table only."""

from board.doctor.row import (
    BOARD,
    DIALPLAN,
    FAULT,
    HINT,
    KAMAILIO,
    MANAGER,
    MODULES,
    PJSIP,
    RELOAD_DIALPLAN,
    RELOAD_SIP,
    REMARK,
    RESTART_KAMAILIO,
    SECTION,
    Row,
)

LINK = {
    "no_own_extension": Row(
        REMARK,
        "It is not said which extension is yours: this board sets no status.",
        "Others cannot see from here whether you are there.",
        'Name your own extension, or say presence_link = "none" if no status is to be set from here',
        BOARD,
        ("[[pbx]]", 'name = "{pbx}"', 'own_extension = "2000"    # yours'),
    ),
    "no_link": Row(
        FAULT,
        "No status can be set. {text}.",
        "What you set waits, and reaches nobody.",
        "Correct the way by which a status is set",
        BOARD,
        ("[[pbx]]", 'name = "{pbx}"', 'presence_link = "message"', 'own_extension = "2000"    # yours'),
    ),
    "no_manager": Row(
        FAULT,
        "The manager interface does not let us in. {text}.",
        "presence_link is ami: what you set waits, and reaches nobody.",
        "Enable the manager interface, and give the board's manager user the right to set",
        MANAGER,
        ("[general]", "enabled = yes", "[presence-board]", "secret = THE-SAME-SECRET", "write = call"),
        "asterisk -rx 'manager reload'",
    ),
    "ami_refused": Row(
        FAULT,
        "{pbx} did not take a status. {text}.",
        "Whatever you set reaches nobody.",
        "Give the board's manager user the right to set",
        MANAGER,
        ("[presence-board]", "write = call"),
        "asterisk -rx 'manager reload'",
    ),
    "ami_unread": Row(
        FAULT,
        "{pbx} took a status for {own}, but the extension does not show it.",
        "Whatever you set reaches nobody.",
        "Name your presence provider in the extension's hint",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
    "message_refused": Row(
        FAULT,
        "{pbx} did not take a status. {text}.",
        "Whatever you set reaches nobody.",
        "Lead our MESSAGEs to a context of their own, and include there what resources/asterisk/"
        "extensions-presence-message.conf has" + SECTION,
        PJSIP,
        ("[{user}]", "type=endpoint", "message_context=pmsg-{own}"),
        RELOAD_SIP,
    ),
    "message_unread": Row(
        FAULT,
        "{pbx} took the MESSAGE with a status for {own}, but the extension does not show it.",
        "Whatever you set reaches nobody.",
        "Have the dialplan of message_context set CustomPresence:{own} (resources/asterisk/"
        "extensions-presence-message.conf), and name that in the extension's hint",
        DIALPLAN,
        ("[pmsg-{own}]", "include => presence-message", "[hints]", HINT),
        RELOAD_DIALPLAN,
    ),
    "publish_refused": Row(
        FAULT,
        "{pbx} did not take a status. {text}.",
        "Whatever you set reaches nobody.",
        "Have the presence server take PUBLISH from its users, as resources/kamailio/presence-board.cfg does (its own "
        "file does nearly the same by #!define WITH_PRESENCE), and log in as the user whose status it is",
        KAMAILIO,
        ('include_file "presence-board.cfg"', "route(PRESENCE_BOARD);    # in request_route, behind route(AUTH)"),
        RESTART_KAMAILIO,
    ),
    "publish_unread": Row(
        FAULT,
        "{pbx} takes what you publish, but does not show it to who watches {own}.",
        "Whatever you set reaches nobody.",
        "Let everybody see everybody's status, or the watcher in {own}'s XCAP rules, and keep what is published in a "
        "database (resources/kamailio/presence-board.cfg). Who was kept waiting stands in that database: "
        "DELETE FROM watchers WHERE status = 2",
        KAMAILIO,
        ('modparam("presence_xml", "force_active", 1)', 'modparam("presence", "db_url", DBURL)'),
        RESTART_KAMAILIO,
    ),
    "elsewhere": Row(
        FAULT,
        "A status that is set for {own} arrives at {text}.",
        "Others see it at the wrong person.",
        "Name that extension as yours, or lead our MESSAGEs to the context pmsg-{own} (message_context in pjsip.conf)",
        BOARD,
        ("[[pbx]]", 'name = "{pbx}"', 'own_extension = "{text}"'),
    ),
    "not_restored": Row(
        FAULT,
        "The status of {own} was set, but did not come back to what it was.",
        "It now shows the doctor's note.",
        "Set your status once more",
    ),
    "no_message": Row(
        FAULT,
        "{pbx} takes no SIP MESSAGE.",
        "presence_link is message: no status that you set can arrive.",
        "Load the module, and take out a noload line that names it",
        MODULES,
        ("load => res_pjsip_messaging.so",),
        "asterisk -rx 'module load res_pjsip_messaging.so'",
    ),
}
