//! `GET /v1/stream/ws`, with as little of the protocol as a test needs.

use super::client::head;
use super::service::Service;
use super::{Connection, KEY};
use lockgate::server::Config;
use serde_json::{Value, json};
use std::io::Read;

const UPGRADE: [(&str, &str); 4] = [
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

struct Socket(Connection);

impl Socket {
    fn open(service: &Service, query: &str) -> Self {
        let mut connection = Connection::open(service.address);
        connection.send(head("GET", &format!("/v1/stream/ws{query}"), &UPGRADE, None).as_bytes());
        let answer = connection.head();
        assert_eq!(answer.status, 101);
        // From RFC 6455, for the key above.
        assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        Self(connection)
    }

    /// Sends a text, masked as the protocol wants it.
    fn send(&mut self, text: &str) {
        assert!(text.len() < 126);
        let mask = [1, 2, 3, 4];
        let masked = text.bytes().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        let mut frame = vec![0x81, 0x80 | text.len() as u8];
        frame.extend_from_slice(&mask);
        frame.extend(masked);
        self.0.send(&frame);
    }

    /// The next message, and whether it is the last.
    fn receive(&mut self) -> (Value, bool) {
        let mut head = [0; 2];
        self.0.reader.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut long = [0; 2];
                self.0.reader.read_exact(&mut long).unwrap();
                usize::from(u16::from_be_bytes(long))
            }
            short => usize::from(short),
        };
        let mut body = vec![0; length];
        self.0.reader.read_exact(&mut body).unwrap();
        let closes = head[0] & 0xf == 8;
        let value = if closes {
            json!({"close": u16::from_be_bytes([body[0], body[1]])})
        } else {
            serde_json::from_slice(&body).unwrap()
        };
        (value, closes)
    }
}

#[test]
fn pieces_go_in_and_text_and_findings_come_out() {
    let service = Service::start(Config::default());
    let mut socket = Socket::open(&service, "?format=text");
    socket.send("write to jane@exa");
    assert_eq!(socket.receive().0, json!({"text": "write to "}));
    socket.send("mple.com now");
    let (piece, _) = socket.receive();
    assert!(piece["text"].as_str().is_some_and(|text| text.starts_with("[pii.email]")), "{piece}");
    let found = &piece["findings"][0];
    assert_eq!(
        (&found["label"], &found["start"], &found["end"]),
        (&json!("pii.email"), &json!(9), &json!(25))
    );
    socket.send("");
    loop {
        let (message, closes) = socket.receive();
        if closes {
            assert_eq!(message, json!({"close": 1000}));
            return;
        }
        if let Some(verdict) = message.get("verdict") {
            assert_eq!(
                (&verdict["action"], &verdict["findings"]),
                (&json!("redact"), &json!({"pii.email": 1}))
            );
        }
    }
}

#[test]
fn what_is_blocked_closes_the_socket() {
    let service = Service::start(Config::default());
    let mut socket = Socket::open(&service, "?format=text&pack=strict");
    socket.send(&format!("a {}{} b", KEY.0, KEY.1));
    let (piece, _) = socket.receive();
    assert_eq!(
        (&piece["text"], &piece["findings"][0]["label"]),
        (&json!(""), &json!("credential.test"))
    );
    let (verdict, _) = socket.receive();
    assert_eq!(verdict["verdict"]["code"], "request.stream.blocked");
    assert_eq!(socket.receive(), (json!({"close": 1008}), true));
}

#[test]
fn what_is_no_handshake_is_a_problem() {
    let service = Service::start(Config::default());
    let mut connection = Connection::open(service.address);
    connection.send(head("GET", "/v1/stream/ws", &[], None).as_bytes());
    let answer = connection.answer();
    assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some("request.field")));
}
