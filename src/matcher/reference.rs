//! The naive twin: one regex after the other over the whole text. Slow, and simple enough to be right by inspection.

use super::verify::Match;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

/// One pattern, searched for without anchors.
#[derive(Debug)]
pub struct Reference(Regex);

impl Reference {
    /// Compiles a pattern as written.
    ///
    /// # Errors
    /// As the regex engine says.
    pub fn new(pattern: &str) -> Result<Self, String> {
        Regex::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(Regex::config().utf8_empty(false))
            .build(pattern)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The leftmost match that starts at `from` or later.
    pub fn find_from(&self, text: &[u8], from: usize) -> Option<Match> {
        let mut captures = self.0.create_captures();
        let input = Input::new(text).range(from..).anchored(Anchored::No);
        self.0.search_captures(&input, &mut captures);
        let whole = captures.get_match()?;
        let value = captures.get_group(1).unwrap_or(whole.span());
        Some(Match {
            start: whole.start(),
            end: whole.end(),
            value_start: value.start,
            value_end: value.end,
        })
    }
}
