"""What is hidden of a configuration, and what comes back when the mask does."""

from __future__ import annotations

from typing import Any

import pytest

from mock_airbyte.masking import MASK, masked, masked_address, masked_text, unmasked

PEM = "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----"


SECRET_KEYS = """
password passwd pwd db_pass client_secret clientSecret api_key apiKey x-api-key api_token accessToken private_key
privateKey accountKey signing_key shared_access_key aws_secret_access_key credentials_json service_account_info
connectionString connection_string dsn Authorization client_certificate slack_webhook jwt pat ssh_key
"""
OTHER_KEYS = "primary_key partition_key token_url aws_access_key_id host username keys monkey passenger bypass"


@pytest.mark.parametrize("key", SECRET_KEYS.split())
def test_a_secret_is_known_by_its_key(key: str) -> None:
    assert masked({key: "canary"}) == {key: MASK}


@pytest.mark.parametrize("key", OTHER_KEYS.split())
def test_what_is_no_secret_is_shown(key: str) -> None:
    assert masked({key: "shown"}) == {key: "shown"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:canary@db:5432/shop?x=1", f"postgresql://me:{MASK}@db:5432/shop?x=1"),
        ("redis://:can@ary@db", f"redis://:{MASK}@db"),
        ("mysql://me:can/ary@db/shop", f"mysql://me:{MASK}@db/shop"),
        ("host=h user=me password=canary dbname=d", f"host=h user=me password={MASK} dbname=d"),
        ("host=h password='can ary'", f"host=h password={MASK}"),
        ("Endpoint=sb://x/;SharedAccessKey=canary=;A=b", f"Endpoint=sb://x/;SharedAccessKey={MASK};A=b"),
        ("https://h/f.csv?sig=canary&x=1", f"https://h/f.csv?sig={MASK}&x=1"),
        ('{"user": "me", "api_key": "canary"}', f'{{"user": "me", "api_key": {MASK}}}'),
        ("Authorization: Bearer canary", f"Authorization: {MASK}"),
        ("Bearer canary", f"Bearer {MASK}"),
        (f"key:\n{PEM}\nend", f"key:\n{MASK}\nend"),
        ("https://h:8080/a/b.csv", "https://h:8080/a/b.csv"),
        ("me@example.com", "me@example.com"),
        ("Basic", "Basic"),
        ("*/5 * * * ?", "*/5 * * * ?"),
    ],
)
def test_a_secret_is_known_by_what_the_text_looks_like(text: str, shown: str) -> None:
    assert masked_text(text) == shown
    assert unmasked({"a": [shown]}, {"a": [text]}) == {"a": [text]}


@pytest.mark.parametrize(
    ("configuration", "shown"),
    [
        ({"tokens": ["canary", {"v": "canary"}]}, {"tokens": [MASK, {"v": MASK}]}),
        ({"secret": {"type": "oauth", "value": "canary"}}, {"secret": {"type": "oauth", "value": MASK}}),
        ({"credentials": {"auth": {"refresh_token": "canary"}}}, {"credentials": {"auth": {"refresh_token": MASK}}}),
        ({"use_token": True, "token_count": 3}, {"use_token": True, "token_count": 3}),
        ({"properties": {"token": {"type": "string"}}}, {"properties": {"token": {"type": "string"}}}),
    ],
)
def test_secrets_are_hidden_however_deep_and_come_back(configuration: dict[str, Any], shown: dict[str, Any]) -> None:
    assert masked(configuration) == shown
    assert unmasked(shown, configuration) == configuration


def test_a_mask_stands_for_nothing_but_what_was_there() -> None:
    assert unmasked({"a": f"x://u:{MASK}@other", "b": [MASK, MASK]}, {"a": "x://u:canary@h", "b": ["1"]}) == {
        "a": f"x://u:{MASK}@other",
        "b": ["1", MASK],
    }


def test_an_address_is_shown_without_its_secrets() -> None:
    assert masked_address("https://hooks.example/services/T0/canarycanarycanary") == (
        f"https://hooks.example/services/T0/{MASK}"
    )
    assert masked_address("http://me:canary@h:9/x?k=canary") == f"http://{MASK}@h:9/x?{MASK}"
