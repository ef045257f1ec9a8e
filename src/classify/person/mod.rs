//! Whether words that are written like a name are the name of a person.
//!
//! Where a name may begin is decided word by word, by a table of given names, surnames and words that introduce names; everything else
//! of a text is passed over. What may be a name is judged by boosted trees, which look at what its words are, at a few words in front of
//! it and at the one behind it.

mod features;
mod lexicon;
mod pinyin;

use super::trees::{TREE_BYTES, probability};
pub use features::{FEATURES, features};
use features::{name_at, previous};
use lexicon::{AGENT, COMMON, CUE, DETERMINER, GIVEN, Kinds, OTHER, PLACE, SURNAME, TITLE, VERB};

/// The trees, one behind another.
static MODEL: &[u8] = include_bytes!("../../../classifiers/models/person/model.bin");

const _: () = assert!(MODEL.len().is_multiple_of(TREE_BYTES));

/// Most bytes in front of a name that say something about it.
pub const LEFT_BYTES_MAX: usize = 96;
/// Most bytes behind a name that say something about it.
pub const RIGHT_BYTES_MAX: usize = 32;

/// Words that may be a name, and where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Named<'t> {
    /// The whole text, or as much of it as is known.
    pub text: &'t [u8],
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
    /// The name of the field that holds the whole text.
    pub field: Option<&'t [u8]>,
}

/// Makes the table of words, so that no scan has to.
pub fn prepare() {
    lexicon::prepare();
}

/// Probability from 0 to 1 that the words are the name of a person, all of it and nothing else; 0 where no name may begin.
///
/// ```
/// use lockgate::classify::person::{Named, person};
/// let ask = |text: &str, name: &str| {
///     let start = text.find(name).expect("the name is in the text");
///     person(&Named { text: text.as_bytes(), start, end: start + name.len(), field: None })
/// };
/// assert!(ask("The report was written by Olivia Walker on Monday.", "Olivia Walker") > 0.5);
/// assert!(ask("It is in Charlotte Street, past the bank.", "Charlotte Street") < 0.5);
/// ```
pub fn person(named: &Named<'_>) -> f32 {
    let Named { text, start, end, field } = *named;
    if !may_begin(text, start, introduces(field)) || continues(text, end) {
        return 0.0;
    }
    probability(MODEL, &features(named))
}

/// Whether the name of a field says that its content is, or begins with, a name.
pub fn introduces(field: Option<&[u8]>) -> bool {
    field.is_some_and(|field| lexicon::kinds(last_part(field)) & CUE != 0)
}

/// Whether a name may begin at this place, which holds the first byte of a capital letter; `introduced` if the field says so.
pub fn may_begin(text: &[u8], at: usize, introduced: bool) -> bool {
    const KNOWN: Kinds = GIVEN | SURNAME;
    const EVERYDAY: Kinds = COMMON | OTHER | DETERMINER | VERB | AGENT | PLACE | CUE;
    if !text.get(at).is_some_and(|byte| is_upper(*byte)) {
        return false;
    }
    if at.checked_sub(1).is_some_and(|before| is_letter(text[before]) || is_joint(text, before)) {
        return false;
    }
    let (first, end) = name_at(text, at);
    if first.len() < 2 {
        return false;
    }
    let kinds = kinds_of(first);
    let (known, everyday) = (kinds & KNOWN != 0, kinds & EVERYDAY != 0);
    if introduced || known && !everyday {
        return true;
    }
    if everyday && !known {
        return false;
    }
    // A name that is an everyday word as well, or nothing that is known: what stands beside it decides.
    let follows =
        text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(|byte| is_upper(*byte));
    if follows && kinds_of(name_at(text, end + 1).0) & KNOWN != 0 {
        return true;
    }
    previous(text, at)
        .is_some_and(|word| lexicon::kinds(last_part(&text[word])) & (CUE | TITLE) != 0)
}

