//! Where words begin and end.

/// True if a word can begin at `at`: no letter stands before it, or a change of case as in `taxId`. What is no letter begins anywhere.
///
/// ```
/// use lockgate::text::words::begins_word;
/// assert!(begins_word(b"taxId", 3));
/// assert!(!begins_word(b"taxid", 3));
/// ```
#[inline]
pub fn begins_word(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let (Some(before), Some(first)) = (before, text.get(at)) else { return true };
    !before.is_ascii_alphabetic()
        || !first.is_ascii_alphabetic()
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
}

/// True if a word can end before `end`: no letter follows, or a change of case, or the `s` of a plural.
///
/// ```
/// use lockgate::text::words::ends_word;
/// assert!(ends_word(b"PINs", 3));
/// assert!(!ends_word(b"pine", 3));
/// ```
#[inline]
pub fn ends_word(text: &[u8], end: usize) -> bool {
    let last = end.checked_sub(1).and_then(|last| text.get(last));
    let (Some(last), Some(after)) = (last, text.get(end)) else { return true };
    if !after.is_ascii_alphabetic() || !last.is_ascii_alphabetic() {
        return true;
    }
    let plural = after.eq_ignore_ascii_case(&b's')
        && text.get(end + 1).is_none_or(|next| !next.is_ascii_lowercase());
    plural || (last.is_ascii_lowercase() && after.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_case_changes_and_before_a_plural_s() {
        for (text, expect) in [
            ("ssn", true),
            ("userSsn", true),
            ("user_ssn=1", true),
            ("SSNs:", true),
            ("ssnNumber", true),
            ("assn", false),
            ("ssnx", false),
            ("SSNX", false),
            ("lessn", false),
        ] {
            let start = text.to_ascii_lowercase().find("ssn").expect("every case has the word");
            let text = text.as_bytes();
            let is_word = begins_word(text, start) && ends_word(text, start + 3);
            assert_eq!(is_word, expect, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn any_place_is_fine() {
        for at in [0, 2, 3, usize::MAX] {
            assert!(begins_word(b"ab", at) && ends_word(b"ab", at), "{at}");
        }
    }
}
