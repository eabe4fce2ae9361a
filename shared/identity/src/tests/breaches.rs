//! The breach check: what is asked, and what happens without an answer. ID-3, ID-25.

use std::sync::Mutex;

use kernel::SeededRandom;
use platform::wire::{Exchange, NoAnswer, Wire, WireAnswer, WireRequest};
use platform::{Cloud, Settings};

use super::*;
use crate::breach::Breaches;
use crate::password::Password;

/// A service that answers as it was told, and remembers what it was asked.
struct Service {
    answer: Result<(u16, String), NoAnswer>,
    asked: Mutex<Vec<WireRequest>>,
}

impl Wire for Service {
    fn exchange(&self, request: WireRequest) -> Exchange<'_> {
        self.asked.lock().unwrap().push(request);
        let answer = self
            .answer
            .as_ref()
            .map_err(|_| NoAnswer)
            .map(|(status, body)| WireAnswer {
                status: *status,
                headers: Vec::new(),
                body: body.clone().into_bytes(),
            });
        Box::pin(async move { answer })
    }
}

fn cloud(service: &Arc<Service>, mode: &str) -> Cloud {
    let settings = [
        ("BREACH_CHECK_URL", "https://breaches.test/range/"),
        ("BREACH_CHECK", mode),
    ];
    let settings: Settings = settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let clock = Arc::new(testing::VirtualClock::new());
    Cloud::simulated(
        settings,
        clock,
        Arc::new(SeededRandom::new(1)),
        Arc::clone(service) as Arc<dyn Wire>,
    )
}

fn service(answer: Result<(u16, String), NoAnswer>) -> Arc<Service> {
    Arc::new(Service {
        answer,
        asked: Mutex::default(),
    })
}

/// SHA-1 of `password` is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
const LISTED: &str =
    "1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n0018A45C4D1DEF81644B54AB7F969B88D65:0\r\n";

async fn known(service: &Arc<Service>, mode: &str) -> Result<bool, Fault> {
    Breaches::new(&cloud(service, mode))
        .knows(&Password::new("password"))
        .await
}

#[tokio::test]
async fn five_digits_of_a_hash_are_all_that_leaves_the_shop() {
    let service = service(Ok((200, LISTED.to_owned())));
    assert!(known(&service, "open").await.unwrap());
    let asked = service.asked.lock().unwrap();
    let request = &asked[0];
    assert_eq!(request.uri, "https://breaches.test/range/5BAA6");
    assert_eq!(request.header("add-padding"), Some("true"));
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn without_an_answer_it_fails_as_it_is_told() {
    let html = "<html>".to_owned();
    let flood = "A".repeat(300 * 1024);
    for answer in [
        Err(NoAnswer),
        Ok((503, String::new())),
        Ok((302, LISTED.to_owned())),
        Ok((200, html)),
        Ok((200, flood)),
    ] {
        let service = service(answer);
        assert!(!known(&service, "open").await.unwrap(), "fails open");
        assert!(
            known(&service, "closed").await.unwrap_err().is_busy(),
            "fails closed"
        );
    }
}

#[tokio::test]
async fn an_unknown_password_is_accepted_in_either_mode() {
    let service = service(Ok((200, "0018A45C4D1DEF81644B54AB7F969B88D65:7".to_owned())));
    assert!(!known(&service, "open").await.unwrap());
    assert!(!known(&service, "closed").await.unwrap());
}
