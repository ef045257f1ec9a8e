//! Rust's regex syntax to PCRE's, by way of the syntax tree: the two differ in flags and classes.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind, Look},
};
use std::fmt::Write;

/// The same language in PCRE syntax, over bytes, without captures and flags.
pub(crate) fn of_rust(pattern: &str) -> String {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let hir = parser.parse(pattern).expect("rules hold regexes");
    let mut out = String::new();
    write_hir(&mut out, &hir);
    out
}

fn write_hir(out: &mut String, hir: &Hir) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| write_byte(out, byte)),
        HirKind::Class(class) => write_class(out, class),
        HirKind::Look(look) => out.push_str(match look {
            Look::Start => r"\A",
            Look::End => r"\z",
            Look::StartLF | Look::StartCRLF => "(?m:^)",
            Look::EndLF | Look::EndCRLF => "(?m:$)",
            Look::WordAsciiNegate | Look::WordUnicodeNegate => r"\B",
            _ => r"\b",
        }),
        HirKind::Repetition(repetition) => {
            out.push_str("(?:");
            write_hir(out, &repetition.sub);
            let max = repetition.max.map_or_else(String::new, |max| max.to_string());
            let _ = write!(out, "){{{},{max}}}", repetition.min);
        }
        HirKind::Capture(capture) => write_hir(out, &capture.sub),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_hir(out, part)),
        HirKind::Alternation(parts) => {
            out.push_str("(?:");
            for (at, part) in parts.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "|" });
                write_hir(out, part);
            }
            out.push(')');
        }
    }
}

fn write_byte(out: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() {
        out.push(char::from(byte));
    } else {
        let _ = write!(out, "\\x{byte:02x}");
    }
}

fn write_class(out: &mut String, class: &Class) {
    let ranges: Vec<(u8, u8)> = match class {
        Class::Bytes(class) => class.ranges().iter().map(|r| (r.start(), r.end())).collect(),
        Class::Unicode(class) => {
            let clip = |c: char| u8::try_from(u32::from(c)).unwrap_or(0x7f);
            class.ranges().iter().map(|r| (clip(r.start()), clip(r.end()))).collect()
        }
    };
    out.push('[');
    for (start, end) in ranges {
        write_byte(out, start);
        out.push('-');
        write_byte(out, end);
    }
    out.push(']');
}
