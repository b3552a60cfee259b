// A copydesk stage in JavaScript as a WebAssembly component: put this file and copydesk_plugin.mjs beside your script.
//
//     import { component } from "./copydesk_component.mjs";
//
//     const stage = (article, config) => {
//       article.note("n_blocks", article.blocks.length);
//     };
//
//     export const { describe, configure, process } = component(stage, { name: "n_blocks", version: "1.0.0" });
//
// The function is the same as for stages of type `exec` (see copydesk_plugin.mjs), but cannot be async: there is nothing
// to wait for. There are no files, no network, no clock and no environment but what the configuration grants: `file`,
// `now` and `environment` give it, or `null`. There is nothing of Node and of browsers either, but for `console`: what
// you print goes to copydesk's log.
import * as host from "copydesk:stage/host@1.0.0";

import { answer, drop, Retry } from "./copydesk_plugin.mjs";

export { drop, Retry };

const REASONS = new Set("consent share subscribe navigation related legal advert comment repeat promo other".split(" "));

/** The text of a file that the configuration grants, by its name without folder; else null. */
export function file(name) {
  return host.file(String(name).toWellFormed()) ?? null;
}

/** Milliseconds since 1970, if the configuration grants the clock; else null. */
export function now() {
  const milliseconds = host.now() ?? null;
  return milliseconds === null ? null : Number(milliseconds);
}

/** An environment variable that the configuration grants; else null. */
export function environment(name) {
  return host.environment(String(name).toWellFormed()) ?? null;
}

/** While the component is made, which runs all that is not in a function, there is no log yet. */
let early = [];

function log(level, text) {
  if (early) early.push([level, text]);
  else for (const line of text.toWellFormed().split("\n")) host.log(level, line);
}

function shown(value) {
  if (value instanceof Error) return `${value}\n${value.stack ?? ""}`.trimEnd();
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}

const printer = (level) => (...values) => log(level, values.map(shown).join(" "));
globalThis.console = { debug: printer("debug"), log: printer("info"), info: printer("info"), warn: printer("warn"), error: printer("error") };

// What is not there would end the instance, and nobody would know why.
function absent() {
  throw new Error("there is no clock: ask now() of copydesk_component.mjs, which gives it if the configuration grants it");
}
const chance = () => {
  throw new Error("there is no chance: a stage says the same of the same article each time");
};
Date.now = absent;
Math.random = chance;
delete globalThis.performance;
globalThis.Date = new Proxy(Date, {
  construct: (date, given, target) => (given.length > 0 ? Reflect.construct(date, given, target) : absent()),
  apply: absent,
});

function taken(text) {
  const given = JSON.parse(text);
  if (given.op === "drop") return { tag: "drop", val: given.reason };
  if (given.op === "fail") return { tag: "fail", val: { code: given.code, message: given.message, retryable: given.retryable } };
  const pairs = (values) => Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]);
  const cuts = given.cuts.map(({ span: [start, end], reason, rule, confidence }) => {
    if (!REASONS.has(reason)) throw new TypeError(`\`${reason}\` is no reason for a cut`);
    if (![start, end].every((at) => Number.isInteger(at) && at >= 0 && at < 2 ** 32)) throw new RangeError(`${start} to ${end} is no span`);
    return { start, end, reason, rule: rule == null ? undefined : String(rule), confidence: Number(confidence) };
  });
  return { tag: "keep", val: { notes: pairs(given.notes), fields: pairs(given.fields), cuts } };
}

/** What a component exports. `configure`, if there is one, gets `[stage.config]` before the first article; what it throws
 * is shown to the person. */
export function component(stage, { name, version = "0", configure }) {
  let config = {};
  return {
    describe: () => ({ name, version }),
    configure(text) {
      const held = early ?? [];
      early = null;
      for (const [level, line] of held) log(level, line);
      config = JSON.parse(text);
      try {
        configure?.(config);
      } catch (error) {
        throw String(error).toWellFormed();
      }
    },
    process() {
      try {
        const text = answer(stage, config, 0, JSON.parse(host.recordJson()));
        if (typeof text !== "string") throw new TypeError("a component cannot wait: its function must not be async");
        return taken(text);
      } catch (error) {
        console.error(error);
        return { tag: "fail", val: { code: error.name, message: error.message.toWellFormed(), retryable: false } };
      }
    },
  };
}
