//! What a function was told at its start: read once, every missing name reported together.

use std::collections::BTreeMap;

/// Names and values a function was started with. Tests pass a map; `main` passes the environment.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<String, String>);

/// Settings that a function needs and was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("settings are missing: {}; they are derived from the manifest entry of the function", names.join(", "))]
pub struct BadSettings {
    /// Every missing name, sorted.
    pub names: Vec<String>,
}

impl Settings {
    /// The process's environment, read once. Values that are no UTF-8 count as missing.
    pub fn from_env() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(text).collect())
    }

    /// The value of a name, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Adds what was found out later.
    pub(crate) fn insert(&mut self, name: String, value: String) {
        self.0.insert(name, value);
    }

    /// Every setting whose name begins so.
    pub(crate) fn with_prefix(&self, prefix: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Names only: values may be secret.
impl std::fmt::Debug for Settings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

/// The environment variable that a manifest name becomes: `TABLE`, `orders-archive` → `TABLE_ORDERS_ARCHIVE`.
pub(crate) fn variable(kind: &str, name: &str) -> String {
    format!("{kind}_{}", name.replace('-', "_").to_uppercase())
}
