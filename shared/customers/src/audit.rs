//! What the audit trail tells of one person: what they did, and what was done about them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use authority::UserId;
use kernel::{Fault, Limit, Time};
use platform::trail::EntryRow;
use trail::{Day, Filter, Trail};

/// How many entries one archive holds, the newest. An entry is about half a kilobyte.
pub const ENTRIES_MAX: usize = 500;

/// The newest entries first, and whether those are all.
pub(crate) async fn entries_of(
    trail: &Trail,
    user_id: &UserId,
    (since, now): (Time, Time),
) -> Result<(Vec<EntryRow>, bool), Fault> {
    let who = Some(user_id.to_string());
    let done = Filter {
        actor: who.clone(),
        from: Some(Day::of(since)),
        ..Filter::default()
    };
    let met = Filter {
        subject: who,
        from: Some(Day::of(since)),
        ..Filter::default()
    };
    let (done, all_done) = newest(trail, &done, now).await?;
    let (met, all_met) = newest(trail, &met, now).await?;
    // What somebody did about themselves is found both ways.
    let each = done.into_iter().chain(met);
    let sorted: BTreeMap<_, _> = each
        .map(|entry| ((Reverse(entry.at), entry.entry_id.clone()), entry))
        .collect();
    let all = all_done && all_met && sorted.len() <= ENTRIES_MAX;
    Ok((sorted.into_values().take(ENTRIES_MAX).collect(), all))
}

async fn newest(trail: &Trail, filter: &Filter, now: Time) -> Result<(Vec<EntryRow>, bool), Fault> {
    let (mut entries, mut after) = (Vec::new(), None);
    while entries.len() < ENTRIES_MAX {
        let limit = Limit::new(Limit::MAX).unwrap_or_default();
        let page = trail.list(filter, limit, after, now).await?;
        entries.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok((entries, true));
        }
    }
    Ok((entries, false))
}
