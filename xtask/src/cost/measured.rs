//! What an operation takes: the tables that `cargo xtask bench` printed into docs/performance.md.

use anyhow::{Context, Result};

/// One purchase, everything that follows from it included.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Purchase {
    pub(super) invocations: f64,
    /// Of them, those that came through the API.
    pub(super) requests: f64,
    /// Of them, those that came from a queue.
    pub(super) messages: f64,
    pub(super) calls: f64,
    pub(super) read_units: f64,
    pub(super) write_units: f64,
}

/// The figures that cost money.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) purchase: Purchase,
    pub(super) product_calls: f64,
    pub(super) product_read_units: f64,
}

impl Measured {
    pub(super) fn read(page: &str) -> Result<Self> {
        let product = row(page, "Calls and request units", "product")?;
        let all = row(page, "A whole purchase", "**all**")?;
        let purchase = section(page, "A whole purchase")?;
        let (mut requests, mut messages) = (0.0, 0.0);
        for cells in rows(purchase) {
            let Some((name, number)) = cells.first().zip(cells.get(1)) else {
                continue;
            };
            let Ok(number) = number.parse::<f64>() else {
                continue;
            };
            if name.contains("-on-") {
                messages += number;
            } else if !name.ends_with("-stream") && !name.contains('*') {
                requests += number;
            }
        }
        Ok(Self {
            purchase: Purchase {
                invocations: all[0],
                requests,
                messages,
                calls: all[1],
                read_units: all[2],
                write_units: all[3],
            },
            product_calls: product[0],
            product_read_units: product[1],
        })
    }
}

fn section<'a>(page: &'a str, title: &str) -> Result<&'a str> {
    let (_, rest) = page
        .split_once(&format!("#### {title}"))
        .with_context(|| format!("docs/performance.md has no table `{title}`"))?;
    Ok(rest.split("\n#").next().unwrap_or(rest))
}

fn rows(section: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = section.lines().filter_map(|line| line.strip_prefix('|'));
    lines.map(|line| line.split('|').map(str::trim).collect())
}

/// The numbers of a row.
fn row(page: &str, title: &str, name: &str) -> Result<Vec<f64>> {
    let found = rows(section(page, title)?).find(|cells| cells.first() == Some(&name));
    let cells = found.with_context(|| format!("docs/performance.md: `{title}` has no row `{name}`"))?;
    let numbers: Vec<f64> = cells
        .iter()
        .skip(1)
        .filter_map(|cell| cell.parse().ok())
        .collect();
    anyhow::ensure!(
        numbers.len() >= 3,
        "docs/performance.md: row `{name}` has too few numbers"
    );
    Ok(numbers)
}
