//! The rules, by tables of what is right and wrong.

use kernel::{Duration, Ids, SeededRandom, Time};
use proptest::prelude::*;

use crate::client::{Client, ClientId, ClientSecret, Credentials, SecretId};
use crate::decision::{Asked, Facts, Next, SignedIn, next};
use crate::page;
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::redirect::{RedirectUri, form_source, with_query};
use crate::refusal::Code;
use crate::request::{AuthorizationRequest, Rejected};
use crate::scope::Scopes;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const HOME: &str = "https://app.example.com/callback";

fn now() -> Time {
    Time::from_unix_ms(1_800_000_000_000)
}

fn client() -> Client {
    let random = SeededRandom::new(7);
    Client {
        client_id: ClientId::mint(&Ids::new(now(), &random)),
        name: "An app".to_owned(),
        confidential: true,
        redirect_uris: vec![RedirectUri::parse(HOME).unwrap()],
        scopes: Scopes::parse("openid email offline_access").unwrap(),
        permissions: vec!["orders.read".to_owned()],
        pushed_only: false,
        enabled: true,
        secrets: Vec::new(),
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

/// A good request with these parameters instead; an empty one is left out.
fn request(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Rejected> {
    let mut pairs = vec![
        ("response_type", "code"),
        ("redirect_uri", HOME),
        ("scope", "openid"),
        ("state", "a state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    pairs.extend_from_slice(changes);
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    AuthorizationRequest::read(&client(), &Parameters::new(owned.collect()).unwrap())
}

fn told(changes: &[(&str, &str)]) -> Code {
    match request(changes) {
        Err(Rejected::There {
            refusal,
            redirect_uri,
            state,
        }) => {
            assert_eq!((redirect_uri.as_str(), state.as_deref()), (HOME, Some("a state")));
            refusal.code
        }
        other => panic!("{changes:?} came to {other:?}"),
    }
}

// ID-12
#[test]
fn a_redirect_uri_is_matched_character_by_character_but_for_the_port_of_a_loopback_literal() {
    let check = |registered: &str, asked: &str, expected: bool| {
        let uri = RedirectUri::parse(registered).unwrap();
        assert_eq!(uri.matches(asked), expected, "{registered} and {asked}");
    };
    check(HOME, HOME, true);
    for other in [
        "https://app.example.com/callback/",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#x",
        "https://app.example.com/Callback",
        "https://app.example.com:443/callback",
        "https://app.example.com./callback",
        "https://app.example.com@evil.example/callback",
        "https://app.example.com.evil.example/callback",
        "https://evil.example/callback",
        "http://app.example.com/callback",
        "https://app.example.com/x/../callback",
        "https://app.example.com/callback%2F",
        "//app.example.com/callback",
        "",
    ] {
        check(HOME, other, false);
    }
    check("http://127.0.0.1/done", "http://127.0.0.1:49152/done", true);
    check("http://127.0.0.1:8000/done", "http://127.0.0.1/done", true);
    check("http://[::1]/done", "http://[::1]:7/done", true);
    check("http://127.0.0.1/done", "http://127.0.0.1:49152/other", false);
    check("http://127.0.0.1/done", "http://127.0.0.1:0/done", false);
    check(
        "http://127.0.0.1/done",
        "http://127.0.0.1:1@evil.example/done",
        false,
    );
    check(
        "http://127.0.0.1/done",
        "http://127.0.0.1.evil.example/done",
        false,
    );
    check("http://127.0.0.1/done", "http://[::1]:80/done", false);
    check("http://localhost/done", "http://localhost:81/done", false);
    check("com.example.app:/done", "com.example.app:/done", true);
    check("com.example.app:/done", "com.example.app:/done2", false);
}

#[test]
fn only_addresses_that_a_client_can_own_are_registered() {
    for good in [
        HOME,
        "https://app.example.com",
        "https://app.example.com:8443/a?b=c",
        "http://127.0.0.1:3000/cb",
        "http://localhost:3000/cb",
        "com.example.app:/done",
        "com.example.app://host/done",
    ] {
        assert!(RedirectUri::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "/callback",
        "https://",
        "https:///x",
        "https:/app.example.com",
        "http://app.example.com/callback",
        "https://user@app.example.com/",
        "https://app.example.com/#fragment",
        "https://app.example.com/a b",
        "https://app.example.com/\n",
        "https://app.example.com\\@evil.example",
        "https://*.example.com/",
        "https://app..example.com/",
        "https://app.example.com:99999/",
        "javascript:/alert(1)",
        "JavaScript:/alert(1)",
        "data:/text",
        "app:/done",
        "com.example.app:done",
        "Com.Example:/done",
        "urn:ietf:wg:oauth:2.0:oob",
    ] {
        assert!(RedirectUri::parse(bad).is_err(), "{bad}");
    }
    assert!(RedirectUri::parse(&format!("https://a.example/{}", "x".repeat(600))).is_err());
}

// ID-12
#[test]
fn pkce_takes_s256_and_nothing_else() {
    let challenge = Challenge::parse(Some(CHALLENGE), Some("S256")).unwrap();
    assert!(challenge.is_met_by(VERIFIER));
    for wrong in [
        "",
        CHALLENGE,
        &VERIFIER[1..],
        &format!("{VERIFIER}x"),
        &VERIFIER.to_uppercase(),
    ] {
        assert!(!challenge.is_met_by(wrong), "{wrong}");
    }
    for (challenge, method) in [
        (None, None),
        (None, Some("S256")),
        (Some(CHALLENGE), None),
        (Some(CHALLENGE), Some("plain")),
        (Some(CHALLENGE), Some("s256")),
        (Some(VERIFIER), Some("S512")),
        (Some("short"), Some("S256")),
        (Some(&CHALLENGE[1..]), Some("S256")),
        // The last character has bits that encode nothing: two spellings would be one challenge.
        (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"), Some("S256")),
    ] {
        assert!(
            Challenge::parse(challenge, method).is_err(),
            "{challenge:?} {method:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_verifier_meets_the_challenge_of_another(one in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
        use base64::Engine as _;
        let hash = ring::digest::digest(&ring::digest::SHA256, one.as_bytes());
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.as_ref());
        let challenge = Challenge::parse(Some(&text), Some("S256")).unwrap();
        prop_assert!(challenge.is_met_by(&one));
        prop_assert_eq!(challenge.is_met_by(&other), one == other);
    }

    #[test]
    fn nothing_that_is_not_registered_matches(asked in ".{0,80}") {
        let uri = RedirectUri::parse(HOME).unwrap();
        prop_assert_eq!(uri.matches(&asked), asked == HOME);
    }

    #[test]
    fn no_text_breaks_out_of_a_page(text in ".{0,60}") {
        let form = page::Form { transaction: &text, client: &text, redirect_uri: HOME };
        let html = page::sign_in(form, &text, None).html;
        let bare = page::sign_in(page::Form { transaction: "", client: "", ..form }, "x", None).html;
        prop_assert_eq!(html.matches('<').count(), bare.matches('<').count());
    }
}

// ID-12
#[test]
fn what_is_not_trusted_is_never_redirected_to() {
    for changes in [
        [("redirect_uri", "")],
        [("redirect_uri", "https://evil.example/")],
        [("redirect_uri", "https://app.example.com/callback?x")],
    ] {
        assert!(matches!(request(&changes), Err(Rejected::Here(_))), "{changes:?}");
    }
    let disabled = Client {
        enabled: false,
        ..client()
    };
    let pairs = vec![("redirect_uri".to_owned(), HOME.to_owned())];
    let read = AuthorizationRequest::read(&disabled, &Parameters::new(pairs).unwrap());
    assert!(matches!(read, Err(Rejected::Here(_))));
}

// ID-12
#[test]
fn a_request_is_refused_in_the_words_of_the_rfc() {
    assert_eq!(told(&[("response_type", "token")]), Code::UnsupportedResponseType);
    assert_eq!(
        told(&[("response_type", "code id_token")]),
        Code::UnsupportedResponseType
    );
    assert_eq!(told(&[("response_type", "")]), Code::InvalidRequest);
    assert_eq!(told(&[("code_challenge", "")]), Code::InvalidRequest);
    assert_eq!(told(&[("code_challenge_method", "plain")]), Code::InvalidRequest);
    assert_eq!(told(&[("code_challenge_method", "")]), Code::InvalidRequest);
    assert_eq!(told(&[("scope", "")]), Code::InvalidScope);
    assert_eq!(told(&[("scope", "openid admin")]), Code::InvalidScope);
    assert_eq!(told(&[("scope", "openid profile")]), Code::InvalidScope);
    assert_eq!(told(&[("prompt", "none login")]), Code::InvalidRequest);
    assert_eq!(told(&[("prompt", "dance")]), Code::InvalidRequest);
    assert_eq!(told(&[("max_age", "-1")]), Code::InvalidRequest);
    assert_eq!(told(&[("response_mode", "fragment")]), Code::InvalidRequest);
    assert_eq!(told(&[("request", "ey")]), Code::RequestNotSupported);
}

#[test]
fn a_good_request_is_read_as_it_was_meant() {
    let read = request(&[
        ("nonce", "n-1"),
        ("prompt", "consent"),
        ("max_age", "60"),
        ("acr_values", "other aal2 aal1"),
        ("login_hint", "anna@example.com"),
        ("something_new", "is ignored"),
    ])
    .unwrap();
    assert_eq!(read.nonce.as_deref(), Some("n-1"));
    assert!(read.prompt.consent && !read.prompt.none && !read.prompt.login);
    assert_eq!((read.max_age_s, read.assurance), (Some(60), 2));
    assert_eq!(read.login_hint.as_deref(), Some("anna@example.com"));
}

#[test]
fn a_repeated_parameter_is_refused_and_an_empty_one_is_none() {
    assert!(Parameters::parse("a=1&a=1").is_err());
    assert!(Parameters::parse("a=&a=1").is_err());
    assert!(Parameters::parse("a=%ff").is_err());
    let read = Parameters::parse("a=&b=x+y%2B").unwrap();
    assert_eq!((read.get("a"), read.get("b")), (None, Some("x y+")));
}

fn person(at: Time, assurance: u8) -> SignedIn {
    SignedIn {
        user_id: "usr_1".to_owned(),
        authenticated_at: at,
        methods: vec!["pwd".to_owned()],
        assurance,
        epoch: 0,
    }
}

#[test]
fn the_next_step_follows_from_what_is_known() {
    let agreed = Scopes::parse("openid").unwrap();
    let (none, asked) = (Scopes::default(), Asked::default());
    let here = person(now().minus(Duration::minutes(5)), 1);
    let decide = |changes: &[(&str, &str)], signed_in, has_second_factor, consented, asked| {
        let facts = Facts {
            signed_in,
            has_second_factor,
            is_told_apart: true,
            consented,
            asked,
            now: now(),
        };
        match next(&request(changes).unwrap(), facts) {
            Next::Refuse(refusal) => refusal.code.as_str(),
            Next::SignIn => "sign in",
            Next::SecondFactor => "second factor",
            Next::Consent => "consent",
            Next::Grant => "grant",
        }
    };
    assert_eq!(decide(&[], None, false, &none, &asked), "sign in");
    assert_eq!(decide(&[], Some(&here), false, &none, &asked), "consent");
    assert_eq!(decide(&[], Some(&here), false, &agreed, &asked), "grant");
    assert_eq!(
        decide(&[("scope", "openid email")], Some(&here), false, &agreed, &asked),
        "consent"
    );
    assert_eq!(decide(&[], Some(&here), true, &agreed, &asked), "second factor");
    assert_eq!(
        decide(&[("max_age", "300")], Some(&here), false, &agreed, &asked),
        "grant"
    );
    assert_eq!(
        decide(&[("max_age", "299")], Some(&here), false, &agreed, &asked),
        "sign in"
    );
    assert_eq!(
        decide(&[("prompt", "login")], Some(&here), false, &agreed, &asked),
        "sign in"
    );
    let again = Asked {
        sign_in: true,
        consent: false,
    };
    assert_eq!(
        decide(&[("prompt", "login")], Some(&here), false, &agreed, &again),
        "grant"
    );
    assert_eq!(
        decide(&[("prompt", "consent")], Some(&here), false, &agreed, &again),
        "consent"
    );
    let yes = Asked {
        sign_in: false,
        consent: true,
    };
    assert_eq!(
        decide(&[("prompt", "consent")], Some(&here), false, &agreed, &yes),
        "grant"
    );
    assert_eq!(
        decide(&[("prompt", "none")], None, false, &agreed, &asked),
        "login_required"
    );
    assert_eq!(
        decide(&[("prompt", "none")], Some(&here), false, &none, &asked),
        "consent_required"
    );
    assert_eq!(
        decide(&[("prompt", "none")], Some(&here), true, &agreed, &asked),
        "interaction_required"
    );
    assert_eq!(
        decide(&[("prompt", "none")], Some(&here), false, &agreed, &asked),
        "grant"
    );
    let sure = person(now(), 2);
    assert_eq!(
        decide(&[("acr_values", "aal2")], Some(&sure), true, &agreed, &asked),
        "grant"
    );
    assert_eq!(
        decide(&[("acr_values", "aal2")], Some(&here), false, &agreed, &asked),
        "unmet_authentication_requirements"
    );
}

// RFC 8252 §8.6
#[test]
fn a_program_that_another_can_pass_for_is_agreed_to_each_time() {
    let (agreed, here) = (Scopes::parse("openid").unwrap(), person(now(), 1));
    let decide = |changes: &[(&str, &str)], consent| {
        let asked = Asked {
            sign_in: false,
            consent,
        };
        let facts = Facts {
            signed_in: Some(&here),
            has_second_factor: false,
            is_told_apart: false,
            consented: &agreed,
            asked: &asked,
            now: now(),
        };
        next(&request(changes).unwrap(), facts)
    };
    assert_eq!(decide(&[], false), Next::Consent);
    assert_eq!(decide(&[], true), Next::Grant);
    let Next::Refuse(refusal) = decide(&[("prompt", "none")], false) else {
        panic!("a page would be needed")
    };
    assert_eq!(refusal.code.as_str(), "consent_required");
    let own = ["https://app.example.com/done"];
    let anybodys = [
        "http://127.0.0.1:1/done",
        "http://[::1]/done",
        "com.example.app:/done",
    ];
    assert!(own.into_iter().all(crate::redirect::is_its_own));
    assert!(!anybodys.into_iter().any(crate::redirect::is_its_own));
}

// ID-14
#[test]
fn two_secrets_open_at_once_and_the_third_ends_the_first() {
    let random = SeededRandom::new(9);
    let ids = Ids::new(now(), &random);
    let mut client = client();
    let mut texts = Vec::new();
    for _ in 0..3 {
        let (kept, text) = ClientSecret::mint(SecretId::mint(&ids), &random, now());
        assert!(!format!("{kept:?}").contains(&text), "only the hash is kept");
        client.add_secret(kept, false);
        texts.push(text);
    }
    let opens = |client: &Client, secret: Option<&str>| {
        let secret = secret.map(str::to_owned);
        client
            .authenticate(&Credentials {
                client_id: client.client_id.clone(),
                secret,
            })
            .is_ok()
    };
    let opened: Vec<bool> = texts.iter().map(|text| opens(&client, Some(text))).collect();
    assert_eq!(opened, [false, true, true]);
    assert!(!opens(&client, None) && !opens(&client, Some("")));
    let (kept, text) = ClientSecret::mint(SecretId::mint(&ids), &random, now());
    client.add_secret(kept, true);
    assert!(opens(&client, Some(&text)) && !opens(&client, Some(&texts[2])));
    let public = Client {
        confidential: false,
        secrets: Vec::new(),
        ..client.clone()
    };
    assert!(opens(&public, None) && !opens(&public, Some("guess")));
    let disabled = Client {
        enabled: false,
        ..client
    };
    assert!(!opens(&disabled, Some(&text)));
}

#[test]
fn a_client_says_who_it_is_in_one_way() {
    let id = client().client_id;
    let form = |text: String| Parameters::parse(&text).unwrap();
    // "a:b" in base64, with the id of the client.
    let basic = |secret: &str| {
        use base64::Engine as _;
        let pair = format!("{id}:{secret}");
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    };
    let read =
        |header: Option<&str>, text: String| Credentials::read(header, &form(text)).map(|found| found.secret);
    assert_eq!(
        read(Some(&basic("s%2B+x")), String::new()),
        Ok(Some("s+ x".to_owned()))
    );
    assert_eq!(
        read(None, format!("client_id={id}&client_secret=s")),
        Ok(Some("s".to_owned()))
    );
    assert_eq!(read(None, format!("client_id={id}")), Ok(None));
    for (header, text) in [
        (Some(basic("s")), format!("client_id={id}&client_secret=s")),
        (
            Some(basic("s")),
            "client_id=cli_01h455vb4pex5vsknk084sn02q".to_owned(),
        ),
        (Some("Bearer x".to_owned()), String::new()),
        (Some("Basic !".to_owned()), String::new()),
        (None, String::new()),
        (None, "client_id=nonsense".to_owned()),
    ] {
        assert!(
            read(header.as_deref(), text.clone()).is_err(),
            "{header:?} {text}"
        );
    }
}

#[test]
fn a_client_acts_for_itself_within_its_permissions() {
    let client = client();
    assert_eq!(client.own_permissions(None).unwrap(), ["orders.read"]);
    assert_eq!(
        client.own_permissions(Some("orders.read")).unwrap(),
        ["orders.read"]
    );
    assert_eq!(
        client.own_permissions(Some("orders.write")).unwrap_err().code,
        Code::InvalidScope
    );
    let public = Client {
        confidential: false,
        ..client
    };
    assert_eq!(
        public.own_permissions(None).unwrap_err().code,
        Code::UnauthorizedClient
    );
}

#[test]
fn an_answer_is_added_to_the_address_whatever_it_has() {
    let pairs = [("code", "a b&c"), ("iss", "https://shop.example")];
    assert_eq!(
        with_query("https://a.example/cb?x=1", &pairs),
        "https://a.example/cb?x=1&code=a%20b%26c&iss=https%3A%2F%2Fshop%2Eexample"
    );
    assert_eq!(
        with_query("com.example.app:/done", &[("state", "s")]),
        "com.example.app:/done?state=s"
    );
    assert_eq!(
        form_source("https://a.example:8443/cb?x"),
        "https://a.example:8443"
    );
    assert_eq!(form_source("com.example.app:/done"), "com.example.app:");
}

#[test]
fn the_pages_can_be_read_and_used_by_everybody() {
    let form = page::Form {
        transaction: "sealed",
        client: "An <app>",
        redirect_uri: HOME,
    };
    let mistake = page::Mistake {
        field: "email",
        sentence: "Check both.",
    };
    let pages = [
        page::sign_in(form, "anna@example.com", Some(mistake)),
        page::second_factor(form, None),
        page::consent(form, "anna@example.com", ["Read your orders"].into_iter()),
        page::refused(400, "No.", "Go back."),
    ];
    for page in &pages {
        let html = &page.html;
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
        assert!(html.contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
        assert!(html.contains("prefers-color-scheme") && html.contains(":focus-visible"));
        assert_eq!(
            (html.matches("<h1>").count(), html.matches("<main>").count()),
            (1, 1)
        );
        for banned in [
            "<script",
            "style=",
            "onclick",
            "tabindex",
            "An <app>",
            "http-equiv",
        ] {
            assert!(!html.contains(banned), "{banned}");
        }
        // Every input that a person sees has a label of its own.
        for input in html
            .split("<input ")
            .skip(1)
            .filter(|input| !input.starts_with("type=\"hidden\""))
        {
            let id = input.split('"').nth(1).unwrap();
            assert!(html.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
    }
    let sign_in = &pages[0].html;
    assert!(sign_in.contains("<title>Error: Sign in</title>"));
    assert!(sign_in.contains("role=\"alert\"") && sign_in.contains("href=\"#email\""));
    assert!(sign_in.contains("aria-invalid=\"true\" aria-describedby=\"email-note\""));
    let order = [
        "role=\"alert\"",
        "id=\"email\"",
        "id=\"password\"",
        "value=\"sign_in\"",
        "value=\"deny\"",
    ];
    let places: Vec<_> = order.iter().map(|text| sign_in.find(text)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
    assert_eq!(pages[0].form_leads_to.as_deref(), Some("https://app.example.com"));
}
