//! Templates to text, with the spans of what was planted.

use super::data::{Data, Entry};
use super::draft::Draft;
use super::kind::{Kind, Lang};
use super::random::Random;
use super::template::{Case, Part};
use super::values::{Made, base64_of};

/// What the document's value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plant<'d> {
    /// A value of this entry; of a look-alike, the look-alike.
    Whole(&'d Entry),
    /// Something that is nearly a value of this entry.
    Near(&'d Entry, Near),
    /// Nothing.
    None,
}

/// In what a near miss differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    /// Another check character.
    CheckDigit,
    /// One character more.
    Length,
    /// All but the ends is hidden.
    Masked,
    /// A stand-in where the value would be.
    Placeholder,
}

impl Near {
    const fn why(self) -> &'static str {
        match self {
            Self::CheckDigit => "check-digit",
            Self::Length => "length",
            Self::Masked => "masked",
            Self::Placeholder => "placeholder",
        }
    }

    /// One that makes sense for this entry.
    pub(super) fn draw(random: &mut Random, entry: &Entry) -> Self {
        let mut ways = vec![Self::Placeholder, Self::Masked];
        if let Some(make) = entry.make {
            // Where a number has a check digit, getting it wrong is what tells rules apart.
            if make(&mut random.clone()).check.is_some() {
                ways.extend([Self::CheckDigit; 4]);
            }
            if entry.fixed_length {
                ways.extend([Self::Length; 2]);
            }
        }
        random.pick(&ways).copied().unwrap_or(Self::Placeholder)
    }
}

/// Times in a hundred that a person sets marks around a value.
const QUOTED_PERCENT: u32 = 18;
/// Times in a hundred that a value is written in lower case where that is usual.
const LOWER_PERCENT: u32 = 12;

/// One document being written.
pub(super) struct Render<'d> {
    pub(super) data: &'d Data,
    pub(super) random: Random,
    pub(super) draft: Draft,
    pub(super) plant: Plant<'d>,
    pub(super) kind: Kind,
    pub(super) lang: Lang,
}

impl<'d> Render<'d> {
    /// Writes a template.
    pub(super) fn template(&mut self, parts: &'d [Part]) {
        for part in parts {
            self.part(part);
        }
    }

    fn one_of(&mut self, templates: &'d [Vec<Part>]) {
        if let Some(template) = self.random.pick(templates) {
            self.template(template);
        }
    }

    fn part(&mut self, part: &'d Part) {
        match part {
            Part::Text(text) => self.draft.push(text),
            Part::Chars(alphabet, low, high) => self.chars(alphabet, *low, *high),
            Part::Number(low, high) => {
                let number = self.random.between(*low, *high).to_string();
                self.draft.push(&number);
            }
            Part::Base64(len) => {
                let text = base64_of(&mut self.random, *len as usize);
                self.draft.push(&text);
            }
            Part::Uuid => {
                let text = uuid(&mut self.random);
                self.draft.push(&text);
            }
            Part::List(list) => {
                let data = self.data;
                if let Some(lines) = data.lists.get(*list) {
                    self.one_of(lines.of(self.lang));
                }
            }
            Part::Planted(entries) | Part::LookAlike(entries) => self.other(entries),
            Part::Value => self.quoted_value(),
            Part::Raw => self.value(),
            Part::Made => self.made(),
            Part::Cue => self.cue(),
            Part::Key(case) => self.key(*case),
            Part::Body => self.body(self.kind),
            Part::As(kind) => self.body(*kind),
            Part::Escaped(format, inner) => {
                self.draft.enter(*format);
                self.part(inner);
                self.draft.leave();
            }
            // Marks are read by `form`.
            Part::Open | Part::Close => {}
        }
    }

    fn chars(&mut self, alphabet: &[u8], low: u32, high: u32) {
        let len = self.random.between(low, high);
        let text: String = (0..len).map(|_| char::from(self.random.byte(alphabet))).collect();
        self.draft.push(&text);
    }

