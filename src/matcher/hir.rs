//! What can be proven about a pattern from its syntax tree.

use super::byteset::{ByteSet, WORD};
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// Parses a pattern the way every part of the engine does: over bytes, `\w \d \s \b` in their ASCII meaning.
///
/// # Errors
/// As the parser says.
pub fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(Box::new)
}

/// Shortest and longest match in bytes; `None` for an unbounded one.
pub fn lengths(hir: &Hir) -> (usize, Option<usize>) {
    (hir.properties().minimum_len().unwrap_or(0), hir.properties().maximum_len())
}

/// The pattern as a sequence of its top-level parts, groups opened.
pub fn sequence(hir: &Hir) -> Vec<&Hir> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    parts
}

fn flatten<'h>(hir: &'h Hir, parts: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Concat(subs) => subs.iter().for_each(|sub| flatten(sub, parts)),
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        _ => parts.push(hir),
    }
}

/// The capture group of a pattern that has one.
pub fn group(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) => Some(&capture.sub),
        HirKind::Repetition(repetition) => group(&repetition.sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().find_map(group),
        _ => None,
    }
}

/// Most bytes in front of capture group 1; 0 if there is none; nothing if it is nested too deeply to tell.
pub fn group_offset_max(hir: &Hir) -> Option<usize> {
    if hir.properties().explicit_captures_len() == 0 {
        return Some(0);
    }
    let HirKind::Concat(parts) = hir.kind() else {
        return matches!(hir.kind(), HirKind::Capture(_)).then_some(0);
    };
    let mut before = 0;
    for part in parts {
        if matches!(part.kind(), HirKind::Capture(_)) {
            return Some(before);
        }
        if part.properties().explicit_captures_len() > 0 {
            return None;
        }
        before += lengths(part).1?;
    }
    None
}

/// Every byte that can occur in a match.
pub fn alphabet(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::EMPTY,
        HirKind::Literal(literal) => ByteSet::of(&literal.0),
        HirKind::Class(class) => class_set(class),
        HirKind::Repetition(repetition) => alphabet(&repetition.sub),
        HirKind::Capture(capture) => alphabet(&capture.sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            subs.iter().fold(ByteSet::EMPTY, |set, sub| set.union(alphabet(sub)))
        }
    }
}

/// The bytes of a class. A Unicode class counts as every non-ASCII byte together with its ASCII members. The parser makes one of
/// alternatives that are single characters (`é|e`), whether or not Unicode is on.
pub fn class_set(class: &Class) -> ByteSet {
    match class {
        Class::Bytes(bytes) => bytes.ranges().iter().fold(ByteSet::EMPTY, |set, range| {
            set.union(ByteSet::range(range.start(), range.end()))
        }),
        Class::Unicode(unicode) => unicode.ranges().iter().fold(ByteSet::EMPTY, |set, range| {
            let ascii = match (u8::try_from(range.start()), u8::try_from(range.end())) {
                (Ok(start), Ok(end)) if start < 0x80 => ByteSet::range(start, end.min(0x7f)),
                (Ok(start), Err(_)) if start < 0x80 => ByteSet::range(start, 0x7f),
                _ => ByteSet::EMPTY,
            };
            let wide = if range.end() as u32 >= 0x80 {
                ByteSet::range(0x80, 0xff)
            } else {
                ByteSet::EMPTY
            };
            set.union(ascii).union(wide)
        }),
    }
}

/// True if every match is one byte long: not so for a class of characters beyond ASCII.
fn is_one_byte(hir: &Hir) -> bool {
    lengths(hir) == (1, Some(1))
}

/// For each of the first positions of a match, the bytes that can stand there.
#[derive(Debug, PartialEq, Eq)]
pub struct Positions {
    /// The sets, position 0 first. Every match is at least this long.
    pub sets: Vec<ByteSet>,
    /// True if the sets describe the whole match, so that what follows continues at the next position.
    pub whole: bool,
}

/// Positions of a sequence of parts, at most `limit` of them.
pub fn positions(parts: &[&Hir], limit: usize) -> Positions {
    let mut sets = Vec::new();
    for part in parts {
        let rest = positions_of(part, limit - sets.len());
        sets.extend(rest.sets);
        if !rest.whole || sets.len() >= limit {
            return Positions { sets, whole: false };
        }
    }
    Positions { sets, whole: true }
}

