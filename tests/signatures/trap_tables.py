"""Names of every class of trap with what the shipped catalogue must say of them."""

from __future__ import annotations

# Host, or host with path, and what it must mean: "tool surface"; "" for no match at all; "no use" where a match
# that says less than use is as good as none.
Case = tuple[str, str]

APEX_VS_SUBDOMAIN: list[Case] = [
    ("gemini.google.com", "gemini use"),
    ("aistudio.google.com", "google-ai-studio use"),
    ("notebooklm.google.com", "notebooklm use"),
    ("generativelanguage.googleapis.com", "gemini-api use"),
    ("us-central1-aiplatform.googleapis.com", "vertex-ai use"),
    ("copilot.microsoft.com", "microsoft-copilot use"),
    ("hospital.openai.azure.com", "azure-openai use"),
    ("hospital.services.ai.azure.com", "azure-ai-foundry use"),
    ("models.inference.ai.azure.com", "azure-ai-foundry use"),
    ("hospital.eastus2.inference.ml.azure.com", "azure-ai-foundry use"),
    ("bedrock-runtime.us-east-1.amazonaws.com", "amazon-bedrock use"),
    ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "amazon-bedrock use"),
    ("runtime.sagemaker.us-west-2.amazonaws.com", "amazon-sagemaker use"),
    ("firefly.adobe.com", "adobe-firefly use"),
    ("tongyi.aliyun.com", "qwen-chat use"),
    ("yiyan.baidu.com", "ernie-bot use"),
    ("meta.ai", "meta-ai use"),
    ("grok.x.com", "grok use"),
    ("api.githubcopilot.com", "github-copilot use"),
    ("google.com", ""),
    ("www.google.com", ""),
    ("mail.google.com", ""),
    ("storage.googleapis.com", ""),
    ("fonts.googleapis.com", ""),
    ("microsoft.com", ""),
    ("login.microsoftonline.com", ""),
    ("management.azure.com", ""),
    ("hospital.database.azure.com", ""),
    ("s3.us-east-1.amazonaws.com", ""),
    ("dynamodb.us-east-1.amazonaws.com", ""),
    ("adobe.com", ""),
    ("stock.adobe.com", ""),
    ("alibaba.com", ""),
    ("oss-cn-hangzhou.aliyuncs.com", ""),
    ("baidu.com", ""),
    ("pan.baidu.com", ""),
    ("meta.com", ""),
    ("x.com", ""),
    ("github.com", ""),
    ("api.github.com", ""),
    ("yandex.ru", ""),
    ("naver.com", ""),
    ("amazon.com", ""),
    ("bing.com", ""),
]

DOT_AI: list[Case] = [
    ("claude.ai", "claude use"),
    ("www.perplexity.ai", "perplexity use"),
    ("fal.ai", "fal use"),
    ("queue.fal.run", "fal use"),
    ("suki.ai", "suki use"),
    ("otter.ai", "otter use"),
    ("halcyon.ai", ""),
    ("sardine.ai", ""),
    ("pbxai.com", ""),
    ("hybrid.ai", ""),
    ("securiti.ai", ""),
    ("idmap.ai", ""),
    ("axon.ai", ""),
    ("beacons.ai", ""),
    ("mikmak.ai", ""),
    ("e-volution.ai", ""),
    ("gridx.ai", ""),
    ("calix.ai", ""),
    ("google.com.ai", ""),
    ("nic.ai", ""),
]

TOKEN_COLLISION: list[Case] = [
    ("capgemini.com", ""),
    ("gemini.com", ""),
    ("exchange.gemini.com", ""),
    ("bedrock.minecraft.net", ""),
    ("bedrock-blob.minecraftservices.com", ""),
    ("subscribe.wsj.com", ""),
    ("describe.example", ""),
    ("inference.location.live.net", ""),
    ("westus2-0.in.applicationinsights.azure.com", ""),
    ("ai.monitor.azure.com", ""),
    ("dragons.nintendo.com", ""),
    ("claudebernard.fr", ""),
    ("groklaw.net", ""),
    ("ngrok.io", ""),
    ("copilot.money", ""),
    ("foodallergy.org", ""),
    ("rogersgroup.com", ""),
    ("gemini.google.com", "gemini use"),
    ("bedrock-runtime.eu-central-1.amazonaws.com", "amazon-bedrock use"),
    ("inference.do-ai.run", "digitalocean-gradient use"),
    ("scribeberry.com", "scribeberry use"),
    ("morphllm.com", "morph-llm use"),
]