    /// A template of this kind for what is planted.
    pub(super) fn body(&mut self, kind: Kind) {
        let data = self.data;
        let group = self.entry().map_or(data.clean, |entry| entry.group);
        let fitting = data.templates.get(kind.index()).and_then(|groups| groups.get(group));
        if let Some(fitting) = fitting {
            self.one_of(fitting.of(self.lang));
        }
    }

    const fn entry(&self) -> Option<&'d Entry> {
        match self.plant {
            Plant::Whole(entry) | Plant::Near(entry, _) => Some(entry),
            Plant::None => None,
        }
    }

    /// Plants a value that a template asks for by name.
    fn other(&mut self, entries: &[usize]) {
        let data = self.data;
        let index = self.random.pick(entries).copied().unwrap_or_default();
        let Some(entry) = data.entries.get(index) else { return };
        let before = std::mem::replace(&mut self.plant, Plant::Whole(entry));
        self.value();
        self.plant = before;
    }

    fn quoted_value(&mut self) {
        const MARKS: [(&str, &str); 10] = [
            ("\"", "\""),
            ("'", "'"),
            ("`", "`"),
            ("(", ")"),
            ("[", "]"),
            ("**", "**"),
            ("<", ">"),
            ("\u{201c}", "\u{201d}"),
            ("\u{ab}", "\u{bb}"),
            ("\n```\n", "\n```\n"),
        ];
        let marks = self.random.pick(&MARKS).copied();
        match marks.filter(|_| self.kind.is_prose() && self.random.percent(QUOTED_PERCENT)) {
            Some((open, close)) => {
                self.draft.push(open);
                self.value();
                self.draft.push(close);
            }
            None => self.value(),
        }
    }

    /// Writes the document's value, or what stands in for it.
    fn value(&mut self) {
        let Some(entry) = self.entry() else { return };
        let forms = entry.forms.of(self.lang);
        let Some(form) = self.random.pick(forms) else { return };
        let lower = entry.lower && self.random.percent(LOWER_PERCENT);
        let marked = form.iter().position(|part| *part == Part::Open);
        let (open, rest) = marked.map_or((&[][..], form.as_slice()), |open| form.split_at(open));
        let close = rest.iter().position(|part| *part == Part::Close).unwrap_or(rest.len());
        let (labelled, after) = rest.split_at(close);
        self.template(open);
        self.labelled(entry, labelled, lower);
        self.template(after);
    }

    fn labelled(&mut self, entry: &'d Entry, parts: &'d [Part], lower: bool) {
        let start = self.draft.at();
        match self.plant {
            Plant::Near(_, Near::Placeholder) => self.placeholder(entry),
            Plant::Near(_, Near::Masked) => {
                let text = self.aside(parts);
                self.draft.push(&masked(&text));
            }
            _ if lower => {
                let text = self.aside(parts).to_lowercase();
                self.draft.push(&text);
            }
            _ => self.template(parts),
        }
        match (self.plant, entry.why) {
            (Plant::Near(_, near), _) => self.draft.mark_near(start, entry.label, near.why()),
            (_, Some(why)) => self.draft.mark_near(start, entry.label, why),
            _ => self.draft.mark(start, entry.label),
        }
    }

    /// The text of these parts, without the escapes around and without spans.
    fn aside(&mut self, parts: &'d [Part]) -> String {
        let draft = std::mem::take(&mut self.draft);
        self.template(parts);
        std::mem::replace(&mut self.draft, draft).text
    }

    fn placeholder(&mut self, entry: &Entry) {
        let data = self.data;
        let list = data.placeholder[usize::from(!entry.label.starts_with("credential"))];
        if let Some(lines) = data.lists.get(list) {
            self.one_of(lines.of(Lang::En));
        }
    }

    /// What the constructor makes, as one of the masks writes it.
    fn made(&mut self) {
        let Some(entry) = self.entry() else { return };
        let Some(make) = entry.make else { return };
        let made: Made = make(&mut self.random);
        let mut text = made.text.clone();
        match self.plant {
            Plant::Near(_, Near::CheckDigit) => {
                text = made.broken(&mut self.random).unwrap_or(text);
            }
            Plant::Near(_, Near::Length) => text = made.longer(&mut self.random),
            _ => {}
        }
        match self.random.pick(&entry.masks) {
            Some(mask) => self.draft.push(&through(mask, &text)),
            None => self.draft.push(&text),
        }
    }

    fn cue(&mut self) {
        let Some(entry) = self.entry() else { return };
        match self.random.pick(entry.cues.of(self.lang)) {
            Some(cue) => self.draft.push(cue),
            None => self.draft.push("value"),
        }
    }

    fn key(&mut self, case: Case) {
        let Some(entry) = self.entry() else { return };
        let key = self.random.pick(&entry.keys).map_or("value", String::as_str);
        self.draft.push(&in_case(key, case));
    }
}

