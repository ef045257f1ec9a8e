//! Sorted word lists that are compiled in.

/// Longest word of a list, in bytes.
const WORD_BYTES_MAX: usize = 32;

/// Whether a sorted list of lower-case words, one a line, has this one, compared without ASCII case.
pub(super) fn contains(list: &str, word: &[u8]) -> bool {
    let mut lower = [0; WORD_BYTES_MAX];
    let Some(slots) = lower.get_mut(..word.len()) else { return false };
    slots.copy_from_slice(word);
    slots.make_ascii_lowercase();
    find_line(list.as_bytes(), slots)
}

/// Binary search over the lines of sorted text.
pub(super) fn find_line(text: &[u8], wanted: &[u8]) -> bool {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start =
            memchr::memrchr(b'\n', &text[low..middle]).map_or(low, |offset| low + offset + 1);
        let end = memchr::memchr(b'\n', &text[start..high]).map_or(high, |offset| start + offset);
        match text[start..end].cmp(wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}