THIRD_PARTY: list[Case] = [
    ("featuregates.org", ""),
    ("featureassets.org", ""),
    ("prodregistryv2.org", ""),
    ("events.statsigapi.net", ""),
    ("api.statsig.com", ""),
    ("o33249.ingest.sentry.io", ""),
    ("browser-intake-datadoghq.com", ""),
    ("widget.intercom.io", ""),
    ("js.intercomcdn.com", ""),
    ("api-iam.intercom.io", ""),
    ("challenges.cloudflare.com", ""),
    ("client-api.arkoselabs.com", ""),
    ("openai-api.arkoselabs.com", ""),
    ("js.stripe.com", ""),
    ("m.stripe.network", ""),
    ("cdn.auth0.com", ""),
    ("cdn.usefathom.com", ""),
    ("static.cloudflareinsights.com", ""),
    ("api.segment.io", ""),
    ("www.googletagmanager.com", ""),
    ("identrust.com", ""),
    ("host.livekit.cloud", ""),
    ("turn.livekit.cloud", ""),
    ("chatgpt.livekit.cloud", "chatgpt use"),
    ("ws.chatgpt.com", "chatgpt use"),
    ("cdn.oaistatic.com", "chatgpt use"),
]

HEALTHCARE: list[Case] = [
    ("nmc-hc-prod-us.nuancehdp.com", "dragon-medical-one use"),
    ("sas.nuancehdp.com", "dragon-medical-one use"),
    ("dragonmedicalone.nuance.com", "dragon-medical-one use"),
    ("fedex.digital.nuance.com", "nuance-digital-engagement ambient"),
    ("media-us2.digital.nuance.com", "nuance-digital-engagement ambient"),
    ("cohere.com", "cohere-api use"),
    ("coherehealth.com", "cohere-health use"),
    ("next.coherehealth.com", "cohere-health use"),
    ("fathom.video", "fathom-notetaker use"),
    ("fathomhealth.com", "fathom-health use"),
    ("usefathom.com", ""),
    ("ada.com", "ada-health use"),
    ("ada.cx", "ada-cx use"),
    ("notes.abridge.com", "abridge use"),
    ("scribe.heidihealth.com", "heidi use"),
    ("secure.getfreed.ai", "freed use"),
    ("www.openevidence.com", "openevidence use"),
    ("epic.com", "no use"),
    ("www.athenahealth.com", "no use"),
    ("www.simplepractice.com", "no use"),
    ("www.waystar.com", "no use"),
    ("www.doximity.com", "no use"),
    ("www.doximity.com/doxgpt", "doximity-gpt use"),
    ("www.medscape.com", "no use"),
    ("www.webmd.com", ""),
    ("pubmed.ncbi.nlm.nih.gov", ""),
    ("nuancepowershare.com", "no use"),
    ("app.amperoshealth.com", "amperos use"),
    ("app.face2gene.com", "fdna use"),
    ("getweave.com", "weave-practice embedded"),
]

EMBEDDED_SAAS: list[Case] = [
    (host, "no use")
    for host in (
        "slack.com zoom.us salesforce.com www.canva.com www.notion.so www.figma.com "
        "app.box.com www.hubspot.com www.linkedin.com www.duolingo.com quizlet.com "
        "www.chegg.com www.evernote.com todoist.com www.semrush.com www.similarweb.com "
        "www.shutterstock.com elements.envato.com www.freepik.com www.veed.io www.kapwing.com "
        "www.capcut.com www.loom.com miro.com airtable.com hospital.cloud.databricks.com "
        "app.snowflake.com scribehow.com builder.io pixlr.com zapier.com www.intercom.com "
        "translate.google.com"
    ).split()
] + [
    ("dreamina.capcut.com", "dreamina use"),
    ("firefly.adobe.com", "adobe-firefly use"),
    ("agents.zapier.com", "zapier-agents use"),
    ("duckduckgo.com/duckchat/v1/chat", "duck-ai use"),
    ("duckduckgo.com", ""),
]