fn positions_of(hir: &Hir, limit: usize) -> Positions {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Positions { sets: Vec::new(), whole: true },
        HirKind::Literal(literal) => Positions {
            sets: literal.0.iter().take(limit).map(|byte| ByteSet::one(*byte)).collect(),
            whole: literal.0.len() <= limit,
        },
        HirKind::Class(_) if !is_one_byte(hir) => Positions { sets: Vec::new(), whole: false },
        HirKind::Class(class) => Positions { sets: vec![class_set(class)], whole: limit >= 1 },
        HirKind::Capture(capture) => positions_of(&capture.sub, limit),
        HirKind::Concat(subs) => positions(&subs.iter().collect::<Vec<_>>(), limit),
        HirKind::Repetition(repetition) => positions_of_repetition(repetition, limit),
        HirKind::Alternation(subs) => positions_of_alternation(subs, limit),
    }
}

fn positions_of_repetition(repetition: &Repetition, limit: usize) -> Positions {
    let mut sets = Vec::new();
    for _ in 0..repetition.min {
        let once = positions_of(&repetition.sub, limit - sets.len());
        sets.extend(once.sets);
        if !once.whole || sets.len() >= limit {
            return Positions { sets, whole: false };
        }
    }
    Positions { sets, whole: repetition.max == Some(repetition.min) }
}

fn positions_of_alternation(subs: &[Hir], limit: usize) -> Positions {
    let branches: Vec<_> = subs.iter().map(|sub| positions_of(sub, limit)).collect();
    let shortest = branches.iter().map(|branch| branch.sets.len()).min().unwrap_or(0);
    let whole = branches.iter().all(|branch| branch.whole && branch.sets.len() == shortest);
    let sets = (0..shortest)
        .map(|i| branches.iter().fold(ByteSet::EMPTY, |set, branch| set.union(branch.sets[i])))
        .collect();
    Positions { sets, whole }
}

/// True if no match starts inside a word: it starts where a word starts, or with a byte that is no word byte.
pub fn starts_at_boundary(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Alternation(subs) => subs.iter().all(starts_at_boundary),
        HirKind::Capture(capture) => starts_at_boundary(&capture.sub),
        HirKind::Look(look) => is_boundary(*look),
        HirKind::Concat(_) => {
            for part in sequence(hir) {
                if matches!(part.kind(), HirKind::Look(look) if is_boundary(*look)) {
                    return true;
                }
                if starts_at_boundary(part) {
                    return true;
                }
                // A part that can be left out says nothing of what comes instead.
                let outside = first_bytes(part).is_disjoint(WORD);
                if !outside || lengths(part).0 > 0 {
                    return outside;
                }
            }
            false
        }
        _ => lengths(hir).0 > 0 && first_bytes(hir).is_disjoint(WORD),
    }
}

/// True if what follows these parts is either the first byte of a word or no word byte.
pub fn ends_at_boundary(parts: &[&Hir]) -> bool {
    for part in parts.iter().rev() {
        if part_ends_at_boundary(part) {
            return true;
        }
        // A part that can be left out says nothing of what stands in front of it.
        if !last_bytes(part).is_disjoint(WORD) || lengths(part).0 > 0 {
            return false;
        }
    }
    false
}

fn part_ends_at_boundary(part: &Hir) -> bool {
    match part.kind() {
        HirKind::Look(look) => is_boundary(*look),
        HirKind::Capture(capture) => part_ends_at_boundary(&capture.sub),
        HirKind::Alternation(subs) => subs.iter().all(part_ends_at_boundary),
        HirKind::Concat(_) => ends_at_boundary(&sequence(part)),
        _ => lengths(part).0 > 0 && last_bytes(part).is_disjoint(WORD),
    }
}

/// Behind `\b` stands either the first byte of a word or a byte that is no word byte.
const fn is_boundary(look: Look) -> bool {
    matches!(look, Look::WordAscii | Look::WordStartAscii | Look::Start)
}

/// The bytes that a match can begin with.
pub fn first_bytes(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::EMPTY,
        HirKind::Literal(literal) => ByteSet::of(&literal.0[..1]),
        HirKind::Class(class) => class_set(class),
        HirKind::Repetition(repetition) => first_bytes(&repetition.sub),
        HirKind::Capture(capture) => first_bytes(&capture.sub),
        HirKind::Alternation(subs) => {
            subs.iter().fold(ByteSet::EMPTY, |set, sub| set.union(first_bytes(sub)))
        }
        HirKind::Concat(subs) => {
            let mut set = ByteSet::EMPTY;
            for sub in subs {
                set = set.union(first_bytes(sub));
                if lengths(sub).0 > 0 {
                    break;
                }
            }
            set
        }
    }
}

/// The bytes that a match can end with.
pub fn last_bytes(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::EMPTY,
        HirKind::Literal(literal) => ByteSet::of(&literal.0[literal.0.len() - 1..]),
        HirKind::Class(class) => class_set(class),
        HirKind::Repetition(repetition) => last_bytes(&repetition.sub),
        HirKind::Capture(capture) => last_bytes(&capture.sub),
        HirKind::Alternation(subs) => {
            subs.iter().fold(ByteSet::EMPTY, |set, sub| set.union(last_bytes(sub)))
        }
        HirKind::Concat(subs) => {
            let mut set = ByteSet::EMPTY;
            for sub in subs.iter().rev() {
                set = set.union(last_bytes(sub));
                if lengths(sub).0 > 0 {
                    break;
                }
            }
            set
        }
    }
}

