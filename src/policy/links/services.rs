//! Public services whose addresses carry text by design and show it to nobody but the person and the service. What was found or seen elsewhere
//! is still reported in them.

use super::address::{Address, Scheme};
use crate::text::links::Form;

/// Hosts that draw a picture from its address: badges, diagrams, formulas, placeholders.
const DRAWING: [&str; 11] = [
    "shields.io",
    "badgen.net",
    "mermaid.ink",
    "kroki.io",
    "plantuml.com",
    "quickchart.io",
    "latex.codecogs.com",
    "placehold.co",
    "placeholder.com",
    "dummyimage.com",
    "upload.wikimedia.org",
];

/// Hosts to which people go with words in the address: searches, shared posts, entries of calendars, prepared issues.
const WRITING: [&str; 24] = [
    "api.whatsapp.com",
    "bing.com",
    "calendar.google.com",
    "duckduckgo.com",
    "ecosia.org",
    "facebook.com",
    "github.com",
    "gitlab.com",
    "linkedin.com",
    "maps.google.com",
    "mermaid.live",
    "outlook.live.com",
    "outlook.office.com",
    "play.rust-lang.org",
    "reddit.com",
    "scholar.google.com",
    "stackoverflow.com",
    "t.me",
    "translate.google.com",
    "twitter.com",
    "wa.me",
    "wikipedia.org",
    "wolframalpha.com",
    "x.com",
];

/// Such hosts below which others lie that anybody can write to.
const WRITING_ALONE: [&str; 2] = ["google.com", "youtube.com"];

/// True if the address leads to one of them, in the way in which they are used.
pub(super) fn is_known(address: &Address, form: Form) -> bool {
    let host = address.host.strip_prefix("www.").unwrap_or(&address.host);
    let below = |service: &&str| {
        host.strip_suffix(*service).is_some_and(|front| front.is_empty() || front.ends_with('.'))
    };
    let is_written = !form.loads() && (WRITING.iter().any(below) || WRITING_ALONE.contains(&host));
    address.scheme == Scheme::Host && (is_written || DRAWING.iter().any(below))
}
