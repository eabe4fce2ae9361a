//! Versions that nothing calls any more. Lambda keeps every one, and an account has 75 GB for all.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{
    aliases::Aliases,
    aws::{Aws, side_by_side},
    shop::Move,
};

/// The newest that stay, whether called or not.
const KEPT: usize = 5;

/// Deletes old versions of the functions that just moved, but none that can be gone back to. What
/// cannot be deleted is said; a version that another alias calls, AWS keeps.
pub(super) fn run(aws: &Aws, moves: &[Move], before: &Aliases) {
    let outcomes = side_by_side(moves, |one| {
        let called = [Some(&one.from), Some(&one.to), before.0.get(&one.function)];
        let called: BTreeSet<u64> = called
            .into_iter()
            .flatten()
            .filter_map(|text| text.parse().ok())
            .collect();
        prune(aws, &one.function, &called)
    });
    let mut count = 0;
    for (one, outcome) in moves.iter().zip(outcomes) {
        match outcome {
            Ok(deleted) => count += deleted,
            Err(error) => println!("   old versions of {} stay: {error:#}", one.function),
        }
    }
    if count > 0 {
        println!("   {count} old versions deleted");
    }
}

fn prune(aws: &Aws, function: &str, called: &BTreeSet<u64>) -> Result<usize> {
    let answer = aws.ask(&["lambda", "list-versions-by-function", "--function-name", function])?;
    let versions = answer["Versions"].as_array().into_iter().flatten();
    let versions: BTreeSet<u64> = versions
        .filter_map(|version| version["Version"].as_str().map(str::parse))
        .filter_map(std::result::Result::ok)
        .collect();
    let old = old(&versions, called);
    for version in &old {
        let qualifier = version.to_string();
        aws.ask(&[
            "lambda",
            "delete-function",
            "--function-name",
            function,
            "--qualifier",
            &qualifier,
        ])?;
    }
    Ok(old.len())
}

/// Those that are neither among the newest nor called.
fn old(versions: &BTreeSet<u64>, called: &BTreeSet<u64>) -> Vec<u64> {
    let older = versions.iter().rev().skip(KEPT);
    older
        .filter(|version| !called.contains(version))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_and_what_is_called_stay() {
        let versions: BTreeSet<u64> = (1..=12).collect();
        assert_eq!(old(&versions, &[12, 3].into()), [7, 6, 5, 4, 2, 1]);
        assert_eq!(old(&(1..=5).collect(), &BTreeSet::new()), Vec::<u64>::new());
    }
}