/// The bytes that can follow a match, where a zero stands for the end of the text.
pub fn follows(hir: &Hir) -> ByteSet {
    let parts = sequence(hir);
    let Some((end, before)) = parts.split_last() else { return ByteSet::FULL };
    let boundary = matches!(end.kind(), HirKind::Look(Look::WordAscii | Look::WordEndAscii));
    let concat = Hir::concat(before.iter().map(|part| (*part).clone()).collect());
    if boundary && lengths(&concat).0 > 0 && last_bytes(&concat).is_subset(WORD) {
        WORD.complement()
    } else {
        ByteSet::FULL
    }
}

/// The same pattern with letters folded: every literal letter and every class that holds exactly the two cases of a letter becomes the
/// lower-case letter. What it matches is what the original matches, compared without regard to case.
pub fn fold_case(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => hir.clone(),
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(class) => {
            let set = class_set(class);
            let mut bytes = set.iter();
            match (bytes.next(), bytes.next(), bytes.next()) {
                (Some(upper), Some(lower), None)
                    if upper.is_ascii_uppercase() && upper.to_ascii_lowercase() == lower =>
                {
                    Hir::literal([lower])
                }
                (Some(one), None, None) => Hir::literal([one.to_ascii_lowercase()]),
                _ => hir.clone(),
            }
        }
        _ => map_subs(hir, fold_case),
    }
}

fn map_subs(hir: &Hir, map: fn(&Hir) -> Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(map(&repetition.sub)),
        }),
        HirKind::Capture(capture) => map(&capture.sub),
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(map).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(map).collect()),
        _ => hir.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hir(pattern: &str) -> Hir {
        parse(pattern).expect("test pattern parses")
    }

    #[test]
    fn positions_stop_where_lengths_differ() {
        let check = |pattern: &str, lengths: usize, whole: bool| {
            let hir = hir(pattern);
            let got = positions(&sequence(&hir), 16);
            assert_eq!((got.sets.len(), got.whole), (lengths, whole), "{pattern}");
        };
        check("abc", 3, true);
        check(r"\bab[0-9]{4}", 6, true);
        check("ab[0-9]{2,4}c", 4, false);
        check("(?:ab|cde)f", 2, false);
        check("(?:ab|cd)f", 3, true);
        check("a?b", 0, false);
        check("[0-9]{40}", 16, false);
    }

    #[test]
    fn starts_inside_words_are_ruled_out_by_proof_only() {
        for pattern in [
            r"\b\d{9}",
            r"\+\d{9}",
            r"(?:\b\d|\+)\d{8}",
            r"\b(\d{3})",
            r"(\b\d{9})",
            r"\b(?:PL)?\d{10}",
            r"\b[A-Z&]{3}\d{6}",
            r"(?:\+1 ?)?\(\d{3}\)",
            r"(?:^|[^.\w])(\d{16})",
        ] {
            assert!(starts_at_boundary(&hir(pattern)), "{pattern}");
        }
        for pattern in [
            r"\d{9}",
            r" ?\d{9}",
            r"(?:\b|_)\d{9}",
            r"[+0-9]\d{8}",
            r"(?:\+1)?\d{9}",
            r"(?:^|\D)\d{9}",
        ] {
            assert!(!starts_at_boundary(&hir(pattern)), "{pattern}");
        }
    }

    #[test]
    fn a_word_starts_behind_a_boundary_or_behind_what_is_no_word() {
        let check = |pattern: &str, expect: bool| {
            let hir = hir(pattern);
            assert_eq!(ends_at_boundary(&sequence(&hir)), expect, "{pattern}");
        };
        check(r"\b", true);
        check(r"abc\b", true);
        check(r"abc\s", true);
        check(r"abc\s{0,3}\b", true);
        check(r"(?:x=|y:)", true);
        check(r"(?:^|[ =])", true);
        check(r"=(?: |:)?", true);
        check(r"abc", false);
        check(r"abc\s?", false);
        check(r" ?", false);
        check(r"(?:x=|y)", false);
        check(r"=x?", false);
        check("", false);
    }

    #[test]
    fn folding_keeps_lengths() {
        let folded = fold_case(&hir("(?i)aKiA[0-9]"));
        assert_eq!(folded, hir("akia[0-9]"));
        let characters = hir("(?:é|@)");
        assert_eq!(positions(&[&characters], 4).sets, []);
    }
}
