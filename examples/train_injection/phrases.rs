//! Draws documents from the templates in `classifiers/models/injection/phrases.txt`.

use crate::corpus::{Corpus, Document, Truth};
use lockgate::base::random::SplitMix64;
use std::collections::HashMap;

const PHRASES: &str = include_str!("../../classifiers/models/injection/phrases.txt");
/// Documents of each template.
const DRAWS: usize = 80;
/// One document of so many stands between harmless texts.
const EMBEDDED_EVERY: usize = 3;
/// Lists within lists end here.
const DEPTH_MAX: usize = 8;

/// The documents of a seed.
pub(crate) fn corpus(seed: u64) -> Corpus {
    let lists: HashMap<&str, Vec<&str>> = PHRASES
        .lines()
        .filter(|line| !line.starts_with(['#', '+', '-', '=']))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, words)| (name, words.split(" | ").collect()))
        .collect();
    let templates: Vec<(Truth, &str)> = PHRASES.lines().filter_map(template).collect();
    let harmless: Vec<&str> = templates
        .iter()
        .filter(|(truth, _)| *truth == Truth::Benign)
        .map(|(_, text)| *text)
        .collect();
    let mut draw = Draw { lists, random: SplitMix64::new(seed) };
    let mut documents = Vec::new();
    for (truth, template) in templates {
        for number in 0..DRAWS {
            let mut text = draw.text(template, 0);
            if number % EMBEDDED_EVERY == 0 {
                let mut around = || {
                    let template = harmless[draw.random.below(harmless.len())];
                    draw.text(template, 0)
                };
                let (before, behind) = (around(), around());
                text = match draw.random.below(3) {
                    0 => format!("{before} {text}"),
                    1 => format!("{text}\n{behind}"),
                    _ => format!("{before}\n\n{text}\n\n{behind}"),
                };
            }
            documents.push(Document { text, truth, attacks: Vec::new() });
        }
    }
    Corpus { name: "phrases".to_string(), documents }
}

fn template(line: &str) -> Option<(Truth, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let truth = match mark {
        "+" => Truth::Attack,
        "-" => Truth::Benign,
        "=" => Truth::SystemPrompt,
        _ => return None,
    };
    Some((truth, text))
}

struct Draw {
    lists: HashMap<&'static str, Vec<&'static str>>,
    random: SplitMix64,
}

impl Draw {
    fn text(&mut self, template: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['[', '{', '\\']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (part, behind) = self.slot(rest, depth);
            out.push_str(&part);
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// What the slot at the start of `rest` becomes, and what stands behind it.
    fn slot<'t>(&mut self, rest: &'t str, depth: usize) -> (String, &'t str) {
        if let Some(escaped) = rest.strip_prefix('\\') {
            let behind = escaped.get(1..).unwrap_or_default();
            let shown = if escaped.starts_with('n') { "\n" } else { &escaped[..1] };
            return (shown.to_string(), behind);
        }
        let close = if rest.starts_with('[') { ']' } else { '}' };
        let Some(end) = closing(rest, close).filter(|_| depth < DEPTH_MAX) else {
            return (rest[..1].to_string(), &rest[1..]);
        };
        let (inside, behind) = (&rest[1..end], &rest[end + 1..]);
        if close == ']' {
            let choices: Vec<&str> = inside.split('|').collect();
            let chosen = choices[self.random.below(choices.len())];
            return (self.text(chosen, depth + 1), behind);
        }
        let Some(words) = self.lists.get(inside) else {
            return (rest[..1].to_string(), &rest[1..]);
        };
        let word = words[self.random.below(words.len())];
        (self.text(word, depth + 1), behind)
    }
}

/// Where a slot ends: the first closing mark that is not escaped.
fn closing(rest: &str, close: char) -> Option<usize> {
    let mut escaped = false;
    rest.char_indices().skip(1).find_map(|(at, c)| {
        let found = c == close && !escaped;
        escaped = c == '\\' && !escaped;
        found.then_some(at)
    })
}
