"""Let programs ask "has it changed?": an ETag on every JSON document, and 304 when it has not."""

from __future__ import annotations

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ConditionalDocuments:
    """Answer GET under /api with an ETag; a request that names it gets 304 without a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        asked = {
            tag.strip().removeprefix("W/")
            for name, value in scope["headers"]
            if name == b"if-none-match"
            for tag in value.decode("latin-1").split(",")
        }
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            content = bytes(body)
            if start["status"] == 200:
                headers = MutableHeaders(scope=start)
                tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
                headers["etag"] = tag
                if tag in asked or "*" in asked:
                    start["status"], content = 304, b""
                    del headers["content-length"]
                    del headers["content-type"]
            await send(start)
            await send({"type": "http.response.body", "body": content, "more_body": False})

        await self._app(scope, receive, collect)
