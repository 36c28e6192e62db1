"""What a stranger needs to check our certificates: the public keys, and the list of what counts no more."""

import json

from aiohttp import web

from server import certificate_tokens
from server.centre import CENTRE

KEYS, REVOKED = "/.well-known/ryadom-certificate-keys", "/.well-known/ryadom-certificate-revoked"
# Any page and any proxy may have them; whoever finds a key unknown asks anew.
HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


async def keys(request: web.Request) -> web.StreamResponse:
    """The keys as a JWK Set (RFC 7517)."""
    centre = request.app[CENTRE]
    async with centre.database.read() as tx:
        document = await certificate_tokens.keys_document(tx, now=centre.now())
    text = json.dumps(document, ensure_ascii=False)
    return web.Response(body=text.encode(), content_type="application/jwk-set+json", headers=HEADERS)


async def revoked(request: web.Request) -> web.StreamResponse:
    """The list as a JWS (RFC 7515) of this moment."""
    centre = request.app[CENTRE]
    async with centre.database.read() as tx:
        signed = await certificate_tokens.revocation_list(tx, key=centre.key, now=centre.now())
    return web.Response(body=signed.encode(), content_type="application/jose", headers=HEADERS)
