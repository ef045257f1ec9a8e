//! From text to candidates: places at which a pattern may start to match.

use super::anchor::{Anchor, Reach};
use super::byte_anchors::{ByteAnchors, ByteUse};
use super::byteset::WORD;
use super::classes::{self, Events, TokenRun, Work};
use super::groups::Groups;
use super::hir;
use super::literal_anchors::{LiteralAnchors, LiteralUse};
use super::literals::{Backend, Hit, Literal, LiteralScratch};
use super::numbers::Numbers;
use super::offset_sets::StartCheck;
use super::positions::Pattern;
use super::shapes::{Context, Near, ShapeKind, Tokens};
use regex_syntax::hir::Hir;
use std::collections::BTreeMap;

/// A pattern that may match from one of the places `first..=last`. Not verified: it may never leave the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Number of the pattern.
    pub pattern: u32,
    /// First place at which a match can start.
    pub first: u32,
    /// Last place at which a match can start.
    pub last: u32,
}

/// One pattern to look for.
#[derive(Debug)]
pub struct Target<'p> {
    /// The pattern.
    pub hir: &'p Hir,
    /// Its anchor.
    pub anchor: &'p Anchor,
    /// Token anchors only: no match without a digit is wanted.
    pub needs_digit: bool,
    /// Digit and token anchors only: no match is wanted that has no keyword so near.
    pub near: Option<Near>,
    /// Token anchors only: the keywords, in lower case, if they may stand so far away that a text is first searched for any of them. Else
    /// empty.
    pub far: &'p [Vec<u8>],
}

/// Finds the candidates of many patterns in two passes, whatever their number.
#[derive(Debug)]
pub struct Matcher {
    literals: LiteralAnchors,
    numbers: Numbers,
    /// Tokens whose patterns begin with them.
    tokens: Tokens,
    /// Tokens whose patterns begin with something else.
    tokens_inside: Vec<TokenUse>,
    ats: ByteAnchors,
    colons: ByteAnchors,
    every: Vec<u32>,
    needs_classes: bool,
}

#[derive(Debug)]
struct TokenUse {
    pattern: u32,
    len_min: usize,
    reach: Reach,
    start: StartCheck,
    needs_digit: bool,
    near: Option<Near>,
    /// None of its keywords stands in a text whose gate is closed.
    gated: bool,
    group: Groups,
}

/// Working memory of a [`Matcher`].
#[derive(Debug)]
pub struct MatcherScratch {
    literals: LiteralScratch,
    hits: Vec<Hit>,
    events: Events,
}