/// Writes characters as a mask says; those it has no place for follow at the end.
fn through(mask: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    for place in mask.chars() {
        if chars.peek().is_none() {
            break;
        }
        match place {
            '#' => out.extend(chars.next()),
            separator => out.push(separator),
        }
    }
    out.extend(chars);
    out
}

/// Hides letters and digits: of long texts all but the first and the last four, of short ones all but the last four.
fn masked(text: &str) -> String {
    let count = text.chars().filter(|char| char.is_ascii_alphanumeric()).count();
    let shown_first = if count >= 24 { 4 } else { 0 };
    let shown_last = if count >= 8 { count - 4 } else { count };
    let mut seen = 0;
    // Long ones are cut short, as consoles do.
    let mut hidden = 0;
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if !char.is_ascii_alphanumeric() {
            if count < 24 {
                out.push(char);
            }
            continue;
        }
        if seen < shown_first || seen >= shown_last {
            out.push(char);
        } else if hidden < 16 {
            out.push('*');
            hidden += 1;
        }
        seen += 1;
    }
    out
}

fn in_case(key: &str, case: Case) -> String {
    match case {
        Case::Snake => key.to_owned(),
        Case::Upper => key.to_ascii_uppercase(),
        Case::Kebab => key.replace('_', "-"),
        Case::Pascal => key.split('_').map(capitalised).collect(),
        Case::Camel => {
            let (head, tail) = key.split_once('_').unwrap_or((key, ""));
            head.to_owned() + &in_case(tail, Case::Pascal)
        }
    }
}

fn capitalised(word: &str) -> String {
    let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
    head.to_ascii_uppercase() + tail
}

fn uuid(random: &mut Random) -> String {
    let bits = u128::from(random.bits()) << 64 | u128::from(random.bits());
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    through("########-####-####-####-############", &hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_place_separators_only_between() {
        assert_eq!(through("###-##-####", "123456789"), "123-45-6789");
        assert_eq!(through("###-##-####", "1234567890"), "123-45-67890");
        assert_eq!(through("#### #### ####", "12345678"), "1234 5678");
        assert_eq!(through("", "12"), "12");
    }

    #[test]
    fn hides_all_but_the_ends() {
        assert_eq!(masked("123-45-6789"), "***-**-6789");
        assert_eq!(masked("ab1"), "***");
        let long = format!("ghp_{}", "a".repeat(36));
        assert_eq!(masked(&long), "ghpa****************aaaa");
    }

    #[test]
    fn keys_in_every_case() {
        assert_eq!(in_case("api_key", Case::Upper), "API_KEY");
        assert_eq!(in_case("api_key", Case::Camel), "apiKey");
        assert_eq!(in_case("api_key", Case::Pascal), "ApiKey");
        assert_eq!(in_case("token", Case::Camel), "token");
        assert_eq!(in_case("api_key", Case::Kebab), "api-key");
    }

    #[test]
    fn uuids_have_version_and_variant() {
        let uuid = uuid(&mut Random::new(1, 2));
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    }
}
