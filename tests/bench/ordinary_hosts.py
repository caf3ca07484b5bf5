"""Make ordinary hosts of the usual kinds, those among them whose names look like AI, and what they do."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.bench.ordinary_services import Ordinary, services

WELL_KNOWN = """www.airbnb.com
    mail.google.com www.mailchimp.com www.hyundai.com www.aircanada.com www.hawaiianairlines.com
    www.amazon.com www.wikipedia.org www.nytimes.com www.cnn.com www.weather.com www.ups.com www.fedex.com
    www.walmart.com www.target.com www.costco.com www.bestbuy.com www.etsy.com www.ebay.com www.paypal.com
    www.chase.com www.bankofamerica.com www.wellsfargo.com www.reddit.com www.pinterest.com www.spotify.com
    www.netflix.com www.espn.com www.imdb.com www.cdc.gov www.nih.gov pubmed.ncbi.nlm.nih.gov www.cms.gov
    www.fda.gov www.who.int www.nejm.org jamanetwork.com www.thelancet.com www.bmj.com www.mayoclinic.org
    www.clevelandclinic.org www.webmd.com www.medscape.com www.epocrates.com www.cerner.com www.mckesson.com
    www.cardinalhealth.com www.medline.com www.quidel.com www.labcorp.com www.questdiagnostics.com
    www.cigna.com www.aetna.com www.humana.com www.uhc.com www.bcbs.com www.shutterfly.com
    www.subscribestar.com www.descriptionari.com www.capgemini.com www.nintendo.com www.detroitlions.com
    www.painters.org www.trainline.com www.railcard.co.uk www.emailonacid.com www.claimsjournal.com
    www.repairclinic.com www.retailmenot.com www.daimler.com www.aig.com www.aiaa.org www.aicpa.org
    www.aish.com www.aims.edu www.kaisersuzuki.com www.taipeitimes.com www.mumbaimirror.com
    www.dubaiairports.ae www.bonsaiempire.com www.thaiairways.com www.sinai.org www.mountsinai.org
    www.chathamhouse.org www.chatelaine.com www.abbott.com www.voicemailoffice.com www.invoicely.com
    www.notebookcheck.net www.chartersteel.com www.speechpathology.com www.modelrailroader.com
    www.agentprovocateur.com www.talktalk.co.uk www.promptcare.com www.medicalmodels.com
    www.transcriptmaker.org www.botanicgardens.org www.robotshop.com""".split()
_WORDS = """harbor cedar maple river lake summit valley granite orchard prairie canyon meadow willow beacon falcon
    copper silver amber crystal liberty union central northern pacific atlantic metro county riverside
    lakeside hillside westwood oakdale fairview greenfield kingston bristol camden dayton salem trenton
    newport milford clifton brain main rain train paint saint air fair chair stair captain maid raid trail
    sail""".split()
_TRADES = """bank creditunion realty plumbing roofing dental orthodontics cardiology oncology medicalgroup clinic
    pharmacy hospice pediatrics imagingcenter physicaltherapy foods bakery coffee brewery outfitters books
    toys pets garden insurance law accounting logistics freight airlines travel hotel motors auto tire
    repair electric solar energy water waste paper packaging steel plastics chemicals labs school college
    university library museum church times herald tribune news radio tv sports golf fitness yoga music
    theater photo print design media marketing consulting staffing uniforms linen catering retail wholesale
    supply medical surgical diagnostics email trailers painting training claims""".split()
_ENDINGS = ("com",) * 14 + (
    "org",
    "org",
    "net",
    "net",
    "co.uk",
    "de",
    "io",
    "us",
    "edu",
    "gov",
    "health",
    "app",
    "care",
)
_FRONTS = ("www",) * 10 + (
    "shop",
    "portal",
    "api",
    "app",
    "cdn",
    "static",
    "img",
    "login",
    "media",
    "mail",
    "secure",
)
_AI_PLUMBING = "pixel tags sync cdn events static rtb track".split()
_AI_FIRMS = """bidstream audiencegraph adlattice yieldpath retailsignal cartmetrics fraudshield mailguard cloudsentry
    pricewatch surveyloop loyaltyhub geofence weatherdesk freightmap cropview solarfield hotelrate""".split()
_LOOKS = """subscribe.{0}.com notes.{0}news.com chat.{0}desk.com voice.{0}telecom.com agent.{0}insurance.com
    prescribe.{0}rx.com chart.{0}stocks.com models.{0}hobby.com bot.{0}games.net speech.{0}school.edu
    translate.{0}.gov {0}bot.com {0}ai.org ask{0}.com {0}voice.net {0}.health {0}notes.com {0}charts.com
    {0}.chat""".split()


def ordinary_hosts(chance: random.Random, number: int) -> list[Ordinary]:
    """Return hosts, the most visited first; no vendor of the catalogue is asked for."""
    names: dict[str, Ordinary] = {}

    def add(host: str, **more: object) -> None:
        names.setdefault(host, Ordinary(host, 0.0, **more))  # type: ignore[arg-type]

    for host in WELL_KNOWN:
        add(host)
    for firm in _AI_FIRMS:
        add(f"{chance.choice(_AI_PLUMBING)}.{firm}.ai", content_type="image/gif", down=(40, 900))
        add(f"www.{firm}.ai" if chance.random() < 0.4 else f"js.{firm}.ai", content_type="text/javascript")
    for pattern in _LOOKS:
        for word in chance.sample(_WORDS, 3):
            add(pattern.format(word))
    for word in chance.sample(_WORDS, 20):
        add(
            f"live.{word}sports.com",
            path="/stream/scores",
            content_type="text/event-stream",
            down=(500, 60_000),
        )
        add(
            f"widget.{word}help.com",
            path="/api/chat",
            content_type="application/json",
            down=(200, 3_000),
            post=0.6,
        )
        add(f"vault.{word}backup.net", path="/put", up=(400_000, 9_000_000), down=(200, 900), post=1.0)
        add(f"forms.{word}survey.com", path="/submit", up=(1_500, 20_000), down=(3_000, 60_000), post=0.9)
    for word in _WORDS:
        add(f"docs.{word}lib.io", staff_only=True)
        add(f"registry.{word}js.dev", staff_only=True, path="/pkg", content_type="application/json")
    for service in services(chance, _WORDS):
        names.setdefault(service.host, service)
    while len(names) < number:
        word, trade = chance.choice(_WORDS), chance.choice(_TRADES)
        joined = chance.choice(
            (f"{word}{trade}", f"{word}-{trade}", f"{trade}{chance.randrange(2_000)}", f"{word}{trade}group")
        )
        add(f"{chance.choice(_FRONTS)}.{joined}.{chance.choice(_ENDINGS)}")
    shuffled = list(names.values())
    chance.shuffle(shuffled)
    return [replace(one, rank=1 / (place + 5) ** 0.9) for place, one in enumerate(shuffled)]