impl Matcher {
    /// Compiles the anchors of the targets; the number of a pattern is its position.
    ///
    /// # Errors
    /// The literal backend fails, in words.
    pub fn new(targets: &[Target<'_>], backend: Backend) -> Result<Self, String> {
        let mut literals: BTreeMap<Literal, Vec<LiteralUse>> = BTreeMap::new();
        let far = targets.iter().flat_map(|target| target.far);
        let gate = far.map(|bytes| Literal { bytes: bytes.clone(), caseless: true }).collect();
        let (mut numbers, mut tokens, mut tokens_inside) = (vec![], vec![], vec![]);
        let (mut ats, mut colons, mut every) = (vec![], vec![], vec![]);
        for (pattern, target) in targets.iter().enumerate() {
            let pattern = pattern as u32;
            match target.anchor {
                Anchor::Literals { literals: texts, caseless, word_start, reach, guard } => {
                    for text in texts {
                        let literal = Literal { bytes: text.clone(), caseless: *caseless };
                        literals.entry(literal).or_default().push(LiteralUse {
                            pattern,
                            word_start: *word_start && WORD.contains(text[0]),
                            reach: *reach,
                            guard: guard.clone(),
                        });
                    }
                }
                Anchor::Digits { lead_max, .. } => {
                    numbers.push(Pattern { lead_max: *lead_max, ..shape(pattern, target) });
                }
                Anchor::Token { reach, .. }
                    if reach.max == 0 && hir::starts_at_boundary(target.hir) =>
                {
                    tokens.push(shape(pattern, target));
                }
                Anchor::Token { len_min, reach, .. } => tokens_inside.push(TokenUse {
                    pattern,
                    len_min: *len_min,
                    reach: *reach,
                    start: StartCheck::of(target.hir),
                    needs_digit: target.needs_digit,
                    near: target.near,
                    gated: !target.far.is_empty(),
                    group: Groups::one_if(true, tokens_inside.len() % Groups::MAX),
                }),
                Anchor::Byte { byte, reach, guard } => {
                    let place = ByteUse::new(pattern, target.hir, *reach, guard.clone());
                    if *byte == b'@' { ats.push(place) } else { colons.push(place) }
                }
                Anchor::Every => every.push(pattern),
            }
        }
        let literals = LiteralAnchors::new(literals, gate, backend)?;
        let needs_classes = literals.needs_words()
            || !(numbers.is_empty()
                && tokens.is_empty()
                && tokens_inside.is_empty()
                && ats.is_empty()
                && colons.is_empty());
        Ok(Self {
            literals,
            numbers: Numbers::new(&numbers),
            tokens: Tokens::new(&tokens),
            tokens_inside,
            ats: ByteAnchors::new(ats),
            colons: ByteAnchors::new(colons),
            every,
            needs_classes,
        })
    }

    /// The group of each pattern whose keyword the [`Context`] is asked for.
    pub fn groups(&self) -> impl Iterator<Item = (u32, ShapeKind, Groups)> {
        let numbers = self.numbers.filter().with_keyword();
        let tokens = self.tokens.filter().with_keyword();
        let inside = self.tokens_inside.iter().filter(|token| token.near.is_some());
        numbers
            .map(|(pattern, group)| (pattern, ShapeKind::Digits, group))
            .chain(tokens.map(|(pattern, group)| (pattern, ShapeKind::Tokens, group)))
            .chain(inside.map(|token| (token.pattern, ShapeKind::Inside, token.group)))
    }

    /// Working memory for this matcher.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn scratch(&self) -> Result<MatcherScratch, String> {
        Ok(MatcherScratch {
            literals: self.literals.scratch()?,
            hits: Vec::new(),
            events: Events::default(),
        })
    }

    /// Appends the candidates of the patterns for which `active` is true, in no particular order. The text must be shorter than 4 GiB.
    ///
    /// `context` is asked about the words around numbers and tokens.
    #[inline]
    pub fn candidates(
        &self,
        scratch: &mut MatcherScratch,
        text: &[u8],
        active: &[bool],
        context: &mut impl Context,
        out: &mut Vec<Candidate>,
    ) {
        classes::vectorised(Pass { matcher: self, scratch, text, active, context, out });
    }

    /// What the pass over the classes of bytes noted in the text that [`candidates`](Self::candidates) was called for last; the pass is
    /// made now if no pattern needed it.
    pub fn events<'s>(&self, scratch: &'s mut MatcherScratch, text: &[u8]) -> &'s Events {
        if !self.needs_classes {
            classes::scan(text, &mut scratch.events);
        }
        &scratch.events
    }

    /// Numbers and tokens; `open` if one of the far keywords stands in the text.
    #[inline(always)]
    fn shapes(
        &self,
        events: &Events,
        text: &[u8],
        active: &[bool],
        (context, open): (&mut impl Context, bool),
        out: &mut Vec<Candidate>,
    ) {
        let mut report = |pattern: u32, start: usize| {
            if active[pattern as usize] {
                let start = start as u32;
                out.push(Candidate { pattern, first: start, last: start });
            }
        };
        if !self.numbers.filter().is_empty() {
            for digit in &events.digits {
                let digit = *digit as usize;
                let len = events.digits_from(digit) as usize;
                self.numbers.at(text, (digit, len), context, &mut report);
            }
        }
        if !self.tokens.filter().is_empty() {
            for run in &events.tokens {
                self.tokens.at(text, run, (context, open), &mut report);
            }
        }
        for run in &events.tokens {
            self.inside(run, text, active, (context, open), out);
        }
    }

    /// Tokens that stand somewhere inside their patterns.
    fn inside(
        &self,
        run: &TokenRun,
        text: &[u8],
        active: &[bool],
        (context, open): (&mut impl Context, bool),
        out: &mut Vec<Candidate>,
    ) {
        let (start, end) = (run.start as usize, run.end as usize);
        for token in &self.tokens_inside {
            if end - start < token.len_min
                || !active[token.pattern as usize]
                || token.needs_digit && !run.has_digit
                || token.gated && !open
            {
                continue;
            }
            let found = candidate(token.pattern, &token.reach, text, start, end - token.len_min);
            // To look for words costs more than to see that no match starts here.
            let found = found.and_then(|found| narrowed(found, &token.start, text));
            out.extend(found.filter(|_| {
                token.near.is_none_or(|near| {
                    let first = start.saturating_sub(near.before);
                    let groups = context.near(ShapeKind::Inside, first, end + near.after);
                    !(groups & token.group).is_empty()
                })
            }));
        }
    }

    fn bytes(&self, events: &Events, text: &[u8], active: &[bool], out: &mut Vec<Candidate>) {
        self.ats.at(&events.ats, text, active, out);
        self.colons.at(&events.colons, text, active, out);
    }

    /// The literals that are looked for.
    pub fn anchors(&self) -> &[Literal] {
        self.literals.literals()
    }

    /// Heap memory in bytes, roughly.
    pub fn memory_usage(&self) -> usize {
        self.literals.memory_usage()
            + self.numbers.memory_usage()
            + self.tokens.filter().memory_usage()
            + self.ats.memory_usage()
            + self.colons.memory_usage()
    }
}

