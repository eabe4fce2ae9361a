//! How often a code may be guessed: freely at first, then after growing waits, then not at all.
//!
//! Only what can be guessed is held up. A recovery code (80 bits) or a passkey's signature cannot,
//! so an intruder who types wrong codes never keeps the owner out for good.

use kernel::{Duration, Time};

/// Wrong codes in a row that cost no wait.
const FREE: u32 = 5;
/// After so many in a row no code is right until another factor has been shown (NIST SP 800-63B §5.2.2).
const FAILURES_MAX: u32 = 100;
const FIRST_WAIT_S: u32 = 30;
const LONGEST_WAIT_S: u32 = 3_600;

/// Wrong codes in a row, of one user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: u32,
    /// Before this moment no code is looked at.
    pub open_at: Option<Time>,
}

/// Whether a code may be tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may.
    Now,
    /// Not before this moment.
    At(Time),
    /// Not before another factor has been shown.
    Never,
}

impl Attempts {
    /// Whether a code may be tried.
    pub fn turn(&self, now: Time) -> Turn {
        match self.open_at {
            _ if self.failures >= FAILURES_MAX => Turn::Never,
            Some(open_at) if open_at > now => Turn::At(open_at),
            Some(_) | None => Turn::Now,
        }
    }

    /// One more wrong code.
    #[must_use]
    pub fn failed(&self, now: Time) -> Self {
        let failures = self.failures.saturating_add(1);
        let open_at = failures.checked_sub(FREE).map(|beyond| {
            let doubled = FIRST_WAIT_S.saturating_mul(1_u32.checked_shl(beyond).unwrap_or(u32::MAX));
            now.plus(Duration::seconds(doubled.min(LONGEST_WAIT_S)))
        });
        Self { failures, open_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_unix_ms(1_800_000_000_000);

    fn after(failures: u32) -> Attempts {
        (0..failures).fold(Attempts::default(), |attempts, _| attempts.failed(NOW))
    }

    // ID-15
    #[test]
    fn the_wait_doubles_from_half_a_minute_to_an_hour() {
        for (failures, seconds) in [(5, 30), (6, 60), (7, 120), (11, 1_920), (12, 3_600), (99, 3_600)] {
            let open_at = NOW.plus(Duration::seconds(seconds));
            assert_eq!(after(failures).turn(NOW), Turn::At(open_at), "{failures}");
            assert_eq!(after(failures).turn(open_at), Turn::Now, "{failures}");
        }
    }

    #[test]
    fn the_first_wrong_codes_are_forgiven() {
        assert_eq!(after(0).turn(NOW), Turn::Now);
        assert_eq!(after(4).turn(NOW), Turn::Now);
    }

    // ID-15
    #[test]
    fn a_hundred_wrong_codes_in_a_row_end_it() {
        assert_eq!(after(100).turn(NOW.plus(Duration::days(365))), Turn::Never);
        assert_eq!(after(500).turn(NOW), Turn::Never);
    }
}
