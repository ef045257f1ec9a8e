//! A value and its surroundings as numbers.

use super::name::{Meaning, Tie, before, meaning};
use super::words::KINDS;
use super::{LEFT_BYTES_MAX, Valued};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Longest part of a value that is measured, in bytes.
const VALUE_BYTES_MAX: usize = 256;

/// Features of the value alone.
const OF_VALUE: usize = 25;
/// Features of what stands around it, beside what words say.
const OF_PLACE: usize = 10;

/// Number of features.
pub const FEATURES: usize = OF_VALUE + OF_PLACE + 4 * KINDS;

/// What the model looks at. `docs` of the model say what each number is: first the value, then its place, then how many words
/// of each kind are in the name, which kind is last in it, how many are in front, and how many are in the value.
pub fn features(valued: &Valued<'_>) -> [u8; FEATURES] {
    let left = &valued.left[valued.left.len().saturating_sub(LEFT_BYTES_MAX)..];
    let mut before = before(left);
    if let Some(name) = valued.name {
        before.name = name;
        before.tie = Tie::Colon;
        before.quote = b'"';
    }
    let mut buffer = [0; VALUE_BYTES_MAX];
    let whole = valued.value.get(..VALUE_BYTES_MAX).unwrap_or(valued.value);
    let decoded = decoded(whole, &mut buffer);
    let value = decoded.unwrap_or(whole);
    let name = meaning(before.name);
    let near = meaning(left);
    let inside = meaning(value);
    let mut all = [0; FEATURES];
    let (of_value, rest) = all.split_at_mut(OF_VALUE);
    of_value.copy_from_slice(&look(value, decoded.is_some()));
    let (of_place, of_words) = rest.split_at_mut(OF_PLACE);
    of_place.copy_from_slice(&place(left, before.quote, before.tie, &name));
    of_place[9] = echo(before.name, value);
    for kind in 0..KINDS {
        of_words[kind] = name.counts[kind];
        of_words[KINDS + kind] = u8::from(name.head.is_some_and(|head| head as usize == kind));
        of_words[2 * KINDS + kind] = near.counts[kind];
        of_words[3 * KINDS + kind] = inside.counts[kind];
    }
    all
}

/// The printable text that the value encodes, if it is base64 of one.
fn decoded<'b>(value: &[u8], buffer: &'b mut [u8; VALUE_BYTES_MAX]) -> Option<&'b [u8]> {
    const BYTES_MIN: usize = 12;
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    if value.len() < BYTES_MIN {
        return None;
    }
    // What is cut off at the end of a long value is a whole number of groups.
    let len = STANDARD.decode_slice(value, buffer.as_mut_slice()).ok()?;
    let text = buffer.get(..len)?.trim_ascii_end();
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    text.iter().all(printable).then_some(text)
}

fn look(value: &[u8], decoded: bool) -> [u8; OF_VALUE] {
    let counts = Counts::of(value);
    let distinct = {
        let mut seen = [false; 256];
        value.iter().for_each(|&byte| seen[usize::from(byte)] = true);
        seen.iter().filter(|&&is| is).count()
    };
    let mark = |is: &[u8]| value.iter().filter(|byte| is.contains(byte)).count();
    let hex = value.iter().all(u8::is_ascii_hexdigit) && !(counts.upper > 0 && counts.lower > 0);
    [
        small(value.len()),
        small(counts.digits),
        small(counts.upper),
        small(counts.lower),
        small(counts.others),
        small(distinct),
        (super::super::randomness(value) * 255.0) as u8,
        if hex { small(value.len()) } else { 0 },
        u8::from(is_uuid(value)),
        groups(value),
        small(value.iter().rev().take_while(|&&byte| byte == b'=').count()),
        u8::from(decoded),
        small(longest_run(value, |left, right| class(left) == 0 && class(right) == 0)),
        small(longest_run(value, |left, right| class(left) < 2 && class(right) < 2)),
        small(longest_run(value, |left, right| left == right)),
        small(longest_run(value, |left, right| right == left.wrapping_add(1))),
        small(value.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count()),
        small(mark(b" ")),
        small(mark(b"_-")),
        small(mark(b".")),
        small(mark(b"/\\")),
        small(mark(b"+=")),
        small(mark(b":,;|")),
        small(mark(b"(){}[]<>$%")),
        small(mark(b"!@#^&*?~")),
    ]
}

