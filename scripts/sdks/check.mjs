// The openai package of npm, through the proxy.
import { createRequire } from "node:module";
import assert from "node:assert";

const { BASE, EXPECT, ASKED, FOLDER } = process.env;
const OpenAI = createRequire(`${FOLDER}/`)("openai").default;
const client = new OpenAI({ baseURL: `${BASE}/v1`, apiKey: "k", maxRetries: 0 });
const asked = { model: "m", messages: [{ role: "user", content: ASKED }] };

const whole = await client.chat.completions.create(asked);
assert.equal(whole.choices[0].message.content, EXPECT);

let text = "";
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
assert.equal(text, EXPECT);

const final = await client.responses.stream({ model: "m", input: ASKED }).finalResponse();
assert.equal(final.output_text, EXPECT);
