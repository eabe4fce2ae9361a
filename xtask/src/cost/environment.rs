//! An environment's tfvars, as far as they cost something.

use std::collections::BTreeMap;

/// Names and what stands behind them.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads `name = value` lines; lists stand in one line.
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        Self(
            pairs
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .collect(),
        )
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str, default: bool) -> bool {
        self.0.get(name).map_or(default, |value| value == "true")
    }

    /// How many texts a list has.
    pub(super) fn length(&self, name: &str) -> usize {
        self.0.get(name).map_or(0, |value| value.matches('"').count() / 2)
    }
}
