//! Links in texts: where they are, and what a client that renders the text does with them.
//!
//! [`extract`] finds every address with a host or a scheme that runs: inline links and images of Markdown, nested ones too, definitions of
//! references, autolinks, attributes of HTML, `url(…)` of CSS, and addresses that stand alone. It reads from one colon or pair of slashes
//! to the next; a text without any costs the search for them ([`anchored`]). Addresses within the same site (`/path?q`) lead to nobody new
//! and are left out. What an address means is nothing that this layer knows.

mod brackets;
mod context;
mod end;
mod scheme;

use crate::base::Span;
use brackets::{Brackets, Definitions};
use context::Context;
use memchr::{memchr_iter, memchr3_iter, memmem};

/// How a link stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// An address alone, or in quotes.
    Bare,
    /// `<https://…>`.
    Autolink,
    /// `[text](address)`.
    Inline,
    /// `![text](address)`.
    Image,
    /// `[name]: address`.
    Definition,
    /// The same, and some image goes by the name.
    ImageDefinition,
    /// An attribute that is followed by a click: `<a href>`, `<form action>`.
    Attribute,
    /// An attribute that is fetched at once: `<img src>`, `<link href>`.
    Source,
    /// `url(…)` or `@import` in a style.
    Style,
    /// `<meta http-equiv=refresh>`: it is followed at once.
    Refresh,
}

impl Form {
    /// True if whoever renders the text fetches the address: nobody has to click.
    pub const fn loads(self) -> bool {
        use Form::{Image, ImageDefinition, Refresh, Source, Style};
        matches!(self, Image | ImageDefinition | Source | Style | Refresh)
    }
}

/// A link in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address, without quotes and brackets.
    pub span: Span,
    /// How it stands there.
    pub form: Form,
}

/// True if the text may have links. [`extract`] finds none in others.
///
/// ```
/// use lockgate::text::links::anchored;
/// assert!(anchored(b"see https://example.com"));
/// assert!(anchored(b"[x](javascript:f())"));
/// assert!(!anchored(b"at 10:45: {\"a\": 1} and/or"));
/// ```
pub fn anchored(text: &[u8]) -> bool {
    memmem::find(text, b"//").is_some()
        || memchr_iter(b':', text).any(|at| scheme::ends_at(text, at).is_some())
        || memchr_iter(b'\\', text)
            .any(|at| is_slashes(text, at) || at > 0 && is_slashes(text, at - 1))
}

/// Adds all links of a text, in ascending order. They do not overlap.
///
/// ```
/// use lockgate::text::links::{Form, extract};
/// let mut links = Vec::new();
/// extract(b"![a](https://example.com/x?d=1 'title') or <b src=//example.org>", &mut links);
/// assert_eq!(links[0].span.range(), 5..30);
/// assert_eq!(links[0].form, Form::Image);
/// assert_eq!(links[1].form, Form::Source);
/// ```
pub fn extract(text: &[u8], links: &mut Vec<Link>) {
    let first = links.len();
    let mut brackets = Brackets::default();
    let mut definitions = Definitions::default();
    let mut context = Context::default();
    let mut next = 0;
    for at in memchr3_iter(b':', b'/', b'\\', text) {
        if at < next {
            continue;
        }
        let Some(start) = start(text, at, next) else { continue };
        let Some(found) = context.read(text, start, &mut brackets) else { continue };
        let span = end::cut(text, start.at, found.end);
        if span.end <= start.content {
            continue;
        }
        let label = found.label.filter(|_| found.form == Form::Definition);
        definitions.extend(label.map(|label| (label, links.len())));
        links.push(Link { span, form: found.form });
        context.leave(found, span.end);
        next = span.end.max(at + 1);
    }
    for index in definitions.of_images(text) {
        links[index].form = Form::ImageDefinition;
    }
    debug_assert!(links[first..].windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
}

/// Where an address begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    at: usize,
    /// Behind the scheme and the slashes: there must be something.
    content: usize,
    /// It is an address wherever it stands: a scheme with two slashes, or one that needs none.
    is_plain: bool,
}

/// The address to which the colon or slash at a place belongs. Addresses do not begin in front of `least`.
fn start(text: &[u8], at: usize, least: usize) -> Option<Start> {
    if text[at] != b':' {
        let behind = at > 0 && matches!(text[at - 1], b':' | b'/' | b'\\');
        let slashes = is_slashes(text, at) && !behind;
        return slashes.then(|| Start { at, content: after_slashes(text, at), is_plain: false });
    }
    let (scheme, start) = scheme::ends_at(text, at).filter(|(_, start)| *start >= least)?;
    if !scheme.has_host() {
        return Some(Start { at: start, content: at + 1, is_plain: true });
    }
    let content = after_slashes(text, at + 1);
    let is_plain = text[at + 1..content].iter().filter(|byte| is_slash(**byte)).count() >= 2;
    Some(Start { at: start, content, is_plain })
}

