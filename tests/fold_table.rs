//! The recipe of `src/text/views/fold/table.rs`, from the Unicode data that the crates in the lock file carry.
//! `UPDATE=1 cargo test --test fold_table` writes it anew.

use std::fmt::Write as _;
use std::{env, fs, path::Path};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

const PATH: &str = "src/text/views/fold/table.rs";

/// Shown as nothing, or used to hide: format characters and default ignorables that are not format characters.
fn is_invisible(char: char) -> bool {
    // Signs that enclose the digits behind them are format characters, but visible.
    let sign = matches!(u32::from(char), 0x600..=0x605 | 0x6dd | 0x70f | 0x890..=0x891 | 0x8e2 | 0x110bd | 0x110cd);
    let ignorable = matches!(u32::from(char),
        0x34f | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x2065 | 0x3164 | 0xfe00..=0xfe0f | 0xffa0
        | 0xfff0..=0xfff8 | 0xe0000..=0xe0fff);
    ignorable || char.general_category() == GeneralCategory::Format && !sign
}

/// Numbers and letters in circles and squares that no decomposition covers: first code point, first ASCII character, count.
const ENCLOSED: [(u32, u8, u32); 10] = [
    (0x24f5, b'1', 9),
    (0x24ff, b'0', 1),
    (0x2776, b'1', 9),
    (0x2780, b'1', 9),
    (0x278a, b'1', 9),
    (0x1f10b, b'0', 1),
    (0x1f10c, b'0', 1),
    (0x1f150, b'A', 26),
    (0x1f170, b'A', 26),
    (0x1f1e6, b'A', 26),
];

const SMALL_CAPITALS: &str = "aᴀbʙcᴄdᴅeᴇfꜰgɢhʜiɪjᴊkᴋlʟmᴍnɴoᴏpᴘrʀsꜱtᴛuᴜvᴠwᴡyʏzᴢ";

fn enclosed(char: char) -> Option<u8> {
    let code = u32::from(char);
    let block = ENCLOSED.iter().find(|(first, _, count)| (*first..first + count).contains(&code));
    let capitals: Vec<char> = SMALL_CAPITALS.chars().collect();
    let capital = capitals.chunks(2).find(|pair| pair[1] == char).map(|pair| pair[0] as u8);
    block.map(|(first, ascii, _)| ascii + (code - first) as u8).or(capital)
}

fn compatible(char: char) -> Option<u8> {
    let text: String = char.to_string().nfkc().collect();
    match text.as_bytes() {
        [byte] if byte.is_ascii_graphic() => Some(*byte),
        [b'(', byte, b')'] => Some(*byte),
        [byte, b'.' | b','] if byte.is_ascii_digit() => Some(*byte),
        _ => None,
    }
}

/// Blocks with letters that are taken for Latin ones. Scripts whose letters merely have a similar stroke stay out.
fn may_deceive(code: u32) -> bool {
    matches!(code, 0x180..=0x58f | 0x13a0..=0x13ff | 0x1c80..=0x1c8f | 0x1d00..=0x1dbf | 0x1e00..=0x1fff
        | 0x2c60..=0x2cff | 0xa4d0..=0xa4ff | 0xa640..=0xa69f | 0xa720..=0xa7ff | 0xab30..=0xabbf)
}

/// The ASCII letter that a letter looks like, in the same case. The skeletons of Unicode say `l` for I, and `rn` for m.
fn confusable(char: char) -> Option<u8> {
    if !char.is_alphabetic() || !may_deceive(u32::from(char)) {
        return None;
    }
    let skeleton: String = unicode_security::skeleton(char.encode_utf8(&mut [0; 4])).collect();
    let letter = match skeleton.as_bytes() {
        b"rn" => b'm',
        b"l" if char.is_uppercase() => b'I',
        [byte] if byte.is_ascii_alphabetic() => *byte,
        _ => return None,
    };
    Some(if char.is_uppercase() { letter.to_ascii_uppercase() } else { letter })
}

/// The class of a character as `fold` reads it; 0 keeps it.
fn class(char: char) -> u8 {
    use GeneralCategory as Category;
    let code = u32::from(char);
    if is_invisible(char) {
        return 0x80;
    }
    match char.general_category() {
        Category::NonspacingMark | Category::EnclosingMark => return 0x81,
        Category::DecimalNumber => return decimal(char),
        Category::SpaceSeparator | Category::LineSeparator | Category::ParagraphSeparator => {
            return b' ';
        }
        Category::DashPunctuation => return b'-',
        _ => {}
    }
    match code {
        0x2043 | 0x2212 | 0x2796 => return b'-',
        0x2018..=0x201b | 0x2032 | 0x2039 | 0x203a | 0x2bc => return b'\'',
        0x201c..=0x201f | 0x2033 | 0xab | 0xbb => return b'"',
        _ => {}
    }
    enclosed(char)
        .or_else(|| compatible(char))
        .or_else(|| confusable(char).map(|letter| 0x80 | letter))
        .unwrap_or(0)
}

/// Decimal digits come in blocks of ten, all of whose neighbours below are digits too.
fn decimal(char: char) -> u8 {
    if let Some(digit) = compatible(char) {
        return digit;
    }
    let below = (1..).take_while(|step| {
        let code = u32::from(char) - step;
        char::from_u32(code)
            .is_some_and(|char| char.general_category() == GeneralCategory::DecimalNumber)
    });
    b'0' + (below.count() % 10) as u8
}

/// Ranges of code points: all of one class, or with classes that ascend with them.
fn ranges() -> Vec<(u32, u32, u8, u8)> {
    let mut ranges: Vec<(u32, u32, u8, u8)> = Vec::new();
    for char in ('\u{80}'..=char::MAX).filter(|char| class(*char) != 0) {
        let (code, class) = (u32::from(char), class(char));
        if let Some((first, last, start, step)) = ranges.last_mut()
            && *last + 1 == code
        {
            let count = code - *first;
            if count == 1 && (class == *start || class == start.wrapping_add(1)) {
                *step = class - *start;
            }
            if u32::from(class) == u32::from(*start) + u32::from(*step) * count {
                *last = code;
                continue;
            }
        }
        ranges.push((code, code, class, 0));
    }
    ranges
}

#[test]
fn the_table_is_that_of_the_unicode_data() {
    let (major, minor, patch) = unicode_normalization::UNICODE_VERSION;
    let mut page = format!(
        "//! Classes of characters, generated by `tests/fold_table.rs` from Unicode {major}.{minor}.{patch}.\n\n\
         /// First and last code point, class of the first, and what the class grows by from one to the next.\n\
         #[rustfmt::skip]\npub(super) static RANGES: &[(u32, u32, u8, u8)] = &[\n"
    );
    for row in ranges().chunks(4) {
        page.push_str("   ");
        for (first, last, class, step) in row {
            let _ = write!(page, " ({first:#x}, {last:#x}, {class:#x}, {step}),");
        }
        page.push('\n');
    }
    page.push_str("];\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).expect("the table can be written");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|text| text == page),
        "not as generated: run with UPDATE=1"
    );
}
