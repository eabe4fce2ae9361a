//! Words for people: e-mail, country, postal address.

use serde::{Deserialize, Serialize};

checked_text!(
    /// A mail address, with its domain in lower case. The check is deliberately loose (one `@`, a
    /// dot in the domain, no white space): only a mail that arrives proves an address.
    Email, "e-mail address", "an address like anna@example.com", max 254, example "anna@example.com",
    |text| {
        let (local, domain) = text.rsplit_once('@')?;
        let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        let local_ok = plain(local) && !local.contains('@') && local.chars().count() <= 64;
        (local_ok && domain_ok).then(|| format!("{local}@{}", domain.to_lowercase()))
    }
);

checked_text!(
    /// A country by its ISO 3166-1 alpha-2 code, for example `DE`. Which countries the shop serves
    /// is decided by its regions, not here.
    CountryCode, "country code", "two capital letters of ISO 3166-1, for example DE", max 2,
    pattern "^[A-Z]{2}$", example "DE",
    |text| (text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase())).then(|| text.to_owned())
);

/// Where goods or a bill go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives it.
    #[schemars(length(min = 1, max = 200), example = &"Anna Beispiel")]
    pub name: String,
    /// Street and number, first line.
    #[schemars(length(min = 1, max = 200), example = &"Hauptstr. 1")]
    pub line1: String,
    /// Second line, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub line2: Option<String>,
    /// Postal code, where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20), example = &"10115")]
    pub postal_code: Option<String>,
    /// City.
    #[schemars(length(min = 1, max = 100), example = &"Berlin")]
    pub city: String,
    /// State or province, where the country needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub province: Option<String>,
    /// Country.
    pub country: CountryCode,
    /// Telephone for the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub phone: Option<String>,
}
