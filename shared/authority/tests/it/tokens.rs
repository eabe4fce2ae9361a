//! What a verifier must not believe. ID-8
//!
//! The list follows RFC 8725 and the attacks of Wycheproof's JWS vectors; the signature itself is
//! held against Wycheproof's ECDSA vectors in `platform::token`.

use authority::ACCESS_TYPE;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use platform::token::Es256Key;
use ring::hmac;
use serde_json::{Value, json};

use crate::desk::Desk;

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// The token's header and claims as JSON.
fn parts(token: &str) -> (Value, Value) {
    let mut read = token.split('.').map(|part| {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).unwrap_or_default()
    });
    (read.next().unwrap(), read.next().unwrap())
}

struct Case {
    desk: Desk,
    good: String,
    header: Value,
    claims: Value,
}

impl Case {
    async fn open() -> Self {
        let desk = Desk::open();
        let ada = desk.user("ada@example.com", &["owner"]).await;
        let good = desk.log_in(&ada).await.access_token;
        assert!(desk.sees(&good).await.is_some());
        let (header, claims) = parts(&good);
        Self {
            desk,
            good,
            header,
            claims,
        }
    }

    async fn refuses(&self, token: &str, why: &str) {
        assert!(self.desk.sees(token).await.is_none(), "{why}: {token}");
    }

    /// Signed by the shop itself with other claims.
    async fn claiming(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.desk.authority.sign(ACCESS_TYPE, &claims).await.unwrap()
    }

    fn with_header(&self, name: &str, value: Value) -> String {
        let mut header = self.header.clone();
        header[name] = value;
        let rest = self.good.split_once('.').unwrap().1;
        format!("{}.{rest}", part(&header.to_string()))
    }
}

// ID-8: alg allow-list; none in all case variants.
#[tokio::test]
async fn no_other_algorithm_is_believed() {
    let case = Case::open().await;
    let (_, payload_and_signature) = case.good.split_once('.').unwrap();
    let (payload, _) = payload_and_signature.split_once('.').unwrap();
    let names = [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "PS256", "ES384", "es256", "EdDSA",
    ];
    for name in names {
        let mut header = case.header.clone();
        header["alg"] = name.into();
        let head = part(&header.to_string());
        for signature in ["", "AAAA", case.good.rsplit_once('.').unwrap().1] {
            case.refuses(&format!("{head}.{payload}.{signature}"), name).await;
        }
    }
    let mut absent = case.header.clone();
    absent.as_object_mut().unwrap().remove("alg");
    case.refuses(
        &format!("{}.{payload_and_signature}", part(&absent.to_string())),
        "no alg",
    )
    .await;
}

// ID-8: HS256 with the public key as the secret.
#[tokio::test]
async fn a_mac_under_the_public_key_is_no_signature() {
    let case = Case::open().await;
    let key = &case.desk.authority.public_keys().await.unwrap()[0];
    let (x, y) = (
        URL_SAFE_NO_PAD.decode(&key.x).unwrap(),
        URL_SAFE_NO_PAD.decode(&key.y).unwrap(),
    );
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": key.x, "y": key.y }).to_string();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(&point)
    );
    for secret in [point.as_slice(), &point[1..], jwk.as_bytes(), pem.as_bytes(), b""] {
        for alg in ["HS256", "ES256"] {
            let mut header = case.header.clone();
            header["alg"] = alg.into();
            let signed = format!("{}.{}", part(&header.to_string()), part(&case.claims.to_string()));
            let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            case.refuses(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac)), "a MAC")
                .await;
        }
    }
}

// ID-8: a token brings no key of its own (jwk, jku, x5u, x5c), and no header we do not know.
#[tokio::test]
async fn a_token_brings_no_key() {
    let case = Case::open().await;
    let own = Es256Key::from_pkcs8(&Es256Key::generate().unwrap()).unwrap();
    let (x, y) = own.public().coordinates();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": own.kid() });
    case.refuses(&own.sign(ACCESS_TYPE, &case.claims).unwrap(), "an unknown key")
        .await;
    for (name, value) in [
        ("jwk", jwk),
        ("jku", "https://evil.example/jwks.json".into()),
        ("x5u", "https://evil.example/cert.pem".into()),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("b64", false.into()),
        ("zip", "DEF".into()),
        ("cty", "JWT".into()),
    ] {
        case.refuses(&case.with_header(name, value), name).await;
    }
    // The attacker's key under our key's name.
    let signed = own.sign(ACCESS_TYPE, &case.claims).unwrap();
    let (_, rest) = signed.split_once('.').unwrap();
    case.refuses(
        &format!("{}.{rest}", part(&case.header.to_string())),
        "our kid, their key",
    )
    .await;
}

