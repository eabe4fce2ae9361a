//! Time as a value: milliseconds since the Unix epoch, RFC 3339 on the outside.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A span of time, in milliseconds. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

impl Duration {
    /// So many milliseconds.
    pub const fn millis(count: u32) -> Self {
        Self(count as i64)
    }
    /// So many seconds.
    pub const fn seconds(count: u32) -> Self {
        Self(count as i64 * 1_000)
    }
    /// So many minutes.
    pub const fn minutes(count: u32) -> Self {
        Self(count as i64 * 60_000)
    }
    /// So many hours.
    pub const fn hours(count: u32) -> Self {
        Self(count as i64 * 3_600_000)
    }
    /// So many days of 24 hours.
    pub const fn days(count: u32) -> Self {
        Self(count as i64 * 86_400_000)
    }
    /// The span in milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// The span in whole seconds, rounded up.
    pub const fn as_seconds_ceil(self) -> i64 {
        (self.0 + 999) / 1_000
    }
}

/// A moment, to the millisecond. Written as RFC 3339 in UTC with exactly three decimals, so that
/// the text sorts as the time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The text or number is no moment between the years 1970 and 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time: write it like 2026-01-31T12:00:00.000Z")]
pub struct BadTime;

impl Time {
    /// The last representable millisecond: the end of the year 9999.
    const MAX_MS: i64 = 253_402_300_799_999;

    /// The moment so many milliseconds after the Unix epoch; clamped to the years 1970 to 9999.
    pub const fn from_unix_ms(ms: i64) -> Self {
        if ms < 0 {
            Self(0)
        } else if ms > Self::MAX_MS {
            Self(Self::MAX_MS)
        } else {
            Self(ms)
        }
    }
    /// Milliseconds since the Unix epoch.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }
    /// Whole seconds since the Unix epoch: the unit of DynamoDB's time to live and of JWT claims.
    pub const fn unix_s(self) -> i64 {
        self.0 / 1_000
    }
    /// This moment and a span later.
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self::from_unix_ms(self.0.saturating_add(span.0))
    }
    /// This moment and a span earlier.
    #[must_use]
    pub const fn minus(self, span: Duration) -> Self {
        Self::from_unix_ms(self.0.saturating_sub(span.0))
    }
    /// How long after `earlier` this is; zero when it is not after it.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(if self.0 > earlier.0 { self.0 - earlier.0 } else { 0 })
    }

    /// Reads RFC 3339 with any offset and any number of decimals; finer than a millisecond is cut.
    pub fn parse(text: &str) -> Result<Self, BadTime> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| BadTime)?;
        let ms = i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000_000)).map_err(|_| BadTime)?;
        if (0..=Self::MAX_MS).contains(&ms) {
            Ok(Self(ms))
        } else {
            Err(BadTime)
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp(self.unix_s()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
        let (hour, minute, second) = moment.to_hms();
        let milli = self.0.rem_euclid(1_000);
        write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
        )
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "format": "date-time",
            "description": "RFC 3339, UTC, milliseconds.",
            "examples": ["2026-01-31T12:00:00.000Z"]
        })
    }
}

/// Where the present moment comes from. Rules take a [`Time`]; only edges hold a clock.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// A clock that stands still, for rules under test.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Time);

impl Clock for FixedClock {
    fn now(&self) -> Time {
        self.0
    }
}
