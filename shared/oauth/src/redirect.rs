//! Where a person's browser may be sent back to.

use std::fmt;

/// An address that was registered for a client: absolute, without a fragment, and of a scheme that
/// is the client's own to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri(String);

/// The text cannot be registered as a redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a redirect URI: expected https, http on a loopback address, or an app's own scheme such as com.example.app:/done, without fragment, user or white space"
)]
pub struct BadRedirectUri;

/// Longer ones have no use.
const CHARS_MAX: usize = 512;
/// Schemes that would run or show something instead of asking the client.
const DANGEROUS: [&str; 8] = [
    "javascript",
    "data",
    "vbscript",
    "blob",
    "file",
    "about",
    "mailto",
    "view-source",
];

impl RedirectUri {
    /// Accepts `https://…`, `http://` on a loopback literal or `localhost`, and private-use schemes
    /// with a dot in their name (RFC 8252 §7.1).
    pub fn parse(text: &str) -> Result<Self, BadRedirectUri> {
        let plain = !text.is_empty()
            && text.len() <= CHARS_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.contains(['#', '\\', '<', '>', '"', '`', '{', '}', '|', '^', '*']);
        let (scheme, rest) = text.split_once(':').ok_or(BadRedirectUri)?;
        if !plain || DANGEROUS.contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(BadRedirectUri);
        }
        let fits = match scheme {
            "https" => authority(rest).is_some_and(is_host),
            "http" => authority(rest).is_some_and(|found| loopback(found).is_some()),
            own => is_private_scheme(own) && rest.starts_with('/'),
        };
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadRedirectUri)
        }
    }

    /// Whether a request names this address: character for character, except that the port of a
    /// loopback literal may be any (RFC 8252 §7.3), since a native app takes the one that is free.
    pub fn matches(&self, asked: &str) -> bool {
        self.0 == asked
            || match (loopback_parts(&self.0), loopback_parts(asked)) {
                (Some(own), Some(other)) => own == other,
                _ => false,
            }
    }

    /// As it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Whether only the client answers there: a host of the web, not a port or scheme that any program on
/// the device can take.
pub(crate) fn is_its_own(uri: &str) -> bool {
    uri.starts_with("https://")
}

/// What a page's policy must allow forms to lead to: the origin, or the scheme of an app.
pub(crate) fn form_source(uri: &str) -> String {
    match uri.split_once(':') {
        Some((scheme @ ("http" | "https"), rest)) => {
            format!("{scheme}://{}", authority(rest).unwrap_or_default())
        }
        Some((scheme, _)) => format!("{scheme}:"),
        None => String::new(),
    }
}

/// The address with these parameters added to its query.
pub(crate) fn with_query(uri: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = uri.to_owned();
    let mut separator = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        text.push(separator);
        text.push_str(name);
        text.push('=');
        text.extend(percent_encoding::utf8_percent_encode(
            value,
            percent_encoding::NON_ALPHANUMERIC,
        ));
        separator = '&';
    }
    text
}

/// What stands between `//` and the path or query. No user may stand in it.
fn authority(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("//")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let found = &rest[..end];
    (!found.is_empty() && !found.contains('@')).then_some(found)
}

fn is_host(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(_) => return loopback(authority).is_some(),
        None => authority.split_once(':').unwrap_or((authority, "443")),
    };
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.split('.').all(label) && is_port(port)
}

/// The loopback host of an authority, its port left out.
fn loopback(authority: &str) -> Option<&str> {
    ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|host| {
        authority
            .strip_prefix(host)
            .is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
    })
}

/// Host and everything after the port, for addresses on a loopback literal. `localhost` is a name,
/// which another may answer: its port is not free.
fn loopback_parts(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http:")?;
    let found = authority(rest)?;
    let host = loopback(found).filter(|host| *host != "localhost")?;
    Some((host, &rest[2 + found.len()..]))
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_private_scheme(scheme: &str) -> bool {
    scheme.contains('.')
        && scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-+".contains(&byte))
}
