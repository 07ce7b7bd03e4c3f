//! What is kept of the name that a browser sends: enough to recognise the file, nothing that could lead elsewhere.

/// The longest name, in bytes: file systems end at 255.
const MAX_NAME: usize = 200;
/// An ending up to this many bytes outlives the cut, since tasks look at it.
const MAX_ENDING: usize = 20;

/// The name without folders, control characters and marks that reverse the reading direction.
pub(super) fn tidy(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|letter| !is_hidden(*letter)).collect();
    match visible.trim().trim_end_matches(['.', ' ']) {
        "" => "file".to_owned(),
        name => cut(name),
    }
}

fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn cut(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let ending = name
        .rfind('.')
        .map(|dot| &name[dot..])
        .filter(|ending| ending.len() <= MAX_ENDING)
        .unwrap_or_default();
    let stem = &name[..name.floor_char_boundary(MAX_NAME - ending.len())];
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f70_a_sent_name_cannot_lead_out_of_its_folder() {
        for (sent, kept) in [
            ("report.csv", "report.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\März 2026.xlsx", "März 2026.xlsx"),
            ("a\0b\nc.txt", "abc.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("..", "file"),
            (".", "file"),
            ("/", "file"),
            ("  . ", "file"),
            ("-rf", "-rf"),
            (".env", ".env"),
        ] {
            assert_eq!(tidy(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn f70_a_long_name_keeps_its_ending() {
        let kept = tidy(&format!("{}.csv", "ä".repeat(300)));
        assert!(kept.len() <= MAX_NAME && kept.ends_with("ä.csv"), "{kept}");
        let kept = tidy(&format!("a.{}", "x".repeat(300)));
        assert_eq!(kept.len(), MAX_NAME);
    }
}
