//! A foreign regular expression in our dialect: one group, a longest match, nothing that needs backtracking.

use super::foreign::{Note, Reason, Refused, Value};
use crate::rules::pattern::Pattern;
use crate::syntax::codes;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::print::Printer;
use regex_syntax::ast::{
    Ast, ErrorKind, Flags, GroupKind, RepetitionKind, RepetitionRange, Span as AstSpan,
};

/// Longest expression that is read, in bytes.
const PATTERN_BYTES_MAX: usize = 64 << 10;
/// Groups within groups.
const NEST_MAX: u32 = 96;
/// What stands for "without end", from the most to the least; the first with which the pattern compiles is taken.
const CAPS: [u32; 7] = [512, 256, 128, 64, 32, 16, 8];

/// Converts a pattern. `flags` are put in front of it.
pub(super) fn convert(
    pattern: &str,
    flags: &str,
    value: Value,
    notes: &mut Vec<Note>,
) -> Result<String, Refused> {
    if pattern.trim().is_empty() {
        return Err(Refused::new(Reason::NoPattern, "the pattern is empty"));
    }
    if pattern.len() > PATTERN_BYTES_MAX {
        let detail = format!("{} bytes, the limit is {PATTERN_BYTES_MAX}", pattern.len());
        return Err(Refused::new(Reason::TooLarge, detail));
    }
    let pattern = pattern.trim_end_matches(['\n', '\r']);
    let text = format!("{flags}{}", portable(pattern));
    let mut ast = parse(&text)?;
    if stacked(&ast) {
        let detail = "a repetition of a repetition is possessive in PCRE and something else here";
        return Err(Refused::new(Reason::Pcre, detail));
    }
    keep_group(&mut ast, value)?;
    let mut failed = None;
    for cap in CAPS {
        let mut bounded = ast.clone();
        let changed = bound(&mut bounded, cap);
        let text = printed(&bounded);
        match Pattern::new(0, &text, false) {
            Ok(_) => {
                if changed {
                    let detail = format!("what had no end has one now: at most {cap} times");
                    notes.push(Note::new("bounded", detail));
                }
                return Ok(text);
            }
            Err(error) => {
                let large = [codes::PATTERN_TOO_LONG.id, codes::PATTERN_TOO_LARGE.id];
                let retry = changed && large.contains(&error.code.id);
                failed = Some(refusal(error.code.id, &error.title));
                if !retry {
                    break;
                }
            }
        }
    }
    Err(failed.unwrap_or_else(|| Refused::new(Reason::Syntax, "")))
}

fn refusal(code: &str, title: &str) -> Refused {
    let reason = match code {
        _ if code == codes::PATTERN_NO_ANCHOR.id => Reason::NoAnchor,
        _ if code == codes::PATTERN_EMPTY.id => Reason::EmptyMatch,
        _ if code == codes::PATTERN_UNBOUNDED.id => Reason::Unbounded,
        _ if code == codes::PATTERN_TOO_LONG.id => Reason::TooLong,
        _ if code == codes::PATTERN_TOO_LARGE.id => Reason::TooLarge,
        _ if code == codes::PATTERN_GROUPS.id => Reason::Groups,
        _ => Reason::Syntax,
    };
    Refused::new(reason, format!("{title} ({code})"))
}

/// Writes what other dialects spell differently as ours does: `\Z`, `\Q…\E`, and comments in parentheses, which mean nothing.
fn portable(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut rest = pattern;
    while let Some(char) = rest.chars().next() {
        if !in_class && let Some(comment) = rest.strip_prefix("(?#") {
            rest = comment.split_once(')').map_or("", |(_, after)| after);
            continue;
        }
        let (piece, after) = match char {
            '\\' => escape(rest),
            _ => (char.to_string(), &rest[char.len_utf8()..]),
        };
        match char {
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        out.push_str(&piece);
        rest = after;
    }
    out
}

/// The escape at the beginning in our spelling, and what follows it.
fn escape(text: &str) -> (String, &str) {
    let after = &text[1..];
    match after.chars().next() {
        Some('Z') => (r"\z".to_owned(), &after[1..]),
        Some('Q') => {
            let (quoted, after) = after[1..].split_once(r"\E").unwrap_or((&after[1..], ""));
            (regex_syntax::escape(quoted), after)
        }
        Some(char) => (format!("\\{char}"), &after[char.len_utf8()..]),
        None => ("\\".to_owned(), ""),
    }
}

fn parse(text: &str) -> Result<Ast, Refused> {
    let mut parser = ParserBuilder::new().nest_limit(NEST_MAX).build();
    parser.parse(text).map_err(|error| {
        let at = format!("at byte {} of the pattern", error.span().start.offset);
        match error.kind() {
            ErrorKind::UnsupportedLookAround => Refused::new(Reason::LookAround, at),
            ErrorKind::UnsupportedBackreference => Refused::new(Reason::BackReference, at),
            ErrorKind::FlagUnrecognized | ErrorKind::EscapeUnrecognized => {
                Refused::new(Reason::Pcre, format!("{} {at}", error.kind()))
            }
            ErrorKind::NestLimitExceeded(_) => {
                Refused::new(Reason::TooLarge, format!("more than {NEST_MAX} groups in each other"))
            }
            kind => Refused::new(Reason::Syntax, format!("{kind} {at}")),
        }
    })
}

fn printed(ast: &Ast) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = Printer::new().print(ast, &mut out);
    out
}

