//! Sends the words of the command line through `Inspect.Stream`, one message each, and prints what comes back.
//!
//! `lockgate serve &`, then `cargo run --example grpc_stream -- write to jane.doe@example.com now`.

use futures_util::stream::iter;
use lockgate::server::grpc::v1::inspect_client::InspectClient;
use lockgate::server::grpc::v1::stream_request::Part;
use lockgate::server::grpc::v1::{StreamOpen, StreamRequest};
use std::error::Error;
use tonic::transport::Endpoint;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let channel = Endpoint::from_static("http://127.0.0.1:8181").connect().await?;
    let open = StreamOpen { format: "text".to_owned(), ..StreamOpen::default() };
    let words = std::env::args().skip(1).map(|word| Part::Data(format!("{word} ").into()));
    let parts = std::iter::once(Part::Open(open)).chain(words);
    let messages: Vec<_> = parts.map(|part| StreamRequest { part: Some(part) }).collect();
    let mut answers = InspectClient::new(channel).stream(iter(messages)).await?.into_inner();
    while let Some(answer) = answers.message().await? {
        print!("{}", String::from_utf8_lossy(&answer.data));
        for finding in answer.findings {
            eprintln!("{}..{} {} ({})", finding.start, finding.end, finding.label, finding.rule);
        }
        if let Some(verdict) = answer.verdict {
            println!("\n{}", verdict.action().as_str_name());
        }
    }
    Ok(())
}
