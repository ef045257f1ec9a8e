//! Which document has which value, kind and language.

use super::data::{DATA, Data, Entry};
use super::draft::{Draft, NearMiss, PlantedSpan, json};
use super::kind::{Kind, Lang};
use super::random::Random;
use super::render::{Near, Plant, Render};
use std::fmt::{self, Write as _};

/// What to generate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Another seed, other documents.
    pub seed: u64,
    /// Kinds of document; all when empty.
    pub kinds: Vec<Kind>,
    /// Beginnings of labels, at whole parts: `pii` and `pii.us` take `pii.us.ssn`. All when empty. Templates may still
    /// name a person or an address beside the value; those are labelled as well.
    pub labels: Vec<String>,
}

/// A prefix that no label has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLabel(pub String);

impl fmt::Display for UnknownLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no label that is planted begins with {}", self.0)
    }
}

impl std::error::Error for UnknownLabel {}

/// A labelled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Unique within a seed, and for this seed always the same.
    pub id: String,
    /// The text.
    pub text: String,
    /// Planted values, by place; none overlaps another.
    pub spans: Vec<PlantedSpan>,
    /// Planted look-alikes, by place.
    pub near: Vec<NearMiss>,
    /// The domain of the first value; `near-miss` or `clean` where there is none.
    pub label: &'static str,
    /// Its form.
    pub kind: Kind,
}

impl Document {
    /// Appends one line of JSON, without the line feed: `id`, `text`, `spans`, `neg_spans`, `label`, `kind`.
    pub fn write_json(&self, out: &mut String) {
        out.push_str("{\"id\":\"");
        json(&self.id, out);
        out.push_str("\",\"text\":\"");
        json(&self.text, out);
        out.push_str("\",\"spans\":[");
        for (place, PlantedSpan { start, end, label }) in self.spans.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(out, "{comma}{{\"start\":{start},\"end\":{end},\"label\":\"{label}\"}}");
        }
        out.push_str("],\"neg_spans\":[");
        for (place, NearMiss { start, end, label, why }) in self.near.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(
                out,
                "{comma}{{\"start\":{start},\"end\":{end},\"label\":\"{label}\",\"why\":\"{why}\"}}"
            );
        }
        let _ = write!(out, "],\"label\":\"{}\",\"kind\":\"{}\"}}", self.label, self.kind.name());
    }
}

/// What a document is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value,
    NearMiss,
    LookAlike,
    Clean,
}

/// The parts of each score of documents: fixed, so that every value has its turn after a known number of them.
const SCORE: [Part; 20] = {
    use Part::{Clean as C, LookAlike as L, NearMiss as N, Value as V};
    [V, N, V, L, V, C, V, V, N, V, V, L, V, C, V, N, V, V, L, C]
};

/// Makes documents, in any order.
#[derive(Debug)]
pub struct Generator {
    data: &'static Data,
    seed: u64,
    kinds: Vec<Kind>,
    /// Indices of entries, each as often as its weight says.
    values: Vec<usize>,
    near: Vec<usize>,
    look_alikes: Vec<usize>,
}

impl Generator {
    /// Prepares to generate.
    ///
    /// # Errors
    /// [`UnknownLabel`] for a prefix that fits nothing.
    pub fn new(settings: &Settings) -> Result<Self, UnknownLabel> {
        let data: &'static Data = &DATA;
        let wanted = |entry: &Entry| {
            settings.labels.is_empty()
                || settings.labels.iter().any(|prefix| has_prefix(entry.label, prefix))
        };
        for prefix in &settings.labels {
            if !data.entries.iter().any(|entry| has_prefix(entry.label, prefix)) {
                return Err(UnknownLabel(prefix.clone()));
            }
        }
        let deck = |of: &dyn Fn(&Entry) -> bool| -> Vec<usize> {
            let chosen =
                data.entries.iter().enumerate().filter(|(_, entry)| wanted(entry) && of(entry));
            chosen
                .flat_map(|(index, entry)| std::iter::repeat_n(index, entry.weight as usize))
                .collect()
        };
        let kinds =
            if settings.kinds.is_empty() { Kind::ALL.to_vec() } else { settings.kinds.clone() };
        Ok(Self {
            data,
            seed: settings.seed,
            kinds,
            values: deck(&|entry| entry.why.is_none()),
            near: deck(&|entry| entry.near),
            look_alikes: deck(&|entry| entry.why.is_some()),
        })
    }