/// The parts of a node. The depth of the tree is bounded by [`NEST_MAX`].
fn parts(ast: &Ast) -> Vec<&Ast> {
    match ast {
        Ast::Repetition(repetition) => vec![&repetition.ast],
        Ast::Group(group) => vec![&group.ast],
        Ast::Alternation(all) => all.asts.iter().collect(),
        Ast::Concat(all) => all.asts.iter().collect(),
        _ => Vec::new(),
    }
}

fn parts_mut(ast: &mut Ast) -> Vec<&mut Ast> {
    match ast {
        Ast::Repetition(repetition) => vec![&mut repetition.ast],
        Ast::Group(group) => vec![&mut group.ast],
        Ast::Alternation(all) => all.asts.iter_mut().collect(),
        Ast::Concat(all) => all.asts.iter_mut().collect(),
        _ => Vec::new(),
    }
}

/// A repetition directly on a repetition: `a++` in PCRE gives nothing back.
fn stacked(ast: &Ast) -> bool {
    let own = matches!(ast, Ast::Repetition(outer) if matches!(*outer.ast, Ast::Repetition(_)));
    own || parts(ast).into_iter().any(stacked)
}

/// A capture group of the pattern.
struct Group {
    number: u32,
    name: Option<String>,
    /// Every match has it.
    always: bool,
}

fn groups(ast: &Ast, always: bool, out: &mut Vec<Group>) {
    let mut inner = always;
    match ast {
        Ast::Group(group) => match &group.kind {
            GroupKind::CaptureIndex(number) => {
                out.push(Group { number: *number, name: None, always });
            }
            GroupKind::CaptureName { name, .. } => {
                let text = Some(name.name.clone());
                out.push(Group { number: name.index, name: text, always });
            }
            GroupKind::NonCapturing(_) => {}
        },
        Ast::Alternation(_) => inner = false,
        Ast::Repetition(repetition) => {
            inner &= !matches!(
                repetition.op.kind,
                RepetitionKind::ZeroOrOne
                    | RepetitionKind::ZeroOrMore
                    | RepetitionKind::Range(
                        RepetitionRange::Exactly(0)
                            | RepetitionRange::AtLeast(0)
                            | RepetitionRange::Bounded(0, _)
                    )
            );
        }
        _ => {}
    }
    for part in parts(ast) {
        groups(part, inner, out);
    }
}

/// Leaves the group that holds the value, and makes the others plain.
fn keep_group(ast: &mut Ast, value: Value) -> Result<(), Refused> {
    let mut all = Vec::new();
    groups(ast, true, &mut all);
    let named = |name: &str| {
        all.iter().find(|g| g.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)))
    };
    let kept = match value {
        Value::Whole => None,
        Value::Group(number) => match all.iter().find(|group| group.number == number) {
            Some(group) => Some(group),
            None => {
                let detail = format!("there is no group {number}");
                return Err(Refused::new(Reason::Groups, detail));
            }
        },
        Value::Token if named("token").is_some() => named("token"),
        Value::Token => all.iter().find(|group| group.name.is_some()).or(first(&all)?),
        Value::First => first(&all)?,
    };
    let kept = kept.map(|group| group.number);
    plain_groups(ast, kept);
    Ok(())
}

/// The first group, if it is sure to be the value.
fn first(all: &[Group]) -> Result<Option<&Group>, Refused> {
    match all {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        [first, ..] if first.always => Ok(Some(first)),
        _ => {
            let detail =
                format!("{} groups, and which one is the value depends on the match", all.len());
            Err(Refused::new(Reason::Groups, detail))
        }
    }
}

