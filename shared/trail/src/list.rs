//! Lists entries for staff, newest first.

use std::fmt;

use kernel::{Fault, FieldFault, Limit, Page, Time};
use platform::Cloud;
use platform::trail::EntryRow;

use crate::day::Day;
use crate::store::entries::EntryStore;

/// How many days one page looks through when they hold little.
const DAYS_PER_PAGE_MAX: u32 = 8;
/// How far back a list goes when nobody says.
const DAYS_DEFAULT: u32 = 30;

/// Lists the audit trail.
pub struct Trail {
    store: EntryStore,
}

/// Which entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this actor.
    pub actor: Option<String>,
    /// Only those about this subject.
    pub subject: Option<String>,
    /// Only those of this action.
    pub action: Option<String>,
    /// From this day on; 30 days back when absent.
    pub from: Option<Day>,
    /// Up to this day, included; today when absent.
    pub to: Option<Day>,
}

/// Why nothing is listed.
#[derive(Debug)]
pub enum ListError {
    /// The first day is after the last.
    DaysReversed,
    /// The table could not be read.
    Store(Fault),
}

impl fmt::Display for ListError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::DaysReversed => "`from` must not be after `to`",
            Self::Store(_) => "the trail could not be read",
        })
    }
}

impl std::error::Error for ListError {}

impl From<Fault> for ListError {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

impl From<ListError> for Fault {
    fn from(error: ListError) -> Self {
        let message = error.to_string();
        match error {
            ListError::DaysReversed => {
                Self::invalid_fields(vec![FieldFault::new("from", "days_reversed", message)])
            }
            ListError::Store(fault) => fault,
        }
    }
}

impl Trail {
    /// Reads the table `trail`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: EntryStore::new(cloud),
        }
    }

    /// One page, newest first. A page may hold fewer entries than asked for, even none, and still
    /// name a next one: filters are applied to what was read, and a page reads a bounded amount.
    pub async fn list(
        &self,
        filter: &Filter,
        limit: Limit,
        position: Option<String>,
        now: Time,
    ) -> Result<Page<EntryRow>, ListError> {
        let to = filter.to.clone().unwrap_or_else(|| Day::of(now));
        let from = filter.from.clone().unwrap_or_else(|| to.minus(DAYS_DEFAULT));
        if from > to {
            return Err(ListError::DaysReversed);
        }
        let days = (&from, &to);
        let mut page = match (&filter.actor, &filter.subject) {
            (Some(actor), _) => self.store.page_by_actor(actor, days, limit, position).await?,
            (None, Some(subject)) => self.store.page_by_subject(subject, days, limit, position).await?,
            (None, None) => self.by_day(days, limit, position).await?,
        };
        page.items.retain(|entry| filter.takes(entry));
        Ok(page)
    }

    /// Day after day backwards, each of all its shards. The position is the sort key of the last
    /// entry shown, or the end of a day.
    async fn by_day(
        &self,
        (from, to): (&Day, &Day),
        limit: Limit,
        position: Option<String>,
    ) -> Result<Page<EntryRow>, Fault> {
        let mut position = position.unwrap_or_else(|| to.end());
        let begun = position.get(..10).and_then(|day| Day::parse(day).ok());
        let mut day = begun.unwrap_or_else(|| to.clone());
        let mut items: Vec<EntryRow> = Vec::new();
        for _ in 0..DAYS_PER_PAGE_MAX {
            let room = usize::from(limit.get()) - items.len();
            let (rows, more) = self.store.day(&day, &position, room).await?;
            items.extend(rows);
            let last = &day == from;
            if items.len() == usize::from(limit.get()) {
                let next = items.last().map(|entry| entry.sk.clone());
                let next = next.filter(|_| more || !last);
                return Ok(Page { items, next });
            }
            if last {
                return Ok(Page { items, next: None });
            }
            day = day.minus(1);
            position = day.end();
        }
        let next = Some(position);
        Ok(Page { items, next })
    }
}

impl Filter {
    fn takes(&self, entry: &EntryRow) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == found)
        };
        is(&self.actor, Some(&entry.actor))
            && is(&self.subject, entry.subject.as_deref())
            && is(&self.action, Some(&entry.action))
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Trail")
    }
}