    /// After so many documents every value of the settings has been planted, where the kinds allow it.
    #[must_use]
    pub fn round(&self) -> u64 {
        let values = SCORE.iter().filter(|part| **part == Part::Value).count();
        (self.values.len().div_ceil(values.max(1)) * SCORE.len()) as u64
    }

    /// Document number `index`.
    #[must_use]
    pub fn document(&self, index: u64) -> Document {
        let mut random = Random::new(self.seed, index);
        let part = SCORE[(index % SCORE.len() as u64) as usize];
        let ordinal = self.ordinal(index, part);
        let chosen = match part {
            Part::Clean => None,
            Part::Value => self.deal(&self.values, ordinal, &mut random),
            Part::NearMiss => self.deal(&self.near, ordinal, &mut random),
            Part::LookAlike => self.deal(&self.look_alikes, ordinal, &mut random),
        };
        let (plant, kind) = match chosen {
            None => (Plant::None, Kind::draw(&mut random, &self.kinds)),
            Some((entry, kind)) if part == Part::NearMiss => {
                let near = Near::draw(&mut random, entry);
                (Plant::Near(entry, near), kind)
            }
            Some((entry, kind)) => (Plant::Whole(entry), kind),
        };
        let lang = self.lang(plant, kind, &mut random);
        let mut render =
            Render { data: self.data, random, draft: Draft::default(), plant, kind, lang };
        let frames = self.data.frames.get(kind.index()).map(|frames| frames.of(lang));
        match frames.and_then(|frames| render.random.pick(frames)) {
            Some(frame) => render.template(frame),
            None => render.body(kind),
        }
        self.finish(index, kind, render.draft)
    }

    fn finish(&self, index: u64, kind: Kind, draft: Draft) -> Document {
        let Draft { text, mut spans, mut near, .. } = draft;
        spans.sort_by_key(|span| span.start);
        near.sort_by_key(|span| span.start);
        let label = match (spans.first(), near.is_empty()) {
            (Some(span), _) => span.label.split('.').next().unwrap_or(span.label),
            (None, false) => "near-miss",
            (None, true) => "clean",
        };
        Document { id: format!("lockgate-{}-{index}", self.seed), text, spans, near, label, kind }
    }

    /// How many documents for the same part came before.
    fn ordinal(&self, index: u64, part: Part) -> u64 {
        let (score, place) = (index / SCORE.len() as u64, (index % SCORE.len() as u64) as usize);
        let count = |of: &[Part]| of.iter().filter(|other| **other == part).count() as u64;
        score * count(&SCORE) + count(SCORE.get(..place).unwrap_or_default())
    }

    /// The entry whose turn it is, or the next one for which the kinds have a template, and one of those kinds.
    fn deal(
        &self,
        deck: &[usize],
        ordinal: u64,
        random: &mut Random,
    ) -> Option<(&'static Entry, Kind)> {
        let len = deck.len() as u64;
        let (round, place) = (ordinal.checked_div(len)?, ordinal.checked_rem(len)?);
        // An affine walk visits every place once a round, in another order each time.
        let mut order = Random::new(self.seed ^ 0xDECC, round);
        let (step, offset) = (coprime(len, &mut order), u64::from(order.below(len as u32)));
        for skip in 0..len {
            let at = ((place + skip) % len * step + offset) % len;
            let entry = deck.get(at as usize).and_then(|&index| self.data.entries.get(index))?;
            let kinds: Vec<Kind> =
                self.kinds.iter().copied().filter(|&kind| self.fits(entry, kind)).collect();
            if !kinds.is_empty() {
                return Some((entry, Kind::draw(random, &kinds)));
            }
        }
        None
    }

    fn fits(&self, entry: &Entry, kind: Kind) -> bool {
        let groups = self.data.templates.get(kind.index());
        let fitting = groups.and_then(|groups| groups.get(entry.group));
        (entry.kinds.is_empty() || entry.kinds.contains(&kind))
            && fitting.is_some_and(|fitting| !fitting.of(Lang::En).is_empty())
    }

    /// A language that has both templates and a name for the value.
    fn lang(&self, plant: Plant<'_>, kind: Kind, random: &mut Random) -> Lang {
        let group = match plant {
            Plant::Whole(entry) | Plant::Near(entry, _) => entry.group,
            Plant::None => self.data.clean,
        };
        let groups = self.data.templates.get(kind.index());
        let Some(fitting) = groups.and_then(|groups| groups.get(group)) else { return Lang::En };
        let mut langs = fitting.langs();
        if let Plant::Whole(entry) | Plant::Near(entry, _) = plant {
            let named = entry.cues.langs();
            langs.retain(|lang| named.contains(lang));
        }
        random.pick(&langs).copied().unwrap_or_default()
    }
}

