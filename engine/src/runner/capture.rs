//! From bytes to log lines: bounded, never blocking the child, whatever it writes (fault cases F24-F26).

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longer lines are cut into pieces of this size.
const MAX_LINE: usize = 16 * 1024;

/// Reads a pipe line by line.
pub(crate) struct Lines<R> {
    pipe: R,
    most: usize,
    chunk: Vec<u8>,
    pending: Vec<u8>,
    /// What stands before this in `pending` was handed out already.
    start: usize,
    is_ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines longer than `most` bytes arrive in pieces.
    pub(crate) fn new(pipe: R, most: usize) -> Self {
        Self {
            pipe,
            most,
            chunk: vec![0; 8 * 1024],
            pending: Vec::new(),
            start: 0,
            is_ended: false,
        }
    }

    /// The next line, or none at the end. A pipe that breaks has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let mut searched = 0;
        loop {
            let pending = &self.pending[self.start..];
            if let Some(end) = memchr(b'\n', &pending[searched..]) {
                let line = text(&pending[..searched + end]);
                self.start += searched + end + 1;
                return Some(line);
            }
            if pending.len() > self.most {
                let end = letter_boundary(pending, self.most);
                let piece = text(&pending[..end]);
                self.start += end;
                return Some(piece);
            }
            if self.is_ended {
                let last = (!pending.is_empty()).then(|| text(pending));
                self.pending.clear();
                self.start = 0;
                return last;
            }
            searched = pending.len();
            // Lines are handed out without moving the rest; it moves once for each chunk.
            self.pending.drain(..self.start);
            self.start = 0;
            match self.pipe.read(&mut self.chunk).await {
                Ok(0) | Err(_) => self.is_ended = true,
                Ok(length) => self.pending.extend_from_slice(&self.chunk[..length]),
            }
        }
    }
}

/// The last place up to `most` that does not cut a letter of UTF-8 in two.
fn letter_boundary(bytes: &[u8], most: usize) -> usize {
    let begins_a_letter = |at: &usize| bytes[*at] & 0xc0 != 0x80;
    (most.saturating_sub(3)..=most)
        .rev()
        .find(begins_a_letter)
        .unwrap_or(most)
}

/// The usual limit for what a task prints.
pub(super) const PRINTED: usize = MAX_LINE;

/// Text fit for storing and showing: no broken UTF-8, no NUL (PostgreSQL refuses it), of what a terminal would do only
/// the colours, and of a progress bar that overwrites itself only the last state.
fn text(line: &[u8]) -> String {
    // Most lines are this plain, and floods of them cost a third.
    if line.is_ascii() && !line.iter().any(u8::is_ascii_control) {
        return String::from_utf8_lossy(line).into_owned();
    }
    let decoded = String::from_utf8_lossy(line);
    let decoded = decoded.trim_end_matches('\r');
    let last = decoded.rsplit('\r').next().unwrap_or_default();
    let mut plain = String::with_capacity(last.len());
    let mut letters = last.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' if letters.peek() == Some(&'[') => {
                letters.next();
                plain.push_str(&colour(&mut letters));
            }
            '\t' => plain.push('\t'),
            letter if letter.is_control() => plain.push('\u{fffd}'),
            letter => plain.push(letter),
        }
    }
    plain
}

/// The rest of a control sequence, which ends with its first letter from `@` to `~`: itself where it sets a colour or a
/// weight of the text, nothing for all else that a terminal would do.
fn colour(letters: &mut impl Iterator<Item = char>) -> String {
    let mut parameters = String::new();
    for letter in letters {
        if !('@'..='~').contains(&letter) {
            parameters.push(letter);
            continue;
        }
        let is_small = |number: &str| number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
        let is_colour = letter == 'm' && parameters.split(';').all(is_small);
        return if is_colour {
            format!("\u{1b}[{parameters}m")
        } else {
            String::new()
        };
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(bytes: &[u8]) -> Vec<String> {
        let mut reader = Lines::new(bytes, PRINTED);
        let mut lines = Vec::new();
        while let Some(line) = reader.next().await {
            lines.push(line);
        }
        lines
    }

    #[tokio::test]
    async fn f26_broken_text_becomes_readable_text() {
        assert_eq!(
            lines(b"caf\xc3\xa9 \xff\0\n\x1b[2K\x1b[31mred\x1b[0m\x1b[12345m\n 10%\r 50%\r100%\r\nlast")
                .await,
            ["café \u{fffd}\u{fffd}", "\u{1b}[31mred\u{1b}[0m", "100%", "last"]
        );
    }

    #[tokio::test]
    async fn f25_a_line_without_end_arrives_in_pieces() {
        let lines = lines(&vec![b'x'; 100_000]).await;
        assert_eq!(lines.len(), 7);
        assert!(lines.iter().all(|line| line.len() <= MAX_LINE));
    }

    #[tokio::test]
    async fn f25_f28_a_long_line_is_not_cut_within_a_letter() {
        let long = format!("a{}", "\u{1f680}".repeat(10_000));
        let lines = lines(long.as_bytes()).await;
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), long);
    }
}
