//! The passwords that attackers try first, searched where they lie: no table is built at a start.

/// Sorted by bytes, one a line, in lower case; see `SOURCE.md`.
static COMMON: &str = include_str!("common.txt");

/// Whether this text, already in lower case, is one of them.
pub(super) fn contains(folded: &str) -> bool {
    let bytes = COMMON.as_bytes();
    let wanted = folded.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    // `low` and `high` are beginnings of lines, or the end.
    while low < high {
        let middle = low + (high - low) / 2;
        let begin = bytes[..middle]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let end = bytes[middle..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |at| middle + at);
        match bytes[begin..end].cmp(wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = (end + 1).min(bytes.len()),
            std::cmp::Ordering::Greater => high = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{COMMON, contains};

    #[test]
    fn every_line_is_found_and_its_neighbours_are_not() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 10_000, "{}", lines.len());
        assert!(lines.is_sorted());
        for line in lines {
            assert!(contains(line), "{line}");
            assert!(!contains(&format!("{line}~")), "{line}~");
        }
        assert!(!contains("") && !contains("\n") && !contains("password1\npassword2"));
    }
}
