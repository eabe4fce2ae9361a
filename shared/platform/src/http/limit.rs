//! How often a caller may call: the generic cell rate algorithm (GCRA) over one row per caller and
//! operation.
//!
//! The row holds one moment, the theoretical arrival time: how far the caller's past calls reach
//! into the future if they were spread evenly. A whole window may be used up in a burst; then calls
//! come back one by one. The row only moves by conditional updates, so calls that race are all
//! counted; it takes one write after a pause, two within a burst.
//!
//! When the table itself is not available the call is let through: a limit protects the shop, and a
//! shop that is closed for lack of a limit is not protected.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::{Duration, Time};
use serde::Deserialize;

use super::problem::Problem;
use super::trigger::Rate;
use crate::table::{Condition, Key, Table, TableError};
use crate::telemetry;

/// Counts calls of one operation.
pub(super) struct Limiter {
    table: Table,
    rate: Rate,
    operation: String,
}

#[derive(Deserialize)]
struct Row {
    tat_ms: i64,
}

/// Where a caller stands after a call was counted or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) admitted: bool,
    /// How many calls are left at once.
    pub(super) remaining: i64,
    /// Milliseconds until there is one call more.
    pub(super) next_ms: i64,
}

impl Rate {
    fn window_ms(self) -> i64 {
        i64::from(self.window_s) * 1_000
    }

    /// One call's share of the window.
    fn interval_ms(self) -> i64 {
        (self.window_ms() / i64::from(self.calls)).max(1)
    }

    /// Where a caller stands whose theoretical arrival time, this call included or refused, is `tat_ms`.
    pub(super) fn standing(self, tat_ms: i64, now: Time, admitted: bool) -> Standing {
        let used_ms = (tat_ms - now.unix_ms()).max(0);
        let remaining = ((self.window_ms() - used_ms) / self.interval_ms()).max(0);
        let next_ms = used_ms - (self.window_ms() - (remaining + 1) * self.interval_ms());
        Standing {
            admitted,
            remaining,
            next_ms: next_ms.max(0),
        }
    }

    /// The latest theoretical arrival time at which one more call fits into the window.
    pub(super) fn latest_tat_ms(self, now: Time) -> i64 {
        now.unix_ms() + self.window_ms() - self.interval_ms()
    }
}

impl Limiter {
    pub(super) fn new(table: Table, rate: Rate, operation: String) -> Self {
        Self {
            table,
            rate,
            operation,
        }
    }

    /// Counts one call. Adds the headers of the IETF draft to `headers` in either case.
    pub(super) async fn admit(
        &self,
        caller: &str,
        now: Time,
        headers: &mut HeaderMap,
    ) -> Result<(), Problem> {
        let standing = match self.count(caller, now).await {
            Ok(standing) => standing,
            Err(error) => {
                telemetry::note("limit.skipped", error);
                return Ok(());
            }
        };
        let seconds = Duration::millis(u32::try_from(standing.next_ms).unwrap_or(u32::MAX)).as_seconds_ceil();
        let (name, Rate { calls, window_s }) = (&self.operation, self.rate);
        put(
            headers,
            "ratelimit-policy",
            &format!("\"{name}\";q={calls};w={window_s}"),
        );
        put(
            headers,
            "ratelimit",
            &format!("\"{name}\";r={};t={seconds}", standing.remaining),
        );
        if standing.admitted {
            return Ok(());
        }
        let message = format!("at most {calls} calls in {window_s} seconds");
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message).retry_after(seconds))
    }

    async fn count(&self, caller: &str, now: Time) -> Result<Standing, TableError> {
        let (first, now_ms) = (now.unix_ms() + self.rate.interval_ms(), now.unix_ms());
        let after_pause = self
            .update(caller, now)
            .set("tat_ms", first)
            .only_if(Condition::absent().or(Condition::le("tat_ms", now_ms)));
        match after_pause.send().await {
            Ok(()) => return Ok(self.rate.standing(first, now, true)),
            Err(error) if error.is_condition_failed() => {}
            Err(error) => return Err(error),
        }
        let within_burst = self
            .update(caller, now)
            .add("tat_ms", self.rate.interval_ms())
            .only_if(Condition::le("tat_ms", self.rate.latest_tat_ms(now)));
        match within_burst.send_for_new::<Row>().await {
            Ok(row) => Ok(self.rate.standing(row.tat_ms, now, true)),
            Err(error) if error.is_condition_failed() => {
                let full = now_ms + self.rate.window_ms();
                let tat_ms = error.old_item::<Row>().map_or(full, |row| row.tat_ms);
                Ok(self.rate.standing(tat_ms, now, false))
            }
            Err(error) => Err(error),
        }
    }

    fn update(&self, caller: &str, now: Time) -> crate::table::Update {
        let key = Key::new(format!("limit#{}#{caller}", self.operation), "tat");
        let expires = now.unix_s() + 2 * i64::from(self.rate.window_s);
        self.table.update(key).set("expires_at", expires)
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
