//! What the strings of an event are: pieces of a text, or a text once more, or neither.

use super::shapes::{Shape, When};
use crate::base::Span;
use crate::payload::formats::path::on_path;
use crate::payload::json::{Document, Leaf, LeafKind, Open, Step, Token, Walk};

/// What kind of text a channel carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Words of the answer.
    Text,
    /// What the model thinks before it answers.
    Reasoning,
    /// What it asks a tool for.
    Arguments,
    /// Why it does not answer.
    Refusal,
}

/// One text of a stream: its pieces come one after the other, and those of other texts between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Channel {
    /// Choice, candidate or item of the output.
    pub output: u32,
    /// Block, part or tool call within that.
    pub block: u32,
    /// What the text is.
    pub part: Part,
    /// Which of the shape's fields carries it, or which event: text of one kind has several names in some APIs.
    pub(super) field: u64,
}

impl Channel {
    /// Events that are no documents continue one text.
    pub const PLAIN: Self = Self { output: 0, block: 0, part: Part::Text, field: u64::MAX };
    /// Events that are JSON strings continue another one.
    pub const STRINGS: Self = Self { field: u64::MAX - 1, ..Self::PLAIN };

    /// A text that is said as a whole, and continues none.
    pub const fn whole(part: Part) -> Self {
        Self { output: 0, block: 0, part, field: 0 }
    }

    /// Whether it is that of a member that no table knows.
    pub fn is_member(&self) -> bool {
        self.field & MEMBER != 0 && *self != Self::PLAIN && *self != Self::STRINGS
    }
}

/// Texts that are over. What is `None` is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Of this choice, candidate or item of the output.
    pub output: Option<u32>,
    /// Of this block within it.
    pub block: Option<u32>,
    /// Of this field.
    pub(super) field: Option<u64>,
}

impl End {
    /// All texts.
    pub const ALL: Self = Self { output: None, block: None, field: None };

    /// Whether it is the end of this channel.
    pub fn is_of(&self, channel: &Channel) -> bool {
        self.output.is_none_or(|output| output == channel.output)
            && self.block.is_none_or(|block| block == channel.block)
            && self.field.is_none_or(|field| field == channel.field)
    }
}

/// What a value of an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A piece of this channel's text.
    Delta(Channel),
    /// A text as a whole, which often came in pieces before, and what it is.
    Whole(Part),
    /// The signature of the text of this choice and block.
    Signature(Channel),
    /// What repeats the pieces of this event's texts, token by token. The span is that of an array or object.
    Repeat,
    /// An id, a name of the API, a time, a count, or what nobody but its maker can read: it is not looked into.
    Fixed,
}

/// A value of an event that is not inspected with the rest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it is in the view, without quotes.
    pub span: Span,
    /// What it is.
    pub what: Use,
    /// It is a number, which has no quotes.
    pub is_number: bool,
}

/// What an event says. Its memory is reused.
#[derive(Debug, Default)]
pub struct Event {
    /// Values with a meaning of their own, in ascending order.
    pub pieces: Vec<Piece>,
    /// Texts that are over with this event.
    pub ends: Vec<End>,
    /// Where the number of the event stands, in the view.
    pub sequence: Option<Span>,
    scopes: Vec<Scope>,
}

/// What an object says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope {
    /// Its number among its like.
    pub(super) output: Option<u32>,
    /// The number of what it speaks of within that.
    pub(super) block: Option<u32>,
    /// Leaf that holds its type.
    pub(super) kind: Option<u32>,
    pub(super) is_thought: bool,
    pub(super) is_done: bool,
    /// How many brackets are open around it.
    pub(super) depth: u32,
    /// Where in its array it stands, if it is in one.
    at: Option<u32>,
    /// It says why it ended: the leaf of the reason.
    finish: Option<u32>,
}

impl Scope {
    /// Its number. Choices and candidates that do not say it are counted.
    fn number(&self) -> Option<u32> {
        self.output.or(self.at.filter(|_| self.depth == CHOICE_DEPTH))
    }

    /// The number of the choice or candidate that this is, if it is one and has ended.
    pub(super) fn finished(&self) -> Option<u32> {
        let ended = self.depth == CHOICE_DEPTH && self.finish.is_some();
        self.number().filter(|_| ended)
    }
}

/// Brackets around the choices and candidates of an answer: those of the answer and of their array.
const CHOICE_DEPTH: u32 = 2;

/// An event while it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'e> {
    pub(super) document: &'e Document,
    pub(super) text: &'e [u8],
    /// Name of the event, where it stands beside the payload.
    pub(super) name: Option<&'e [u8]>,
    pub(super) scopes: &'e [Scope],
}

