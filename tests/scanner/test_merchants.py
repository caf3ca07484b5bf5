"""The product is read out of merchant texts, whatever payment adds around it."""

import pytest

from scanner.merchants import product_of


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("OPENAI *CHATGPT SUBSCR +14155550100 CA", "CHATGPT"),
        ("PADDLE.NET* MIDJOURNEY", "MIDJOURNEY"),
        ("CLAUDE.AI SUBSCRIPTION", "CLAUDE.AI"),
        ("Abridge AI, Inc.", "Abridge AI"),
        ("GRAMMARLY LLC", "GRAMMARLY"),
        ("STAPLES 00112", "STAPLES"),
        ("OPENAI *CHATGPT SUBSCR  SAN FRANCISCO  CA", "CHATGPT"),
        ("PERPLEXITY AI SAN FRANCISCO CA", "PERPLEXITY AI"),
        ("CHECKCARD 1116 MIDJOURNEY INC. DES:SUBSCR ID:123", "MIDJOURNEY"),
        ("PURCHASE AUTHORIZED ON 11/16 GRAMMARLY INC", "GRAMMARLY"),
        ("PURCHASE POWER", "PURCHASE POWER"),
        ("GEMINI CRYPTO EXCHANGE  NEW YORK NY", "GEMINI CRYPTO EXCHANGE"),
        ("NEW YORK", "NEW YORK"),
        ("INC", "INC"),
        ("PAYPAL *", "PAYPAL"),
        ("   ", None),
        ("*", None),
        (None, None),
    ],
)
def test_product_of_a_merchant_text(text: str | None, product: str | None) -> None:
    assert product_of(text) == product
