//! Patterns with other letters: same shape, same length, other literals.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind},
};

/// The pattern with each letter of its literals replaced through `letter`, in Rust's syntax.
pub(crate) fn with_letters(pattern: &str, letter: &dyn Fn(u8) -> u8) -> String {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let hir = parser.parse(pattern).expect("rules hold regexes");
    substitute(&hir, letter).to_string()
}

fn substitute(hir: &Hir, letter: &dyn Fn(u8) -> u8) -> Hir {
    match hir.kind() {
        HirKind::Literal(literal) => {
            Hir::literal(literal.0.iter().map(|&byte| letter(byte)).collect::<Vec<_>>())
        }
        HirKind::Class(Class::Bytes(class)) => match class.ranges() {
            // `[Kk]`: one letter of a literal that is matched in either case.
            [upper, lower]
                if upper.start() == upper.end()
                    && lower.start() == lower.end()
                    && upper.start().is_ascii_uppercase()
                    && lower.start() == upper.start().to_ascii_lowercase() =>
            {
                let lower = letter(lower.start());
                let both = [lower.to_ascii_uppercase(), lower];
                let ranges = both.map(|byte| ClassBytesRange::new(byte, byte));
                Hir::class(Class::Bytes(ClassBytes::new(ranges)))
            }
            _ => hir.clone(),
        },
        HirKind::Repetition(repetition) => {
            let mut repetition = repetition.clone();
            *repetition.sub = substitute(&repetition.sub, letter);
            Hir::repetition(repetition)
        }
        HirKind::Capture(capture) => {
            let mut capture = capture.clone();
            *capture.sub = substitute(&capture.sub, letter);
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => {
            Hir::concat(parts.iter().map(|part| substitute(part, letter)).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| substitute(part, letter)).collect())
        }
        _ => hir.clone(),
    }
}
