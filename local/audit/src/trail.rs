//! The audit trail: nothing in it was changed, removed, inserted or put in another order.
//!
//! Computed from the description in `docs/access-patterns/trail.md` alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::rows::{BadRow, Picker};
use crate::{Moment, Report};

#[derive(Debug, Deserialize)]
struct Link {
    pk: String,
    seq: u64,
    entry_pk: String,
    entry_sk: String,
    entry_hash: String,
    previous: String,
    hash: String,
}

#[derive(Debug, Deserialize)]
struct Head {
    pk: String,
    seq: u64,
    hash: String,
}

#[derive(Debug, Deserialize)]
struct Mark {
    pk: String,
    seq: u64,
}

/// An entry by its keys.
type Place<'a> = (&'a str, &'a str);

/// Where a chain ends.
type End<'a> = (u64, &'a str);

pub(crate) fn audit(
    tables: &BTreeMap<String, Vec<Value>>,
    moment: Moment,
    report: &mut Report,
) -> Result<(), BadRow> {
    let pick = Picker(tables);
    let entries: Vec<Value> = pick.rows("trail", "day#", "")?;
    let mut links: Vec<Link> = pick.rows("trail-chain", "chain#", "0")?;
    let heads: Vec<Head> = pick.rows("trail-chain", "chain#", "head")?;
    let marks: Vec<Mark> = pick.rows("trail-chain", "entry#", "link")?;
    report.counted.insert("audit entries", entries.len());
    report.counted.insert("audit links", links.len());
    links.sort_by(|one, other| (&one.pk, one.seq).cmp(&(&other.pk, other.seq)));
    let ends = order(&links, report);
    check_heads(&ends, &heads, moment, report);
    check_entries(&entries, &links, moment, report);
    check_marks(&links, &marks, report);
    Ok(())
}

/// trail-1: every link follows the one before it.
fn order<'a>(links: &'a [Link], report: &mut Report) -> BTreeMap<&'a str, End<'a>> {
    let beginning = "0".repeat(64);
    let mut ends: BTreeMap<&str, End<'a>> = BTreeMap::new();
    for link in links {
        let (seq, hash) = ends.get(link.pk.as_str()).copied().unwrap_or((0, ""));
        let before = if seq == 0 { beginning.as_str() } else { hash };
        let subject = format!("{} {}", link.pk, link.seq);
        report.check(link.seq == seq + 1, "trail-1", &subject, || {
            format!("comes after link {seq}")
        });
        report.check(link.previous == before, "trail-1", &subject, || {
            "does not name the hash of the link before".to_owned()
        });
        let text = [
            link.previous.as_str(),
            &link.seq.to_string(),
            &link.entry_pk,
            &link.entry_sk,
            &link.entry_hash,
        ]
        .join("\n");
        report.check(link.hash == sha256(&text), "trail-1", &subject, || {
            "its hash is not of what it says".to_owned()
        });
        ends.insert(&link.pk, (link.seq, &link.hash));
    }
    ends
}

/// trail-1: the head is the last link. While links are added it may be ahead of those that were read.
fn check_heads(ends: &BTreeMap<&str, End<'_>>, heads: &[Head], moment: Moment, report: &mut Report) {
    let headed: BTreeSet<&str> = heads.iter().map(|head| head.pk.as_str()).collect();
    for chain in ends.keys().filter(|chain| !headed.contains(**chain)) {
        report.find("trail-1", *chain, "has links and no head");
    }
    for head in heads {
        let (seq, hash) = ends.get(head.pk.as_str()).copied().unwrap_or((0, ""));
        let holds = if moment == Moment::Busy && head.seq > seq {
            true
        } else {
            (head.seq, head.hash.as_str()) == (seq, hash)
        };
        report.check(holds, "trail-1", &head.pk, || {
            format!("the head is link {}, the last link is {seq}", head.seq)
        });
    }
}

/// trail-2: the entry of every link is there, as it was when it was bound; trail-3: no entry has two
/// links, and its chain is its shard's; trail-4: at rest every entry has one.
fn check_entries(entries: &[Value], links: &[Link], moment: Moment, report: &mut Report) {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let found: BTreeMap<(String, String), &Value> = entries
        .iter()
        .map(|row| ((text(row, "pk"), text(row, "sk")), row))
        .collect();
    let mut bound: BTreeSet<Place<'_>> = BTreeSet::new();
    for link in links {
        let subject = format!("{} {}", link.entry_pk, link.entry_sk);
        match found.get(&(link.entry_pk.clone(), link.entry_sk.clone())) {
            None => report.find(
                "trail-2",
                &subject,
                format!("was bound as {} {} and is gone", link.pk, link.seq),
            ),
            Some(row) => report.check(
                sha256(&canonical(row)) == link.entry_hash,
                "trail-2",
                &subject,
                || format!("is not what it was when it was bound as {} {}", link.pk, link.seq),
            ),
        }
        report.check(
            bound.insert((&link.entry_pk, &link.entry_sk)),
            "trail-3",
            &subject,
            || "is bound twice".to_owned(),
        );
        let shard = link.entry_pk.rsplit('#').next().unwrap_or_default();
        report.check(link.pk == format!("chain#{shard}"), "trail-3", &subject, || {
            format!("is bound in {}", link.pk)
        });
    }
    if moment == Moment::AtRest {
        for (pk, sk) in found.keys() {
            report.check(
                bound.contains(&(pk, sk)),
                "trail-4",
                &format!("{pk} {sk}"),
                || "is bound nowhere".to_owned(),
            );
        }
    }
}

