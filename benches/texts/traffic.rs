//! Records of traffic, and made-up values that pass every check a rule could make.

use super::Random;
use std::fmt::Write;

const NAMES: [&str; 12] = [
    "ada", "bruno", "carla", "dmitri", "esther", "farid", "greta", "hugo", "ines", "jonas",
    "kirsi", "liam",
];
const DOMAINS: [&str; 6] = [
    "harbour-mills.com",
    "northwind.io",
    "lindqvist.se",
    "acme-tools.co.uk",
    "ferraro.it",
    "oakridge.org",
];
const PATHS: [&str; 8] = [
    "/",
    "/index.html",
    "/api/v2/orders",
    "/api/v2/customers",
    "/static/app.js",
    "/login",
    "/search",
    "/health",
];

pub(super) fn email(random: &mut Random) -> String {
    let name = NAMES[random.below(NAMES.len())];
    let domain = DOMAINS[random.below(DOMAINS.len())];
    format!("{name}.{:03}@{domain}", random.below(1000))
}

/// A number of the North American plan that could be assigned.
pub(super) fn phone(random: &mut Random) -> String {
    const AREAS: [u16; 8] = [212, 312, 415, 503, 617, 702, 206, 919];
    let area = AREAS[random.below(AREAS.len())];
    format!(
        "+1 {area}-{}{:02}-{:04}",
        2 + random.below(8),
        12 + random.below(80),
        random.below(10_000)
    )
}

/// Sixteen digits of a known network with a right check digit.
pub(super) fn card(random: &mut Random) -> String {
    let mut digits = vec![4_usize, 5, 3, 9];
    digits.extend((0..11).map(|_| random.below(10)));
    let sum: usize = (0..)
        .zip(digits.iter().rev())
        .map(|(at, digit)| match digit * (2 - at % 2) {
            doubled if doubled > 9 => doubled - 9,
            digit => digit,
        })
        .sum();
    digits.push((10 - sum % 10) % 10);
    let mut out = String::new();
    for (at, digit) in digits.into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push(' ');
        }
        let _ = write!(out, "{digit}");
    }
    out
}

/// A line of an access log as JSON. The client is a number, since an address would be a finding.
pub(super) fn access_log_line(out: &mut String, random: &mut Random) {
    let second = random.below(86_400);
    let _ = writeln!(
        out,
        "{{\"time\":\"2026-03-{:02}T{:02}:{:02}:{:02}.{:03}Z\",\"level\":\"info\",\"method\":\"{}\",\
         \"path\":\"{}\",\"query\":{{\"page\":{},\"sort\":\"{}\"}},\"status\":{},\"bytes\":{},\
         \"duration_ms\":{}.{:02},\"worker\":\"web-{}\",\"cache\":\"{}\",\"client\":{}}}",
        1 + random.below(28),
        second / 3600,
        second / 60 % 60,
        second % 60,
        random.below(1000),
        ["GET", "GET", "GET", "POST", "HEAD"][random.below(5)],
        PATHS[random.below(PATHS.len())],
        random.below(40),
        ["name", "date", "price"][random.below(3)],
        [200, 200, 200, 200, 304, 404, 500][random.below(7)],
        random.below(90_000),
        random.below(400),
        random.below(100),
        random.below(16),
        ["hit", "miss", "stale"][random.below(3)],
        random.below(5000),
    );
}

/// One finding in about 40 bytes.
pub(super) fn dense_record(out: &mut String, random: &mut Random) {
    let _ = writeln!(out, "member {:04} wrote from {}", random.below(10_000), email(random));
}

/// A request to a chat API that holds `text` in three messages.
pub(super) fn chat(text: &str) -> String {
    let third = text.len() / 3;
    let cut = |at: usize| text[at..].find(' ').map_or(text.len(), |space| at + space);
    let (first, second) = (cut(third), cut(2 * third));
    let parts =
        [("system", &text[..first]), ("user", &text[first..second]), ("user", &text[second..])];
    let messages: Vec<_> = parts
        .iter()
        .map(|(role, content)| serde_json::json!({"role": role, "content": content}))
        .collect();
    serde_json::json!({"model": "large-3", "temperature": 0.2, "messages": messages}).to_string()
}

/// A request to a chat API with one message.
pub(super) fn message(text: &str) -> String {
    serde_json::json!({"model": "large-3", "messages": [{"role": "user", "content": text}]})
        .to_string()
}

/// A chat request in which half of the text travels in calls of tools and their results: as documents in strings.
pub(super) fn chat_with_tools(text: &str) -> String {
    let half = text[text.len() / 2..].find(' ').map_or(text.len(), |at| text.len() / 2 + at);
    let (said, found) = text.split_at(half);
    let lines: Vec<_> = found.lines().collect();
    let arguments =
        serde_json::json!({"query": lines[0], "limit": 20, "fields": ["title", "body"]});
    let result = serde_json::json!({"hits": lines, "total": lines.len(), "exact": true});
    let call = serde_json::json!({
        "id": "call_1", "type": "function",
        "function": {"name": "search", "arguments": arguments.to_string()},
    });
    serde_json::json!({"model": "large-3", "messages": [
        {"role": "user", "content": said},
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": result.to_string()},
    ]})
    .to_string()
}