impl<'e> View<'e> {
    pub(super) fn bytes(&self, leaf: u32) -> &'e [u8] {
        let leaf = self.document.leaves().get(leaf as usize);
        leaf.and_then(|leaf| self.text.get(leaf.span.range())).unwrap_or_default()
    }

    /// What the event says of itself as a whole.
    pub(super) fn top(&self) -> Scope {
        self.scopes.first().copied().unwrap_or_default()
    }

    /// The type of the event.
    pub(super) fn kind(&self) -> &'e [u8] {
        self.top().kind.map_or(self.name.unwrap_or_default(), |leaf| self.bytes(leaf))
    }

    /// The value of a member of the event itself, if it is a string or number.
    pub(super) fn member(&self, name: &str) -> Option<&'e Leaf> {
        let leaves = self.document.leaves();
        let key =
            self.document.members().iter().find(|key| self.bytes(**key) == name.as_bytes())?;
        let value = leaves.get(*key as usize + 1)?;
        (value.key == Some(*key) && value.kind != LeafKind::Key).then_some(value)
    }
}

impl Event {
    /// Reads an event whose payload was parsed without the documents in its strings, and whose view is `text`.
    pub fn read(&mut self, shape: &Shape, document: &Document, text: &[u8], name: Option<&[u8]>) {
        let Self { pieces, ends, sequence, scopes } = self;
        pieces.clear();
        ends.clear();
        survey(document, text, scopes);
        let view = View { document, text, name, scopes };
        *sequence = view.member("sequence_number").map(|leaf| leaf.span);
        (shape.ends)(&view, ends);
        let mut reading = Reading { shape, view, pieces, repeat: None };
        let mut walk = Walk::new(document, text);
        while let Some(token) = walk.advance() {
            reading.token(&walk, token);
        }
    }
}

/// Asks all objects what they say of themselves, in the order in which they open.
fn survey(document: &Document, text: &[u8], scopes: &mut Vec<Scope>) {
    scopes.clear();
    let leaves = document.leaves();
    let mut walk = Walk::new(document, text);
    let mut key: Option<u32> = None;
    while let Some(token) = walk.advance() {
        let scope = walk.path().last().and_then(|open| scopes.get_mut(open.id as usize));
        let name = |key: u32| &text[leaves[key as usize].span.range()];
        match token {
            Token::Open => {
                key = None;
                let depth = walk.path().len() - 1;
                let at = depth.checked_sub(1).and_then(|around| match walk.path()[around].step {
                    Step::Element(at) => Some(at),
                    _ => None,
                });
                // Documents are read up to a depth far below that.
                scopes.push(Scope { depth: depth as u32, at, ..Scope::default() });
            }
            Token::Close(_) => key = None,
            Token::Literal(first) => {
                if let (Some(scope), Some(key), b't') = (scope, key.take(), first) {
                    match name(key) {
                        b"thought" => scope.is_thought = true,
                        b"done" => scope.is_done = true,
                        _ => {}
                    }
                }
            }
            Token::Leaf(index) if leaves[index as usize].kind == LeafKind::Key => key = Some(index),
            Token::Leaf(index) => {
                let (Some(scope), Some(key)) = (scope, key.take()) else { continue };
                let value = &text[leaves[index as usize].span.range()];
                let number =
                    || std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
                match name(key) {
                    b"index" | b"output_index" | b"contentBlockIndex" => scope.output = number(),
                    b"content_index" | b"summary_index" => scope.block = number(),
                    b"type" => scope.kind = Some(index),
                    b"finish_reason" | b"finishReason" => scope.finish = Some(index),
                    _ => {}
                }
            }
        }
    }
}

struct Reading<'e, 'p> {
    shape: &'e Shape,
    view: View<'e>,
    pieces: &'p mut Vec<Piece>,
    /// A value that repeats texts: how many brackets are open around it, and where it begins, once it has.
    repeat: Option<(usize, Option<usize>)>,
}

impl Reading<'_, '_> {
    fn token(&mut self, walk: &Walk<'_>, token: Token) {
        if let Some((depth, start)) = self.repeat {
            match (token, start) {
                (Token::Open, None) => self.repeat = Some((depth, Some(walk.at() - 1))),
                (Token::Close(_), Some(start)) if walk.path().len() == depth => {
                    self.repeat = None;
                    let span = Span::new(start, walk.at());
                    self.pieces.push(Piece { span, what: Use::Repeat, is_number: false });
                }
                (_, None) => self.repeat = None,
                _ => {}
            }
            return;
        }
        let Token::Leaf(index) = token else { return };
        let leaf = self.view.document.leaves()[index as usize];
        match leaf.kind {
            LeafKind::Key => {
                let is_repeat = |path: &&str| on_path(walk, "", path).is_some();
                if self.shape.repeats.iter().any(is_repeat) {
                    self.repeat = Some((walk.path().len(), None));
                }
            }
            LeafKind::String | LeafKind::Number => {
                let is_number = leaf.kind == LeafKind::Number;
                if let Some(what) = self.use_of(walk, &leaf, is_number) {
                    self.pieces.push(Piece { span: leaf.span, what, is_number });
                }
            }
            LeafKind::Raw => {}
        }
    }

