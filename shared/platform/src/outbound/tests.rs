//! Which addresses a stranger may make us call.

use super::{is_public, is_public_url};

// ID-23
#[test]
fn only_addresses_that_everybody_can_reach_are_public() {
    for public in [
        "1.1.1.1",
        "93.184.216.34",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    for special in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "fec0::1",
    ] {
        assert!(!is_public(special.parse().unwrap()), "{special}");
    }
}

// ID-23
#[test]
fn only_https_at_a_name_is_called() {
    for good in [
        "https://accounts.example.com",
        "https://accounts.example.com:443/a?b",
    ] {
        assert!(is_public_url(good), "{good}");
    }
    for bad in [
        "http://accounts.example.com",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://accounts.example.com:8443/",
        "https://user@accounts.example.com/",
        "https://accounts.example.com./",
        "ftp://accounts.example.com/",
        "accounts.example.com",
        "",
    ] {
        assert!(!is_public_url(bad), "{bad}");
    }
}
