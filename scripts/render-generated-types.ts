// SPDX-License-Identifier: Apache-2.0
import type {
  ConstantDescription,
  FieldShape,
  PalletDescription,
  TypeShape,
  VariantShape,
} from "@tickstream/chain-client/metadata";

const HEADER = `// SPDX-License-Identifier: Apache-2.0

// Written by \`npm run generate:types\` from the metadata that the built runtime gives of itself. Do not edit.
`;

/** The brands that a field's Rust type says and its shape alone does not. */
const BRANDS = new Map([["StreamId", "StreamId"]]);

/** Structs whose `u128`s are no amounts. */
const WITHOUT_AMOUNTS = new Set(["NonceWindow"]);

/** The files of contracts-types/src/generated/, by name, for the pallet that `fingerprint` is of. */
export function renderGeneratedTypes(pallet: PalletDescription, fingerprint: string): Map<string, string> {
  return new Map([
    ["types.ts", renderTypes(pallet)],
    ["calls.ts", renderCalls(pallet)],
    ["events.ts", renderEvents(pallet)],
    ["errors.ts", renderErrors(pallet)],
    ["constants.ts", renderConstants(pallet)],
    ["storage.ts", renderStorage(pallet)],
    ["fingerprint.ts", renderFingerprint(fingerprint)],
    [
      "index.ts",
      `${HEADER}${["calls", "constants", "errors", "events", "fingerprint", "storage", "types"]
        .map((file) => `export * from "./${file}.ts";\n`)
        .join("")}`,
    ],
  ]);
}

function renderTypes(pallet: PalletDescription): string {
  const named = new Map<string, string>();
  const collect = (shape: TypeShape): void => {
    if (shape.kind === "list" || shape.kind === "option") collect(shape.item);
    if (shape.kind === "tuple") shape.items.forEach(collect);
    if (shape.kind === "struct") {
      shape.fields.forEach((field) => collect(field.shape));
      define(named, shape.name, `export interface ${shape.name} ${renderFields(shape.fields, shape.name)}\n`);
    }
    if (shape.kind === "enum") {
      shape.variants.flatMap((variant) => variant.fields).forEach((field) => collect(field.shape));
      define(
        named,
        shape.name,
        `export type ${shape.name} =\n${shape.variants.map((v) => `  | ${renderVariant(v)}`).join("\n")};\n`,
      );
    }
  };
  for (const { fields } of [...pallet.calls, ...pallet.events])
    fields.forEach((field) => collect(field.shape));
  for (const { value } of pallet.storage) collect(value);
  const names = [...named.keys()].toSorted();
  return withImports(names.map((name) => named.get(name)).join("\n"), []);
}

/** Two types of one name would hide each other. */
function define(named: Map<string, string>, name: string, source: string): void {
  const known = named.get(name);
  if (known !== undefined && known !== source) throw new Error(`two different types are called ${name}`);
  named.set(name, source);
}

function renderVariant({ name, fields }: VariantShape): string {
  const [first] = fields;
  if (first === undefined) return `{ type: "${name}" }`;
  const value = first.name === "0" ? renderType(first.shape, first.typeName) : renderFields(fields);
  return `{ type: "${name}"; value: ${value} }`;
}

function renderCalls(pallet: PalletDescription): string {
  const calls = pallet.calls.map(
    ({ name, docs, fields }) =>
      `${renderDocs(docs, "  ")}  ${camelCase(name)}: ${renderFields(fields, "", "  ")};\n`,
  );
  const order = pallet.calls.map(({ name, fields }) => {
    const names = fields.map((field) => `"${camelCase(field.name)}"`);
    return `  ${camelCase(name)}: [${names.join(", ")}],\n`;
  });
  return withImports(
    `/** The pallet's calls, and the arguments of each. */
export interface TickStreamCalls {
${calls.join("")}}

/** The order of each call's arguments. */
export const TICK_STREAM_CALL_ARGUMENTS = {
${order.join("")}} as const satisfies { [Call in keyof TickStreamCalls]: readonly (keyof TickStreamCalls[Call])[] };
`,
    typeNames(pallet),
  );
}

function renderEvents(pallet: PalletDescription): string {
  const events = pallet.events.map(
    ({ name, docs, fields }) => `${renderDocs(docs, "  ")}  ${name}: ${renderFields(fields, "", "  ")};\n`,
  );
  return withImports(
    `/** The pallet's events, and what each carries. */
export interface TickStreamEvents {
${events.join("")}}

export type TickStreamEventName = keyof TickStreamEvents;

/** One of the pallet's events. */
export type TickStreamEvent = {
  [Name in TickStreamEventName]: { name: Name; data: TickStreamEvents[Name] };
}[TickStreamEventName];
`,
    typeNames(pallet),
  );
}

function renderErrors(pallet: PalletDescription): string {
  const errors = pallet.errors.map(({ name, docs }) => `  ${name}: ${JSON.stringify(sentence(docs))},\n`);
  return `${HEADER}
/** Why a call is refused, in the pallet's own sentences, which are meant for people. */
export const TICK_STREAM_ERRORS = {
${errors.join("")}} as const;

export type TickStreamErrorName = keyof typeof TICK_STREAM_ERRORS;
`;
}

