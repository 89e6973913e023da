"""Where a recording may be fetched from: addresses, spellings, hosts, ports."""

from __future__ import annotations

import pytest

from gateway.domain.errors import Rejected
from gateway.telephony.guard import Door, admit, check_answers, judge

FORBIDDEN = [
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "100.100.100.200", "168.63.129.16", "::", "::2", "::127.0.0.1", "::7f00:1", "::169.254.169.254",
    "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:0.0.0.0", "::ffff:0:127.0.0.1", "::ffff:0:a00:1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "64:ff9b:1:a00:1::", "100::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::", "2002:c0a8:101::1", "2002:a00:1::", "3fff::1", "5f00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "1::1",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "127.0.0.1",
    "127.255.255.254", "100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fd12:3456:789a::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:192.168.1.1", "::ffff:7f00:1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
ODD = [
    "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1", "0", "2852039166",
    "0xa9fea9fe", "169.254.43518", "127.0.0.1.", "0x7f.1", "00000177.0.0.1", "256.1.1.1", "1.2.3.4.5", "0x",
]  # fmt: skip
DOOR = Door(hosts=frozenset({"rec.example", "*.cdn.example"}), private_hosts=frozenset({"pbx.lan", "10.0.0.5"}))


@pytest.mark.parametrize("address", [*FORBIDDEN, *ODD, "", "localhost", "1.2.3.4/8"])
def test_a_forbidden_address_is_forbidden_even_for_private_hosts(address: str) -> None:
    assert judge(address) == "forbidden"
    with pytest.raises(Rejected):
        check_answers("pbx.lan", [address], DOOR)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_for_private_hosts_only(address: str) -> None:
    assert judge(address) == "private"
    assert check_answers("pbx.lan", [address], DOOR) == address
    with pytest.raises(Rejected):
        check_answers("rec.example", [address], DOOR)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert judge(address) == "public"
    assert check_answers("rec.example", [address], DOOR) == address


def test_one_bad_answer_spoils_all() -> None:
    with pytest.raises(Rejected, match="internal address"):
        check_answers("rec.example", ["8.8.8.8", "127.0.0.1"], DOOR)


def test_a_host_without_addresses_is_a_passing_fault() -> None:
    with pytest.raises(ConnectionError):
        check_answers("rec.example", [], DOOR)


GOOD = [
    "https://rec.example/a.mp3?key=1", "https://rec.example:443/a.mp3", "https://REC.example/a", "https://rec.example./a",
    "https://a.cdn.example/x", "https://a.b.cdn.example/x", "http://pbx.lan/rec/1.wav", "http://10.0.0.5/rec/1.wav",
    "https://pbx.lan:443/x",
]  # fmt: skip
REFUSED = [
    "", "rec.example/a", "//rec.example/a", "ftp://rec.example/a", "file:///etc/passwd", "gopher://rec.example/",
    "data:audio/wav;base64,AAAA", "javascript:alert(1)", "http://rec.example/a", "https://rec.example:8443/a",
    "https://rec.example:22/", "https://rec.example:0/", "https://rec.example:99999/", "https://user@rec.example/a",
    "https://user:pass@rec.example/a", "https://:@rec.example/a", "https://evil.example/a", "https://rec.example.evil.example/",
    "https://evilrec.example/", "https://cdn.example/x", "https://evilcdn.example/x", "https://evil.example#@rec.example/",
    "https://evil.example?@rec.example/", "https://evil.example\\@rec.example/", "https://rec.example\\.evil.example/",
    "https://rec.example/\r\nHost: x", "https://rec.example /a", " https://rec.example/", "https://rec.example/\x00",
    "https://8.8.8.8/", "https://[::1]/", "https://127.0.0.1/", "https://localhost/", "https://[fe80::1%25eth0]/",
    "https://①②⑦.⓪.⓪.①/", "https://rec。example。evil/", "https://" + "a" * 3000 + "/", "http://10.0.0.6/", "https:///a",
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_an_allowed_address_is_admitted(url: str) -> None:
    assert admit(url, DOOR).raw_host


@pytest.mark.parametrize("url", [*REFUSED, *[f"https://{odd}/" for odd in ODD], *[f"http://{odd}/" for odd in ODD]])
def test_any_other_address_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(Rejected) as caught:
        admit(url, DOOR)
    assert caught.value.code == "address_refused"
    assert "evil" not in caught.value.detail


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_spelling_is_refused_even_if_somebody_lists_it(odd: str) -> None:
    with pytest.raises(Rejected, match="unusual"):
        admit(f"https://{odd}/", Door(hosts=frozenset({odd, odd.rstrip(".")})))
