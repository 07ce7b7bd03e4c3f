//! uv's own words about why packages could not be installed, as one sentence.

/// A message beyond this is cut; the whole output is kept beside it.
const MAX: usize = 1000;
/// Output of a package's build script begins here.
const QUOTED: &[&str] = &[
    "[stdout]",
    "[stderr]",
    "--- stdout",
    "--- stderr",
    "hint:",
    "help:",
];

/// The error that uv's output ends with. uv 0.13 writes `error: …` and indented `cause: …` lines, uv before it drew a
/// tree of `×` and `╰─▶`.
pub(super) fn explain(output: &str) -> String {
    let is_start = |line: &&str| line.starts_with("error:") || line.trim_start().starts_with('×');
    let lines: Vec<&str> = output.lines().collect();
    let start = lines.iter().rposition(is_start).unwrap_or(lines.len());
    let mut said = String::new();
    for line in &lines[start..] {
        let line = line.trim();
        if QUOTED.iter().any(|quoted| line.starts_with(quoted)) {
            break;
        }
        let begins_anew =
            line.starts_with(['×', '├', '╰']) || line.contains("cause: ") || line.starts_with("Caused by");
        let text = line
            .trim_start_matches(|letter: char| "×├╰─▶│ ".contains(letter))
            .trim_start_matches("error: ")
            .trim_start_matches("cause: ")
            .trim_start_matches("Caused by: ")
            .trim();
        // The mark below a place in a line points at nothing any more.
        if text.is_empty() || text.chars().all(|letter| letter == '^' || letter == '~') {
            continue;
        }
        if !said.is_empty() {
            let before = said.trim_end_matches([':', '.']).len();
            if begins_anew {
                said.truncate(before);
            }
            said.push_str(if begins_anew { ": " } else { " " });
        }
        said.push_str(text);
    }
    if said.is_empty() {
        said = lines
            .iter()
            .rev()
            .find(|line| !line.trim().is_empty())
            .map_or_else(
                || "uv ended without saying why.".to_owned(),
                |line| line.trim().to_owned(),
            );
    }
    if said.len() > MAX {
        said.truncate(said.floor_char_boundary(MAX));
        said.push('…');
    }
    said
}

/// What a line of uv's output says of its progress; none for lines about the environment itself.
pub(super) fn progress(line: &str) -> Option<String> {
    let line = line.trim();
    let is_about_us = ["Using ", "Creating ", "Activate ", "warning:", "hint:"]
        .iter()
        .any(|start| line.starts_with(start));
    (!line.is_empty() && !is_about_us).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_that_cannot_be_found_is_named() {
        let today = "Using Python 3.11.7 environment at: /x\nerror: No solution found when resolving dependencies\n  \
                     cause: Because no-such-pkg was not found in the package registry and you require no-such-pkg, \
                     we can conclude that your requirements are unsatisfiable.\n";
        let expected = "No solution found when resolving dependencies: Because no-such-pkg was not found in the package \
                        registry and you require no-such-pkg, we can conclude that your requirements are unsatisfiable.";
        assert_eq!(explain(today), expected);
        let before = "  × No solution found when resolving dependencies:\n  ╰─▶ Because no-such-pkg was not found in the \
                      package registry\n      and you require no-such-pkg, we can conclude that your requirements\n      \
                      are unsatisfiable.\n";
        assert_eq!(explain(before), expected);
    }

    #[test]
    fn what_a_build_script_printed_and_marks_are_left_out() {
        let build = "Resolved 1 package\n   Building x==1\nerror: Failed to build `x==1`\n  cause: The build backend \
                     returned an error\n  cause: Call to `build_wheel` failed (exit status: 1)\n\n         [stderr]\n         \
                     boom\n\nhint: This usually indicates a problem\n";
        assert_eq!(
            explain(build),
            "Failed to build `x==1`: The build backend returned an error: Call to `build_wheel` failed (exit status: 1)"
        );
        let parse = "error: Couldn't parse requirement in `requirements.txt` at position 0\n  cause: no such comparison \
                     operator \"=\", must be one of ~= ==\n         six=2\n            ^^\n";
        assert_eq!(
            explain(parse),
            "Couldn't parse requirement in `requirements.txt` at position 0: no such comparison operator \"=\", must be one \
             of ~= == six=2"
        );
        assert_eq!(explain(""), "uv ended without saying why.");
        assert_eq!(explain("Killed\n\n"), "Killed");
    }
}
