//! Where in a match its value lies, told by the bytes at its ends.
//!
//! Group 1 of most patterns stands between two edges that leave no choice: `\b(…)\b`, `key=(…)`, `(?:^|[^\w-])(…)(?:[^\w-]|$)`. Where an
//! edge is always as long, or has no byte in common with what the value begins or ends with, the value is found by counting. Only the
//! patterns that are left need an automaton with captures, which costs more than all else about a match.

use super::byteset::ByteSet;
use super::hir;
use regex_syntax::hir::{Hir, HirKind};

/// The edges of the value of a pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct ValueEnds {
    before: Edge,
    behind: Edge,
}

/// What stands between the end of a match and that of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    /// So many bytes.
    Len(usize),
    /// As many bytes as are in the set.
    While(ByteSet),
}

impl ValueEnds {
    /// The edges of group 1; nothing if the pattern has no such group, or if its ends cannot be told without captures.
    pub(super) fn of(pattern: &Hir) -> Option<Self> {
        let parts = match pattern.kind() {
            HirKind::Concat(parts) => &parts[..],
            _ => std::slice::from_ref(pattern),
        };
        let place = parts.iter().position(|part| matches!(part.kind(), HirKind::Capture(_)))?;
        let (before, value, behind) = (&parts[..place], &parts[place], &parts[place + 1..]);
        Some(Self {
            before: Edge::of(before, value, hir::first_bytes)?,
            behind: Edge::of(behind, value, hir::last_bytes)?,
        })
    }

    /// The value of a match.
    #[inline]
    pub(super) fn within(&self, text: &[u8], start: usize, end: usize) -> (usize, usize) {
        let found = text.get(start..end).unwrap_or_default();
        let before = match self.before {
            Edge::Len(len) => len,
            Edge::While(set) => found.iter().take_while(|byte| set.contains(**byte)).count(),
        };
        let behind = match self.behind {
            Edge::Len(len) => len,
            Edge::While(set) => found.iter().rev().take_while(|byte| set.contains(**byte)).count(),
        };
        (start + before, end - behind)
    }
}

impl Edge {
    /// The edge on the side of a value where `outermost` bytes of it stand.
    fn of(parts: &[Hir], value: &Hir, outermost: fn(&Hir) -> ByteSet) -> Option<Self> {
        let lens = parts.iter().map(hir::lengths);
        let (least, most) = lens.fold((0, Some(0)), |(least, most): (usize, _), (min, max)| {
            (least + min, most.zip(max).map(|(most, max): (usize, usize)| most + max))
        });
        if most == Some(least) {
            return Some(Self::Len(least));
        }
        let set = parts.iter().fold(ByteSet::EMPTY, |set, part| set.union(hir::alphabet(part)));
        let apart = hir::lengths(value).0 > 0 && set.is_disjoint(outermost(value));
        apart.then_some(Self::While(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;

    const PATTERNS: [&str; 12] = [
        r"\b(a[b-]+)",
        r"key=([a-c]{1,3})",
        r"(?:^|[^\w-])(a?b{1,3}(?:-c)?)(?:[^\w-]|$)",
        r"(?:^|[^a-c])-{0,3}(a[a-c-]{0,5}c)\b",
        r"(?:a|bb)(c+)",
        r"-+(a|b|c?b)[ .]{0,2}",
        r"(ab|c)(?:-| -)",
        r"x?(?:^|[ -])(?:a|b)-(c{1,2})",
        r"(a+)",
        r"[ab]{0,2}(c[a-c]*)-?",
        r"é?([a-c]+)(?:é|$)",
        r"(?: |-)*((?:a-?)+)(?:[ .]|\.$)",
    ];

    #[test]
    fn only_what_is_certain_is_counted() {
        let of = |pattern: &str| ValueEnds::of(&hir::parse(pattern).expect("a good pattern"));
        assert!(of("a+").is_none(), "there is no group");
        assert!(of("a?(ab)").is_none(), "the a may be part of either");
        assert!(of("(?:(a)|b)").is_none(), "the group may take no part");
        assert!(of("-?(a?)").is_none(), "the value may be empty");
        assert!(of("(a-?)-?").is_none(), "the dash may be part of either");
        assert!(PATTERNS.iter().all(|pattern| of(pattern).is_some()));
    }

    proptest! {
        #[test]
        fn counting_finds_what_captures_do(text in "[abc =.xé-]{0,24}|(key=|é| -|bb|-c){0,9}") {
            for pattern in PATTERNS {
                let hir = hir::parse(pattern).expect("a good pattern");
                let ends = ValueEnds::of(&hir).expect("its ends are certain");
                let regex = Regex::builder()
                    .syntax(syntax::Config::new().unicode(false).utf8(false))
                    .build(pattern)
                    .expect("a good pattern");
                for found in regex.captures_iter(&text) {
                    let (whole, value) = (found.get_match().expect("matches"), found.get_group(1));
                    let value = value.map(|value| (value.start, value.end));
                    let counted = ends.within(text.as_bytes(), whole.start(), whole.end());
                    prop_assert_eq!(Some(counted), value, "{} on {}", pattern, text);
                }
            }
        }
    }
}
