//! The time, in the forms that AWS writes it.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Now.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Now in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    ms(now())
}

/// A moment in milliseconds since 1970.
pub(crate) fn ms(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Now as RFC 3339 with exactly three decimals, so that the text sorts as the time does.
pub(crate) fn now_text() -> String {
    kernel::Time::from_unix_ms(now_ms()).to_string()
}

/// A moment as EventBridge writes it: RFC 3339 without fractions.
pub(crate) fn seconds_text(moment: OffsetDateTime) -> String {
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_default()
}

/// A moment as the API Gateway writes it: `12/Mar/2020:19:03:58 +0000`.
pub(crate) fn log_text(moment: OffsetDateTime) -> String {
    let month = moment.month().to_string();
    format!(
        "{:02}/{}/{}:{:02}:{:02}:{:02} +0000",
        moment.day(),
        &month[..3],
        moment.year(),
        moment.hour(),
        moment.minute(),
        moment.second()
    )
}
