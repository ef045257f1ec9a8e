"""A model that always says the same, in the way of five APIs, whole or as a stream."""

import base64
import json
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What it says, in the pieces in which it says it.
PIECES = ["Write to ", "jane.d", "oe@exam", "ple.com", " today, ", "not to 日", "本."]
TEXT = "".join(PIECES)
ARGUMENTS = ['{"to": "jane.', 'doe@example', '.com", "n": 1}']


def message(event, payload):
    """One message of application/vnd.amazon.eventstream."""
    headers = b""
    for name, value in [(":event-type", event), (":content-type", "application/json"), (":message-type", "event")]:
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return head + struct.pack(">I", zlib.crc32(head))


def sse(payload, name=None):
    event = f"event: {name}\n" if name else ""
    data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    return f"{event}data: {data}\n\n".encode()


def chat_stream():
    def chunk(delta, finish=None):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return sse({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    for piece in PIECES:
        yield chunk({"content": piece})
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "mail", "arguments": ""}}
    yield chunk({"tool_calls": [call]})
    for piece in ARGUMENTS:
        yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls")
    yield sse({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [],
               "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}})
    yield sse("[DONE]")


def response(status, output):
    return {"id": "r1", "object": "response", "created_at": 1, "status": status, "model": "m", "output": output,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}


def responses_stream():
    item = {"id": "m1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    done = {**part, "text": TEXT}
    whole = {**item, "status": "completed", "content": [done]}
    at = {"item_id": "m1", "output_index": 0, "content_index": 0}
    events = [{"type": "response.created", "response": response("in_progress", [])},
              {"type": "response.output_item.added", "output_index": 0, "item": item},
              {"type": "response.content_part.added", **at, "part": part}]
    events += [{"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []} for piece in PIECES]
    events += [{"type": "response.output_text.done", **at, "text": TEXT, "logprobs": []},
               {"type": "response.content_part.done", **at, "part": done},
               {"type": "response.output_item.done", "output_index": 0, "item": whole},
               {"type": "response.completed", "response": response("completed", [whole])}]
    for number, event in enumerate(events):
        yield sse({**event, "sequence_number": number}, event["type"])


def anthropic_message(content):
    return {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": None,
            "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}


def anthropic_stream():
    def delta(index, **fields):
        return {"type": "content_block_delta", "index": index, "delta": fields}

    events = [{"type": "message_start", "message": anthropic_message([])},
              {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
              {"type": "ping"}]
    events += [delta(0, type="text_delta", text=piece) for piece in PIECES]
    tool = {"type": "tool_use", "id": "t1", "name": "mail", "input": {}}
    events += [{"type": "content_block_stop", "index": 0},
               {"type": "content_block_start", "index": 1, "content_block": tool}]
    events += [delta(1, type="input_json_delta", partial_json=piece) for piece in ARGUMENTS]
    events += [{"type": "content_block_stop", "index": 1},
               {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None},
                "usage": {"output_tokens": 9}},
               {"type": "message_stop"}]
    for event in events:
        yield sse(event, event["type"])


def gemini(text, finish=None):
    candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": "g", "usageMetadata": {"totalTokenCount": 3}}


def gemini_stream():
    for piece in PIECES[:-1]:
        yield sse(gemini(piece))
    yield sse(gemini(PIECES[-1], "STOP"))


def bedrock_stream():
    yield message("messageStart", {"role": "assistant"})
    for piece in PIECES:
        yield message("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
    yield message("contentBlockStop", {"contentBlockIndex": 0})
    yield message("messageStop", {"stopReason": "end_turn"})
    yield message("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
                               "metrics": {"latencyMs": 5}})


def ollama(text, done):
    return {"model": "m", "created_at": "2026-11-23T05:00:00Z", "message": {"role": "assistant", "content": text},
            "done": done}


def ollama_stream():
    for piece in PIECES:
        yield json.dumps(ollama(piece, False)).encode() + b"\n"
    yield json.dumps({**ollama("", True), "done_reason": "stop"}).encode() + b"\n"


def chat():
    answer = {"role": "assistant", "content": TEXT}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": answer, "finish_reason": "stop"}]}


def embeddings():
    vector = base64.b64encode(struct.pack("<3f", 0.1, 0.2, 0.3)).decode()
    return {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": vector}],
            "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def bedrock():
    return {"output": {"message": {"role": "assistant", "content": [{"text": TEXT}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 5}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.requests.append((self.path, body.decode()))
        path = self.path.split("?")[0]
        asked = json.loads(body) if body else {}
        stream = bool(asked.get("stream"))
        if path.endswith("/chat/completions"):
            return self.stream("text/event-stream", chat_stream()) if stream else self.whole(chat())
        if path.endswith("/embeddings"):
            return self.whole(embeddings())
        if path.endswith("/responses"):
            return self.stream("text/event-stream", responses_stream())
        if path.endswith("/messages"):
            if stream:
                return self.stream("text/event-stream", anthropic_stream())
            return self.whole({**anthropic_message([{"type": "text", "text": TEXT}]), "stop_reason": "end_turn"})
        if path.endswith(":streamGenerateContent"):
            return self.stream("text/event-stream", gemini_stream())
        if path.endswith(":generateContent"):
            return self.whole(gemini(TEXT, "STOP"))
        if path.endswith("/converse-stream"):
            return self.stream("application/vnd.amazon.eventstream", bedrock_stream())
        if path.endswith("/converse"):
            return self.whole(bedrock())
        if path == "/api/chat":
            if asked.get("stream", True):
                return self.stream("application/x-ndjson", ollama_stream())
            return self.whole(ollama(TEXT, True))
        return self.whole({"error": "there is nothing here"}, 404)

    def whole(self, answer, status=200):
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, kind, events):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events:
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


def start():
    """A server on a free port of this machine, in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