/// trail-3: every link's entry is marked as bound there, and nothing else is marked.
fn check_marks(links: &[Link], marks: &[Mark], report: &mut Report) {
    let marked: BTreeMap<&str, u64> = marks.iter().map(|mark| (mark.pk.as_str(), mark.seq)).collect();
    report.check(marks.len() <= links.len(), "trail-3", "marks", || {
        format!("{} entries are marked as bound, {} are", marks.len(), links.len())
    });
    for link in links {
        let key = format!("entry#{}#{}", link.entry_pk, link.entry_sk);
        report.check(
            marked.get(key.as_str()) == Some(&link.seq),
            "trail-3",
            &key,
            || format!("is not marked as bound by link {}", link.seq),
        );
    }
}

/// JSON without spaces, the names of every object in order.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let names: BTreeMap<&String, &Value> = object.iter().collect();
            let fields = names.into_iter();
            let fields =
                fields.map(|(name, field)| format!("{}:{}", Value::from(name.as_str()), canonical(field)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    //! Four entries of two chains, one thing planted at a time.

    use super::{BTreeMap, Moment, Report, Value, canonical, sha256};
    use serde_json::json;

    fn entry(shard: u8, number: u8) -> Value {
        json!({ "pk": format!("day#2026-01-31#{shard}"), "sk": format!("2026-01-31T00:00:0{number}.000Z#ent_{number}"),
            "action": "access.denied", "actor": "usr_1", "detail": { "b": "2", "a": "1" } })
    }

    /// The tables of a trail that is as it must be.
    fn trail() -> BTreeMap<String, Vec<Value>> {
        let entries = [(1, 1), (1, 2), (1, 3), (3, 4)].map(|(shard, number)| entry(shard, number));
        let mut chain = Vec::new();
        let mut heads: BTreeMap<String, (u64, String)> = BTreeMap::new();
        for entry in &entries {
            let (pk, sk) = (entry["pk"].as_str().unwrap(), entry["sk"].as_str().unwrap());
            let chain_pk = format!("chain#{}", pk.rsplit('#').next().unwrap());
            let (seq, previous) = heads.get(&chain_pk).cloned().unwrap_or((0, "0".repeat(64)));
            let (seq, entry_hash) = (seq + 1, sha256(&canonical(entry)));
            let hash = sha256(&format!("{previous}\n{seq}\n{pk}\n{sk}\n{entry_hash}"));
            chain.push(json!({ "pk": chain_pk, "sk": format!("{seq:020}"), "seq": seq, "entry_pk": pk, "entry_sk": sk,
                "entry_hash": entry_hash, "previous": previous, "hash": hash }));
            chain.push(json!({ "pk": format!("entry#{pk}#{sk}"), "sk": "link", "seq": seq }));
            heads.insert(chain_pk, (seq, hash));
        }
        let heads = heads
            .into_iter()
            .map(|(pk, (seq, hash))| json!({ "pk": pk, "sk": "head", "seq": seq, "hash": hash }));
        chain.extend(heads);
        BTreeMap::from([("trail".into(), entries.to_vec()), ("trail-chain".into(), chain)])
    }

    fn found(tables: &BTreeMap<String, Vec<Value>>, moment: Moment) -> Vec<&'static str> {
        let mut report = Report::default();
        super::audit(tables, moment, &mut report).unwrap();
        let mut names: Vec<_> = report.findings.iter().map(|finding| finding.invariant).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Plants one thing, and what the audit then finds at rest.
    fn planted(plant: impl FnOnce(&mut Vec<Value>, &mut Vec<Value>)) -> Vec<&'static str> {
        let mut tables = trail();
        let mut entries = tables.remove("trail").unwrap();
        let chain = tables.get_mut("trail-chain").unwrap();
        plant(&mut entries, chain);
        tables.insert("trail".into(), entries);
        found(&tables, Moment::AtRest)
    }

    fn link(chain: &mut [Value], pk: &str, seq: u64) -> usize {
        let is = |row: &Value| row["pk"] == pk && row["seq"] == seq && row["sk"] != "head";
        chain.iter().position(is).unwrap()
    }

    #[test]
    fn a_trail_as_it_must_be_is_counted_and_passes() {
        for moment in [Moment::AtRest, Moment::Busy] {
            assert_eq!(found(&trail(), moment), [""; 0]);
        }
        let mut report = Report::default();
        super::audit(&trail(), Moment::AtRest, &mut report).unwrap();
        assert_eq!(
            (report.counted["audit entries"], report.counted["audit links"]),
            (4, 4)
        );
    }

    // ASVS 16.3: a changed, removed, inserted or reordered entry is found.
    #[test]
    fn a_tampered_row_is_found() {
        assert_eq!(
            planted(|entries, _| entries[1]["actor"] = json!("usr_2")),
            ["trail-2"]
        );
        assert_eq!(
            planted(|entries, _| entries[1]["detail"]["a"] = json!("9")),
            ["trail-2"]
        );
        assert_eq!(planted(|entries, _| entries[1]["more"] = json!("x")), ["trail-2"]);
    }

    #[test]
    fn a_removed_row_is_found() {
        assert_eq!(planted(|entries, _| drop(entries.remove(1))), ["trail-2"]);
    }

    #[test]
    fn a_removed_row_is_found_even_when_its_link_and_mark_are_removed_too() {
        let without = |seq| {
            planted(move |entries, chain| {
                let place = usize::try_from(seq - 1).unwrap();
                let key = format!(
                    "entry#{}#{}",
                    entries[place]["pk"].as_str().unwrap(),
                    entries[place]["sk"].as_str().unwrap()
                );
                entries.remove(place);
                let at = link(chain, "chain#1", seq);
                chain.remove(at);
                chain.retain(|row| row["pk"] != key.as_str());
            })
        };
        for seq in [1, 2, 3] {
            assert_eq!(without(seq), ["trail-1"], "{seq}");
        }
    }

    #[test]
    fn a_row_that_was_slipped_in_is_found_at_rest_and_may_be_on_its_way_while_busy() {
        assert_eq!(planted(|entries, _| entries.push(entry(2, 9))), ["trail-4"]);
        let mut tables = trail();
        tables.get_mut("trail").unwrap().push(entry(2, 9));
        assert_eq!(found(&tables, Moment::Busy), [""; 0]);
    }

    #[test]
    fn a_reordered_chain_is_found() {
        let swapped = planted(|_, chain| {
            let (one, two) = (link(chain, "chain#1", 1), link(chain, "chain#1", 2));
            for field in ["entry_pk", "entry_sk", "entry_hash"] {
                let (a, b) = (chain[one][field].clone(), chain[two][field].clone());
                chain[one][field] = b;
                chain[two][field] = a;
            }
        });
        assert!(swapped.contains(&"trail-1"), "{swapped:?}");
        let renumbered = planted(|_, chain| {
            let (one, two) = (link(chain, "chain#1", 1), link(chain, "chain#1", 2));
            chain[one]["seq"] = json!(2);
            chain[two]["seq"] = json!(1);
        });
        assert!(renumbered.contains(&"trail-1"), "{renumbered:?}");
    }

    #[test]
    fn a_link_whose_entry_and_hashes_were_recomputed_no_longer_fits_the_next() {
        let found = planted(|entries, chain| {
            entries[0]["actor"] = json!("usr_2");
            let at = link(chain, "chain#1", 1);
            let entry_hash = sha256(&canonical(&entries[0]));
            let (pk, sk) = (
                entries[0]["pk"].as_str().unwrap(),
                entries[0]["sk"].as_str().unwrap(),
            );
            let hash = sha256(&format!("{}\n1\n{pk}\n{sk}\n{entry_hash}", "0".repeat(64)));
            chain[at]["entry_hash"] = json!(entry_hash);
            chain[at]["hash"] = json!(hash);
        });
        assert_eq!(found, ["trail-1"]);
    }

    #[test]
    fn an_entry_that_is_bound_twice_or_in_a_foreign_chain_is_found() {
        let twice = planted(|_, chain| {
            let at = link(chain, "chain#3", 1);
            let mut copy = chain[at].clone();
            copy["seq"] = json!(2);
            copy["sk"] = json!(format!("{:020}", 2));
            chain.push(copy);
        });
        assert!(twice.contains(&"trail-3"), "{twice:?}");
        let foreign = planted(|_, chain| {
            for row in chain.iter_mut().filter(|row| row["pk"] == "chain#3") {
                row["pk"] = json!("chain#2");
            }
        });
        assert_eq!(foreign, ["trail-3"]);
    }

    #[test]
    fn a_head_or_a_mark_that_says_something_else_is_found() {
        let head = planted(|_, chain| {
            let at = chain.iter().position(|row| row["sk"] == "head").unwrap();
            chain[at]["seq"] = json!(7);
        });
        assert_eq!(head, ["trail-1"]);
        let headless = planted(|_, chain| chain.retain(|row| row["sk"] != "head"));
        assert_eq!(headless, ["trail-1"]);
        let mark = planted(|_, chain| chain.retain(|row| row["sk"] != "link"));
        assert_eq!(mark, ["trail-3"]);
    }
}
