//! Names of persons: what cannot be part of one.

use super::words::contains;

/// Words that no name of a person holds, one a line, lower case, sorted: function words, offices, places, kinds of streets and companies.
const NOT_NAMES: &str = include_str!("not_names.txt");

/// Longest name that is read, in bytes.
const NAME_BYTES_MAX: usize = 96;

/// One to six words of letters, none of which rules out a name.
pub(super) fn person_name(value: &[u8]) -> bool {
    const WORDS_MAX: usize = 6;
    if value.len() > NAME_BYTES_MAX {
        return false;
    }
    let words = value
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .filter(|word| !word.is_empty());
    let mut count = 0;
    let mut full = false;
    for word in words {
        count += 1;
        if !is_name_word(word) || contains(NOT_NAMES, trim_dot(word)) {
            return false;
        }
        full |= word.len() > 1 && !word.ends_with(b".");
    }
    full && count <= WORDS_MAX
}

/// Letters, apostrophes and hyphens, with a dot at the end of an abbreviation.
fn is_name_word(word: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let body = trim_dot(word);
    body.iter().any(letter) && body.iter().all(|byte| letter(byte) || b"'-".contains(byte))
}

fn trim_dot(word: &[u8]) -> &[u8] {
    word.strip_suffix(b".").unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expect: bool) {
        assert_eq!(person_name(value.as_bytes()), expect, "{value}");
    }

    #[test]
    fn names_of_many_cultures() {
        check("Olivia Walker", true);
        check("María José García López", true);
        check("J. R. O'Brien", true);
        check("Jean-Luc d'Arcy", true);
        check("李小龙", true);
    }

    #[test]
    fn the_list_can_be_searched() {
        assert!(NOT_NAMES.lines().is_sorted());
        assert!(NOT_NAMES.lines().all(|line| contains(NOT_NAMES, line.as_bytes())));
    }

    #[test]
    fn what_is_no_name() {
        check("Walker Street", false);
        check("The Walker", false);
        check("Olivia University", false);
        check("Olivia 7", false);
        check("O. K.", false);
        check("", false);
    }
}
