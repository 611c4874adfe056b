//! How many tests passed and failed, read from the last lines of those who ran them.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Counts a line of `cargo test`: `test result: ok. 5 passed; 0 failed; …`.
    pub fn see_cargo(&mut self, line: &str) {
        let line = plain(line);
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            match count.trim().split_once(' ').map(|(number, what)| (number.parse::<u64>(), what)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                _ => {}
            }
        }
    }

    /// Counts a line of `node --test`, of its reporter for people or the one for programs: `ℹ pass 5`,
    /// `# fail 1`. A cancelled test has failed.
    pub fn see_node(&mut self, line: &str) {
        let line = plain(line);
        let mut words = line.split(' ');
        if !matches!(words.next(), Some("ℹ" | "#")) {
            return;
        }
        match (words.next(), words.next().map(str::parse::<u64>), words.next()) {
            (Some("pass"), Some(Ok(number)), None) => self.passed += number,
            (Some("fail" | "cancelled"), Some(Ok(number)), None) => self.failed += number,
            _ => {}
        }
    }
}

/// The line without colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_cargo_test_binaries_are_summed() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: \u{1b}[32mok\u{1b}[0m. 4 passed; 0 failed; 0 ignored",
            "test a_line_that_says_9 passed ... ok",
        ] {
            tally.see_cargo(line);
        }
        assert_eq!(tally, Tally { passed: 8, failed: 2 });
    }

    #[test]
    fn node_counts_for_people_and_for_programs_are_both_read() {
        let mut tally = Tally::default();
        for line in
            ["ℹ tests 4", "ℹ pass 2", "\u{1b}[34mℹ fail 1\u{1b}[39m", "# pass 3", "# cancelled 1", "# fail 0"]
        {
            tally.see_node(line);
        }
        tally.see_node("✔ pass 100 tests (2 ms)");
        tally.see_node("# Subtest: pass 7 things");
        assert_eq!(tally, Tally { passed: 5, failed: 2 });
    }
}
