//! Schedules as EventBridge writes them: `rate(5 minutes)` and `cron(0 3 * * ? *)`, in UTC.
//!
//! Of cron's letters `L`, `W` and `#` are refused: nothing here needs them, and what is not
//! understood must not run at the wrong time.

use std::{collections::BTreeSet, fmt};

use time::{Date, Duration, Month, OffsetDateTime, Time};

/// When a timer function runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many seconds.
    Rate {
        /// The text of the manifest.
        text: String,
        /// The period.
        seconds: u32,
    },
    /// At certain minutes.
    Cron {
        /// The text of the manifest.
        text: String,
        /// The minutes.
        cron: Cron,
    },
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScheduleError(String);

/// The minutes a cron expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: BTreeSet<u16>,
    hours: BTreeSet<u16>,
    /// `None` when the weekday decides (`?`).
    days: Option<BTreeSet<u16>>,
    months: BTreeSet<u16>,
    /// Sunday is 1; `None` when the day of the month decides (`?`).
    weekdays: Option<BTreeSet<u16>>,
    years: BTreeSet<u16>,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// A leap day may be eight years away (1896 to 1904, 2096 to 2104).
const DAYS_AHEAD_MAX: i64 = 9 * 366;

impl Schedule {
    /// Reads `rate(…)` or `cron(…)`.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(rate) = inside("rate") {
            return Ok(Self::Rate {
                text: text.to_owned(),
                seconds: rate_seconds(rate)?,
            });
        }
        if let Some(cron) = inside("cron") {
            return Ok(Self::Cron {
                text: text.to_owned(),
                cron: Cron::parse(cron)?,
            });
        }
        Err(ScheduleError(format!(
            "`{text}` is neither `rate(5 minutes)` nor `cron(0 3 * * ? *)`"
        )))
    }

    /// The text of the manifest.
    pub fn text(&self) -> &str {
        match self {
            Self::Rate { text, .. } | Self::Cron { text, .. } => text,
        }
    }

    /// The first moment after `now` at which it runs; none when its years are over.
    pub fn next_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Rate { seconds, .. } => Some(now + Duration::seconds(i64::from(*seconds))),
            Self::Cron { cron, .. } => cron.next_after(now),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

fn rate_seconds(text: &str) -> Result<u32, ScheduleError> {
    let wrong = || {
        ScheduleError(format!(
            "`rate({text})` is no rate; expected such as `rate(1 minute)`"
        ))
    };
    let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
    let count: u32 = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
    let (singular, unit_seconds) = match unit {
        "minute" => (true, 60),
        "minutes" => (false, 60),
        "hour" => (true, 3_600),
        "hours" => (false, 3_600),
        "day" => (true, 86_400),
        "days" => (false, 86_400),
        _ => return Err(wrong()),
    };
    if singular != (count == 1) {
        return Err(ScheduleError(format!(
            "`rate({text})` is refused by AWS; write `1 minute` but `2 minutes`"
        )));
    }
    count.checked_mul(unit_seconds).ok_or_else(wrong)
}

impl Cron {
    fn parse(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields[..] else {
            let count = fields.len();
            let expected = "expected six: minutes hours day-of-month month day-of-week year";
            return Err(ScheduleError(format!(
                "`cron({text})` has {count} fields; {expected}"
            )));
        };
        if (days == "?") == (weekdays == "?") {
            let sentence = "exactly one of day-of-month and day-of-week must be `?`";
            return Err(ScheduleError(format!("`cron({text})`: {sentence}")));
        }
        let unless_open = |field: &str, low, high, names: &[&str]| match field {
            "?" => Ok(None),
            _ => numbers(field, low, high, names).map(Some),
        };
        Ok(Self {
            minutes: numbers(minutes, 0, 59, &[])?,
            hours: numbers(hours, 0, 23, &[])?,
            days: unless_open(days, 1, 31, &[])?,
            months: numbers(months, 1, 12, &MONTHS)?,
            weekdays: unless_open(weekdays, 1, 7, &WEEKDAYS)?,
            years: numbers(years, 1970, 2199, &[])?,
        })
    }

    fn next_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let from = now.replace_second(0).ok()?.replace_nanosecond(0).ok()? + Duration::MINUTE;
        (0..DAYS_AHEAD_MAX).find_map(|ahead| {
            let day = from.date().checked_add(Duration::days(ahead))?;
            if !self.runs_on(day) {
                return None;
            }
            let earliest = if ahead == 0 { from.time() } else { Time::MIDNIGHT };
            self.times()
                .find(|time| *time >= earliest)
                .map(|time| day.with_time(time).assume_utc())
        })
    }

    fn runs_on(&self, day: Date) -> bool {
        let year = u16::try_from(day.year()).unwrap_or(0);
        let weekday = u16::from(day.weekday().number_days_from_sunday()) + 1;
        self.years.contains(&year)
            && self.months.contains(&u16::from(month_number(day.month())))
            && self
                .days
                .as_ref()
                .is_none_or(|days| days.contains(&u16::from(day.day())))
            && self
                .weekdays
                .as_ref()
                .is_none_or(|weekdays| weekdays.contains(&weekday))
    }

    fn times(&self) -> impl Iterator<Item = Time> + '_ {
        self.hours.iter().flat_map(|hour| {
            self.minutes.iter().filter_map(|minute| {
                Time::from_hms(u8::try_from(*hour).ok()?, u8::try_from(*minute).ok()?, 0).ok()
            })
        })
    }
}

fn month_number(month: Month) -> u8 {
    month.into()
}

/// One field: `*`, `5`, `1-5`, `*/10`, `0/15`, `MON,WED`.
fn numbers(field: &str, low: u16, high: u16, names: &[&str]) -> Result<BTreeSet<u16>, ScheduleError> {
    let wrong = || {
        ScheduleError(format!(
            "`{field}` is not understood; expected numbers from {low} to {high}"
        ))
    };
    let number = |text: &str| -> Result<u16, ScheduleError> {
        let spelled = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match spelled {
            Some(at) => low + u16::try_from(at).map_err(|_| wrong())?,
            None => text.parse().map_err(|_| wrong())?,
        };
        if (low..=high).contains(&value) {
            Ok(value)
        } else {
            Err(wrong())
        }
    };
    let mut chosen = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (
                range,
                Some(
                    step.parse::<usize>()
                        .ok()
                        .filter(|step| *step > 0)
                        .ok_or_else(wrong)?,
                ),
            ),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((first, last)) => (number(first)?, number(last)?),
            None if step.is_some() => (number(range)?, high),
            None => (number(range)?, number(range)?),
        };
        if first > last {
            return Err(wrong());
        }
        chosen.extend((first..=last).step_by(step.unwrap_or(1)));
    }
    Ok(chosen)
}
