//! Which addresses a stranger may make us call, and what a host is told of the caller.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;

use kernel::SeededRandom;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::{Outbound, OutboundError, is_public, is_public_url, only_public};
use crate::cloud::{Cloud, SystemClock};
use crate::settings::Settings;

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

// ID-23
#[test]
fn one_private_address_spoils_a_name() {
    let addresses =
        |texts: &[&str]| -> Vec<IpAddr> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    for good in [&["1.1.1.1"][..], &["1.1.1.1", "2606:4700::1111"]] {
        assert_eq!(only_public(addresses(good)).unwrap(), addresses(good));
    }
    for bad in [
        &[][..],
        &["10.0.0.1"],
        &["1.1.1.1", "169.254.169.254"],
        &["::1", "1.1.1.1"],
        &["1.1.1.1", "::ffff:10.0.0.1"],
    ] {
        assert!(only_public(addresses(bad)).is_err(), "{bad:?}");
    }
}

/// What a shop of this address calls the hosts of strangers with.
fn outbound_of(shop_url: &str) -> Outbound {
    let settings: Settings = [("SHOP_URL".to_owned(), shop_url.to_owned())]
        .into_iter()
        .collect();
    let random = Arc::new(SeededRandom::new(1));
    Cloud::assemble(settings, Arc::new(SystemClock), random, None).outbound_public()
}

/// Calls a host on this machine; whether it came to a connection, and if not, why.
async fn connects(outbound: &Outbound) -> Result<(), OutboundError> {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", host.local_addr().unwrap().port());
    tokio::select! {
        biased;
        _ = host.accept() => Ok(()),
        answer = outbound.get(&url, &[]) => Err(answer.unwrap_err()),
    }
}

// ID-23
#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_never_connected_to() {
    let careful = outbound_of("https://shop.example.com");
    assert!(matches!(
        connects(&careful).await,
        Err(OutboundError::Unusable(_))
    ));
    // Once more without the look at the address: the name itself must not lead anywhere.
    let resolving = Outbound {
        only_public: false,
        ..careful
    };
    let error = connects(&resolving).await.unwrap_err();
    assert!(matches!(error, OutboundError::NoAnswer(_)), "{error:?}");
    let mut reasons = Vec::new();
    let mut reason: Option<&dyn Error> = Some(&error);
    while let Some(found) = reason {
        reasons.push(found.to_string());
        reason = found.source();
    }
    assert!(
        reasons.iter().any(|reason| reason.contains("no public address")),
        "{reasons:?}"
    );
    // A shop on one machine calls that machine.
    connects(&outbound_of("http://127.0.0.1:8787")).await.unwrap();
}

#[tokio::test]
async fn a_host_is_told_who_calls_unless_the_call_says_it() {
    let outbound = outbound_of("http://127.0.0.1:8787");
    let own = format!("cartwright/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(told(&outbound, &[]).await, [own]);
    let another = [("user-agent", "bank/2".to_owned())];
    assert_eq!(told(&outbound, &another).await, ["bank/2"]);
}

/// The user agents that a host on this machine hears in one call.
async fn told(outbound: &Outbound, headers: &[(&str, String)]) -> Vec<String> {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", host.local_addr().unwrap());
    let answer = async {
        let (connection, _) = host.accept().await.unwrap();
        let mut connection = BufReader::new(connection);
        let mut agents = Vec::new();
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).await.unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("user-agent") => {
                    agents.push(value.to_owned());
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        connection
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .await
            .unwrap();
        agents
    };
    let (agents, reply) = tokio::join!(answer, outbound.post(&url, headers, Vec::new()));
    assert_eq!(reply.unwrap().status, 204);
    agents
}

/// What comes of a call to a host on this machine that answers so.
async fn answered(answer: String) -> Result<super::Reply, OutboundError> {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", host.local_addr().unwrap());
    let serve = async {
        let (connection, _) = host.accept().await.unwrap();
        let mut connection = BufReader::new(connection);
        let mut line = String::new();
        while connection.read_line(&mut line).await.unwrap() > 2 {
            line.clear();
        }
        // Whoever has read enough hangs up.
        connection.write_all(answer.as_bytes()).await.unwrap_or_default();
        host
    };
    let outbound = outbound_of("http://127.0.0.1:8787");
    let (_host, reply) = tokio::join!(serve, outbound.get(&url, &[]));
    reply
}

// ID-23
#[tokio::test]
async fn a_redirect_leads_nowhere_and_an_answer_without_end_is_none() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = elsewhere.local_addr().unwrap();
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: http://{location}/\r\ncontent-length: 0\r\n\r\n");
    tokio::select! {
        biased;
        _ = elsewhere.accept() => panic!("it was followed"),
        reply = answered(redirect) => assert_eq!(reply.unwrap().status, 302),
    }
    let long = |bytes: usize| {
        let body = "a".repeat(bytes);
        format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n{body}")
    };
    let whole = answered(long(super::ANSWER_BYTES_MAX)).await.unwrap();
    assert_eq!(whole.body.len(), super::ANSWER_BYTES_MAX);
    let too_long = answered(long(super::ANSWER_BYTES_MAX + 1)).await;
    assert!(matches!(too_long, Err(OutboundError::Unusable(_))));
}
