// A tool whose result is a changed recording, compared with the original.

import { Comparison } from "./compare.js";
import { Tool, fetchSound } from "./tool.js";
import { localAddress } from "./elements.js";

export function compareTool() {
  const comparison = new Comparison(document.querySelector("[data-compare]"));
  const link = document.querySelector("[data-compare] [data-download]");
  return new Tool({
    begin: () => comparison.clear(),
    async show(result, tool) {
      const url = localAddress(result.result_url);
      link.href = url;
      link.download = `${tool.recording.name.replace(/\.[^.]*$/, "")}-${tool.root.dataset.tool}.${result.format}`;
      await comparison.load(tool.recording, await fetchSound(url, result.duration));
    },
  });
}
