// A request as curl, Python and JavaScript: exactly what the page sends, with the visitor's own values.

/**
 * Texts of a request: {curl, python, javascript}.
 * request:
 *   path      "/v1/tts/stream/"
 *   json      body as an object, or
 *   fields    body of a form: {name: value}, and files: {name: file name}
 *   base      "https://speech.example.com"
 *   hasKey    true if the visitor has an account: the key comes from the environment variable TTSAI_API_KEY
 *   saves     file name of the answer, if that is a file
 *   events    "audio" if the answer is server-sent events with audio, "text" for other events
 */
export function buildSnippets(request) {
  return { curl: curlOf(request), python: pythonOf(request), javascript: javascriptOf(request) };
}

const KEY = "TTSAI_API_KEY";

/** A word of a POSIX shell. */
export const shellQuote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Name of a file in curl's -F: in double quotes, in which a backslash goes before both. `-` alone would be standard input. */
const curlFile = (name) => `"${(name === "-" ? "./-" : name).replace(/[\\"]/g, "\\$&")}"`;

/** JSON that Python reads as the same value. */
export function pythonLiteral(value, indent = "") {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return value.length ? `[\n${value.map((one) => `${inner}${pythonLiteral(one, inner)},\n`).join("")}${indent}]` : "[]";
  if (typeof value === "object") {
    const rows = Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${pythonLiteral(one, inner)},\n`);
    return rows.length ? `{\n${rows.join("")}${indent}}` : "{}";
  }
  return String(value);
}

function curlOf({ path, json, fields, files, base, hasKey, saves, events }) {
  const lines = [`curl ${events ? "-N " : ""}--fail-with-body ${shellQuote(base + path)}`];
  if (hasKey) lines.push(`-H "Authorization: Bearer $${KEY}"`);
  if (json) {
    lines.push(`-H "Content-Type: application/json"`, `-d ${shellQuote(JSON.stringify(json))}`);
  } else {
    for (const [name, value] of Object.entries(fields ?? {})) lines.push(`--form-string ${shellQuote(`${name}=${value}`)}`);
    for (const [name, file] of Object.entries(files ?? {})) lines.push(`-F ${shellQuote(`${name}=@${curlFile(file)}`)}`);
  }
  if (saves && !events) lines.push(`-o ${shellQuote(saves)}`);
  return lines.join(" \\\n  ");
}

function pythonOf(request) {
  const { path, json, fields, files, base, hasKey, saves, events } = request;
  const imports = [...(events === "audio" ? ["base64"] : []), ...(events ? ["json"] : []), ...(hasKey ? ["os"] : [])];
  const lines = [...imports.map((name) => `import ${name}`), ...(imports.length ? [""] : []), "import requests", ""];
  const given = [JSON.stringify(base + path)];
  if (hasKey) given.push(`headers={"Authorization": f"Bearer {os.environ['${KEY}']}"}`);
  if (json) given.push(`json=${pythonLiteral(json, "    ")}`);
  if (Object.keys(fields ?? {}).length) given.push(`data=${pythonLiteral(fields, "    ")}`);
  if (Object.keys(files ?? {}).length) {
    given.push(`files={${Object.entries(files).map(([name, file]) => `${JSON.stringify(name)}: open(${JSON.stringify(file)}, "rb")`).join(", ")}}`);
  }
  if (events) given.push("stream=True");
  lines.push("response = requests.post(", ...given.map((one) => `    ${one},`), ")", "response.raise_for_status()");
  return [...lines, ...pythonEnd({ saves, events })].join("\n");
}

function pythonEnd({ saves, events }) {
  if (events === "audio") {
    return [
      `with open(${JSON.stringify(saves)}, "wb") as file:`,
      '    for line in response.iter_lines(decode_unicode=True):',
      '        if not line.startswith("data: "):',
      "            continue",
      '        event = json.loads(line.removeprefix("data: "))',
      '        if "error" in event:',
      '            raise RuntimeError(event["error"]["message"])',
      '        if "audio" in event:',
      '            file.write(base64.b64decode(event["audio"]))',
      '            for word in event["words"]:',
      '                print(word["start"], word["word"])',
      "        else:",
      '            print(event["url"])',
    ];
  }
  if (events) {
    return [
      "for line in response.iter_lines(decode_unicode=True):",
      '    if line.startswith("data: "):',
      '        print(json.loads(line.removeprefix("data: ")))',
    ];
  }
  if (saves) return [`with open(${JSON.stringify(saves)}, "wb") as file:`, "    file.write(response.content)"];
  return ["print(response.json())"];
}

function javascriptOf({ path, json, fields, files, base, hasKey, saves, events }) {
  const headers = [
    ...(hasKey ? [`Authorization: \`Bearer \${process.env.${KEY}}\``] : []),
    ...(json ? ['"Content-Type": "application/json"'] : []),
  ];
  const usesFiles = saves || Object.keys(files ?? {}).length > 0;
  const lines = [...(usesFiles ? ['import fs from "node:fs";', ""] : [])];
  let body = `JSON.stringify(${JSON.stringify(json, null, 2)?.replaceAll("\n", "\n  ")})`;
  if (!json) {
    body = "form";
    lines.push("const form = new FormData();");
    for (const [name, value] of Object.entries(fields ?? {})) lines.push(`form.set(${JSON.stringify(name)}, ${JSON.stringify(String(value))});`);
    for (const [name, file] of Object.entries(files ?? {})) {
      lines.push(`form.set(${JSON.stringify(name)}, await fs.openAsBlob(${JSON.stringify(file)}), ${JSON.stringify(file)});`);
    }
  }
  lines.push(`const response = await fetch(${JSON.stringify(base + path)}, {`, '  method: "POST",');
  if (headers.length) lines.push(`  headers: { ${headers.join(", ")} },`);
  lines.push(`  body: ${body},`, "});", "if (!response.ok) throw new Error(await response.text());");
  return [...lines, ...javascriptEnd({ saves, events })].join("\n");
}

function javascriptEnd({ saves, events }) {
  if (events) {
    const isAudio = events === "audio";
    return [
      ...(isAudio ? [`const file = fs.createWriteStream(${JSON.stringify(saves)});`] : []),
      'let rest = "";',
      "for await (const text of response.body.pipeThrough(new TextDecoderStream())) {",
      '  const lines = (rest + text).split("\\n");',
      "  rest = lines.pop();",
      '  for (const line of lines.filter((line) => line.startsWith("data: "))) {',
      "    const event = JSON.parse(line.slice(6));",
      ...(isAudio
        ? [
          "    if (event.error) throw new Error(event.error.message);",
          '    if (event.audio === undefined) console.log(event.url);',
          "    else {",
          '      file.write(Buffer.from(event.audio, "base64"));',
          "      for (const { start, word } of event.words) console.log(start, word);",
          "    }",
        ]
        : ["    console.log(event);"]),
      "  }",
      "}",
    ];
  }
  if (saves) return [`fs.writeFileSync(${JSON.stringify(saves)}, Buffer.from(await response.arrayBuffer()));`];
  return ["console.log(await response.json());"];
}
