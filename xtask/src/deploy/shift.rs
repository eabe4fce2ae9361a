//! Moves each alias that does not call its function's newest version: all at once, or by CodeDeploy
//! with a tenth of the traffic first.

use anyhow::{Result, bail, ensure};

use super::{
    aliases::{Aliases, point},
    aws::side_by_side,
    canary,
    shop::{Move, Shop},
};

/// Moves what is to be moved, and says what it moved.
pub(super) fn run(shop: &Shop, at_once: bool) -> Result<Vec<Move>> {
    let aws = shop.aws();
    if shop.canary {
        canary::wait(&aws)?;
    }
    let moves = shop.moves(&Aliases::live(&aws, &shop.names())?);
    println!("{}", told(&moves));
    if moves.is_empty() {
        return Ok(moves);
    }
    if shop.canary && !at_once {
        canary::run(&aws, &shop.name, shop.canary_minutes, &moves)?;
        return Ok(moves);
    }
    let outcomes = side_by_side(&moves, |one| {
        let there = point(&aws, &one.function, &one.to)?;
        ensure!(there, "there is no version {}", one.to);
        Ok(())
    });
    let failed: Vec<String> = moves
        .iter()
        .zip(outcomes)
        .filter_map(|(one, outcome)| outcome.err().map(|error| format!("{}: {error:#}", one.function)))
        .collect();
    if !failed.is_empty() {
        bail!("these did not move: {}", failed.join("; "));
    }
    Ok(moves)
}

/// A screen has no room for everything.
const SHOWN: usize = 10;

/// The first few by name.
pub(super) fn told(moves: &[Move]) -> String {
    if moves.is_empty() {
        return "   every function calls its newest version".to_owned();
    }
    let mut lines: Vec<String> = moves
        .iter()
        .take(SHOWN)
        .map(|one| format!("   {}: {} → {}", one.function, one.from, one.to))
        .collect();
    if moves.len() > SHOWN {
        lines.push(format!("   and {} more", moves.len() - SHOWN));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_is_told_on_one_screen() {
        let one = |number: usize| Move {
            group: format!("f{number}"),
            function: format!("shop-f{number}"),
            from: "1".to_owned(),
            to: "2".to_owned(),
        };
        assert_eq!(told(&[one(7)]), "   shop-f7: 1 → 2");
        let many: Vec<Move> = (0..153).map(one).collect();
        let text = told(&many);
        assert_eq!(text.lines().count(), SHOWN + 1);
        assert!(text.ends_with("and 143 more"), "{text}");
    }
}