/// Browsers take slashes and backslashes for each other, drop tabs and line ends between them, and do not count them.
fn after_slashes(text: &[u8], from: usize) -> usize {
    let skipped = |byte: &&u8| is_slash(**byte) || matches!(**byte, b'\t' | b'\r' | b'\n');
    let rest = &text[from..];
    // Line ends count only between slashes.
    let len = rest.iter().take_while(skipped).count();
    from + rest[..len].iter().rposition(|byte| is_slash(*byte)).map_or(0, |last| last + 1)
}

fn is_slashes(text: &[u8], at: usize) -> bool {
    text.get(at..at + 2).is_some_and(|pair| pair.iter().all(|byte| is_slash(*byte)))
}

const fn is_slash(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, Form)]) {
        let mut links = Vec::new();
        extract(text.as_bytes(), &mut links);
        let found: Vec<_> =
            links.iter().map(|link| (&text[link.span.range()], link.form)).collect();
        assert_eq!(found, expect, "{text}");
        assert!(anchored(text.as_bytes()) || expect.is_empty(), "{text}");
    }

    #[test]
    fn every_form_of_markdown_is_found() {
        use Form::{Autolink, Bare, Definition, Image, ImageDefinition, Inline};
        check("[a](https://b.org/c)", &[("https://b.org/c", Inline)]);
        check("![a](https://b.org/c?d=(e))", &[("https://b.org/c?d=(e)", Image)]);
        check("![a]( <https://b.org/c d> \"t\")", &[("https://b.org/c d", Image)]);
        check("![a](\n//b.org/c 't')", &[("//b.org/c", Image)]);
        check("![a](https:\\\\b.org\\c)", &[("https:\\\\b.org\\c", Image)]);
        check("![a](https:b.org/c)", &[("https:b.org/c", Image)]);
        check("[x](java\tscript:f())", &[("java\tscript:f()", Inline)]);
        check(
            "[![a [b] c](https://d.org/e)](https://f.org)",
            &[("https://d.org/e", Image), ("https://f.org", Inline)],
        );
        check("![a\\]](https://b.org)", &[("https://b.org", Image)]);
        check("<https://b.org/c>", &[("https://b.org/c", Autolink)]);
        check("see https://b.org/c_(d)).", &[("https://b.org/c_(d)", Bare)]);
        check("[a][b]\n\n[b]: <https://c.org> 't'", &[("https://c.org", Definition)]);
        check("![a][B b]\n\n> [b  B]: //c.org/d\n", &[("//c.org/d", ImageDefinition)]);
        check("![b]\n[b]:\n  https://c.org/d", &[("https://c.org/d", ImageDefinition)]);
        check("![b][]\n[b]: https://c.org/d", &[("https://c.org/d", ImageDefinition)]);
    }

    #[test]
    fn every_form_of_html_and_css_is_found() {
        use Form::{Attribute, Bare, Refresh, Source, Style};
        check("<a href='https://b.org/c d'>", &[("https://b.org/c d", Attribute)]);
        check("<a\nhref = \" https://b.org\">", &[("https://b.org", Attribute)]);
        check("<img src=//b.org/c>", &[("//b.org/c", Source)]);
        check("<LINK rel=x HREF=\"//b.org\">", &[("//b.org", Source)]);
        check("<base href=https://b.org/>", &[("https://b.org/", Source)]);
        check(
            "<img srcset=\"//b.org/1 1x, https://c.org/2 2x\">",
            &[("//b.org/1", Source), ("https://c.org/2", Source)],
        );
        check("<img srcset='/a 1x, //b.org/2 2x'>", &[("//b.org/2", Source)]);
        check("<form action=https://b.org>", &[("https://b.org", Attribute)]);
        check("<button formaction='//b.org'>", &[("//b.org", Attribute)]);
        check("<a ping='//b.org/p'>", &[("//b.org/p", Attribute)]);
        check("<object data='//b.org'>", &[("//b.org", Source)]);
        check("<video poster='//b.org'>", &[("//b.org", Source)]);
        check("<td background=//b.org/x>", &[("//b.org/x", Source)]);
        check(
            "<meta http-equiv=refresh content=\"0;url=https://b.org/?c\">",
            &[("https://b.org/?c", Refresh)],
        );
        check("<p style=\"background:url(//b.org/c)\">", &[("//b.org/c", Style)]);
        check("a{b:URL( 'https://b.org/c d' )}", &[("https://b.org/c d", Style)]);
        check("@import \"//b.org/c\";", &[("//b.org/c", Style)]);
        check("<a href=\"java\nscript:f(1)\">", &[("java\nscript:f(1)", Attribute)]);
        check("{\"url\": \"https://b.org\"}", &[("https://b.org", Bare)]);
        check("curl -d @x 'https://b.org/c'", &[("https://b.org/c", Bare)]);
        check("x=https://b.org/c&d=https://e.org", &[("https://b.org/c&d=https://e.org", Bare)]);
    }

    #[test]
    fn what_leads_nowhere_new_is_no_link() {
        for text in [
            "// a comment",
            "at 10:45: \"a\": 1, c:\\dir\\x",
            "[a](/b/c?d=e)",
            "a // b //c",
            "https:// and http: or data: x",
            "std::fmt::Debug",
            "git+x://b",
            "",
        ] {
            check(text, &[]);
        }
    }
}
