//! The table `trail`: entries by day and shard, by actor, by subject.

use kernel::{Fault, Limit, Page};
use platform::Cloud;
use platform::table::{Query, Table};
use platform::trail::{EntryRow, SHARDS};

use crate::day::Day;

/// The entries' table.
#[derive(Debug, Clone)]
pub(crate) struct EntryStore {
    table: Table,
}

impl EntryStore {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("trail"),
        }
    }

    /// A3: the newest entries of a day before a position, at most so many; and whether the day has
    /// more. Reads so many of each shard.
    pub(crate) async fn day(
        &self,
        day: &Day,
        position: &str,
        room: usize,
    ) -> Result<(Vec<EntryRow>, bool), Fault> {
        // One more, since the position itself may be an entry, which was shown before.
        let each = u8::try_from(room + 1).unwrap_or(u8::MAX);
        let (mut rows, mut more) = (Vec::new(), false);
        for shard in 0..SHARDS {
            let query = self.table.query(format!("day#{day}#{shard}"));
            let page: Page<EntryRow> = query.at_most(position).descending().limit(each).page().await?;
            more |= page.next.is_some();
            rows.extend(page.items.into_iter().filter(|row| row.sk != position));
        }
        rows.sort_by(|one, other| other.sk.cmp(&one.sk));
        more |= rows.len() > room;
        rows.truncate(room);
        Ok((rows, more))
    }

    /// A4: a page of one actor's entries, newest first.
    pub(crate) async fn page_by_actor(
        &self,
        actor: &str,
        days: (&Day, &Day),
        limit: Limit,
        position: Option<String>,
    ) -> Result<Page<EntryRow>, Fault> {
        let query = self.table.query_index("by_actor", ("actor", actor), "at");
        page(query, days, limit, position).await
    }

    /// A5: a page of the entries about one subject, newest first.
    pub(crate) async fn page_by_subject(
        &self,
        subject: &str,
        days: (&Day, &Day),
        limit: Limit,
        position: Option<String>,
    ) -> Result<Page<EntryRow>, Fault> {
        let query = self.table.query_index("by_subject", ("subject", subject), "at");
        page(query, days, limit, position).await
    }
}

async fn page(
    query: Query,
    (from, to): (&Day, &Day),
    limit: Limit,
    position: Option<String>,
) -> Result<Page<EntryRow>, Fault> {
    let query = query.between(&from.to_string(), &to.end()).descending();
    Ok(query.limit(limit).after(position).page().await?)
}
