//! A day of the calendar, in UTC.

use std::fmt;

use kernel::{Duration, Time};

/// A day, in UTC: `2026-01-31`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

/// The text is no day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDay;

impl fmt::Display for BadDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("expected a day such as 2026-01-31")
    }
}

impl std::error::Error for BadDay {}

impl Day {
    /// Accepts a day that is in the calendar.
    pub fn parse(text: &str) -> Result<Self, BadDay> {
        let midnight = Time::parse(&format!("{text}T00:00:00.000Z")).map_err(|_| BadDay)?;
        let day = Self::of(midnight);
        if day.0 == text { Ok(day) } else { Err(BadDay) }
    }

    /// The day of a moment.
    pub fn of(moment: Time) -> Self {
        Self(moment.to_string().chars().take(10).collect())
    }

    /// So many days earlier.
    #[must_use]
    pub fn minus(&self, days: u32) -> Self {
        // Every value was parsed from a moment, or is one's first ten characters.
        let midnight = Time::parse(&format!("{self}T00:00:00.000Z")).unwrap_or(Time::from_unix_ms(0));
        Self::of(midnight.minus(Duration::days(days)))
    }

    /// A text that every moment of the day comes before, and of no later day.
    pub(crate) fn end(&self) -> String {
        format!("{self}~")
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
