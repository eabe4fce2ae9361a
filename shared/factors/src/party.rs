//! Who the shop is to browsers: the domain that passkeys are bound to, and the pages that may use them.

use platform::Cloud;

use crate::passkey::RelyingParty;

impl RelyingParty {
    /// `PASSKEY_ORIGINS` (with commas between), else the storefront's and the shop's origins.
    /// `PASSKEY_RP_ID`, else the host of the first of them. A shop on the loopback address is
    /// `localhost`: browsers bind no passkey to a number.
    pub(crate) fn of(cloud: &Cloud) -> Self {
        let pages = match cloud.setting("PASSKEY_ORIGINS") {
            Some(listed) => listed.split(',').map(str::to_owned).collect(),
            None => vec![cloud.need("STOREFRONT_URL"), cloud.need("SHOP_URL")],
        };
        let origins: Vec<String> = pages.iter().filter_map(|page| origin(page)).collect();
        let first = origins.first().map(|origin| host(origin));
        let id = cloud.setting("PASSKEY_RP_ID").or(first).unwrap_or_default();
        Self {
            id: if is_loopback(id) { "localhost" } else { id }.to_owned(),
            name: cloud.setting("APP_NAME").unwrap_or("Cartwright").to_owned(),
            origins,
        }
    }
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let authority = rest.split('/').next()?;
    (!authority.is_empty()).then(|| format!("{scheme}://{authority}").to_ascii_lowercase())
}

fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let check = |address: &str, expected: Option<&str>| assert_eq!(origin(address).as_deref(), expected);
        check("https://Shop.example.com/de/", Some("https://shop.example.com"));
        check(" http://127.0.0.1:8787 ", Some("http://127.0.0.1:8787"));
        check("shop.example.com", None);
        check("https:///", None);
    }

    #[test]
    fn a_host_has_no_port() {
        assert_eq!(host("https://shop.example.com"), "shop.example.com");
        assert_eq!(host("http://localhost:3000"), "localhost");
        assert_eq!(host("http://[::1]:3000"), "[::1]");
        assert!(is_loopback("127.0.0.1") && is_loopback("[::1]"));
        assert!(!is_loopback("10.0.0.1") && !is_loopback("localhost"));
    }
}
