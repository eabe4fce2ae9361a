//! Figures as Markdown: tables, ratios, and whether a budget is kept. All in integers.

use std::{fmt::Write, time::Duration};

/// A Markdown table.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

/// The most something may be, in the unit of the figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(pub(super) u64);

impl Table {
    /// A table with these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        Self {
            rows: vec![columns.iter().map(|&column| column.to_owned()).collect()],
        }
    }

    /// One row more.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// With its title; columns are as wide as their widest cell.
    pub(super) fn markdown(&self, title: &str) -> String {
        let mut widths = vec![3; self.rows[0].len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("\n### {title}\n\n");
        for (at, row) in self.rows.iter().enumerate() {
            for (width, cell) in widths.iter().zip(row) {
                let blank = " ".repeat(width - cell.chars().count());
                // Writing to a text cannot fail.
                write!(text, "| {cell}{blank} ").unwrap_or_default();
            }
            text.push_str("|\n");
            if at == 0 {
                for width in &widths {
                    write!(text, "|{}", "-".repeat(width + 2)).unwrap_or_default();
                }
                text.push_str("|\n");
            }
        }
        text
    }
}

impl Budget {
    /// `within` or **over**.
    pub(super) fn verdict(self, figure: u64) -> String {
        if figure <= self.0 { "within" } else { "**over**" }.to_owned()
    }
}

/// `one / other`, in hundredths.
pub(super) fn ratio(one: u64, other: u64) -> u64 {
    (one * 100 + other / 2) / other.max(1)
}

/// `1.23` of 123.
pub(super) fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// `1.5` of 3.
pub(super) fn halves(value: u64) -> String {
    let part = if value.is_multiple_of(2) { "" } else { ".5" };
    format!("{}{part}", value / 2)
}

/// `1.25 ms`.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{} ms", hundredths(micros(time) / 10))
}

/// In whole microseconds.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// `5.25 MB` of bytes.
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{} MB", hundredths(bytes / 10_000))
}

/// `1.23 M` of a count.
pub(super) fn millions(count: u64) -> String {
    format!("{} M", hundredths(count / 10_000))
}

/// `12.3 MiB` of KiB.
pub(super) fn mebibytes(kib: u64) -> String {
    format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024)
}

/// The time that so many of a hundred do not exceed; of sorted times.
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_with_their_decimals() {
        assert_eq!(hundredths(ratio(3, 2)), "1.50");
        assert_eq!(hundredths(5), "0.05");
        assert_eq!(halves(3), "1.5");
        assert_eq!(milliseconds(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(millions(760_000), "0.76 M");
        assert_eq!(mebibytes(1_536), "1.5 MiB");
    }

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times: Vec<Duration> = (1..=300).map(Duration::from_micros).collect();
        assert_eq!(percentile(&times, 50), Duration::from_micros(150));
        assert_eq!(percentile(&times, 99), Duration::from_micros(297));
        assert_eq!(percentile(&times[..1], 50), Duration::from_micros(1));
    }

    #[test]
    fn a_figure_at_its_budget_is_within_and_above_it_is_over() {
        assert_eq!(Budget(160).verdict(160), "within");
        assert_eq!(Budget(160).verdict(161), "**over**");
    }
}
