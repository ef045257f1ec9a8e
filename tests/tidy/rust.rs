//! Just enough of Rust's lexical grammar to tell code, comments and literals apart.
//!
//! Both views of a file keep its length and its line breaks, so that offsets stay true.

/// A Rust text, taken apart.
#[derive(Debug)]
pub(crate) struct Views {
    /// The code: comments and the insides of literals are spaces.
    pub(crate) code: String,
    /// The comments: everything else is spaces.
    pub(crate) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Literal,
}

/// Takes a text apart.
pub(crate) fn views(text: &str) -> Views {
    let bytes = text.as_bytes();
    let mut views = Views { code: String::new(), comments: String::new() };
    let mut at = 0;
    while at < bytes.len() {
        let (part, end) = token(bytes, at);
        let kept = &text[at..end];
        let blank = blanked(kept);
        let (code, comment) = match part {
            Part::Code => (kept, blank.as_str()),
            Part::Comment => (blank.as_str(), kept),
            Part::Literal => (blank.as_str(), blank.as_str()),
        };
        views.code.push_str(code);
        views.comments.push_str(comment);
        at = end;
    }
    views
}

/// `code` (as in [`Views`]) with every item under `#[cfg(test)]` blanked.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(found) = out[from..].find("#[cfg(test)]") {
        let start = from + found;
        let end = item_end(out.as_bytes(), start);
        let blank = blanked(&out[start..end]);
        out.replace_range(start..end, &blank);
        from = end;
    }
    out
}

/// Offsets of `word` in `code` where it is a whole identifier.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = code[..at].bytes().next_back();
        let after = code[at + word.len()..].bytes().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn blanked(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

/// The part that begins at `at`, and where it ends.
fn token(bytes: &[u8], at: usize) -> (Part, usize) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let len = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        return (Part::Comment, at + len);
    }
    if rest.starts_with(b"/*") {
        return (Part::Comment, at + block_comment_len(rest));
    }
    if let Some(len) = raw_string_len(rest) {
        return (Part::Literal, at + len);
    }
    if rest[0] == b'"' {
        return (Part::Literal, at + quoted_len(rest, b'"'));
    }
    if rest[0] == b'\'' {
        return match char_len(rest) {
            Some(len) => (Part::Literal, at + len),
            None => (Part::Code, at + 1),
        };
    }
    // An identifier is taken whole, so that the `r` of `for "` does not begin a raw string.
    let len = rest.iter().take_while(|&&byte| is_word(byte)).count();
    (Part::Code, at + len.max(1))
}

fn block_comment_len(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#`, `cr"…"` and the prefixed plain ones `b"…"`, `c"…"`, `b'…'`.
fn raw_string_len(rest: &[u8]) -> Option<usize> {
    let prefix = rest.iter().take_while(|byte| b"brc".contains(byte)).count().min(2);
    let hashes = rest[prefix..].iter().take_while(|&&byte| byte == b'#').count();
    let quote = prefix + hashes;
    match (prefix, rest.get(quote)?) {
        (0, _) => None,
        (_, b'"') if rest[prefix - 1] == b'r' => {
            let mut close = vec![b'"'];
            close.resize(1 + hashes, b'#');
            let inside = &rest[quote + 1..];
            let len = inside.windows(close.len()).position(|window| window == close);
            Some(len.map_or(rest.len(), |len| quote + 1 + len + close.len()))
        }
        (1, b'"') if hashes == 0 => Some(1 + quoted_len(&rest[1..], b'"')),
        (1, b'\'') if hashes == 0 && rest[0] == b'b' => Some(1 + quoted_len(&rest[1..], b'\'')),
        _ => None,
    }
}

fn quoted_len(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Length of a character literal; `None` if the quote begins a lifetime.
fn char_len(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted_len(rest, b'\''));
    }
    let first = std::str::from_utf8(&rest[1..rest.len().min(5)])
        .map_or_else(|error| std::str::from_utf8(&rest[1..1 + error.valid_up_to()]).ok(), Some)?;
    let len = first.chars().next()?.len_utf8();
    (rest.get(1 + len) == Some(&b'\'')).then_some(len + 2)
}

/// End of the item whose first attribute stands at `start`: its closing brace or semicolon.
fn item_end(code: &[u8], start: usize) -> usize {
    let mut at = start;
    while code[at..].starts_with(b"#[") {
        at = matching(code, at + 1, b'[', b']');
        at += code[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }
    match code[at..].iter().position(|byte| b"{;".contains(byte)) {
        None => code.len(),
        Some(len) if code[at + len] == b';' => at + len + 1,
        Some(len) => matching(code, at + len, b'{', b'}'),
    }
}

/// One past the bracket that closes the one at `at`.
fn matching(code: &[u8], at: usize, open: u8, close: u8) -> usize {
    let mut depth = 0_usize;
    for (offset, &byte) in code[at..].iter().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return at + offset + 1;
            }
        }
    }
    code.len()
}

#[test]
fn code_and_comments_are_told_apart() {
    #[track_caller]
    fn check(text: &str, code: &str, comments: &str) {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let views = views(text);
        assert_eq!(squeeze(&views.code), code, "code of {text}");
        assert_eq!(squeeze(&views.comments), comments, "comments of {text}");
        assert_eq!((views.code.len(), views.comments.len()), (text.len(), text.len()));
    }
    check("a // b", "a", "// b");
    check("a /* /* b */ c */ d", "a d", "/* /* b */ c */");
    check(r#"f("// no") // yes"#, "f( )", "// yes");
    check(r##"f(r#"a " // no"#, br"\")"##, "f( , )", "");
    check("f('\\'', b'\"', 'x') // c", "f( , , )", "// c");
    check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)", "");
    check("for x in \"r\" {}", "for x in {}", "");
    check("'ä' // c", "", "// c");
}

#[test]
fn test_items_are_left_out() {
    let code = "use a;\n#[cfg(test)]\n#[allow(x)]\nmod tests { use b; fn f() {} }\nuse c;\n";
    let left = without_tests(code);
    assert!(left.contains("use a;") && left.contains("use c;"));
    assert!(!left.contains("use b;"));
    assert_eq!(left.len(), code.len());
}