    fn use_of(&self, walk: &Walk<'_>, leaf: &Leaf, is_number: bool) -> Option<Use> {
        let name = leaf.key.map_or(&b""[..], |key| self.view.bytes(key));
        let is_on = |paths: &[&str]| {
            paths.iter().any(|path| ends_with(path, name) && on_path(walk, "", path).is_some())
        };
        if !is_number {
            let delta = self.shape.deltas.iter().enumerate().find(|(_, delta)| {
                ends_with(delta.path, name)
                    && on_path(walk, "", delta.path).is_some()
                    && self.holds(walk, delta.when)
            });
            if let Some((index, delta)) = delta {
                return Some(self.channel(walk, index, delta.part));
            }
            if is_on(self.shape.wholes) {
                return Some(Use::Whole(self.part_of_whole(walk, name)));
            }
            if is_on(self.shape.signatures) {
                let (output, block) = self.place(walk);
                let channel = Channel { output, block, part: Part::Reasoning, field: 0 };
                return Some(Use::Signature(channel));
            }
        }
        if !is_number && !is_on(self.shape.fixed) && self.is_increment(walk, name) {
            let (output, block) = self.place(walk);
            return Some(Use::Delta(Channel {
                output,
                block,
                part: Part::Text,
                field: member(name),
            }));
        }
        let is_count = is_number && walk.path().len() <= self.shape.counts_depth;
        (is_count || is_on(self.shape.fixed)).then_some(Use::Fixed)
    }

    /// Whether a string that no table knows is a piece of a text: where all strings are, whoever speaks like this API adds further ones.
    fn is_increment(&self, walk: &Walk<'_>, name: &[u8]) -> bool {
        !NAMES.contains(&name)
            && self.shape.increments.iter().any(|path| on_path(walk, "", path).is_some())
    }

    fn channel(&self, walk: &Walk<'_>, index: usize, part: Part) -> Use {
        let (output, block) = self.place(walk);
        // Where events have types, the type tells texts apart.
        let kind = self.view.kind();
        let (part, field) = match kind.strip_suffix(b".delta").filter(|_| self.shape.by_type) {
            Some(kind) => {
                if self.shape.opaque_types.iter().any(|name| name.as_bytes() == kind) {
                    return Use::Fixed;
                }
                (part_of(kind), hash(kind))
            }
            None => (part, self.shape.field_of(index)),
        };
        Use::Delta(Channel { output, block, part, field })
    }

    /// What a text is that is said as a whole, going by its name and by the types of the objects around.
    fn part_of_whole(&self, walk: &Walk<'_>, name: &[u8]) -> Part {
        let scopes = walk.path().iter().filter_map(|open| self.view.scopes.get(open.id as usize));
        let mut kinds = scopes.filter_map(|scope| scope.kind).map(|leaf| self.view.bytes(leaf));
        let is_thought =
            kinds.any(|kind| kind == b"summary_text" || part_of(kind) == Part::Reasoning);
        if is_thought { Part::Reasoning } else { part_of(name) }
    }

    /// The numbers that the objects around say of themselves, from the outermost on.
    fn place(&self, walk: &Walk<'_>) -> (u32, u32) {
        let mut numbers = walk.path().iter().filter_map(|open| {
            let scope = self.view.scopes.get(open.id as usize)?;
            scope.number()
        });
        let output = numbers.next().unwrap_or_default();
        let block = numbers.next().or(self.view.top().block);
        (output, block.unwrap_or_default())
    }

    fn holds(&self, walk: &Walk<'_>, when: When) -> bool {
        let scope = |open: &Open| self.view.scopes.get(open.id as usize);
        match when {
            When::Always => true,
            When::Thought => {
                walk.path().last().and_then(scope).is_some_and(|scope| scope.is_thought)
            }
            When::Type(suffix) => self.view.kind().ends_with(suffix.as_bytes()),
        }
    }
}

fn ends_with(path: &str, name: &[u8]) -> bool {
    let last = path.rsplit('/').find(|segment| *segment != "*").unwrap_or_default();
    last.as_bytes() == name
}

/// What a type of events carries, going by its name.
fn part_of(kind: &[u8]) -> Part {
    let has = |word: &str| kind.windows(word.len()).any(|window| window == word.as_bytes());
    match () {
        () if has("reasoning") => Part::Reasoning,
        () if has("refusal") => Part::Refusal,
        () if has("arguments") || has("input") || has("code") || has("command") => Part::Arguments,
        () => Part::Text,
    }
}

/// Members that say what something is: clients take the last one, and join those of no event with those of another.
const NAMES: [&[u8]; 4] = [b"type", b"id", b"name", b"role"];

/// Bit that sets members of which only the name is known apart from the fields of shapes.
const MEMBER: u64 = 1 << 63;

/// The field of a member that no table knows.
fn member(name: &[u8]) -> u64 {
    // The greatest numbers are taken.
    (hash(name) | MEMBER) & !3
}

/// FNV-1a but for the highest bit: tells the few types of one API apart.
pub(super) fn hash(kind: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    kind.iter().fold(0xcbf2_9ce4_8422_2325, step) & !MEMBER
}
