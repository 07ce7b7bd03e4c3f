//! Terminal colours in a line of a log: what they mean for a page. Everything else a terminal would do is left out.

/// A stretch of text with one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsiSpan {
    /// The text, without escape sequences.
    pub text: String,
    /// Class names such as `ansi-31 ansi-bold`; empty for the usual look.
    pub class: String,
}

/// How the text from here on looks.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a terminal sets each of them by itself"
)]
struct Look {
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    /// 30 to 37 and 90 to 97, as the terminal numbers them.
    colour: Option<u32>,
}

/// The spans of a line. Colours of text, bold, dim, italic and underline are kept; backgrounds, cursor and title codes
/// are dropped. A carriage return begins the line anew, as progress bars do.
pub fn ansi_spans(line: &str) -> Vec<AnsiSpan> {
    let mut spans = Vec::new();
    let (mut text, mut look) = (String::new(), Look::default());
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '\u{1b}' => {
                let (changed, behind) = escape(after, &look);
                if changed != look {
                    flush(&mut spans, &mut text, &look);
                    look = changed;
                }
                rest = behind;
                continue;
            }
            // At the end of a line, or before a line feed, it is half of a line end.
            '\r' if after.is_empty() || after.starts_with('\n') => {}
            '\r' => begin_anew(&mut spans, &mut text),
            // Bells and the like show as nothing; tabs and the line feeds of a traceback stay.
            letter if letter.is_control() && letter != '\t' && letter != '\n' => {}
            letter => text.push(letter),
        }
        rest = after;
    }
    flush(&mut spans, &mut text, &look);
    spans
}

/// The text alone.
pub fn without_ansi(line: &str) -> String {
    ansi_spans(line).into_iter().map(|span| span.text).collect()
}

fn flush(spans: &mut Vec<AnsiSpan>, text: &mut String, look: &Look) {
    if !text.is_empty() {
        spans.push(AnsiSpan {
            text: std::mem::take(text),
            class: look.class(),
        });
    }
}

/// Forgets what stood on the present line; lines before it stay.
fn begin_anew(spans: &mut Vec<AnsiSpan>, text: &mut String) {
    if let Some(end) = text.rfind('\n') {
        text.truncate(end + 1);
        return;
    }
    text.clear();
    while let Some(mut last) = spans.pop() {
        if let Some(end) = last.text.rfind('\n') {
            last.text.truncate(end + 1);
            spans.push(last);
            return;
        }
    }
}

/// What follows an escape character: the look after it, and what stands behind it.
fn escape<'a>(after: &'a str, look: &Look) -> (Look, &'a str) {
    if let Some(sequence) = after.strip_prefix('[') {
        // Parameters, then one final letter between `@` and `~`.
        let Some(end) = sequence.find(|letter: char| ('@'..='~').contains(&letter)) else {
            return (look.clone(), "");
        };
        let (parameters, behind) = sequence.split_at(end);
        let behind_final = behind.get(1..).unwrap_or_default();
        let changed = if behind.starts_with('m') {
            look.with(parameters)
        } else {
            look.clone()
        };
        return (changed, behind_final);
    }
    if let Some(title) = after.strip_prefix(']') {
        // A title ends with a bell or with ESC \.
        let end = title.find(['\u{7}', '\u{1b}']).unwrap_or(title.len());
        let behind = title.get(end..).unwrap_or_default();
        let behind = behind.strip_prefix('\u{7}').unwrap_or(behind);
        return (look.clone(), behind.strip_prefix("\u{1b}\\").unwrap_or(behind));
    }
    let mut letters = after.chars();
    letters.next();
    (look.clone(), letters.as_str())
}

impl Look {
    fn with(&self, parameters: &str) -> Self {
        let mut look = self.clone();
        let mut codes = parameters.split(';').map(|code| code.parse::<u32>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => look = Self::default(),
                1 => look.bold = true,
                2 => look.dim = true,
                3 => look.italic = true,
                4 => look.underline = true,
                22 => (look.bold, look.dim) = (false, false),
                23 => look.italic = false,
                24 => look.underline = false,
                30..=37 | 90..=97 => look.colour = Some(code),
                39 => look.colour = None,
                // Colours by number: their parameters are no codes of their own.
                38 | 48 => match codes.next() {
                    Some(5) => {
                        codes.next();
                    }
                    Some(2) => {
                        codes.nth(2);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        look
    }

    fn class(&self) -> String {
        let flags = [
            (self.bold, "ansi-bold"),
            (self.dim, "ansi-dim"),
            (self.italic, "ansi-italic"),
            (self.underline, "ansi-underline"),
        ];
        let colour = self.colour.map(|code| format!("ansi-{code}"));
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
        let names: Vec<String> = colour
            .into_iter()
            .chain(flags.map(|(_, name)| name.to_owned()))
            .collect();
        names.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Vec<(String, String)> {
        let spans = ansi_spans(line).into_iter();
        spans.map(|span| (span.text, span.class)).collect()
    }

    fn plain(text: &str) -> (String, String) {
        (text.to_owned(), String::new())
    }

    fn with(text: &str, class: &str) -> (String, String) {
        (text.to_owned(), class.to_owned())
    }

    #[test]
    fn colours_and_weights_become_classes_and_end_where_they_are_reset() {
        assert_eq!(
            told("ok \u{1b}[31;1mbad\u{1b}[0m, \u{1b}[92mfine\u{1b}[39m."),
            [
                plain("ok "),
                with("bad", "ansi-31 ansi-bold"),
                plain(", "),
                with("fine", "ansi-92"),
                plain(".")
            ]
        );
        assert_eq!(told("\u{1b}[mplain"), [plain("plain")]);
    }

    #[test]
    fn what_moves_the_cursor_or_names_the_window_is_left_out() {
        for line in [
            "\u{1b}[2Ka\u{1b}[1;5Hb",
            "\u{1b}]0;title\u{7}ab",
            "\u{1b}]8;;http://x\u{1b}\\ab",
        ] {
            assert_eq!(without_ansi(line), "ab", "{line:?}");
        }
        assert_eq!(without_ansi("a\u{7}\u{8}\tb"), "a\tb");
        assert_eq!(without_ansi("cut \u{1b}[31"), "cut ");
        assert_eq!(without_ansi("\u{1b}"), "");
    }

    #[test]
    fn a_carriage_return_replaces_the_line_and_a_line_end_does_not() {
        assert_eq!(without_ansi("10 %\r20 %\r\u{1b}[32m30 %"), "30 %");
        assert_eq!(without_ansi("done\r"), "done");
        assert_eq!(without_ansi("one\r\ntwo"), "one\ntwo");
        assert_eq!(without_ansi("one\n10 %\r20 %"), "one\n20 %");
    }

    #[test]
    fn colours_by_number_do_not_spill_their_parameters() {
        assert_eq!(told("\u{1b}[38;5;31mx\u{1b}[48;2;31;32;33my"), [plain("xy")]);
    }
}
