//! What CHANGELOG.md says about the release that is being made.

/// Whether the newest section, the unreleased one, marks a break with `**breaking**`.
pub(crate) fn declares_a_break(changelog: &str) -> bool {
    let mut sections = changelog.split("\n## ").skip(1);
    sections.next().is_some_and(|section| {
        section.to_lowercase().starts_with("unreleased") && section.contains("**breaking**")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mark_in_the_unreleased_section_counts() {
        assert!(declares_a_break(
            "# Changelog\n\n## Unreleased\n\n- **breaking** no more tea\n\n## 0.1.0\n"
        ));
        assert!(!declares_a_break(
            "# Changelog\n\n## Unreleased\n\n- tea\n\n## 0.1.0\n\n- **breaking** coffee\n"
        ));
        assert!(!declares_a_break(
            "# Changelog\n\n## 0.1.0\n\n- **breaking** coffee\n"
        ));
        assert!(!declares_a_break(""));
    }
}
