//! What holds for every stream of every API.

use super::api::{APIS, Api};
use super::{ENGINE, SMALL, open, open_with, redacted, shown, through};
use lockgate::base::random::SplitMix64;
use lockgate::engine::{Content, InspectOptions};
use lockgate::redact::apply;

/// Streams per API, unless `FRAME_CASES` says otherwise.
const CASES: u64 = 60;

/// What must not leave.
fn secrets() -> [String; 5] {
    [
        "jane.doe@example.com".to_owned(),
        ["AKIA", "Q3EGRIVTZ7OLMN2W"].concat(),
        "4539 5787 6362 1486".to_owned(),
        ["ghp_", "r4nVq81LkzTbYw02MxJcHd73PsUaEf1lKxQm"].concat(),
        "DE89 3704 0044 0532 0130 00".to_owned(),
    ]
}

/// Words, and now and then something that must not leave.
fn text(dice: &mut SplitMix64) -> String {
    const WORDS: [&str; 16] = [
        "the ",
        "answer ",
        "is ",
        "here:\n",
        "\"quoted\" ",
        "back\\slash ",
        "tab\t",
        "größe ",
        "日本 ",
        "😀 ",
        "at ",
        "42, ",
        "a/b ",
        "{\"k\": ",
        "\u{1}",
        "e\u{301} ",
    ];
    let secrets = secrets();
    let mut text = String::new();
    for _ in 0..dice.below(30) {
        match dice.below(6) {
            0 => {
                text += &secrets[dice.below(secrets.len())];
                text += [" ", ", ", "\n", ".", "\" "][dice.below(5)];
            }
            _ => text += WORDS[dice.below(WORDS.len())],
        }
    }
    text
}

/// A text in pieces, each as a JSON string: cut between characters, and within those that JSON writes as two escapes.
fn pieces(text: &str, dice: &mut SplitMix64) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::from("\"");
    let mut left = 1 + dice.below(7);
    let mut next = |piece: &mut String, left: &mut usize, dice: &mut SplitMix64| {
        *left = left.saturating_sub(1);
        if *left == 0 {
            piece.push('"');
            pieces.push(std::mem::replace(piece, "\"".to_owned()));
            *left = 1 + dice.below(7);
        }
    };
    for char in text.chars() {
        let mut units = [0; 2];
        let units = char.encode_utf16(&mut units);
        let must = matches!(char, '"' | '\\' | '\0'..='\x1f');
        if must || dice.below(9) == 0 || units.len() == 2 && dice.below(2) == 0 {
            for unit in units {
                piece += &format!("\\u{unit:04x}");
                next(&mut piece, &mut left, dice);
            }
        } else {
            piece.push(char);
            next(&mut piece, &mut left, dice);
        }
    }
    piece.push('"');
    pieces.push(piece);
    pieces
}

/// A stream with a text in each channel, their pieces among each other.
struct Case {
    payloads: Vec<String>,
    texts: Vec<String>,
}

fn case(api: &Api, dice: &mut SplitMix64) -> Case {
    let texts: Vec<_> = api.texts.iter().map(|_| text(dice)).collect();
    let mut queues: Vec<Vec<String>> = texts.iter().map(|text| pieces(text, dice)).collect();
    queues.iter_mut().for_each(|queue| queue.reverse());
    let mut payloads: Vec<String> =
        api.before.iter().map(|payload| (*payload).to_owned()).collect();
    while queues.iter().any(|queue| !queue.is_empty()) {
        let index = dice.below(queues.len());
        for _ in 0..1 + dice.below(5) {
            if let Some(piece) = queues[index].pop() {
                payloads.push(api.texts[index].event.replace('@', &piece));
            }
        }
    }
    payloads.extend(api.behind.iter().map(|payload| (*payload).to_owned()));
    Case { payloads, texts }
}