TENANT_ON_SHARED_INFRA: list[Case] = [
    ("openaiapi-site.azureedge.net", "openai-api use"),
    ("openaicomproductionae4b.blob.core.windows.net", "openai-site vendor_only"),
    ("openaicom-api-bdcpf8c6d2e9atf6.z01.azurefd.net", "openai-site vendor_only"),
    ("openaicom.imgix.net", "openai-site vendor_only"),
    ("pplx-res.cloudinary.com", "perplexity use"),
    ("servd-anthropic-website.b-cdn.net", "claude vendor_only"),
    ("chatgpt-async-webps-prod-eastus-4.webpubsub.azure.com", "chatgpt use"),
    ("hospital.webpubsub.azure.com", ""),
    ("openaihospital.azureedge.net", ""),
    ("edge-consumer-static.azureedge.net", ""),
    ("hospital.z01.azurefd.net", ""),
    ("hospital.blob.core.windows.net", ""),
    ("hospital.imgix.net", ""),
    ("res.cloudinary.com", ""),
    ("other.b-cdn.net", ""),
    ("hospital.livekit.cloud", ""),
    ("chatgpt.livekit.cloud.example", ""),
    ("ws-1.cn-hongkong.maas.aliyuncs.com", "alibaba-model-studio use"),
    ("dashscope.oss-cn-beijing.aliyuncs.com", ""),
]

PATH_ONLY: list[Case] = [
    ("www.bing.com/chat", "microsoft-copilot use"),
    ("bing.com/chat", "microsoft-copilot use"),
    ("www.bing.com/images/create", "bing-image-creator use"),
    ("www.bing.com", ""),
    ("www.bing.com/search", ""),
    ("github.com/copilot", "github-copilot use"),
    ("github.com", ""),
    ("github.com/someone/copilot", ""),
    ("x.com/i/grok", "grok use"),
    ("x.com", ""),
    ("x.com/i/bookmarks", ""),
    ("www.google.com/ai", "google-ai-mode use"),
    ("www.google.com/search", ""),
    ("www.freepik.com/pikaso", "freepik-ai use"),
    ("www.shutterstock.com/ai-image-generator", "shutterstock-ai embedded"),
    ("search.brave.com/ask", "brave-search-ai use"),
    ("search.brave.com/search", ""),
    ("www.clinicalkey.com/ai", "clinicalkey-ai use"),
]

AMBIENT: list[Case] = [
    (host, "no use")
    for host in (
        "edgeservices.bing.com",
        "robinfrontend-pa.googleapis.com",
        "geller-pa.googleapis.com",
        "proactivebackend-pa.googleapis.com",
        "optimizationguide-pa.googleapis.com",
        "geminiweb-pa.googleapis.com",
        "guzzoni.apple.com",
        "apple-relay.apple.com",
        "api.smoot.apple.com",
        "augloop.office.com",
        "eastus2-pa00.augloop.svc.cloud.microsoft",
        "nleditor.osi.office.net",
        "designerapp.officeapps.live.com",
        "substrate.office.com",
        "services.bingapis.com",
        "copilot-telemetry.githubusercontent.com",
        "telemetry.individual.githubcopilot.com",
        "statsig.anthropic.com",
        "persistent.oaistatic.com",
        "scs-use2.bixbyllm.com",
        "waa-pa.clients6.google.com",
        "translate-pa.googleapis.com",
        "edge.microsoft.com",
        "www.msn.com",
    )
] + [
    ("sydney.bing.com", "microsoft-copilot use"),
    ("proxy.individual.githubcopilot.com", "github-copilot use"),
    ("substrate.office.com/m365copilot/chat", "m365-copilot use"),
]

BOUNDARY: list[Case] = [
    ("x.ai", "grok use"),
    ("api.x.ai", "xai-api use"),
    ("z.ai", "zai-chat use"),
    ("pi.ai", "pi use"),
    ("you.com", "you-com use"),
    ("c.ai", "character-ai use"),
    ("max.ai", ""),
    ("box.ai", ""),
    ("api.ai", ""),
    ("thankyou.com", ""),
    ("foryou.com", ""),
    ("notchatgpt.com", ""),
    ("my-openai.com", ""),
    ("openai.com.evil.example", ""),
    ("claude.ai.evil.example", ""),
    ("chatgpt.com.co", ""),
    ("xgrok.com", ""),
    ("spoe.com", ""),
    ("fakeheidihealth.com", ""),
]

