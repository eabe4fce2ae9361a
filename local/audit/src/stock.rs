//! Stock: what is there is what came and went; what is reserved is promised to somebody.

use std::collections::BTreeMap;

use crate::Report;
use crate::rows::Books;

pub(crate) fn audit(books: &Books, report: &mut Report) {
    let mut moved: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for adjustment in &books.adjustments {
        *moved
            .entry((&adjustment.sku, &adjustment.location_id))
            .or_default() += adjustment.delta;
    }
    let mut promised: BTreeMap<(&str, &str), (i64, bool)> = BTreeMap::new();
    for reservation in books
        .reservations
        .iter()
        .filter(|reservation| reservation.state == "held")
    {
        for line in &reservation.lines {
            for part in line.parts.iter().filter(|part| !part.shipped) {
                let (pieces, backorder) = promised.entry((&line.sku, &part.location_id)).or_default();
                *pieces += part.pieces;
                *backorder |= line.allow_backorder;
            }
        }
    }
    for level in &books.levels {
        let subject = format!("{} at {}", level.sku, level.location_id);
        let key = (level.sku.as_str(), level.location_id.as_str());
        let moved = moved.remove(&key).unwrap_or_default();
        report.check(moved == level.on_hand, "stock-1", &subject, || {
            format!("{} on hand, but the adjustments add up to {moved}", level.on_hand)
        });
        let (pieces, backorder) = promised.remove(&key).unwrap_or_default();
        report.check(pieces == level.reserved, "stock-2", &subject, || {
            format!("{} reserved, but live reservations hold {pieces}", level.reserved)
        });
        let within = level.reserved >= 0 && (level.reserved <= level.on_hand || backorder);
        report.check(within, "stock-3", &subject, || {
            format!("{} reserved of {} on hand", level.reserved, level.on_hand)
        });
        let available = level.on_hand - level.reserved - level.safety;
        report.check(available == level.available, "stock-4", &subject, || {
            format!("says {} available, but {available} are", level.available)
        });
    }
    for ((sku, location), pieces) in moved.into_iter().filter(|(_, pieces)| *pieces != 0) {
        report.find(
            "stock-1",
            format!("{sku} at {location}"),
            format!("adjustments of {pieces} pieces have no level"),
        );
    }
    for ((sku, location), (pieces, _)) in promised.into_iter().filter(|(_, (pieces, _))| *pieces != 0) {
        report.find(
            "stock-2",
            format!("{sku} at {location}"),
            format!("{pieces} pieces are held without a level"),
        );
    }
}
