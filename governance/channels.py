"""Send messages to the channels of the settings: mail, chat, pagers and web hooks, by Apprise."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from governance.delivery import Send
from governance.errors import DeliveryFailed
from governance.messages import Message, one_line

_LONGEST_FAULT = 300


def apprise_sender(urls: Mapping[str, str]) -> Send:
    """Return a sender for channels given as name -> Apprise URL.

    It raises DeliveryFailed if a channel has no URL, Apprise does not understand it, or the receiver did not
    accept the message. Passwords and tokens of the URL never appear in the error.
    """
    known = dict(urls)

    def send(channel: str, message: Message) -> None:
        apprise = _apprise()
        url = known.get(channel)
        if url is None:
            raise DeliveryFailed(
                f"channel {channel}: not in the settings any more; add it or cancel its alerts."
            )
        post = apprise.Apprise()
        if not post.add(url):
            raise DeliveryFailed(
                f"channel {channel}: its URL is not understood; see https://appriseit.com/services/"
            )
        with apprise.LogCapture(level=logging.WARNING) as log:
            accepted = post.notify(
                title=one_line(message.title),
                body=message.body,
                body_format=apprise.NotifyFormat.TEXT,
                notify_type=apprise.NotifyType.WARNING,
                interpret_escapes=False,
            )
            said = log.getvalue()
        if not accepted:
            fault = f"channel {channel}: the receiver did not accept the message."
            raise DeliveryFailed(f"{fault} {_without_secrets(said, url)}".strip())

    return send


def _apprise() -> Any:
    with warnings.catch_warnings():
        # Its plug-ins are loaded with the first URL, and some of them still name modules Python will drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        apprise.Apprise.instantiate("json://localhost")
    return apprise


def _without_secrets(said: str, url: str) -> str:
    text = one_line(" ".join(said.split()))
    parts = urlsplit(url)
    secrets = [url, parts.netloc, parts.path, parts.query, parts.username or "", parts.password or ""]
    secrets += [piece for piece in parts.path.split("/") if piece]
    for secret in sorted({unquote(one) for one in secrets} | set(secrets), key=len, reverse=True):
        if len(secret) > 3:
            text = text.replace(secret, "***")
    return text[:_LONGEST_FAULT]
