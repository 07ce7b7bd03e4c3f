//! From bytes to log lines: bounded, never blocking the child, whatever it writes (fault cases F24-F26).

use tokio::io::{AsyncRead, AsyncReadExt};

/// Longer lines are cut into pieces of this size.
const MAX_LINE: usize = 16 * 1024;

/// Reads a pipe line by line.
pub(super) struct Lines<R> {
    pipe: R,
    most: usize,
    chunk: Vec<u8>,
    pending: Vec<u8>,
    is_ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines longer than `most` bytes arrive in pieces.
    pub(super) fn new(pipe: R, most: usize) -> Self {
        Self {
            pipe,
            most,
            chunk: vec![0; 8 * 1024],
            pending: Vec::new(),
            is_ended: false,
        }
    }

    /// The next line, or none at the end. A pipe that breaks has ended.
    pub(super) async fn next(&mut self) -> Option<String> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.pending[searched..].iter().position(|byte| *byte == b'\n') {
                let rest = self.pending.split_off(searched + end + 1);
                let line = std::mem::replace(&mut self.pending, rest);
                return Some(text(&line[..searched + end]));
            }
            if self.pending.len() > self.most {
                let rest = self.pending.split_off(self.most);
                return Some(text(&std::mem::replace(&mut self.pending, rest)));
            }
            if self.is_ended {
                let last = std::mem::take(&mut self.pending);
                return (!last.is_empty()).then(|| text(&last));
            }
            searched = self.pending.len();
            match self.pipe.read(&mut self.chunk).await {
                Ok(0) | Err(_) => self.is_ended = true,
                Ok(length) => self.pending.extend_from_slice(&self.chunk[..length]),
            }
        }
    }
}

/// The usual limit for what a task prints.
pub(super) const PRINTED: usize = MAX_LINE;

/// Text fit for storing and showing: no broken UTF-8, no NUL (PostgreSQL refuses it), no terminal colours, and of a
/// progress bar that overwrites itself only the last state.
fn text(line: &[u8]) -> String {
    let decoded = String::from_utf8_lossy(line);
    let decoded = decoded.trim_end_matches('\r');
    let last = decoded.rsplit('\r').next().unwrap_or_default();
    let mut plain = String::with_capacity(last.len());
    let mut letters = last.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' if letters.peek() == Some(&'[') => {
                // A control sequence ends with its first byte from @ to ~.
                letters.next();
                while letters
                    .next()
                    .is_some_and(|letter| !('@'..='~').contains(&letter))
                {}
            }
            '\t' => plain.push('\t'),
            letter if letter.is_control() => plain.push('\u{fffd}'),
            letter => plain.push(letter),
        }
    }
    plain
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
            lines(b"caf\xc3\xa9 \xff\0\n\x1b[31mred\x1b[0m\n 10%\r 50%\r100%\r\nlast").await,
            ["café \u{fffd}\u{fffd}", "red", "100%", "last"]
        );
    }

    #[tokio::test]
    async fn f25_a_line_without_end_arrives_in_pieces() {
        let lines = lines(&vec![b'x'; 100_000]).await;
        assert_eq!(lines.len(), 7);
        assert!(lines.iter().all(|line| line.len() <= MAX_LINE));
    }
}
