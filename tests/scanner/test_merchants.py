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
        ("INC", "INC"),
        ("PAYPAL *", "PAYPAL"),
        ("   ", None),
        ("*", None),
        (None, None),
    ],
)
def test_product_of_a_merchant_text(text: str | None, product: str | None) -> None:
    assert product_of(text) == product
