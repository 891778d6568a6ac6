# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of what the extensions' subscriptions showed. Tables only."""

from board.doctor.row import (
    BLIND,
    BLIND_SOME,
    BOARD,
    DIALPLAN,
    FAULT,
    HINT,
    MODULES,
    PJSIP,
    RELOAD_DIALPLAN,
    RELOAD_SIP,
    REMARK,
    SECTION,
    Row,
)

SUBSCRIBING = {
    "no_hint": Row(
        FAULT,
        "{pbx} has no hint for {them} ({status}).",
        BLIND_SOME,
        "Add the hints to the context that subscribe_context of our endpoint names, or take the extensions off the "
        "board if they are gone",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
    "no_hints": Row(
        FAULT,
        "{pbx} has a hint for none of the extensions: {them} ({status}).",
        BLIND,
        "Let our endpoint look for hints where they are: name the context of extensions.conf that has lines "
        "exten => 2001,hint,..." + SECTION,
        PJSIP,
        ("[{user}]", "type=endpoint", "subscribe_context=hints"),
        RELOAD_SIP,
    ),
    "forbidden": Row(
        FAULT,
        "{pbx} does not let {user} watch {them} ({status}).",
        BLIND_SOME,
        "Allow our endpoint to subscribe" + SECTION,
        PJSIP,
        ("[{user}]", "type=endpoint", "allow_subscribe=yes"),
        RELOAD_SIP,
    ),
    "no_presence": Row(
        FAULT,
        "{pbx} knows no presence subscriptions ({status} for {them}).",
        BLIND,
        "Load these modules, and take out noload lines that name them",
        MODULES,
        (
            "load => res_pjsip_pubsub.so",
            "load => res_pjsip_exten_state.so",
            "load => res_pjsip_pidf_body_generator.so",
        ),
        "asterisk -rx 'core restart when convenient'",
    ),
    "too_brief": Row(
        FAULT,
        "{pbx} wants longer subscriptions than can be asked for: {them} ({status}).",
        BLIND_SOME,
        "Lower the least time of a subscription" + SECTION,
        PJSIP,
        ("[{user}]", "type=endpoint", "sub_min_expiry=60"),
        RELOAD_SIP,
    ),
    "unanswered": Row(
        FAULT,
        "{pbx} answers OPTIONS, but not the subscription to {them}.",
        BLIND_SOME,
        "Look into Asterisk's log for these requests; over UDP, large ones may be lost: use transport=tcp",
        BOARD,
        ("[[pbx]]", 'server = "sip:{where};transport=tcp"'),
    ),
    "refused": Row(
        FAULT,
        "{pbx} refuses the subscription to {them} ({status}).",
        BLIND_SOME,
        "Look into Asterisk's log for the reason",
        "",
        (),
        "asterisk -rx 'pjsip set logger on'",
    ),
}

STATES = {
    "no_state": Row(
        FAULT,
        "{pbx} accepted the subscription to {them}, but sends no state.",
        BLIND_SOME,
        "Their hints name a presence provider that Asterisk does not know (watch for slips and blanks after the "
        "comma): it is CustomPresence",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
    "no_states": Row(
        FAULT,
        "{pbx} accepted all subscriptions, but no NOTIFY arrives.",
        BLIND,
        "Let no firewall or NAT keep NOTIFYs back: have Asterisk answer where the request came from. (Hints that all "
        "name an unknown presence provider look alike: asterisk -rx 'core show hints')" + SECTION,
        PJSIP,
        ("[{user}]", "type=endpoint", "rewrite_contact=yes", "force_rport=yes"),
        RELOAD_SIP,
    ),
    "unreadable": Row(
        FAULT,
        "What {pbx} sends for {them} cannot be read: {text}.",
        BLIND_SOME,
        "Have Asterisk write presence documents, and correct what stands in these extensions' hints",
        MODULES,
        ("load => res_pjsip_pidf_body_generator.so",),
        "asterisk -rx 'core restart when convenient'",
    ),
    "no_person": Row(
        FAULT,
        "{pbx} tells what the phones do, but of no person. {text}.",
        "No status and no note can be shown, whoever sets one.",
        "Load the module that writes Asterisk's digium_presence, and take out a noload line that names it. (A PBX that "
        "is no Asterisk: have it publish RPID.)",
        MODULES,
        ("load => res_pjsip_pidf_digium_body_supplement.so",),
        "asterisk -rx 'module load res_pjsip_pidf_digium_body_supplement.so'",
    ),
    "no_provider": Row(
        FAULT,
        "The hints of {them} name no presence provider.",
        "No status and no note of theirs can be shown, whoever sets one.",
        "Name the provider behind a comma",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
    "own_not_set": Row(
        REMARK,
        "Your own extension {own} has no status yet: whether its hint has a presence provider cannot be told from "
        "here.",
        "Without one a status that you set is never read back, and stays pending.",
        "Check that its hint ends with a presence provider, or set a status once and look again",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
    "not_set": Row(
        REMARK,
        "No person's status of {them}: none was set yet, or their hints have no presence provider. SIP does not tell "
        "these apart.",
        "Without a provider a status that is set never shows.",
        "Check that their hints end with a presence provider",
        DIALPLAN,
        (HINT,),
        RELOAD_DIALPLAN,
    ),
}
