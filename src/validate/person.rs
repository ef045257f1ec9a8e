//! Names of persons: what cannot be part of one.

use super::words::contains;

/// Words that no name of a person holds, one a line, lower case, sorted: function words, offices, places, kinds of streets and companies.
const NOT_NAMES: &str = include_str!("not_names.txt");

/// Articles and pronouns that begin sentences, not names; inside a name they may stand.
const NOT_FIRST: &[&[u8]] = &[
    b"Das", b"Der", b"Die", b"Ein", b"Eine", b"Ich", b"Wir", b"Il", b"Ils", b"Elle", b"Un", b"Une",
    b"Nous", b"Vous", b"Les", b"Los", b"Las", b"Una", b"Os", b"Um", b"Uma", b"Het", b"Een", b"Gli",
    b"Es", b"Er", b"Sie", b"Bitte", b"Danke", b"Merci", b"Gracias", b"Hola", b"Ciao", b"Grazie",
];

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
        // An initial may be an article too: `Noah A. Chen`.
        let body = trim_dot(word);
        let excluded = body.len() > 1 && contains(NOT_NAMES, body);
        if !is_name_word(word) || excluded || (count == 1 && NOT_FIRST.contains(&word)) {
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
        check("Noah A. Chen", true);
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
        check("Der Zug", false);
        check("O. K.", false);
        check("", false);
    }
}