function renderConstants(pallet: PalletDescription): string {
  const types = pallet.constants.map(
    ({ name, docs, shape }) => `${renderDocs(docs, "  ")}  ${camelCase(name)}: ${renderType(shape)};\n`,
  );
  const values = pallet.constants.map(
    (constant) => `  ${camelCase(constant.name)}: ${renderValue(constant)},\n`,
  );
  return withImports(
    `/** The pallet's constants. Times are in blocks, amounts in plancks. */
export interface TickStreamConstants {
${types.join("")}}

/** The constants of the built runtime; a chain's own are to be asked of it. */
export const TICK_STREAM_CONSTANTS: TickStreamConstants = {
${values.join("")}};
`,
    [],
  );
}

function renderValue({ name, shape, value }: ConstantDescription): string {
  if (shape.kind === "uint") {
    const number = value.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const text = number.toString().replace(/\B(?=(\d{3})+$)/g, "_");
    return shape.bits <= 32 ? text : `${text}n as ${renderType(shape)}`;
  }
  const fixed = shape.kind === "account" || shape.kind === "hash" || shape.kind === "bytes";
  if (!fixed) throw new Error(`the constant ${name} has no plain form here yet`);
  const hex = `"0x${Buffer.from(value).toString("hex")}"`;
  return shape.kind === "bytes" ? hex : `${hex} as ${renderType(shape)}`;
}

function renderStorage(pallet: PalletDescription): string {
  const items = pallet.storage.map(({ name, docs, keys, value, optional }) => {
    const keyTypes = keys.map(({ shape }) =>
      shape.kind === "uint" && shape.bits > 32 ? "bigint" : renderType(shape),
    );
    const type = renderType(value);
    const valueType = optional && type !== "null" ? `${type} | null` : type;
    return `${renderDocs(docs, "  ")}  ${camelCase(name)}: { keys: [${keyTypes.join(", ")}]; value: ${valueType} };\n`;
  });
  return withImports(
    `/** What the pallet keeps: the keys and the value of each item. A missing value is \`null\`. */
export interface TickStreamStorage {
${items.join("")}}
`,
    typeNames(pallet),
  );
}

function renderFingerprint(fingerprint: string): string {
  return `${HEADER}
/**
 * Of the pallet that these types were made for: names, indices and shapes of its calls, events, errors, storage
 * and constants. A chain whose pallet has another is spoken to in another language.
 */
export const TICK_STREAM_FINGERPRINT =
  "${fingerprint}";
`;
}

function renderFields(fields: FieldShape[], owner = "", indent = ""): string {
  if (fields.length === 0) return "Record<string, never>";
  const lines = fields.map((field) => {
    const shares = field.typeName === "Perbill" ? ["In parts per billion."] : [];
    const name = camelCase(field.name);
    const docs = renderDocs([...field.docs, ...shares], `${indent}  `);
    return `${docs}${indent}  ${name}: ${renderType(field.shape, field.typeName, owner)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

/** A shape as TypeScript. */
function renderType(shape: TypeShape, typeName = "", owner = ""): string {
  switch (shape.kind) {
    case "uint":
      if (shape.bits <= 32) return "number";
      if (shape.bits === 128 && !WITHOUT_AMOUNTS.has(owner)) return "Planck";
      return BRANDS.get(typeName) ?? "bigint";
    case "bool":
      return "boolean";
    case "text":
      return "string";
    case "bytes":
      return "Hex";
    case "account":
      return "AccountId";
    case "hash":
      // The pallet has no other hashes.
      return "ChannelId";
    case "dispatch-error":
      return "DispatchFailure";
    case "list":
      return `${parenthesised(renderType(shape.item))}[]`;
    case "option":
      return `${renderType(shape.item)} | null`;
    case "tuple":
      return shape.items.length === 0
        ? "null"
        : `[${shape.items.map((item) => renderType(item)).join(", ")}]`;
    default:
      return shape.name;
  }
}

/** A Rust name, `tick_ms` or `MaxTicks`, as the chain's decoder writes it in JavaScript. */
function camelCase(name: string): string {
  const words = name.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function parenthesised(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}

/** The paragraph of a doc comment that says what the thing is. */
function sentence(docs: string[]): string {
  const end = docs.findIndex((line) => line.trim() === "");
  return (end < 0 ? docs : docs.slice(0, end)).map((line) => line.trim()).join(" ");
}

function renderDocs(docs: string[], indent: string): string {
  const text = sentence(docs);
  return text === "" ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n`;
}

function typeNames(pallet: PalletDescription): string[] {
  return [...renderTypes(pallet).matchAll(/^export (?:interface|type) (\w+)/gm)].map(
    ([, name]) => name ?? "",
  );
}

/** The header, the imports that `body` needs, and `body`. */
function withImports(body: string, generated: string[]): string {
  const uses = (name: string) => new RegExp(`[^.\\w"]${name}\\b(?!["?:])`).test(body);
  const imports = [
    ["Planck", "../amounts.ts"],
    ["DispatchFailure", "../dispatch-failure.ts"],
    ["Hex", "../hex.ts"],
    ["AccountId", "../ids.ts"],
    ["ChannelId", "../ids.ts"],
    ["StreamId", "../ids.ts"],
    ...generated.map((name) => [name, "./types.ts"]),
  ].filter(([name = ""]) => uses(name));
  const files = new Map<string, string[]>();
  for (const [name = "", file = ""] of imports) files.set(file, [...(files.get(file) ?? []), name]);
  const lines = [...files].map(([file, names]) => `import type { ${names.join(", ")} } from "${file}";\n`);
  return `${HEADER}${lines.join("")}\n${body}`;
}
