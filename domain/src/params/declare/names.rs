//! Words that were probably meant.

/// The nearest of the known words, if it is near: two letters off, or one for words of three letters and less.
pub(super) fn nearest(written: &str, known: &mut dyn Iterator<Item = &&'static str>) -> Option<&'static str> {
    let written = written.to_lowercase();
    // Nothing so long is near to any of ours.
    if written.len() > 32 {
        return None;
    }
    known
        .map(|word| (distance(&written, word), *word))
        .filter(|(distance, word)| *distance <= if word.len() > 3 { 2 } else { 1 })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be put in, left out or exchanged (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_finds_its_word() {
        let known = ["label", "type", "min", "options"];
        for (written, meant) in [
            ("lable", Some("label")),
            ("Type", Some("type")),
            ("tpye", Some("type")),
            ("mn", Some("min")),
            ("option", Some("options")),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, &mut known.iter()), meant, "{written}");
        }
    }
}
