//! Time that moves only when the test says so.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Clock, Duration, Time};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// Noon of 1 January 2026.
    pub fn new() -> Self {
        Self(AtomicI64::new(1_767_268_800_000))
    }

    /// Moves time on.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(span.as_millis(), Ordering::SeqCst);
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Time {
        Time::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}
