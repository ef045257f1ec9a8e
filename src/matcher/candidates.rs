//! From text to candidates: places at which a pattern may start to match.

use super::anchor::{Anchor, Guard, Reach, TOKEN_LEN_BYTES_MIN};
use super::byteset::ByteSet;
use super::classes::{self, Events, TokenRun};
use super::hir;
use super::literal_anchors::{LiteralAnchors, LiteralUse};
use super::literals::{Backend, Hit, Literal, LiteralScratch};
use super::shapes::{Shape, ShapeScratch, ShapeSet, can_start};
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
    /// Token anchors only: no match is wanted that has no keyword within this many bytes.
    pub keyword_within: Option<usize>,
}

/// Finds the candidates of many patterns in two passes, whatever their number.
#[derive(Debug)]
pub struct Matcher {
    literals: LiteralAnchors,
    digits: ShapeSet,
    /// Tokens whose patterns begin with them: those that are wanted near a keyword only, and the others.
    tokens_near_keyword: ShapeSet,
    tokens_anywhere: ShapeSet,
    /// Per pattern: no match without a digit is wanted.
    needs_digit: Vec<bool>,
    /// How far from a token a keyword can stand.
    keyword_within: usize,
    /// Some pattern that is wanted near a keyword only needs no digit.
    keyword_without_digit: bool,
    /// Tokens whose patterns begin with something else.
    tokens_inside: Vec<TokenUse>,
    ats: Vec<ByteUse>,
    colons: Vec<ByteUse>,
    every: Vec<u32>,
    needs_classes: bool,
}

#[derive(Debug)]
struct TokenUse {
    pattern: u32,
    len_min: usize,
    reach: Reach,
    near_keyword: bool,
}

#[derive(Debug)]
struct ByteUse {
    pattern: u32,
    reach: Reach,
    guard: Guard,
}

/// A run of token bytes, and whether a keyword is near it.
#[derive(Clone, Copy, Debug)]
struct NearRun {
    run: TokenRun,
    near: bool,
}

/// Working memory of a [`Matcher`].
#[derive(Debug)]
pub struct MatcherScratch {
    literals: LiteralScratch,
    hits: Vec<Hit>,
    events: Events,
    digits: ShapeScratch,
    tokens_near_keyword: ShapeScratch,
    tokens_anywhere: ShapeScratch,
}

