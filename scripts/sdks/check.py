"""Drives the SDKs of five APIs through the proxy: `make test-sdks`. Arguments: the lockgate binary, and the folder of the npm packages."""

import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import upstream  # noqa: E402

SECRET = "jane.doe@example.com"
EXPECT = upstream.TEXT.replace(SECRET, "[pii.email]")
ASKED = "I am bob@example.com, who are you?"
ARGUMENTS = {"to": "[pii.email]", "n": 1}


def start_proxy(binary, url, pack):
    arguments = [binary, "proxy", "--upstream", url, "--listen", "127.0.0.1:0", "--pack", pack]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    found = re.search(r"on (http://\S+)", line)
    if not found:
        process.kill()
        raise SystemExit(f"the proxy did not start: {line!r}")
    return process, found.group(1)


def openai_chat(base):
    import openai

    client = openai.OpenAI(base_url=f"{base}/v1", api_key="k", max_retries=0)
    asked = dict(model="m", messages=[{"role": "user", "content": ASKED}])
    assert client.chat.completions.create(**asked).choices[0].message.content == EXPECT
    text, usage = "", None
    for chunk in client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
        for choice in chunk.choices:
            text += choice.delta.content or ""
        usage = chunk.usage or usage
    assert text == EXPECT and usage.total_tokens == 3
    with client.chat.completions.stream(**asked) as stream:
        final = stream.get_final_completion().choices[0].message
    assert final.content == EXPECT and final.role == "assistant"
    call = final.tool_calls[0]
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == ("call_1", "mail", ARGUMENTS)
    vector = client.embeddings.create(model="m", input=ASKED).data[0].embedding
    assert len(vector) == 3


def openai_responses(base):
    import openai

    client = openai.OpenAI(base_url=f"{base}/v1", api_key="k", max_retries=0)
    with client.responses.stream(model="m", input=ASKED) as stream:
        numbers, text = [], ""
        for event in stream:
            numbers.append(getattr(event, "sequence_number", None))
            if event.type == "response.output_text.delta":
                text += event.delta
        final = stream.get_final_response()
    assert text == EXPECT == final.output_text
    numbers = [number for number in numbers if number is not None]
    assert numbers == sorted(set(numbers))


def anthropic(base):
    import anthropic

    client = anthropic.Anthropic(base_url=base, api_key="k", max_retries=0)
    asked = dict(model="m", max_tokens=9, messages=[{"role": "user", "content": ASKED}])
    assert client.messages.create(**asked).content[0].text == EXPECT
    with client.messages.stream(**asked) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == EXPECT == final.content[0].text
    assert final.content[1].input == ARGUMENTS and final.stop_reason == "tool_use"


def gemini(base):
    from google import genai

    client = genai.Client(api_key="k", http_options={"base_url": base})
    assert client.models.generate_content(model="g", contents=ASKED).text == EXPECT
    chunks = client.models.generate_content_stream(model="g", contents=ASKED)
    assert "".join(chunk.text or "" for chunk in chunks) == EXPECT


def bedrock(base):
    import boto3

    client = boto3.client("bedrock-runtime", endpoint_url=base, region_name="us-east-1", aws_access_key_id="k",
                          aws_secret_access_key="k")
    asked = dict(modelId="m", messages=[{"role": "user", "content": [{"text": ASKED}]}])
    assert client.converse(**asked)["output"]["message"]["content"][0]["text"] == EXPECT
    text, usage = "", None
    for event in client.converse_stream(**asked)["stream"]:
        text += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
        usage = event.get("metadata", {}).get("usage", usage)
    assert text == EXPECT and usage["totalTokens"] == 3


def ollama(base):
    import ollama

    client = ollama.Client(host=base)
    asked = dict(model="m", messages=[{"role": "user", "content": ASKED}])
    assert client.chat(**asked).message.content == EXPECT
    chunks = list(client.chat(**asked, stream=True))
    assert "".join(chunk.message.content for chunk in chunks) == EXPECT and chunks[-1].done


def node(base, folder):
    script = pathlib.Path(__file__).parent / "check.mjs"
    environment = {**os.environ, "BASE": base, "EXPECT": EXPECT, "ASKED": ASKED, "FOLDER": folder}
    subprocess.run(["node", str(script)], env=environment, check=True)


def blocked(base):
    """What is blocked is an error that each SDK raises as its own."""
    import anthropic
    import boto3
    import botocore.exceptions
    import ollama
    import openai
    from google import genai
    from google.genai import errors

    card = "my card is 4539 5787 6362 1486"
    chat = [{"role": "user", "content": card}]

    def raises(kind, call):
        try:
            call()
        except kind as error:
            assert "Lockgate" in str(error) and "4539" not in str(error), error
        else:
            raise AssertionError(f"{kind} was not raised")

    one = openai.OpenAI(base_url=f"{base}/v1", api_key="k", max_retries=0)
    raises(openai.PermissionDeniedError, lambda: one.chat.completions.create(model="m", messages=chat))
    two = anthropic.Anthropic(base_url=base, api_key="k", max_retries=0)
    raises(anthropic.PermissionDeniedError, lambda: two.messages.create(model="m", max_tokens=9, messages=chat))
    three = genai.Client(api_key="k", http_options={"base_url": base})
    raises(errors.ClientError, lambda: three.models.generate_content(model="g", contents=card))
    four = boto3.client("bedrock-runtime", endpoint_url=base, region_name="us-east-1", aws_access_key_id="k",
                        aws_secret_access_key="k")
    raises(botocore.exceptions.ClientError,
           lambda: four.converse(modelId="m", messages=[{"role": "user", "content": [{"text": card}]}]))
    five = ollama.Client(host=base)
    raises(ollama.ResponseError, lambda: five.chat(model="m", messages=chat))


def main():
    binary, packages = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    server = upstream.start()
    url = f"http://127.0.0.1:{server.server_port}"
    process, base = start_proxy(binary, url, "default")
    try:
        for check in [openai_chat, openai_responses, anthropic, gemini, bedrock, ollama]:
            check(base)
            print(f"sdks: {check.__name__} passed", flush=True)
        if packages:
            node(base, packages)
            print("sdks: openai of npm passed", flush=True)
    finally:
        process.terminate()
        process.wait()
    for path, body in server.requests:
        assert "bob@example.com" not in body, path
    count = len(server.requests)
    process, base = start_proxy(binary, url, "pci")
    try:
        blocked(base)
    finally:
        process.terminate()
        process.wait()
    assert len(server.requests) == count, "what was blocked reached the upstream"
    print("sdks: what is blocked raises errors", flush=True)


main()