fn has_prefix(label: &str, prefix: &str) -> bool {
    label
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || prefix.ends_with('.'))
}

/// A number below `len` that shares no factor with it.
fn coprime(len: u64, random: &mut Random) -> u64 {
    const fn gcd(mut a: u64, mut b: u64) -> u64 {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    }
    let from = u64::from(random.below(len as u32)) + len / 3;
    (from..).map(|step| step % len.max(1)).find(|&step| gcd(step, len) == 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(settings: &Settings, count: u64) -> Vec<Document> {
        let generator = Generator::new(settings).expect("labels are known");
        (0..count).map(|index| generator.document(index)).collect()
    }

    #[test]
    fn prefixes_end_at_parts() {
        assert!(has_prefix("pii.us.ssn", "pii"));
        assert!(has_prefix("pii.us.ssn", "pii.us"));
        assert!(has_prefix("pii.us.ssn", "pii."));
        assert!(!has_prefix("pii.us.ssn", "pii.u"));
    }

    #[test]
    fn walks_visit_every_place() {
        for len in [1, 2, 7, 12, 391] {
            let step = coprime(len, &mut Random::new(1, len));
            let mut seen: Vec<u64> = (0..len).map(|place| place * step % len).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len() as u64, len);
        }
    }

    #[test]
    fn spans_lie_on_borders_and_do_not_overlap() {
        for document in documents(&Settings { seed: 5, ..Settings::default() }, 3_000) {
            let places = document.spans.iter().map(|span| (span.start, span.end));
            let places: Vec<_> =
                places.chain(document.near.iter().map(|near| (near.start, near.end))).collect();
            let mut sorted = places.clone();
            sorted.sort_unstable();
            for (start, end) in &sorted {
                let value = document.text.get(*start..*end);
                assert!(
                    value.is_some_and(|value| !value.is_empty()),
                    "{}: {start}..{end}",
                    document.id
                );
            }
            for pair in sorted.windows(2) {
                assert!(pair[0].1 <= pair[1].0, "{}: {pair:?}: {}", document.id, document.text);
            }
        }
    }

    #[test]
    fn no_slot_is_left_open() {
        for document in documents(&Settings { seed: 6, ..Settings::default() }, 3_000) {
            for rest in
                ["{raw}", "{value}", "{cue}", "{key}", "{@", "{~", "\u{ab}{", "{filler}", "{json:"]
            {
                assert!(
                    !document.text.contains(rest),
                    "{}: {rest}: {}",
                    document.id,
                    document.text
                );
            }
        }
    }

    #[test]
    fn json_kinds_are_json() {
        let kinds = vec![Kind::ChatJson];
        for document in documents(&Settings { kinds, seed: 2, ..Settings::default() }, 600) {
            let text =
                document.text.strip_prefix("data: ").map_or(document.text.as_str(), |stream| {
                    stream.split_once("\n\n").map_or(stream, |(first, _)| first)
                });
            let parsed = serde_json::from_str::<serde_json::Value>(text);
            assert!(parsed.is_ok(), "{}: {text}", document.id);
        }
    }

    #[test]
    fn lines_are_json_and_carry_the_spans() {
        for document in documents(&Settings { seed: 3, ..Settings::default() }, 200) {
            let mut line = String::new();
            document.write_json(&mut line);
            let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(value["text"], document.text.as_str());
            assert_eq!(value["spans"].as_array().map(Vec::len), Some(document.spans.len()));
            assert_eq!(value["neg_spans"].as_array().map(Vec::len), Some(document.near.len()));
        }
    }

    #[test]
    fn settings_narrow_what_is_made() {
        let kinds = vec![Kind::Log];
        let labels = vec!["pii.us".to_owned()];
        let settings = Settings { seed: 1, kinds, labels };
        let documents = documents(&settings, 200);
        assert!(documents.iter().all(|document| document.kind == Kind::Log));
        assert!(
            documents
                .iter()
                .any(|document| document.spans.iter().any(|span| span.label == "pii.us.ssn"))
        );
        assert!(
            !documents
                .iter()
                .any(|document| document.spans.iter().any(|span| span.label == "finance.card"))
        );
        let unknown = Settings { labels: vec!["pii.atlantis".to_owned()], ..Settings::default() };
        assert!(Generator::new(&unknown).is_err());
    }
}
