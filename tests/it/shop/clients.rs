//! Programs that act for people: registered, and through the provider's pages as a browser goes.

use ring::digest;
use serde_json::{Value, json};

use super::{Answer, Ask, PASSWORD, TestShop};

/// Where the client of these tests is answered.
pub(crate) const CALLBACK: &str = "https://app.example.com/callback";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client and its secret.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A browser at the provider: its cookie, and the page it shows.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    pub(crate) cookie: String,
    pub(crate) page: Answer,
}

impl TestShop {
    /// A client that can keep a secret, with these scopes.
    pub(crate) async fn client(&self, scopes: &[&str]) -> Client {
        let body = json!({
            "name": "An app", "confidential": true, "redirect_uris": [CALLBACK], "scopes": scopes,
        });
        self.client_of(&body).await
    }

    /// A client as staff registers it.
    pub(crate) async fn client_of(&self, body: &Value) -> Client {
        let made = self
            .post("/v1/admin/oauth-clients")
            .staff()
            .json(body)
            .await
            .expect(201);
        Client {
            id: made.text("/client_id").to_owned(),
            secret: made.at("/client_secret").as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The address of an authorization request, with these parameters changed or added.
    #[expect(
        clippy::unused_self,
        reason = "reads like what else a test does with its shop"
    )]
    pub(crate) fn authorization(&self, client: &Client, changes: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("client_id", client.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("state", "s-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        pairs.extend_from_slice(changes);
        format!("/oauth/authorize?{}", form(&pairs))
    }

    /// A browser that has opened this address.
    pub(crate) async fn tab(&self, address: &str, cookie: &str) -> Tab {
        let mut ask = self.get(address);
        if !cookie.is_empty() {
            ask = ask.header("cookie", cookie);
        }
        let page = ask.await;
        Tab {
            cookie: cookie_of(&page).unwrap_or_else(|| cookie.to_owned()),
            page,
        }
    }

    /// Sends the page's form.
    pub(crate) async fn submit(&self, tab: &Tab, values: &[(&str, &str)]) -> Tab {
        let transaction = tab.transaction();
        let mut pairs = vec![("transaction", transaction.as_str())];
        pairs.extend_from_slice(values);
        let ask = self
            .form("/oauth/authorize", &pairs)
            .header("cookie", &tab.cookie);
        let page = ask.await;
        Tab {
            cookie: cookie_of(&page).unwrap_or_else(|| tab.cookie.clone()),
            page,
        }
    }

    /// Signs in on the page that asks for it.
    pub(crate) async fn sign_in(&self, tab: &Tab, email: &str) -> Tab {
        self.submit(
            tab,
            &[("answer", "sign_in"), ("email", email), ("password", PASSWORD)],
        )
        .await
    }

    /// A form to be sent.
    pub(crate) fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Ask<'_> {
        self.post(path)
            .text("application/x-www-form-urlencoded", form(pairs))
    }

    /// A form of this client, which shows who it is.
    pub(crate) fn form_of(&self, client: &Client, path: &str, pairs: &[(&str, &str)]) -> Ask<'_> {
        let mut all = vec![
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
        ];
        all.retain(|(_, value)| !value.is_empty());
        all.extend_from_slice(pairs);
        self.form(path, &all)
    }

    /// A code for this client, to which this person has agreed.
    pub(crate) async fn code(&self, client: &Client, email: &str, scope: &str) -> String {
        let tab = self
            .tab(&self.authorization(client, &[("scope", scope)]), "")
            .await;
        let tab = self.sign_in(&tab, email).await;
        if tab.page.status() == 303 {
            // Agreed to before.
            return tab.answered("code");
        }
        let tab = self.submit(&tab, &[("answer", "allow")]).await;
        tab.answered("code")
    }

    /// What this client gets for a code.
    pub(crate) async fn exchange(&self, client: &Client, code: &str) -> Answer {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.form_of(client, "/oauth/token", &pairs).await
    }

    /// Tokens of this client for this person.
    pub(crate) async fn grant(&self, client: &Client, email: &str, scope: &str) -> Answer {
        let code = self.code(client, email, scope).await;
        self.exchange(client, &code).await.expect(200)
    }
}

impl Tab {
    /// The hidden value of the page's form.
    pub(crate) fn transaction(&self) -> String {
        let text = String::from_utf8_lossy(self.page.bytes()).into_owned();
        let found = text
            .split_once("name=\"transaction\" value=\"")
            .map(|(_, rest)| rest);
        let found = found
            .and_then(|rest| rest.split_once('"'))
            .map(|(value, _)| value.to_owned());
        found.unwrap_or_else(|| panic!("no form\n{}", self.page))
    }

    /// Whether the page says this.
    pub(crate) fn says(&self, words: &str) -> bool {
        String::from_utf8_lossy(self.page.bytes()).contains(words)
    }

    /// A parameter of the answer that the client gets.
    #[track_caller]
    pub(crate) fn answered(&self, name: &str) -> String {
        assert_eq!(self.page.status(), 303, "{}", self.page);
        let location = self.page.header("location").unwrap_or_default();
        assert!(location.starts_with(CALLBACK), "{location}");
        let (_, query) = location.split_once('?').unwrap_or_default();
        let found = query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        decode(found.unwrap_or_else(|| panic!("no {name} in {location}")))
    }
}

/// Requires a refusal in the protocol's own words.
#[track_caller]
pub(crate) fn refuses(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status(), answer.at("/error").as_str()),
        (status, Some(error)),
        "{answer}"
    );
    assert!(answer.at("/error_description").is_string(), "{answer}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    serde_json::from_slice(&base64url(payload)).unwrap_or_default()
}

/// The first half of a text's SHA-256, as `at_hash` has it.
pub(crate) fn half_hash(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..16].to_vec()
}

/// Decodes base64url without padding.
pub(crate) fn base64url(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter);
        bits = (bits << 6) | u32::try_from(value.unwrap_or_default()).unwrap_or_default();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or_default());
        }
    }
    bytes
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let escape = |byte: u8| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        text.bytes().map(escape).collect()
    };
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| {
            char::from(byte.unwrap_or_default())
                .to_digit(16)
                .unwrap_or_default()
        };
        let escaped = byte == b'%';
        let value = if escaped {
            digit(rest.next()) * 16 + digit(rest.next())
        } else {
            u32::from(byte)
        };
        bytes.push(u8::try_from(value).unwrap_or_default());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn cookie_of(page: &Answer) -> Option<String> {
    let line = page.header("set-cookie")?;
    line.split(';').next().map(str::to_owned)
}
