// A copydesk stage in JavaScript: this file is all it takes. Put it beside your script; Node 16 or later.
//
//     import * as copydesk from "./copydesk_plugin.mjs";
//
//     copydesk.run((article, config) => {
//       article.note("n_blocks", article.blocks.length);
//     });
//
// The function gets one article and the table `[stage.config]` of the configuration, and may be async. It proposes:
// `article.note`, `article.set`, `article.cut`. It returns nothing to keep the article, or `copydesk.drop("reason")` to
// leave it out. An exception sets the article aside, with its message; `throw new copydesk.Retry("…")` has it tried
// again.
//
// Print what you like: it goes to copydesk's log. Articles come and answers go by descriptors of their own.

/** Bytes of the answer for one article, so that one costs no other: copydesk takes less. */
const MAX_ANSWER = 4 << 20;
const BODY = new Set(["heading", "paragraph", "list_item", "quote", "caption", "table", "code"]);

/** The article may go well at another time. */
export class Retry extends Error {}

class Drop {
  constructor(reason) {
    this.reason = String(reason);
  }
}

/** What the function returns to leave an article out. */
export function drop(reason) {
  return new Drop(reason);
}

/** An article as the stages before have left it. Every member of its record is a property: `id`, `uri`, `title`,
 * `authors`, `published`, `language`, `entities`, `keywords`, `notes`, … A block has `kind`, `text`, `isBody`, and
 * `span`, its place in the original in bytes of UTF-8. */
class Article {
  #proposed = { notes: {}, fields: {}, cuts: [] };

  constructor(record) {
    // A member may one day be called as a method is: it is in `record`.
    this.record = record;
    for (const key of Object.keys(record)) if (!(key in this)) this[key] = record[key];
    for (const block of this.blocks) block.isBody = BODY.has(block.kind);
  }

  /** The body: its blocks, a blank line between them. */
  get text() {
    const body = this.blocks.filter((block) => block.isBody);
    return body.map((block) => block.text).join("\n\n");
  }

  /** Proposes a note: anything that JSON can hold, under a name that no other stage has used. */
  note(name, value) {
    if (value === undefined) throw new TypeError(`the note ${name} is undefined`);
    this.#proposed.notes[name] = value;
  }

  /** Proposes a field: title, authors, published, modified, dateline, standfirst, section, site, url, keywords or
   * summary. */
  set(field, value) {
    this.#proposed.fields[field] = value;
  }

  /** Proposes to leave out a block of the body, or what `text.slice(start, end)` of it is. `reason` is one of consent,
   * share, subscribe, navigation, related, legal, advert, comment, repeat, promo, other. */
  cut(block, reason, { rule, start = 0, end = block.text.length, confidence = 1 } = {}) {
    const at = block.span[0] + byteLength(block.text.slice(0, start));
    const span = [at, at + byteLength(block.text.slice(start, end))];
    this.#proposed.cuts.push({ span, reason, rule, confidence });
  }

  proposed() {
    return this.#proposed;
  }
}

/** Bytes of a text in UTF-8. */
function byteLength(text) {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** JSON as copydesk takes it: no NaN, and no half characters, which become U+FFFD. */
function json(value) {
  const text = JSON.stringify(value, (key, value) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`${key} is ${value}: JSON has no such number`);
    return value;
  });
  // Half a character is written as an escape; a pair of backslashes before is none.
  return text.includes("\\ud") ? text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\\ufffd")) : text;
}

/** The answer for one article as JSON; a promise of it if the function gives one. */
export function answer(process, config, k, record) {
  const head = { k, id: record.id };
  let article;
  const kept = (result) => {
    if (result instanceof Drop) return json({ ...head, op: "drop", reason: result.reason });
    if (result !== undefined) throw new TypeError("return nothing, or copydesk.drop(reason)");
    const line = json({ ...head, op: "keep", ...article.proposed() });
    if (line.length > MAX_ANSWER) throw new RangeError(`its answer has ${line.length} characters, at most ${MAX_ANSWER} are taken`);
    return line;
  };
  const failed = (error) => {
    const retryable = error instanceof Retry;
    if (!retryable) console.error(`over article ${record.id} (${record.uri}):`, error);
    const { name = "Error", message = String(error) } = error ?? {};
    return json({ ...head, op: "fail", code: String(name), message: String(message).slice(0, 2000), retryable });
  };
  try {
    article = new Article(record);
    const result = process(article, config);
    return typeof result?.then === "function" ? Promise.resolve(result).then(kept).catch(failed) : kept(result);
  } catch (error) {
    return failed(error);
  }
}

/** Lines end in a line feed and nothing else: `readline` would also end them within an article's text. */
async function* lines(input) {
  let chunks = [];
  for await (let chunk of input) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10)) {
      yield Buffer.concat([...chunks, chunk.subarray(0, at)]).toString();
      chunks = [];
      chunk = chunk.subarray(at + 1);
    }
    chunks.push(chunk);
  }
}

/** Serves copydesk until it says that it is done. */
export async function run(process_, { name, version = "0", maxBatch = null } = {}) {
  if (!process.env.COPYDESK_IN_FD || !process.env.COPYDESK_OUT_FD) {
    throw new Error("this script is started by copydesk: name it in the `command` of a stage of type `exec`");
  }
  // Here and not above: in a component there is no Node.
  const [fs, path] = await Promise.all([import("node:fs"), import("node:path")]);
  const input = fs.createReadStream(null, { fd: Number(process.env.COPYDESK_IN_FD) });
  const out = Number(process.env.COPYDESK_OUT_FD);
  const send = (line) => {
    const bytes = Buffer.from(line + "\n");
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(out, bytes, at);
  };
  let config = {};
  try {
    for await (const line of lines(input)) {
      const frame = JSON.parse(line);
      if (frame.t === "batch") {
        if (!Number.isSafeInteger(frame.seq)) throw new TypeError("a batch without a number");
        const items = [];
        for (const { k, article } of frame.items) items.push(await answer(process_, config, k, article));
        send(`{"t":"result","seq":${frame.seq},"items":[${items.join(",")}]}`);
      } else if (frame.t === "hello") {
        config = frame.config;
        name ??= path.basename(process.argv[1] ?? "plugin");
        send(json({ t: "ready", proto: 1, name, version, max_batch: maxBatch }));
      } else if (frame.t === "ping") {
        send(json({ t: "pong", n: frame.n }));
      } else if (frame.t === "drain") {
        send('{"t":"drained"}');
        process.exit(0);
      }
    }
  } catch (error) {
    // Node does not end as long as it waits for input: copydesk sees by the closed answers that this is over.
    console.error(error);
    fs.closeSync(out);
    process.exit(1);
  }
}
