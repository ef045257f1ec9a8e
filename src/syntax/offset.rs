//! From an offset inside a string's value to the offset in the file, through quotes and escapes.

use toml::Spanned;

/// Where byte `offset` of the value of `string` stands in `source_text`. Offsets past the end give the closing quote.
pub fn pattern_offset(string: &Spanned<String>, source_text: &str, offset: usize) -> usize {
    let span = string.span();
    let end = span.end.min(source_text.len());
    let Some(raw) = source_text.get(span.start..end) else { return span.start };
    let quote = match raw.as_bytes().first() {
        Some(b'\'') => "'",
        Some(b'"') => "\"",
        _ => return span.start,
    };
    let triple = raw.len() >= 6 && raw.starts_with(&quote.repeat(3));
    let width = if triple { 3 } else { 1 };
    let Some(body) = raw.get(width..raw.len().saturating_sub(width)) else { return span.start };
    let trimmed = if triple { first_newline(body) } else { 0 };
    let base = span.start + width + trimmed;
    base + walk(&body[trimmed..], string.get_ref(), offset, quote == "\"")
}

/// A newline right behind the opening quotes is not part of the value.
fn first_newline(body: &str) -> usize {
    if body.starts_with("\r\n") { 2 } else { usize::from(body.starts_with('\n')) }
}

/// Steps through the written form and its value side by side until the value has come to `offset`.
fn walk(body: &str, value: &str, offset: usize, escapes: bool) -> usize {
    let (mut at, mut done) = (0, 0);
    while done < offset {
        let Some(char) = body[at..].chars().next() else { break };
        if char == '\r' && body[at..].starts_with("\r\n") && value[done..].starts_with('\n') {
            at += 2;
            done += 1;
        } else if char == '\\' && escapes {
            let (written, bytes) = escape(&body[at..]);
            at += written;
            done += bytes;
        } else {
            at += char.len_utf8();
            done += char.len_utf8();
        }
        if !value.is_char_boundary(done) {
            break;
        }
    }
    // Trimmed line ends stand for nothing, so the place is behind them.
    while escapes && body[at..].starts_with('\\') && escape(&body[at..]).1 == 0 {
        at += escape(&body[at..]).0;
    }
    at
}

/// Written length and value length of the escape that `text` starts with.
fn escape(text: &str) -> (usize, usize) {
    let Some(kind) = text[1..].chars().next() else { return (1, 1) };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        ' ' | '\t' | '\r' | '\n' => {
            let rest = text[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            return (text.len() - rest.len(), 0);
        }
        _ => return (1 + kind.len_utf8(), 1),
    };
    let code = text.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    code.and_then(char::from_u32).map_or((2, 1), |char| (2 + digits, char.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Sample {
        p: Spanned<String>,
    }

    /// The place of `needle` in the value must be the place of `written` in the file.
    fn check(file: &str, needle: &str, written: &str) {
        let sample: Sample = toml::from_str(file).expect("valid TOML");
        let offset = sample.p.get_ref().find(needle).expect("needle is in the value");
        let found = pattern_offset(&sample.p, file, offset);
        assert_eq!(Some(found), file.find(written), "{file:?} {needle:?}");
    }

    #[test]
    fn literal_strings() {
        check("p = 'ab(c'", "(", "(");
        check("p = '''ab(c'''", "(", "(");
        check("p = '''\nab(c'''", "(", "(");
        check("p = '''\r\nab(c'''", "(", "(");
        check("p = '''\n\nab\n  (c'''", "(", "(");
        check("p = '''\r\nab\r\n(c'''", "(", "(");
        check(r"p = '\\é('", "(", "(");
    }

    #[test]
    fn basic_strings() {
        check(r#"p = "ab(c""#, "(", "(");
        check(r#"p = "\\b\t\"(c""#, "(", "(");
        check(r#"p = "\\d(""#, "\\", r"\\d");
        check(r#"p = "\u00e9\U0001F600(""#, "(", "(");
        check(r#"p = "\x41\e(""#, "(", "(");
        check("p = \"\"\"\nab\\\n   (c\"\"\"", "(", "(");
        check("p = \"\"\"\r\nab\r\n(c\"\"\"", "(", "(");
    }

    #[test]
    fn the_end_is_the_closing_quote() {
        for (file, close) in
            [("p = 'abc'", 8), ("p = '''abc'''", 10), ("p = \"\"", 5), ("p = ''", 5)]
        {
            let sample: Sample = toml::from_str(file).expect("valid TOML");
            assert_eq!(pattern_offset(&sample.p, file, sample.p.get_ref().len()), close, "{file}");
            assert_eq!(pattern_offset(&sample.p, file, 1_000), close, "{file}");
        }
    }

    #[test]
    fn a_span_from_elsewhere_gives_its_start() {
        let string = Spanned::new(3..9, "abc".to_owned());
        for text in ["", "x = ", "x = true # y", "é'"] {
            assert!(pattern_offset(&string, text, 2) <= 9);
        }
    }
}
