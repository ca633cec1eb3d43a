// Server-sent events of a response to a POST, which EventSource cannot read.

/** Cuts text into events, as it arrives: parser.push(text) returns the events that are complete, {event, data, id}. */
export class EventParser {
  #rest = "";

  push(text) {
    this.#rest += text;
    const events = [];
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(this.#rest);
      if (!end) return events;
      const event = parseEvent(this.#rest.slice(0, end.index));
      this.#rest = this.#rest.slice(end.index + end[0].length);
      if (event) events.push(event);
    }
  }
}

function parseEvent(block) {
  const found = { event: "message", data: [], id: "" };
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "data") found.data.push(value);
    else if (name === "event") found.event = value;
    else if (name === "id") found.id = value;
  }
  return found.data.length ? { ...found, data: parseData(found.data.join("\n")) } : null;
}

function parseData(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Events of a ReadableStream of bytes. */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
