// How many people of a region are here now: the sentence follows the count.

import { follow } from "./live.js";
import { plural, text } from "./text.js";

/** Starts each sentence that tells who is here. */
export function start() {
  for (const line of document.querySelectorAll("[data-here]")) {
    follow(line.dataset.here, {
      frame: ({ people }) => {
        if (!Number.isInteger(people)) return;
        line.textContent = people === 0 ? text(line, "none") : plural(line, "", people);
      },
    });
  }
}
