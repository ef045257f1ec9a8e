//! Chinese names in Latin letters.

const INITIALS: [&[u8]; 23] = [
    b"zh", b"ch", b"sh", b"b", b"p", b"m", b"f", b"d", b"t", b"n", b"l", b"g", b"k", b"h", b"j",
    b"q", b"x", b"z", b"c", b"s", b"r", b"y", b"w",
];

const FINALS: [&[u8]; 35] = [
    b"iang", b"iong", b"uang", b"ang", b"eng", b"ian", b"iao", b"ing", b"ong", b"uai", b"uan",
    b"ai", b"an", b"ao", b"ei", b"en", b"er", b"ia", b"ie", b"in", b"iu", b"ou", b"ua", b"ue",
    b"ui", b"un", b"uo", b"a", b"e", b"i", b"o", b"u", b"v", b"ve", b"van",
];

/// Longest word that is read, in bytes: three syllables.
const WORD_BYTES_MAX: usize = 18;

/// Whether the word is one to three syllables of Mandarin.
pub(super) fn is_pinyin(word: &[u8]) -> bool {
    const SYLLABLES_MAX: usize = 3;
    // No syllable ends otherwise, which rules most other words out.
    let ends = word.last().is_some_and(|byte| b"aeiouvngrAEIOUVNGR".contains(byte));
    if !ends || word.len() > WORD_BYTES_MAX {
        return false;
    }
    let mut lower = [0; WORD_BYTES_MAX];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    // Places that a whole number of syllables leads to, one bit each.
    let mut reached = 1_u32;
    for _ in 0..SYLLABLES_MAX {
        let mut next = 0;
        for at in (0..lower.len()).filter(|at| reached >> at & 1 == 1) {
            for initial in INITIALS.iter().filter(|initial| lower[at..].starts_with(initial)) {
                let behind = at + initial.len();
                let finals = FINALS.iter().filter(|end| lower[behind..].starts_with(end));
                finals.for_each(|end| next |= 1 << (behind + end.len()));
            }
        }
        if next >> lower.len() & 1 == 1 {
            return true;
        }
        reached = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_pinyin;

    #[test]
    fn syllables_are_told_from_other_words() {
        for word in ["Xiulan", "wei", "Zhiqiang", "Jianguo", "Yuwei"] {
            assert!(is_pinyin(word.as_bytes()), "{word}");
        }
        for word in ["", "Walker", "Smith", "x", "Street", "Zhiqiangguobao"] {
            assert!(!is_pinyin(word.as_bytes()), "{word}");
        }
    }
}
