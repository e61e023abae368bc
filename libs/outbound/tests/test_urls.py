"""Hostile URLs."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_network
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidField
from oms_outbound import OutboundPolicy, UrlReason, UrlRefused, check_url

DEFAULT = OutboundPolicy()
HTTP = OutboundPolicy(allow_http=True)
REFUSED = {
    UrlReason.TOO_LONG: ["https://example.com/" + "a" * 2048],
    UrlReason.CHARACTER: [
        " https://example.com",
        "https://example.com/ ",
        "https://example.com/a b",
        "https://exa\tmple.com",
        "https://example.com/\r\nX: y",
        "https://example.com/\n",
        "https://example.com\x00.evil.test/",
        "https://example.com/\x7f",
        "https://example.com\\@127.0.0.1/",
        "https:\\\\example.com",
        "https://example.com/é",
        "https://example.com/%zz",
        "https://example.com/%4",
        'https://example.com/"',
        "https://example.com/?q=<script>",
    ],
    UrlReason.FORM: [
        "",
        "example.com",
        "//example.com/",
        "/path",
        "https:example.com",
        "https:/example.com",
        "://example.com",
        "1https://example.com",
        "javascript:alert(1)",
        "data:text/plain,x",
        "mailto:a@example.com",
        "\ufeffhttps://example.com",
        "ｈttps://example.com",
    ],
    UrlReason.SCHEME: [
        "http://example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/",
        "ws://example.com/",
        "httpss://example.com/",
        "unix://var/run/docker.sock",
    ],
    UrlReason.FRAGMENT: ["https://example.com/#", "https://example.com/a#b"],
    UrlReason.USERINFO: [
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://@example.com/",
        "https://:@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com:443@127.0.0.1/",
        "https://127.0.0.1@example.com/",
        "https://a@b@example.com/",
    ],
    UrlReason.HOST: [
        "https://",
        "https:///path",
        "https://:443/",
        "https://?x",
        "https://./",
        "https://a..b/",
        "https://.example.com/",
        "https://example.com../",
        "https://-a.example/",
        "https://a-.example/",
        "https://exa mple.com/".replace(" ", "%20"),
        "https://example%2ecom/",
        "https://exam%70le.com/",
        "https://ex*mple.com/",
        "https://example.com,evil.test/",
        "https://" + "a" * 64 + ".example/",
        "https://" + ".".join(["a" * 60] * 5) + "/",
        "https://xn--a/",
        "https://xn--/",
        "https://a\u2100b.example/",
        "https://example.com\uff0fevil.test/",
        "https://example.com\uff20evil.test/",
        "https://example.com\uff1a80/",
        "https://\ud800.example/",
        "https://[::1/",
        "https://::1/",
        "https://[::1]evil.test/",
        "https://[]/",
        "https://[127.0.0.1]/",
        "https://[v1.fe80]/",
        "https://[::1::]/",
        "https://[::\uff11]/",
        "https://[[::1]]/",
    ],
    UrlReason.ZONE_ID: ["https://[fe80::1%eth0]/", "https://[fe80::1%25eth0]/"],
    UrlReason.NUMERIC_HOST: [
        "https://2130706433/",
        "https://017700000001/",
        "https://0x7f000001/",
        "https://0x7F.0x0.0x0.0x1/",
        "https://0x/",
        "https://127.1/",
        "https://%31%32%37.0.0.1/",
        "https://127.0.1/",
        "https://127.0.0.1./",
        "https://8.8.8.8./",
        "https://0177.0.0.1/",
        "https://127.0.0.01/",
        "https://00.0.0.0/",
        "https://127.0.0.0x1/",
        "https://127.0.0.256/",
        "https://1.2.3.4.5/",
        "https://example.1/",
        "https://example.0x7f/",
        "https://0/",
        "https://４/",
        "https://１２７.０.０.１/",
        "https://127。0。0。1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://8.8.8.8\u200b/",
        "https://𝟠.𝟠.𝟠.𝟠/",
        "https://99999999999999999999/",
    ],
    UrlReason.ADDRESS_REFUSED: [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://192.0.2.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
    ],
    UrlReason.HOST_REFUSED: [
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://ｌｏｃａｌｈｏｓｔ/",
        "https://local\u00adhost/",
    ],
    UrlReason.PORT: [
        "https://example.com:/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:99999999999999/",
        "https://example.com:-1/",
        "https://example.com:+1/",
        "https://example.com:8_0/",
        "https://example.com:0x50/",
        "https://example.com:８０/",
        "https://example.com:443:443/",
        "https://example.com:http/",
    ],
    UrlReason.PORT_REFUSED: [
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:1023/",
        "https://example.com:6667/",
        "https://example.com:2049/",
    ],
}


@pytest.mark.parametrize(
    ("reason", "url"),
    [
        pytest.param(reason, url, id=f"{reason.value}-{number}")
        for reason, urls in REFUSED.items()
        for number, url in enumerate(urls)
    ],
)
def test_hostile_url_is_refused_for_its_reason(reason, url):
    with pytest.raises(UrlRefused) as caught:
        check_url(url, DEFAULT, field="webhook.url")
    assert isinstance(caught.value, InvalidField)
    assert caught.value.url_reason is reason
    assert caught.value.metadata == {"url_reason": reason.value}
    assert [violation.field for violation in caught.value.fields] == ["webhook.url"]
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.COM:443/Path?Q=1", "https://example.com/Path?Q=1"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://example.com:0443/", "https://example.com/"),
        ("https://sub_domain.example.com/", "https://sub_domain.example.com/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://ＥＸＡＭＰＬＥ.com/", "https://example.com/"),
        ("https://example。com/", "https://example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0:0::1111]:8443/", "https://[2606:4700::1111]:8443/"),
        ("https://[64:ff9b::8.8.8.8]/", "https://[64:ff9b::808:808]/"),
        ("https://127.0.0.1.example.com/", "https://127.0.0.1.example.com/"),
        ("https://example.com/a%20b?x=%2F&y[0]=1", "https://example.com/a%20b?x=%2F&y[0]=1"),
        ("https://example.com//a/../b", "https://example.com//a/../b"),
        ("https://example.com/@user:x", "https://example.com/@user:x"),
    ],
)
def test_url_has_one_canonical_form(url, canonical):
    checked = check_url(url, DEFAULT)
    assert str(checked) == canonical
    assert check_url(canonical, DEFAULT) == checked


def test_http_is_called_only_when_allowed():
    checked = check_url("http://example.com/", HTTP)
    assert (checked.scheme, checked.port, checked.authority) == ("http", 80, "example.com")
    assert check_url("http://example.com:443/", HTTP).authority == "example.com:443"
    with pytest.raises(UrlRefused, match="https or http"):
        check_url("ftp://example.com/", HTTP)


def test_only_the_hosts_of_the_policy_are_called():
    policy = OutboundPolicy(only_hosts=("hooks.example.com", "*.partner.example", "8.8.8.8"))
    for host in ("hooks.example.com", "HOOKS.example.com.", "a.partner.example", "8.8.8.8"):
        check_url(f"https://{host}/", policy)
    for host in ("example.com", "partner.example", "xhooks.example.com", "8.8.4.4"):
        with pytest.raises(UrlRefused) as caught:
            check_url(f"https://{host}/", policy)
        assert caught.value.url_reason is UrlReason.HOST_REFUSED


def test_ports_of_the_policy_decide():
    policy = OutboundPolicy(allowed_ports=frozenset({443, 25}), denied_ports=frozenset({443}))
    check_url("https://example.com:25/", policy)
    for port in (443, 80, 8443):
        with pytest.raises(UrlRefused) as caught:
            check_url(f"https://example.com:{port}/", policy)
        assert caught.value.url_reason is UrlReason.PORT_REFUSED


def test_localhost_is_called_where_loopback_is_allowed():
    by_network = OutboundPolicy(private_networks=(ip_network("127.0.0.0/8"),))
    by_name = OutboundPolicy(private_hosts=("localhost",))
    for policy in (by_network, by_name):
        assert check_url("https://localhost/", policy).host == "localhost"
    assert check_url("https://127.0.0.1/", by_network).address == IPv4Address("127.0.0.1")
    with pytest.raises(UrlRefused):
        check_url("https://127.0.0.1/", by_name)


def notations(address: IPv4Address) -> list[str]:
    """Ways in which some system reads this address."""
    number, parts = int(address), address.packed
    wide = str.maketrans("0123456789.", "０１２３４５６７８９。")
    return [
        str(number),
        hex(number),
        f"0{number:o}",
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        ".".join(f"0{part:o}" for part in parts),
        ".".join(hex(part) for part in parts),
        ".".join(f"{part:03d}" for part in parts),
        f"{hex(parts[0])}.{parts[1]}.0{parts[2]:o}.{parts[3]}",
        str(address).translate(wide),
        f"{address}.",
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{parts[0]:02x}{parts[1]:02x}:{parts[2]:02x}{parts[3]:02x}::]",
        str(address),
    ]


@given(
    st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8"]).flatmap(
        lambda network: st.ip_addresses(network=network)
    )
)
def test_no_notation_of_a_closed_address_passes(address):
    for text in notations(address):
        with pytest.raises(UrlRefused):
            check_url(f"https://{text}/", DEFAULT)


@given(st.ip_addresses(v=4).filter(DEFAULT.permits_address))
def test_notation_of_an_open_address_is_plain_or_refused(address):
    for text in notations(address):
        try:
            checked = check_url(f"https://{text}/", DEFAULT)
        except UrlRefused:
            continue
        assert text in {str(address), f"[64:ff9b::{address}]"}
        assert checked.address is not None


@given(
    st.text(max_size=30)
    | st.text(alphabet="0123456789abcdefx.:[]@/\\?#%-_", max_size=30)
    | st.builds("{}.{}".format, st.text(max_size=10), st.sampled_from(["com", "0x1", "１", "."]))
)
def test_any_url_is_refused_or_read_as_everybody_reads_it(rest):
    try:
        checked = check_url(f"https://{rest}", DEFAULT)
    except UrlRefused:
        return
    assert str(checked).isascii()
    assert check_url(str(checked), DEFAULT) == checked
    parts = urlsplit(str(checked))
    assert parts.hostname == checked.host.strip("[]")
    assert (parts.port or 443) == checked.port
    assert (parts.username, parts.fragment) == (None, "")
