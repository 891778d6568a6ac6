# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every finding's words: what is wrong, why it matters, and the exact lines that mend it. One table, no rules.

The texts know `{pbx}`, `{where}` (host and port), `{host}`, `{user}` (whose pjsip.conf section ours is taken to be),
`{own}`, `{them}` (the extensions, told short), `{status}`, `{text}` and `{number}`; a line with `{extension}` is
repeated for each extension. Sources: Asterisk 22's pjsip.conf, extensions.conf and modules.conf samples, measurement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.doctor.finding import Severity

FAULT, REMARK = Severity.FAULT, Severity.REMARK
BOARD = "board.toml"
PJSIP, DIALPLAN, MODULES = "pjsip.conf", "extensions.conf", "modules.conf"
RELOAD_SIP, RELOAD_DIALPLAN = "asterisk -rx 'module reload res_pjsip.so'", "asterisk -rx 'dialplan reload'"
HINT = "exten => {extension},hint,PJSIP/{extension},CustomPresence:{extension}"
BLIND = "Every tile of {pbx} stays unknown."
BLIND_SOME = "Such a tile stays unknown, whatever the phone does."
SECTION = "; in the endpoint's section, which usually is called as the user"


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one finding; see Finding and Mend for what is what."""

    severity: Severity
    what: str
    why: str
    advice: str
    file: str = ""
    lines: tuple[str, ...] = ()
    command: str = ""


_WAY = {
    "password": Row(
        FAULT,
        "The account cannot be used. {text}.",
        BLIND,
        "Tell the board where the password is, or put it into the key store with: presence-board password --pbx {pbx}",
        BOARD,
        ("[[pbx]]", 'name = "{pbx}"', 'password_env = "BOARD_PASSWORD"    # the variable that holds it'),
    ),
    "name": Row(
        FAULT,
        "{text}.",
        BLIND,
        "Write the PBX's right name or its IP address; if the name is right, mend this computer's DNS",
        BOARD,
        ("[[pbx]]", 'server = "sip:192.0.2.1:5060;transport=tcp"    # its real address'),
    ),
    "unreachable": Row(
        FAULT,
        "{text}.",
        BLIND,
        "Start Asterisk, open the port in firewalls, and have it listen there",
        PJSIP,
        ("[transport-{transport}]", "type=transport", "protocol={transport}", "bind=0.0.0.0:{port}"),
        "asterisk -rx 'core restart when convenient'",
    ),
    "no_tls": Row(
        FAULT,
        "{text}.",
        BLIND,
        "Give Asterisk a TLS transport at this port",
        PJSIP,
        (
            "[transport-tls]",
            "type=transport",
            "protocol=tls",
            "bind=0.0.0.0:{port}",
            "method=tlsv1_2",
            "cert_file=/etc/asterisk/keys/fullchain.pem",
            "priv_key_file=/etc/asterisk/keys/privkey.pem",
        ),
        "asterisk -rx 'core restart when convenient'",
    ),
    "certificate_authority": Row(
        FAULT,
        "{text}.",
        BLIND + " Going on unverified would let anybody on the way pose as the PBX.",
        "Name the authority that signed it, or have Asterisk send the whole chain (cert_file of its transport)",
        BOARD,
        ("[[pbx]]", 'tls_ca = "/path/to/authority.pem"'),
    ),
    "certificate_name": Row(
        FAULT,
        "{text}.",
        BLIND + " Going on unverified would let anybody on the way pose as the PBX.",
        "Reach the PBX by the name that its certificate is for, or have one issued for {host}",
        BOARD,
        ("[[pbx]]", 'server = "sip:THE.NAME.IN.IT:{port};transport=tls"'),
    ),
    "certificate_expired": Row(
        FAULT,
        "{text}.",
        BLIND,
        "Renew the certificate, and look at the clocks of both computers; Asterisk reads it when it starts",
        PJSIP,
        ("[transport-tls]", "cert_file=/etc/asterisk/keys/fullchain.pem    ; the renewed one"),
        "asterisk -rx 'core restart when convenient'",
    ),
    "dropped": Row(
        FAULT,
        "{text}.",
        BLIND,
        "Check that this port is the one for SIP over {transport}, and what Asterisk's log says of it",
        PJSIP,
        ("[transport-{transport}]", "type=transport", "protocol={transport}", "bind=0.0.0.0:{port}"),
    ),
    "silent": Row(
        FAULT,
        "{where} does not answer SIP over {transport} (OPTIONS, sent {number} times).",
        BLIND,
        "Check that Asterisk runs and listens there, that no firewall drops what is sent, and that fail2ban has not "
        "banned this computer",
        PJSIP,
        ("[transport-{transport}]", "type=transport", "protocol={transport}", "bind=0.0.0.0:{port}"),
        "asterisk -rx 'pjsip show transports'",
    ),
    "shut_out": Row(
        FAULT,
        "{pbx} answers every request of this computer with {status}.",
        BLIND,
        "An access list of Asterisk shuts this computer out; let its address in",
        PJSIP,
        ("[acl]", "type=acl", "permit=THIS.COMPUTERS.ADDRESS/32    ; after its deny lines"),
        "asterisk -rx 'module reload res_pjsip_acl.so'",
    ),
    "credentials": Row(
        FAULT,
        "{pbx} does not accept the user {user} with this password ({status}).",
        BLIND + " Nothing more was asked: every further try could get this computer banned.",
        "Have the same user and password on both sides; auth_user in board.toml is the username here",
        PJSIP,
        ("[{user}]", "type=auth", "auth_type=digest", "username={user}", "password=THE-SAME-PASSWORD"),
        RELOAD_SIP,
    ),
    "unverified": Row(
        REMARK,
        "The TLS certificate is not verified (tls_verify is off), and would not stand. {text}.",
        "Anybody on the way can pose as the PBX and read along, passwords' digests included.",
        "Trust the authority that signed it, and verify again",
        BOARD,
        ("[[pbx]]", 'tls_ca = "/path/to/authority.pem"', "tls_verify = true"),
    ),
    "unverified_needlessly": Row(
        REMARK,
        "The TLS certificate is not verified (tls_verify is off), though it is right.",
        "Anybody on the way can pose as the PBX and read along.",
        "Take out tls_verify = false",
        BOARD,
        ("[[pbx]]", "tls_verify = true"),
    ),
    "certificate_ends": Row(
        REMARK,
        "The certificate of {host} ends in {number} days.",
        "Then no board comes through any more.",
        "Renew it, and restart Asterisk when convenient",
        PJSIP,
        ("[transport-tls]", "cert_file=/etc/asterisk/keys/fullchain.pem    ; the renewed one"),
        "asterisk -rx 'core restart when convenient'",
    ),
    "receive_buffer": Row(
        REMARK,
        "{text}.",
        "When many extensions change at once some changes are lost, and come only with the next refresh.",
        "Use transport=tcp in board.toml, or allow a larger buffer on this computer",
        "/etc/sysctl.d/presence-board.conf",
        ("net.core.rmem_max = {number}",),
        "sysctl --system",
    ),
    "clock": Row(
        FAULT,
        "The clocks of {pbx} and of this computer differ by {number} s. {text}.",
        "A status that ends at an exact time ends at another, and certificates may be refused.",
        "Have both follow a time server",
        "/etc/systemd/timesyncd.conf",
        ("[Time]", "NTP=pool.ntp.org"),
        "timedatectl set-ntp true",
    ),
}

_SUBSCRIBING = {
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

_STATES = {
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

_LINK = {
    "no_own_extension": Row(
        REMARK,
        "It is not said which extension is yours. {own} is taken to be, and {pbx} has no hint for it.",
        "A status that you set is never read back, and stays pending.",
        'Name your own extension, or say presence_link = "none" if no status is to be set from here',
        BOARD,
        ("[[pbx]]", 'name = "{pbx}"', 'own_extension = "2000"    # yours'),
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

ROWS: Mapping[str, Row] = MappingProxyType({**_WAY, **_SUBSCRIBING, **_STATES, **_LINK})
