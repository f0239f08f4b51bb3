// A region's feed: says that something new is there, and leaves the reading position alone.

import { follow } from "./live.js";
import { plural } from "./text.js";

/** Starts the "new posts" link of each live feed. */
export function start() {
  for (const link of document.querySelectorAll("[data-feed-new]")) {
    const topic = link.closest("[data-live]")?.dataset.live;
    if (!topic) continue;
    let news = 0;
    follow(topic, {
      frame: ({ kind }) => {
        if (kind === "snapshot") return;
        news += 1;
        link.textContent = plural(link, "", news);
        link.hidden = false;
      },
    });
  }
}
