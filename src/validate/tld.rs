//! Top-level domains of the IANA root zone.

use super::words::find_line;

/// One domain a line, lower case, sorted.
const ROOT_ZONE: &str = include_str!("tld.txt");

/// Longest domain of the root zone, in bytes.
const TLD_BYTES_MAX: usize = 24;

/// Where the domains with each first letter start in the text, so that a lookup reads few lines.
static STARTS: [usize; 27] = starts();

/// Whether the root zone has this domain, compared without case.
pub(super) fn is_tld(label: &[u8]) -> bool {
    let mut lower = [0; TLD_BYTES_MAX];
    let Some(slots) = lower.get_mut(..label.len()) else { return false };
    slots.copy_from_slice(label);
    slots.make_ascii_lowercase();
    let Some(&first @ b'a'..=b'z') = slots.first() else { return false };
    let letter = usize::from(first - b'a');
    let section = ROOT_ZONE.as_bytes().get(STARTS[letter]..STARTS[letter + 1]).unwrap_or_default();
    find_line(section, slots)
}

const fn starts() -> [usize; 27] {
    let bytes = ROOT_ZONE.as_bytes();
    let mut starts = [bytes.len(); 27];
    let mut letter = 0;
    let mut place = 0;
    while place < bytes.len() {
        let line_starts = place == 0 || bytes[place - 1] == b'\n';
        while line_starts && letter < 26 && bytes[place] >= b'a' + letter {
            starts[letter as usize] = place;
            letter += 1;
        }
        place += 1;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        assert!(ROOT_ZONE.lines().is_sorted());
        assert!(
            ROOT_ZONE.lines().all(|line| line.len() <= TLD_BYTES_MAX && is_tld(line.as_bytes()))
        );
        assert!(is_tld(b"COM") && is_tld(b"museum"));
        for other in ["", "co m", "comm", "local", "exe", "aaaa", "zzz", "~"] {
            assert!(!is_tld(other.as_bytes()), "{other}");
        }
    }
}