fn place(left: &[u8], quote: u8, tie: Tie, name: &Meaning) -> [u8; OF_PLACE] {
    let line = left.rsplit(|&byte| byte == b'\n').next().unwrap_or(left).trim_ascii_start();
    let comment = [&b"//"[..], b"#", b"*", b"--", b"<!--", b";"];
    let letters = name.counts.iter().map(|&count| usize::from(count)).sum::<usize>();
    [
        match quote {
            0 => 0,
            b'\'' => 1,
            b'"' => 2,
            _ => 3,
        },
        u8::from(tie == Tie::Equals),
        u8::from(tie == Tie::Colon),
        u8::from(tie == Tie::Arrow || tie == Tie::Tag),
        u8::from(tie == Tie::Compared),
        u8::from(tie == Tie::Argument),
        u8::from(tie == Tie::None),
        u8::from(comment.iter().any(|mark| line.starts_with(mark))),
        name.unknown.saturating_add(small(letters)),
        0,
    ]
}

/// Whether the value repeats a word of four letters or more of its name: `password = "my_password"`.
fn echo(name: &[u8], value: &[u8]) -> u8 {
    const LETTERS_MIN: usize = 4;
    let echoes = |word: &&[u8]| {
        word.len() >= LETTERS_MIN
            && value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
    };
    small(super::words::split(name).filter(echoes).count())
}

#[derive(Default)]
struct Counts {
    digits: usize,
    upper: usize,
    lower: usize,
    others: usize,
}

impl Counts {
    fn of(value: &[u8]) -> Self {
        let mut counts = Self::default();
        for &byte in value {
            *match class(byte) {
                0 => &mut counts.lower,
                1 => &mut counts.upper,
                2 => &mut counts.digits,
                _ => &mut counts.others,
            } += 1;
        }
        counts
    }
}

const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

/// Length of the longest run of neighbours that `joined` accepts.
fn longest_run(value: &[u8], joined: impl Fn(u8, u8) -> bool) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for pair in value.windows(2) {
        run = if joined(pair[0], pair[1]) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn is_uuid(value: &[u8]) -> bool {
    const BYTES: usize = 36;
    value.len() == BYTES
        && value.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Number of groups if the value is of three or more, equally long, of capitals and digits: a licence key.
fn groups(value: &[u8]) -> u8 {
    const GROUPS_MIN: usize = 3;
    let mut parts = value.split(|&byte| byte == b'-');
    let first = parts.clone().next().map_or(0, <[u8]>::len);
    let alike = |part: &[u8]| {
        part.len() == first
            && part.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let count = parts.clone().count();
    if (3..=8).contains(&first) && count >= GROUPS_MIN && parts.all(alike) {
        small(count)
    } else {
        0
    }
}

fn small(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::secret::words::Kind;

    fn of(left: &str, value: &str) -> [u8; FEATURES] {
        features(&Valued { value: value.as_bytes(), left: left.as_bytes(), name: None })
    }

    #[test]
    fn shapes_are_recognised() {
        let uuid = of("", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
        assert_eq!((uuid[0], uuid[8], uuid[9]), (36, 1, 0));
        assert_eq!(of("", "XGPEW-N9LE6-KEN7T")[9], 3);
        assert_eq!(of("", "d558e22480232e01")[7], 16);
        assert_eq!(of("", "D558e22480232e01")[7], 0);
    }

    #[test]
    fn a_value_in_base64_is_judged_by_what_it_encodes() {
        let encoded = of("token: ", "ZDU1OGUyMjQ4MDIzMmUwMQ==");
        let plain = of("token: ", "d558e22480232e01");
        assert_eq!((encoded[7], encoded[11], plain[11]), (16, 1, 0));
    }

    #[test]
    fn words_of_name_and_value_are_counted() {
        let all = of("x\napi_token_id = ", "your-password");
        let words = &all[OF_VALUE + OF_PLACE..];
        assert_eq!(words[Kind::Token as usize], 1);
        assert_eq!(words[KINDS + Kind::Identifier as usize], 1);
        assert_eq!(words[3 * KINDS + Kind::Password as usize], 1);
        assert_eq!(of("password = \"", "my_password1")[OF_VALUE + 9], 1);
    }
}