/// One call of [`Matcher::candidates`].
struct Pass<'a, C> {
    matcher: &'a Matcher,
    scratch: &'a mut MatcherScratch,
    text: &'a [u8],
    active: &'a [bool],
    context: &'a mut C,
    out: &'a mut Vec<Candidate>,
}

impl<C: Context> Work for Pass<'_, C> {
    #[inline(always)]
    fn run(self) {
        let Self { matcher, scratch, text, active, context, out } = self;
        let MatcherScratch { literals, hits, events } = scratch;
        let found = matcher.literals.anywhere(literals, hits, text, active, out);
        let open = found || context.is_named();
        if matcher.needs_classes {
            classes::scan(text, events);
            matcher.literals.at_words(&events.words, text, active, out);
            matcher.shapes(events, text, active, (context, open), out);
            matcher.bytes(events, text, active, out);
        }
        if !matcher.every.is_empty() && !text.is_empty() {
            let last = text.len() as u32 - 1;
            let every = matcher.every.iter().filter(|pattern| active[**pattern as usize]);
            out.extend(every.map(|pattern| Candidate { pattern: *pattern, first: 0, last }));
        }
    }
}

fn shape<'p>(number: u32, target: &Target<'p>) -> Pattern<'p> {
    Pattern {
        number,
        hir: target.hir,
        lead_max: 0,
        near: target.near,
        gated: !target.far.is_empty(),
        needs_digit: target.needs_digit,
    }
}

/// The candidate for an anchor that stands somewhere in `anchor_first..=anchor_last`, if a match can start early enough.
#[inline]
pub(super) fn candidate(
    pattern: u32,
    reach: &Reach,
    text: &[u8],
    anchor_first: usize,
    anchor_last: usize,
) -> Option<Candidate> {
    let last = anchor_last.checked_sub(reach.min)?;
    let first = if reach.max == 0 {
        anchor_first
    } else {
        let room = &text[anchor_first.saturating_sub(reach.max)..anchor_first];
        let fits = room.iter().rev().take_while(|byte| reach.alphabet.contains(**byte)).count();
        anchor_first - fits
    };
    let (first, last) = (first as u32, last as u32);
    (first <= last).then_some(Candidate { pattern, first, last })
}

/// Up to this many starts are checked one by one.
const STARTS_CHECKED_MAX: u32 = 12;

/// The candidate without the starts at its ends at which no match starts.
pub(super) fn narrowed(found: Candidate, start: &StartCheck, text: &[u8]) -> Option<Candidate> {
    let Candidate { pattern, first, last } = found;
    if last - first >= STARTS_CHECKED_MAX {
        return Some(found);
    }
    let admits = |at: &u32| start.admits(text, *at as usize);
    let first = (first..=last).find(admits)?;
    let last = (first..=last).rev().find(admits)?;
    Some(Candidate { pattern, first, last })
}
