"""What every answer says to a browser, whatever was asked and by whom: threat T37 of the list of threats."""

import re
from typing import Any, Final

from django.conf import settings
from django.http.response import HttpResponseBase

from portal.middleware import PERMISSIONS_POLICY

NONCE: Final = re.compile(r" ?'nonce-[\w+/=-]{16,}'")
STRICT: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
# What decision 0006 gives up for the workspace, and nothing else.
WORKSPACE_POLICY: Final = {
    **STRICT,
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "style-src-elem": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
}
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}
# "no-referrer" where an address is a secret; "strict-origin" where such a page has a form.
REFERRERS: Final = frozenset({"same-origin", "no-referrer", "strict-origin"})
# Pages with a button to the university's sign-in say so: browsers check a form's target after each redirect.
LEADS_AWAY: Final = re.compile(r"^(account_signup|socialaccount_connections|\w+_login)$")
# What verifiers of credentials read from other sites: the same for everybody, whoever is signed in.
FOR_EVERYBODY: Final = frozenset({"did", "credential_status"})
# An address of the API that asks for no token answers a signed-in browser as it answers anybody.
SAME_FOR_ALL: Final = FOR_EVERYBODY | {"api-rg-check-phone", "look_logo", "look_colours"}
YEAR_S: Final = 31_536_000


def header_problem(
    answer: HttpResponseBase, name: str, *, workspace: bool = False, private: bool = False, tls: bool = False
) -> str:
    """Return what is wrong with the headers and cookies of an answer; empty if nothing is.

    ``private``: what is in it is for one reader. ``tls``: it was asked for over TLS, as in service.
    """
    found = [
        *_wrong_values(answer, name, workspace=workspace, tls=tls),
        *_wrong_policy(answer, name, workspace=workspace),
        *_wrong_cookies(answer, tls=tls),
    ]
    if private and name not in SAME_FOR_ALL and "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("may be stored")
    return "; ".join(found)


def _wrong_values(answer: HttpResponseBase, name: str, *, workspace: bool, tls: bool) -> list[str]:
    wanted = {**ALWAYS, "X-Frame-Options": "SAMEORIGIN" if workspace else "DENY"}
    if name in FOR_EVERYBODY:
        wanted["Cross-Origin-Resource-Policy"] = "cross-origin"
    if tls:
        wanted["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains; preload"
    found = [
        f"{header}: {answer.headers.get(header)}"
        for header, value in wanted.items()
        if answer.headers.get(header) != value
    ]
    if answer.headers.get("Referrer-Policy") not in REFERRERS:
        found.append(f"Referrer-Policy: {answer.headers.get('Referrer-Policy')}")
    return found


def _wrong_policy(answer: HttpResponseBase, name: str, *, workspace: bool) -> list[str]:
    parts = (part.strip().partition(" ") for part in answer.headers.get("Content-Security-Policy", "").split(";"))
    policy = {directive: NONCE.sub("", sources) for directive, _space, sources in parts}
    wanted: dict[str, Any] = dict(WORKSPACE_POLICY if workspace else STRICT)
    if LEADS_AWAY.match(name) and not workspace:
        wanted["form-action"] = " ".join(["'self'", *settings.SIGN_IN_FORM_TARGETS])
    return [] if policy == wanted else [f"policy {sorted(policy.items() ^ wanted.items())}"]


def _wrong_cookies(answer: HttpResponseBase, *, tls: bool) -> list[str]:
    found = []
    for cookie in answer.cookies.values():
        if cookie["max-age"] == 0:
            continue  # it is taken away
        if not cookie["httponly"]:
            found.append(f"a script can read the cookie {cookie.key}")
        if cookie["samesite"] not in ("Lax", "Strict"):
            found.append(f"other sites send the cookie {cookie.key}")
        if tls and not cookie["secure"]:
            found.append(f"the cookie {cookie.key} goes over plain HTTP")
    return found
