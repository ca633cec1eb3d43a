// Page /stem-splitter/.

import { Mixer } from "../mixer.js";
import { Tool } from "../tool.js";
import { localAddress } from "../elements.js";

const mixer = new Mixer(document.querySelector("[data-mixer]"));
const title = (name) => name[0].toUpperCase() + name.slice(1);

new Tool({
  begin: () => mixer.clear(),
  async show(result, tool) {
    const base = tool.recording.name.replace(/\.[^.]*$/, "");
    const stems = result.outputs.map(({ name, url }) => {
      const address = localAddress(url);
      return { name, title: title(name), url: address, download: `${base}-${name}.${address.split(".").pop()}` };
    });
    Object.assign(document.querySelector("[data-archive]"), { href: `/static/downloads/${result.uuid}/archive.zip`, download: `${base}-stems.zip` });
    await mixer.load(stems, result.duration ?? tool.recording.seconds ?? 0);
  },
});