LOOKALIKE: list[Case] = [
    (host, f"{tool} look_alike")
    for host, tool in (
        ("chatgpt.org", "chatgpt-look-alikes"),
        ("www.chatgpt.es", "chatgpt-look-alikes"),
        ("chatgptx.com", "chatgpt-look-alikes"),
        ("chat-gpt.org", "chatgpt-look-alikes"),
        ("chatgpt4online.org", "chatgpt-look-alikes"),
        ("trychatgpt.ru", "chatgpt-look-alikes"),
        ("deepseek.ai", "deepseek-look-alikes"),
        ("deepseek.net", "deepseek-look-alikes"),
        ("midjourneyfree.ai", "midjourney-look-alikes"),
        ("grokimagine.ai", "grok-look-alikes"),
    )
] + [
    ("chatgpt.com", "chatgpt use"),
    ("chat.deepseek.com", "deepseek use"),
    ("midjourney.com", "midjourney use"),
    ("сhatgpt.com", ""),  # Cyrillic first letter
    ("chatgtp.com", ""),
    ("opnai.com", ""),
]

PHANTOM: list[Case] = [
    (host, "")
    for host in (
        "cody.dev",
        "luma.ai",
        "vertexai.google.com",
        "autogen.microsoft.com",
        "sensechat.com",
        "ernie.bot",
        "yi.ai",
        "playground.ai",
        "labs.azure.com",
        "lmsis.org",
        "llmstudio.ai",
        "strongwall.ai",
        "qwen.aliyun.com",
    )
] + [
    ("sourcegraph.com", "sourcegraph-cody use"),
    ("lumalabs.ai", "luma use"),
    ("01.ai", "yi-platform use"),
    ("lmstudio.ai", "lm-studio use"),
    ("playground.com", "playground use"),
]

HOSTING_PLATFORM: list[Case] = [
    ("someone.hf.space", "huggingface-spaces use"),
    ("someone-demo.hf.space", "huggingface-spaces use"),
    ("1a2b3c.gradio.live", "huggingface-spaces use"),
    ("lovable.dev", "lovable use"),
    ("v0.app", "v0 use"),
    ("bolt.new", "bolt use"),
    ("someone.lovable.app", ""),
    ("someone.replit.app", ""),
    ("someone.repl.co", ""),
    ("someone.vercel.app", ""),
    ("vercel.com", ""),
    ("someone.netlify.app", ""),
    ("someone.github.io", ""),
    ("someone.streamlit.app", ""),
    ("someone.pages.dev", ""),
    ("someone.workers.dev", ""),
    ("someone.bubbleapps.io", ""),
    ("cloudflare.com", ""),
    ("recipes.bolt.host", ""),
]

VENDOR_NON_USAGE: list[Case] = [
    (host, f"{tool} vendor_only")
    for host, tool in (
        ("help.openai.com", "openai-site"),
        ("status.openai.com", "openai-site"),
        ("community.openai.com", "openai-site"),
        ("developers.openai.com", "openai-site"),
        ("docs.anthropic.com", "claude"),
        ("support.anthropic.com", "claude"),
        ("status.anthropic.com", "claude"),
        ("support.claude.com", "claude"),
        ("code.claude.com", "claude-code"),
        ("docs.mistral.ai", "mistral-chat"),
        ("status.mistral.ai", "mistral-chat"),
        ("docs.x.ai", "grok"),
        ("docs.cohere.com", "cohere-api"),
        ("docs.perplexity.ai", "perplexity"),
        ("ai.google.dev", "gemini-api"),
        ("deepmind.google", "gemini"),
        ("docs.midjourney.com", "midjourney"),
        ("status.deepseek.com", "deepseek"),
        ("help.quillbot.com", "quillbot"),
        ("support.deepl.com", "deepl"),
        ("status.lovable.dev", "lovable"),
    )
] + [
    ("openai.com", "chatgpt use"),
    ("mistral.ai", "mistral-api use"),
    ("deepgram.com", "deepgram use"),
]

CLASSES: dict[str, list[Case]] = {
    "apex_vs_subdomain": APEX_VS_SUBDOMAIN,
    "dot_ai_tld": DOT_AI,
    "token_collision": TOKEN_COLLISION,
    "third_party_on_ai_page": THIRD_PARTY,
    "healthcare": HEALTHCARE,
    "embedded_saas": EMBEDDED_SAAS,
    "tenant_on_shared_infra": TENANT_ON_SHARED_INFRA,
    "path_only": PATH_ONLY,
    "ambient": AMBIENT,
    "boundary": BOUNDARY,
    "lookalike": LOOKALIKE,
    "phantom": PHANTOM,
    "hosting_platform": HOSTING_PLATFORM,
    "vendor_non_usage": VENDOR_NON_USAGE,
}
