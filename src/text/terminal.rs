//! What a terminal may show.

/// The character, or a stand-in: a space for white space, U+FFFD for control, direction and invisible characters.
///
/// ```
/// use lockgate::text::terminal::printable_char;
/// assert_eq!("a\tb\x1b[2J".chars().map(printable_char).collect::<String>(), "a b\u{FFFD}[2J");
/// ```
pub fn printable_char(char: char) -> char {
    match char {
        '\t' | '\n' | '\r' => ' ',
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => '\u{FFFD}',
        '\u{FEFF}' | '\u{2028}' | '\u{2029}' => '\u{FFFD}',
        _ if char.is_control() => '\u{FFFD}',
        _ => char,
    }
}