/// Kinds of a word, or of its first part if only that is known: `Anne-Sophie`.
fn kinds_of(word: &[u8]) -> Kinds {
    let known = lexicon::kinds(word);
    if known != 0 {
        return known;
    }
    memchr::memchr(b'-', word).map_or(0, |joint| lexicon::kinds(&word[..joint]))
}

/// Whether what ends here goes on: a letter, a digit, an underscore.
fn continues(text: &[u8], end: usize) -> bool {
    text.get(end).is_some_and(|byte| {
        // A typographic apostrophe or dash is no letter.
        is_letter(*byte) && !(*byte == 0xe2 && text.get(end + 1) == Some(&0x80))
    })
}

/// A byte of a letter of any script, a digit or an underscore.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether the byte joins what is in front of it to what follows: `Jean-Luc`, `x.Name`, `/Home`, `@Anna`.
fn is_joint(text: &[u8], at: usize) -> bool {
    match text[at] {
        b'@' | b'#' | b'$' | b'/' | b'\\' => true,
        b'-' | b'.' | b'\'' => at.checked_sub(1).is_some_and(|before| is_letter(text[before])),
        _ => false,
    }
}

/// The first byte of a letter that may be a capital one.
const fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, 0xc3..=0xc5 | 0xc8)
}

/// The last part of a compound name: `name` of `first_name`, `Name` of `firstName`.
fn last_part(word: &[u8]) -> &[u8] {
    let part = word.rsplit(|byte| matches!(byte, b'_' | b'-' | b' ' | b'.')).next().unwrap_or(word);
    let hump = (1..part.len())
        .rev()
        .find(|at| part[*at].is_ascii_uppercase() && part[at - 1].is_ascii_lowercase());
    &part[hump.unwrap_or(0)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_begin(text: &str, expect: &[&str]) {
        let bytes = text.as_bytes();
        let places =
            (0..bytes.len()).filter(|at| is_upper(bytes[*at]) && may_begin(bytes, *at, false));
        let words: Vec<_> =
            places.map(|at| String::from_utf8_lossy(name_at(bytes, at).0).into_owned()).collect();
        assert_eq!(words, expect, "{text}");
    }

    #[test]
    fn a_name_may_begin_at_known_names_beside_them_and_where_one_is_introduced() {
        check_begin("The letter of Olivia to Zxqvor", &["Olivia"]);
        check_begin("ask Zxqvor Johnson", &["Zxqvor", "Johnson"]);
        check_begin("Mr. Zxqvor and Mrs Zxqvor", &["Zxqvor", "Zxqvor"]);
        check_begin("\"first_name\": \"Zxqvor\"", &["Zxqvor"]);
        check_begin("firstName=Zxqvor", &["Zxqvor"]);
        check_begin("myOlivia x.Olivia @Olivia", &[]);
        check_begin("Émile Zola", &["Émile", "Zola"]);
    }

    #[test]
    fn answers_are_probabilities_whatever_the_bytes() {
        let texts: [&[u8]; 5] = [b"", b"A", b"Anna", &[0xc3; 40], "Mr. É\u{2019} A-".as_bytes()];
        for text in texts {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    let named = Named { text, start, end, field: Some(b"name") };
                    assert!((0.0..=1.0).contains(&person(&named)));
                }
            }
        }
    }

    #[test]
    fn what_is_far_away_does_not_matter() {
        let near = [
            "x".repeat(LEFT_BYTES_MAX),
            " by Olivia Walker, ".to_owned(),
            "x".repeat(RIGHT_BYTES_MAX),
        ]
        .concat();
        let far = ["Mr ".repeat(50), near.clone(), " Street".repeat(9)].concat();
        let ask = |text: &str| {
            let start = text.find("Olivia").expect("the name is there");
            person(&Named { text: text.as_bytes(), start, end: start + 13, field: None })
        };
        assert_eq!(ask(&near), ask(&far));
    }
}
