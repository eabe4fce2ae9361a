//! Cookies of the few pages that people see.

use http::{HeaderMap, header};
use kernel::Duration;

/// A cookie to set. No script reads it, and it goes along only when people come from our own pages
/// or by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    name: &'static str,
    value: String,
    path: &'static str,
    life: Option<Duration>,
    secure: bool,
    strict: bool,
}

impl Cookie {
    /// A cookie for the whole host that ends with the browser's session. The value is text without
    /// spaces, quotes, commas and semicolons; a token or an id.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            path: "/",
            life: None,
            secure: true,
            strict: false,
        }
    }

    /// Takes the cookie of this name away.
    pub fn gone(name: &'static str) -> Self {
        Self::new(name, "").life(Duration::seconds(0))
    }

    /// Only for this path and below it.
    #[must_use]
    pub fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// For so long.
    #[must_use]
    pub fn life(mut self, life: Duration) -> Self {
        self.life = Some(life);
        self
    }

    /// Only from our own pages, not even by a link from elsewhere.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Also where the shop is reached without TLS: on one machine, never deployed.
    #[must_use]
    pub fn secure_if(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    pub(super) fn text(&self) -> String {
        let life = self
            .life
            .map(|life| format!("; Max-Age={}", life.as_seconds_ceil()));
        let secure = if self.secure { "; Secure" } else { "" };
        let site = if self.strict { "Strict" } else { "Lax" };
        format!(
            "{}={}; Path={}; HttpOnly{}{secure}; SameSite={site}",
            self.name,
            self.value,
            self.path,
            life.unwrap_or_default()
        )
    }
}

/// The value of the cookie of this name, when it came once. Of two with one name nobody can say
/// which is ours.
pub(super) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut values = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}