impl Matcher {
    /// Compiles the anchors of the targets; the number of a pattern is its position.
    ///
    /// # Errors
    /// The literal backend or the automaton builder fails, in words.
    pub fn new(targets: &[Target<'_>], backend: Backend) -> Result<Self, String> {
        let mut literals: BTreeMap<Literal, Vec<LiteralUse>> = BTreeMap::new();
        let (mut digits, mut tokens_near, mut tokens_anywhere) = (vec![], vec![], vec![]);
        let (mut tokens_inside, mut ats, mut colons, mut every) = (vec![], vec![], vec![], vec![]);
        for (pattern, target) in targets.iter().enumerate() {
            let pattern = pattern as u32;
            match target.anchor {
                Anchor::Literals { literals: texts, caseless, word_start, reach, guard } => {
                    for text in texts {
                        let literal = Literal { bytes: text.clone(), caseless: *caseless };
                        literals.entry(literal).or_default().push(LiteralUse {
                            pattern,
                            word_start: *word_start,
                            reach: *reach,
                            guard: guard.clone(),
                        });
                    }
                }
                Anchor::Digits { lead_max, lead } => digits.push(Shape {
                    pattern,
                    lead_max: *lead_max,
                    lead: *lead,
                    hir: hir::widen(target.hir),
                }),
                Anchor::Token { reach, .. }
                    if reach.max == 0 && hir::starts_at_boundary(target.hir) =>
                {
                    let near = target.keyword_within.is_some();
                    let tokens = if near { &mut tokens_near } else { &mut tokens_anywhere };
                    let (lead_max, lead) = (0, ByteSet::EMPTY);
                    tokens.push(Shape { pattern, lead_max, lead, hir: target.hir.clone() });
                }
                Anchor::Token { len_min, reach, .. } => tokens_inside.push(TokenUse {
                    pattern,
                    len_min: *len_min,
                    reach: *reach,
                    near_keyword: target.keyword_within.is_some(),
                }),
                Anchor::Byte { byte, reach, guard } => {
                    let place = ByteUse { pattern, reach: *reach, guard: guard.clone() };
                    if *byte == b'@' { ats.push(place) } else { colons.push(place) }
                }
                Anchor::Every => every.push(pattern),
            }
        }
        let literals = LiteralAnchors::new(literals, backend)?;
        let needs_classes = literals.needs_words()
            || !(digits.is_empty()
                && tokens_near.is_empty()
                && tokens_anywhere.is_empty()
                && tokens_inside.is_empty()
                && ats.is_empty()
                && colons.is_empty());
        Ok(Self {
            literals,
            digits: ShapeSet::new(&digits)?,
            tokens_near_keyword: ShapeSet::new(&tokens_near)?,
            tokens_anywhere: ShapeSet::new(&tokens_anywhere)?,
            needs_digit: targets.iter().map(|target| target.needs_digit).collect(),
            keyword_within: targets
                .iter()
                .filter_map(|target| target.keyword_within)
                .max()
                .unwrap_or(0),
            keyword_without_digit: targets
                .iter()
                .any(|target| target.keyword_within.is_some() && !target.needs_digit),
            tokens_inside,
            ats,
            colons,
            every,
            needs_classes,
        })
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
            digits: self.digits.scratch(),
            tokens_near_keyword: self.tokens_near_keyword.scratch(),
            tokens_anywhere: self.tokens_anywhere.scratch(),
        })
    }

    /// Appends the candidates of the patterns for which `active` is true, in no particular order. The text must be shorter than 4 GiB.
    ///
    /// `has_keyword(start, end)` says whether a keyword that a token may need stands in that part of the text; saying yes too often costs
    /// time only.
    #[inline]
    pub fn candidates(
        &self,
        scratch: &mut MatcherScratch,
        text: &[u8],
        active: &[bool],
        mut has_keyword: impl FnMut(usize, usize) -> bool,
        out: &mut Vec<Candidate>,
    ) {
        self.literals.anywhere(&mut scratch.literals, &mut scratch.hits, text, active, out);
        if self.needs_classes {
            classes::scan(text, &mut scratch.events);
            self.literals.at_words(&scratch.events.words, text, active, out);
            self.class_events(scratch, text, active, out);
            for i in 0..scratch.events.tokens.len() {
                let run = scratch.events.tokens[i];
                let start = (run.start as usize).saturating_sub(self.keyword_within);
                let near = (run.has_digit || self.keyword_without_digit)
                    && has_keyword(start, run.end as usize + self.keyword_within);
                let wanted = |pattern: u32| {
                    active[pattern as usize]
                        && (run.has_digit || !self.needs_digit[pattern as usize])
                };
                self.token_run(scratch, text, NearRun { run, near }, wanted, out);
            }
        }
        if !self.every.is_empty() && !text.is_empty() {
            let last = text.len() as u32 - 1;
            let every = self.every.iter().filter(|pattern| active[**pattern as usize]);
            out.extend(every.map(|pattern| Candidate { pattern: *pattern, first: 0, last }));
        }
    }

    fn class_events(
        &self,
        scratch: &mut MatcherScratch,
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) {
        let MatcherScratch { events, digits, .. } = scratch;
        if !self.digits.is_empty() {
            for digit in &events.digits {
                self.digits.at(digits, text, *digit as usize, |pattern, start| {
                    if active[pattern as usize] {
                        let start = start as u32;
                        out.push(Candidate { pattern, first: start, last: start });
                    }
                });
            }
        }
        for (places, uses) in [(&events.ats, &self.ats), (&events.colons, &self.colons)] {
            for (at, place) in
                places.iter().flat_map(|at| uses.iter().map(move |place| (at, place)))
            {
                let at = *at as usize;
                if active[place.pattern as usize] && place.guard.admits(text, at) {
                    push(place.pattern, &place.reach, text, at, at, out);
                }
            }
        }
    }

    /// Candidates in a run of token bytes, of the patterns that are `wanted` there.
    fn token_run(
        &self,
        scratch: &mut MatcherScratch,
        text: &[u8],
        NearRun { run, near }: NearRun,
        wanted: impl Fn(u32) -> bool,
        out: &mut Vec<Candidate>,
    ) {
        let MatcherScratch { tokens_near_keyword, tokens_anywhere, .. } = scratch;
        for start in starts(text, &run) {
            let mut report = |pattern: u32, start: usize| {
                if wanted(pattern) {
                    let start = start as u32;
                    out.push(Candidate { pattern, first: start, last: start });
                }
            };
            self.tokens_anywhere.at(tokens_anywhere, text, start, &mut report);
            if near {
                self.tokens_near_keyword.at(tokens_near_keyword, text, start, &mut report);
            }
        }
        let len = (run.end - run.start) as usize;
        for token in &self.tokens_inside {
            if len >= token.len_min && (near || !token.near_keyword) && wanted(token.pattern) {
                let last = run.end as usize - token.len_min;
                push(token.pattern, &token.reach, text, run.start as usize, last, out);
            }
        }
    }

    /// The literals that are looked for.
    pub fn anchors(&self) -> &[Literal] {
        self.literals.literals()
    }

    /// Heap memory in bytes, roughly.
    pub fn memory_usage(&self) -> usize {
        self.literals.memory_usage()
    }
}

/// Places in a token run at which a pattern can start and still have a long enough token in front of it.
fn starts<'t>(text: &'t [u8], run: &TokenRun) -> impl Iterator<Item = usize> + use<'t> {
    let last = run.end as usize - TOKEN_LEN_BYTES_MIN;
    (run.start as usize..=last).filter(|start| can_start(text, *start))
}

/// Adds a candidate for an anchor that stands somewhere in `anchor_first..=anchor_last`, if a match can start early enough.
#[inline]
pub(super) fn push(
    pattern: u32,
    reach: &Reach,
    text: &[u8],
    anchor_first: usize,
    anchor_last: usize,
    out: &mut Vec<Candidate>,
) {
    let Some(last) = anchor_last.checked_sub(reach.min) else { return };
    let first = if reach.max == 0 {
        anchor_first
    } else {
        let room = &text[anchor_first.saturating_sub(reach.max)..anchor_first];
        let fits = room.iter().rev().take_while(|byte| reach.alphabet.contains(**byte)).count();
        anchor_first - fits
    };
    if first <= last {
        out.push(Candidate { pattern, first: first as u32, last: last as u32 });
    }
}