fn plain_groups(ast: &mut Ast, kept: Option<u32>) {
    if let Ast::Group(group) = ast {
        let number = match &group.kind {
            GroupKind::CaptureIndex(number) => Some(*number),
            GroupKind::CaptureName { name, .. } => Some(name.index),
            GroupKind::NonCapturing(_) => None,
        };
        if let Some(number) = number {
            group.kind = if kept == Some(number) {
                GroupKind::CaptureIndex(1)
            } else {
                GroupKind::NonCapturing(Flags { span: nowhere(), items: Vec::new() })
            };
        }
    }
    for part in parts_mut(ast) {
        plain_groups(part, kept);
    }
}

fn nowhere() -> AstSpan {
    AstSpan::splat(regex_syntax::ast::Position::new(0, 1, 1))
}

/// Gives every repetition without an end, or with one beyond `cap`, an end. True if there was one.
fn bound(ast: &mut Ast, cap: u32) -> bool {
    let mut changed = false;
    if let Ast::Repetition(repetition) = ast {
        let least = match &repetition.op.kind {
            RepetitionKind::ZeroOrMore => Some(0),
            RepetitionKind::OneOrMore => Some(1),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => Some(*least),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) if *most > cap => {
                (*least < *most && *least <= cap).then_some(*least)
            }
            _ => None,
        };
        if let Some(least) = least {
            let range = RepetitionRange::Bounded(least, least.max(cap));
            repetition.op.kind = RepetitionKind::Range(range);
            changed = true;
        }
    }
    for part in parts_mut(ast) {
        changed |= bound(part, cap);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, value: Value, expect: Result<&str, Reason>) {
        let got = convert(pattern, "", value, &mut Vec::new());
        assert_eq!(got.as_deref().map_err(|refused| refused.reason), expect, "{pattern}");
    }

    #[test]
    fn what_can_be_said_here_is_said_here() {
        for (pattern, value, expect) in [
            (r"acme_[a-z]{8}\Z", Value::First, r"acme_[a-z]{8}\z"),
            (r"acme_([a-z]{8})(x)", Value::First, r"acme_([a-z]{8})(?:x)"),
            (r"acme_([a-z]{8})(x)", Value::Group(2), r"acme_(?:[a-z]{8})(x)"),
            (r"acme_(?P<id>x)(?P<TOKEN>y)", Value::Token, "acme_(?:x)(y)"),
            (r"acme_(?<id>x)(y)", Value::Token, "acme_(x)(?:y)"),
            (r"acme_([a-z]{8})", Value::Whole, r"acme_(?:[a-z]{8})"),
            (r"acme_\w+", Value::First, r"acme_\w{1,512}"),
            (r"acme_\w{20,}?", Value::First, r"acme_\w{20,512}?"),
            (r"acme_(?:\w+\s+){1,9}", Value::First, r"acme_(?:\w{1,128}\s{1,128}){1,9}"),
            (
                r"(?x) acme_ # prefix
                [a-z]{8}\ \#",
                Value::First,
                r"(?x)acme_[a-z]{8}\ \#",
            ),
            (r"\Qacme+\E[a-z]{8}", Value::First, r"acme\+[a-z]{8}"),
            (r"acme(?# a note ()_[(?#]{8}", Value::First, r"acme_[(?#]{8}"),
        ] {
            check(pattern, value, Ok(expect));
        }
    }

    #[test]
    fn what_cannot_is_refused_with_its_reason() {
        for (pattern, expect) in [
            (r"(?<=acme_)[a-z]{8}", Reason::LookAround),
            (r"acme_(?!x)[a-z]{8}", Reason::LookAround),
            (r"(acme_)[a-z]{8}\1", Reason::BackReference),
            (r"acme_(?>[a-z]{8})", Reason::Pcre),
            (r"acme_[a-z]++", Reason::Pcre),
            (r"acme_\h{8}", Reason::Pcre),
            (r"acme_[a-z", Reason::Syntax),
            (r"(?:acme_(a)|acmf_(b))", Reason::Groups),
            (r"[a-z]{3,5}", Reason::NoAnchor),
            (r"(?:acme)?", Reason::EmptyMatch),
            (r"acme_.{5000}", Reason::TooLong),
            ("", Reason::NoPattern),
        ] {
            check(pattern, Value::First, Err(expect));
        }
        check(
            &format!("{}acme_key{}", "(".repeat(500), ")".repeat(500)),
            Value::First,
            Err(Reason::TooLarge),
        );
        check("acme_key", Value::Group(3), Err(Reason::Groups));
    }
}
