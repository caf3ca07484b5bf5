"""The ordinary web of the imaginary hospital: hosts without AI, and names that only look like AI."""

from __future__ import annotations

import zlib
from typing import NamedTuple

QUERY_MARKER = "MRN-77"
"""Stands in the query strings of the demo's URLs, as record numbers do in real ones; must never be kept."""


class Host(NamedTuple):
    """A host without AI: how often it is visited, what for, and under which category a filter files it."""

    name: str
    weight: int
    paths: tuple[str, ...]
    category: str
    plain_http: bool = False


HOSTS = (
    Host("ehr.lakeside.example", 260, ("/chart/open", "/orders/list", "/notes/save"), "Health"),
    Host("imaging.lakeside.example", 90, ("/viewer/study", "/worklist"), "Health"),
    Host("intranet.lakeside.example", 70, ("/", "/news", "/phonebook"), "Internal"),
    Host("labs.lakeside.example", 60, ("/results", "/orders"), "Health"),
    Host("outlook.office365.com", 120, ("/mapi/emsmdb/", "/owa/"), "Web-based Email"),
    Host("login.microsoftonline.com", 60, ("/common/oauth2/v2.0/authorize",), "Computers and Internet"),
    Host(
        "ctldl.windowsupdate.com",
        55,
        ("/msdownload/update/v3/static/trustedr/en/disallowedcertstl.cab",),
        "Updates",
        True,
    ),
    Host(
        "au.download.windowsupdate.com",
        40,
        ("/d/msdownload/update/software/secu/2026/11/kb.cab",),
        "Updates",
        True,
    ),
    Host("settings-win.data.microsoft.com", 45, ("/settings/v3.0/wsd/update",), "Computers and Internet"),
    Host("ocsp.digicert.com", 40, ("/MFEwTzBNMEswSTAJBgUrDgMCGgUABBS",), "Computers and Internet", True),
    Host("www.google.com", 110, ("/search", "/complete/search"), "Search Engines"),
    Host("fonts.gstatic.com", 45, ("/s/roboto/v30/font.woff2",), "Content Delivery"),
    Host("www.bing.com", 45, ("/search", "/maps"), "Search Engines"),
    Host("pubmed.ncbi.nlm.nih.gov", 40, ("/", "/38012345/"), "Health"),
    Host("www.cdc.gov", 25, ("/vaccines/schedules/", "/flu/"), "Government"),
    Host("www.fda.gov", 15, ("/drugs/drug-safety-and-availability",), "Government"),
    Host("www.cms.gov", 18, ("/medicare/coding-billing",), "Government"),
    Host("www.capgemini.com", 8, ("/", "/insights/"), "Business"),
    Host("www.weather.gov", 14, ("/", "/forecast"), "News and Weather"),
    Host("www.bbc.co.uk", 25, ("/news", "/sport"), "News and Weather"),
    Host("en.wikipedia.org", 30, ("/wiki/Sepsis", "/wiki/Warfarin"), "Reference"),
    Host("static.doubleclick.net", 35, ("/instream/ad_status.js",), "Advertising"),
    Host("pixel.bidstream.ai", 20, ("/sync", "/imp"), "Advertising"),
    Host("tags.audiencegraph.ai", 14, ("/t.js",), "Advertising"),
    Host("parking.lakeside.example", 6, ("/permit",), "Internal"),
    Host("cafeteria.lakeside.example", 9, ("/menu",), "Internal"),
    Host("www.ups.com", 8, ("/track",), "Business"),
    Host("www.grainger.com", 6, ("/category/medical",), "Shopping"),
    Host("ntp-check.lakeside.example", 10, ("/",), "Internal"),
    # Names with an AI product's name inside that have nothing to do with it.
    Host("notopenai.com", 3, ("/", "/about"), "Uncategorized"),
    Host("chatgpt.com.phish.example", 2, ("/login",), "Phishing"),
    Host("aidoctors-directory.example", 3, ("/find",), "Health"),
    Host("paidocs.example", 3, ("/invoice",), "Business"),
    Host("gemini-crypto.example", 2, ("/ticker",), "Finance"),
    Host("bedrock-quarry.example", 2, ("/",), "Business"),
    Host("subscribe.medjournal.example", 5, ("/issue",), "Health"),
)

DECOYS = (
    "notopenai.com",
    "chatgpt.com.phish.example",
    "www.capgemini.com",
    "aidoctors-directory.example",
    "paidocs.example",
    "gemini-crypto.example",
    "bedrock-quarry.example",
    "subscribe.medjournal.example",
    "pixel.bidstream.ai",
    "tags.audiencegraph.ai",
    "ctldl.windowsupdate.com",
    "ehr.lakeside.example",
    "Gemini Crypto Exchange",
)
"""Hosts, and one single sign-on application, that must lead to no finding."""

CANDIDATE = "app.notewell-scribe.example"
"""A scribe in no catalogue; long uploads during visits are what gives it away."""

SERVER_HOSTS = (
    Host("deb.debian.org", 30, ("/debian/dists/",), "Updates", True),
    Host("download.windowsupdate.com", 40, ("/c/msdownload/",), "Updates", True),
    Host("claims.payer-gateway.example", 60, ("/x12/837",), "Business"),
    Host("smtp.mailcloud.example", 50, ("/",), "Business"),
    Host("vault.offsite-backup.example", 45, ("/put",), "Business"),
    Host("ntp.lakeside.example", 15, ("/",), "Internal"),
    Host("hl7.regional-exchange.example", 55, ("/adt",), "Health"),
    Host("crl.digicert.com", 18, ("/root.crl",), "Computers and Internet", True),
    Host("mirrors.fedoraproject.org", 9, ("/metalink",), "Updates"),
)

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Edg/142.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/604.1",
)

_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # kept free for examples, RFC 5737


def address_of(host: str) -> str:
    """Return the address a host has in this imaginary internet; always the same one."""
    number = zlib.crc32(host.encode())
    return f"{_NETWORKS[number % 3]}.{number // 3 % 250 + 2}"