// ID-8: wrong kid, wrong typ.
#[tokio::test]
async fn a_token_names_its_key_and_its_purpose() {
    let case = Case::open().await;
    for kid in [
        json!(""),
        json!("unknown"),
        json!("../../etc/passwd"),
        json!(null),
        json!(7),
        json!(["a"]),
    ] {
        case.refuses(&case.with_header("kid", kid), "kid").await;
    }
    for typ in [
        "JWT",
        "at+jwt ",
        "AT+JWT",
        "application/at+jwt",
        "cart+jwt",
        "logout+jwt",
        "",
    ] {
        let token = case.desk.authority.sign(typ, &case.claims).await.unwrap();
        case.refuses(&token, typ).await;
    }
}

// ID-8: wrong iss, aud, exp, nbf.
#[tokio::test]
async fn a_token_is_ours_for_us_and_good_now() {
    let case = Case::open().await;
    let now = case.desk.world.now().unix_s();
    let shop = case.claims["iss"].as_str().unwrap();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{shop}/"))),
        ("iss", json!([shop])),
        ("iss", Value::Null),
        ("aud", json!(shop)),
        ("aud", json!(format!("{shop}/v1/"))),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!((now + 60).to_string())),
        ("exp", Value::Null),
        ("nbf", json!(now + 1)),
        ("nbf", json!("soon")),
        ("iat", json!(now + 3_600)),
        ("sub", json!("usr_01h455vb4pex5vsknk084sn02q")),
        ("sub", json!("cli_01h455vb4pex5vsknk084sn02q")),
        ("sub", Value::Null),
        ("sid", json!("ses_01h455vb4pex5vsknk084sn02q")),
        ("sid", json!("nonsense")),
        ("client_id", json!("cli_01h455vb4pex5vsknk084sn02q")),
    ] {
        let token = case.claiming(name, value).await;
        case.refuses(&token, name).await;
    }
    let several = case
        .claiming("aud", json!(["https://other.example", format!("{shop}/v1")]))
        .await;
    assert!(
        case.desk.sees(&several).await.is_some(),
        "one of several audiences"
    );
}

// ID-8: non-canonical base64, duplicate claims, more or fewer parts.
#[tokio::test]
async fn a_token_has_one_spelling() {
    let case = Case::open().await;
    let parts: Vec<&str> = case.good.split('.').collect();
    let [head, body, signature] = parts.as_slice() else {
        panic!("three parts")
    };
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let padded = URL_SAFE.encode(&bytes);
    // The last character of 64 bytes carries four bits that mean nothing.
    let last = signature.chars().last().unwrap();
    let other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let twin = other.chars().nth(other.find(last).unwrap() + 1).unwrap();
    let non_canonical = format!("{}{twin}", &signature[..signature.len() - 1]);
    for token in [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}..{signature}"),
        format!(".{body}.{signature}"),
        format!("{}.", case.good),
        format!("{}.e30", case.good),
        format!(" {}", case.good),
        format!("{}\n", case.good),
        format!("{head}.{body}.{padded}"),
        format!("{head}.{body}.{non_canonical}"),
        format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(&bytes[1..])),
        format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{head}.{}.{signature}", part("{}")),
        json!({ "protected": head, "payload": body, "signature": signature }).to_string(),
        "x".repeat(100_000),
    ] {
        case.refuses(&token, "a spelling").await;
    }
}

#[tokio::test]
async fn a_name_twice_is_not_read_at_all() {
    let case = Case::open().await;
    let text = case.claims.to_string();
    let twice = [
        format!(r#"{{"sub":"usr_01h455vb4pex5vsknk084sn02q",{}"#, &text[1..]),
        format!(r#"{},"exp":9999999999}}"#, &text[..text.len() - 1]),
        format!(r#"{},"nested":{{"a":1,"a":2}}}}"#, &text[..text.len() - 1]),
        format!("{text}{text}"),
        format!("[{text}]"),
    ];
    for claims in twice {
        let signed = case.desk.sign_text(&case.header, &claims);
        case.refuses(&signed, "a name twice").await;
    }
    let plain = case.desk.sign_text(&case.header, &text);
    assert!(case.desk.sees(&plain).await.is_some(), "the forger can sign");
    let header = case.header.to_string();
    let twice = format!(r#"{{"alg":"none",{}"#, &header[1..]);
    let rest = case.good.split_once('.').unwrap().1;
    case.refuses(&format!("{}.{rest}", part(&twice)), "alg twice")
        .await;
}
