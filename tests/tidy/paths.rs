//! The paths that Rust code names, with `use` trees written out.

use crate::rust::is_word;

/// `["crate", "base", "Span"]` and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) segments: Vec<String>,
    pub(crate) offset: usize,
}

/// All paths of two or more segments in `code` (comments and literals blanked), and all `use`d ones.
pub(crate) fn paths(code: &str) -> Vec<Named> {
    let mut named = Vec::new();
    let mut reader = Reader { code: code.as_bytes(), at: 0 };
    while reader.at < reader.code.len() {
        let offset = reader.at;
        match reader.word() {
            Some("use") => reader.tree(&mut Vec::new(), &mut named),
            Some(first) => {
                let mut segments = vec![first.to_owned()];
                reader.tail(&mut segments);
                if segments.len() > 1 {
                    named.push(Named { segments, offset });
                }
            }
            None => reader.at += 1,
        }
    }
    named
}

struct Reader<'c> {
    code: &'c [u8],
    at: usize,
}

impl<'c> Reader<'c> {
    fn skip_space(&mut self) {
        let rest = &self.code[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    fn eat(&mut self, token: &[u8]) -> bool {
        self.skip_space();
        let hit = self.code[self.at..].starts_with(token);
        if hit {
            self.at += token.len();
        }
        hit
    }

    fn word(&mut self) -> Option<&'c str> {
        let rest = &self.code[self.at..];
        let len = rest.iter().take_while(|&&byte| is_word(byte)).count();
        self.at += len;
        std::str::from_utf8(&rest[..len]).ok().filter(|word| !word.is_empty())
    }

    /// `::b::c` after a first segment.
    fn tail(&mut self, segments: &mut Vec<String>) {
        loop {
            let before = self.at;
            if !self.eat(b"::") {
                self.at = before;
                return;
            }
            self.skip_space();
            match self.word() {
                Some(segment) => segments.push(segment.to_owned()),
                None => return,
            }
        }
    }

    /// `a::{b, c::{d, e as f}, *}` after `use`.
    fn tree(&mut self, prefix: &mut Vec<String>, named: &mut Vec<Named>) {
        let depth = prefix.len();
        self.eat(b"::");
        self.skip_space();
        let offset = self.at;
        if let Some(first) = self.word() {
            prefix.push(first.to_owned());
            self.tail(prefix);
        }
        if self.eat(b"{") {
            while !self.eat(b"}") && self.at < self.code.len() {
                let before = self.at;
                self.tree(prefix, named);
                self.eat(b",");
                // Whatever stands here is no tree; the compiler says so.
                self.at += usize::from(self.at == before);
            }
        } else {
            self.eat(b"*");
            if self.eat(b"as ") {
                self.skip_space();
                self.word();
            }
            named.push(Named { segments: prefix.clone(), offset });
        }
        prefix.truncate(depth);
    }
}

#[test]
fn use_trees_are_written_out() {
    #[track_caller]
    fn check(code: &str, expect: &[&str]) {
        let found: Vec<_> = paths(code).into_iter().map(|path| path.segments.join("::")).collect();
        assert_eq!(found, expect, "{code}");
    }
    check("use crate::base::Span;", &["crate::base::Span"]);
    check(
        "use crate::{base::{Span, Input as I}, scan};",
        &["crate::base::Span", "crate::base::Input", "crate::scan"],
    );
    check("pub(crate) use super::x::*; use tokio;", &["super::x", "tokio"]);
    check("use std::{\n    fs,\n    io::Read,\n};", &["std::fs", "std::io::Read"]);
    check("let x: crate::base::Span = a + b;", &["crate::base::Span"]);
    check("Vec::<std::fs::File>::new()", &["std::fs::File"]);
}