fn cuts<'s>(stream: &'s [u8], dice: &mut SplitMix64, max: usize) -> Vec<&'s [u8]> {
    let (mut pieces, mut rest) = (Vec::new(), stream);
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at((1 + dice.below(max)).min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// What is wrong with what left.
fn flaws(api: &Api, case: &Case, left: &[u8]) -> Vec<String> {
    let mut flaws = Vec::new();
    let payloads = api.payloads(left);
    let (texts, others) = api.texts(&payloads);
    for (index, (text, arrived)) in texts.iter().zip(&case.texts).enumerate() {
        let expect = redacted(arrived);
        if *text != expect {
            flaws.push(format!("text {index}: {text:?}, not {expect:?}"));
        }
    }
    let around = api.before.iter().chain(api.behind).map(|payload| (*payload).to_owned());
    let (_, expect) = api.texts(&around.collect::<Vec<_>>());
    let masked = |payloads: &[String]| -> Vec<String> {
        // Numbers of events go on behind those that were added.
        let cut = |payload: &String| payload.split("\"sequence_number\"").next().map(str::to_owned);
        payloads.iter().filter_map(cut).collect()
    };
    if masked(&others) != masked(&expect) {
        flaws.push(format!("other events: {others:#?}, not {expect:#?}"));
    }
    if payloads.len() > case.payloads.len() + case.texts.len() {
        flaws.push(format!("{} events of {}", payloads.len(), case.payloads.len()));
    }
    // What no rule takes for a value where it stands is no secret there.
    let is_kept = |secret: &String| case.texts.iter().any(|text| redacted(text).contains(secret));
    for secret in secrets().into_iter().filter(|secret| !is_kept(secret)) {
        if shown(left).contains(&secret) || texts.iter().any(|text| text.contains(&secret)) {
            flaws.push(format!("{secret} left"));
        }
    }
    flaws
}

fn all_cases(check: impl Fn(&Api, &Case, &[u8], &mut SplitMix64)) {
    let cases = std::env::var("FRAME_CASES").ok().and_then(|cases| cases.parse().ok());
    for (number, api) in APIS.iter().enumerate() {
        for seed in 0..cases.unwrap_or(CASES) {
            let mut dice = SplitMix64::new(seed << 8 | number as u64);
            let case = case(api, &mut dice);
            let stream = api.stream(case.payloads.iter().map(String::as_str));
            check(api, &case, &stream, &mut dice);
        }
    }
}

#[test]
fn every_text_leaves_as_it_would_by_itself_however_the_stream_is_cut() {
    all_cases(|api, case, stream, dice| {
        let whole = through(open(api.format), [stream]);
        let flaws = flaws(api, case, &whole);
        assert!(
            flaws.is_empty(),
            "{}: {flaws:#?}\n{}\n{}",
            api.format,
            shown(stream),
            shown(&whole)
        );
        for max in [1, 4, 200] {
            let left = through(open(api.format), cuts(stream, dice, max));
            assert_eq!(shown(&left), shown(&whole), "{} in pieces of {max}", api.format);
        }
        let guessed = through(open("auto"), cuts(stream, dice, 50));
        if case.payloads.len() > case.texts.len() + 3 {
            assert_eq!(shown(&guessed), shown(&whole), "{} when it is guessed", api.format);
        }
    });
}

#[test]
fn what_leaves_early_is_what_leaves_in_the_end() {
    all_cases(|api, case, stream, dice| {
        let whole = through(open(api.format), [stream]);
        let mut guard = open(api.format);
        let mut left = Vec::new();
        for piece in cuts(stream, dice, 60) {
            left.extend_from_slice(guard.push(piece).bytes);
            assert!(whole.starts_with(&left), "{}: {:?}", api.format, case.texts);
        }
    });
}

/// The check above must notice a guard that looks at each event by itself, as many do.
#[test]
fn a_guard_that_forgets_between_events_is_caught() {
    let options = InspectOptions::default();
    let (mut caught, mut leaked) = (0, 0);
    all_cases(|api, case, _, _| {
        let inspected = case.payloads.iter().map(|payload| {
            let content = Content::Json(payload.as_bytes());
            let edits = ENGINE.inspect(content, &options).map(|verdict| verdict.edits);
            shown(&apply(payload.as_bytes(), &edits.unwrap_or_default()))
        });
        let inspected: Vec<_> = inspected.collect();
        let left = api.stream(inspected.iter().map(String::as_str));
        let flaws = flaws(api, case, &left);
        COUNTS.with(|counts| {
            let (caught, leaked) = counts.get();
            let leaks = flaws.iter().any(|flaw| flaw.ends_with(" left"));
            counts.set((caught + u32::from(!flaws.is_empty()), leaked + u32::from(leaks)));
        });
    });
    COUNTS.with(|counts| (caught, leaked) = counts.get());
    assert!(caught > 300 && leaked > 300, "{caught} caught, {leaked} of them for a leak");
}

thread_local! {
    static COUNTS: std::cell::Cell<(u32, u32)> = const { std::cell::Cell::new((0, 0)) };
}

#[test]
fn nothing_changes_where_nothing_is_held_or_found() {
    for api in &APIS {
        let pieces = [r#""Hello\u0021\u65e5""#, r#""""#, r#""\u003b本""#, r#""?日""#];
        let mut payloads: Vec<String> =
            api.before.iter().map(|payload| (*payload).to_owned()).collect();
        for text in api.texts {
            payloads.extend(pieces.map(|piece| text.event.replace('@', piece)));
        }
        payloads.extend(api.behind.iter().map(|payload| (*payload).to_owned()));
        let stream = api.stream(payloads.iter().map(String::as_str));
        let left = through(open_with(&SMALL, api.format), stream.chunks(3));
        assert_eq!(shown(&left), shown(&stream), "{}", api.format);
    }
}
