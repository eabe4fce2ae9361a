//! What a function did so far, counted.

use std::{collections::VecDeque, time::Duration};

use serde::Serialize;

/// Durations kept for the percentiles.
const KEPT: usize = 512;

/// Counters of one function.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) invocations: u64,
    pub(crate) failures: u64,
    pub(crate) cold_starts: u64,
    durations_us: VecDeque<u64>,
}

/// The counters as the front page shows them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Stats {
    pub(crate) invocations: u64,
    pub(crate) failures: u64,
    pub(crate) cold_starts: u64,
    pub(crate) instances: usize,
    pub(crate) busy: usize,
    pub(crate) waiting: usize,
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
}

impl Counters {
    /// One invocation ended after so long.
    pub(crate) fn ended(&mut self, after: Duration, failed: bool) {
        self.invocations += 1;
        self.failures += u64::from(failed);
        self.durations_us
            .push_back(u64::try_from(after.as_micros()).unwrap_or(u64::MAX));
        if self.durations_us.len() > KEPT {
            self.durations_us.pop_front();
        }
    }

    /// The duration that so many of a hundred invocations did not exceed, in microseconds.
    pub(crate) fn percentile_us(&self, percent: usize) -> u64 {
        let mut sorted: Vec<u64> = self.durations_us.iter().copied().collect();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or(0)
    }
}
