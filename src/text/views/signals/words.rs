//! Numbers written as words are long, and have few different letters: a sample now and then meets them.

/// Where samples are taken in a block.
pub(super) const SAMPLES: [usize; 2] = [16, 48];
/// Bytes of a sample.
pub(super) const SAMPLE_BYTES: usize = 12;

/// By the low four bits of a byte …
pub(super) const LOW: [u8; 16] = tables().0;
/// … and by the high ones: a byte in which both have a bit is one that rows of number words have.
pub(super) const HIGH: [u8; 16] = tables().1;

/// The letters of `zero` to `nine` in either case, and what stands between words.
const fn tables() -> ([u8; 16], [u8; 16]) {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let rows: [(&[u8], &[u8]); 4] = [
        (b"efghino", b"\x04\x06"),
        (b"rstuvwxz", b"\x05\x07"),
        (b" ,-", b"\x02"),
        (b"\n", b"\x00"),
    ];
    let mut row = 0;
    while row < rows.len() {
        let (bytes, nibbles) = rows[row];
        let mut i = 0;
        while i < bytes.len() {
            low[bytes[i] as usize & 15] |= 1 << row;
            i += 1;
        }
        i = 0;
        while i < nibbles.len() {
            high[nibbles[i] as usize] |= 1 << row;
            i += 1;
        }
        row += 1;
    }
    (low, high)
}

/// Whether all bytes are such as rows of number words have.
pub(super) fn is_plain(sample: &[u8]) -> bool {
    let plain = |byte: &u8| LOW[usize::from(byte & 15)] & HIGH[usize::from(byte >> 4)] != 0;
    sample.iter().all(plain)
}

/// Whether two words in a row around a place where a sample was taken stand for digits: one is prose.
pub(super) fn begin(text: &[u8], at: usize) -> bool {
    let two = |at| word_behind(text, at).is_some_and(|next| word_behind(text, next).is_some());
    two(at) || at.checked_sub(BEFORE_BYTES).is_some_and(two)
}

/// The row may end soon behind the sample.
const BEFORE_BYTES: usize = 8;

/// Bytes in which a word must begin.
const REACH: usize = 7;

/// The place of the next word, if that is a digit.
fn word_behind(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..text.len().min(at + REACH + 3))?;
    let gap = rest.iter().position(|byte| matches!(byte, b' ' | b'-' | b',' | b'\n'))?;
    let word = rest.get(gap + 1..gap + 4)?;
    is_start(word).then_some(at + gap + 1)
}

/// The first letters of the English digits, which hardly any other words share.
fn is_start(word: &[u8]) -> bool {
    let &[a, b, c] = word else { return false };
    let key = [a | 0x20, b | 0x20, c | 0x20];
    matches!(
        &key,
        b"zer" | b"one" | b"two" | b"thr" | b"fou" | b"fiv" | b"six" | b"sev" | b"eig" | b"nin"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_digits_are_plain() {
        for word in ["zero one two three", "Four-Five SIX,", "seven eight nine\n"] {
            assert!(is_plain(word.as_bytes()), "{word}");
        }
        for byte in 0..=u8::MAX {
            let letter = byte | 0x20;
            let expect = b"efghinorstuvwxz".contains(&letter) && byte.is_ascii_alphabetic()
                || b" ,-\n".contains(&byte);
            assert_eq!(is_plain(&[byte]), expect, "{byte:x}");
        }
    }
}
