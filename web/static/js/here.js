// How many people of a region are here now: the sentence follows the count, and says nothing while
// nobody tells it.

import { follow } from "./live.js";
import { plural, text } from "./text.js";

/** Starts each sentence that tells who is here. */
export function start() {
  for (const line of document.querySelectorAll("[data-here]")) {
    follow(line.dataset.here, {
      frame: ({ people, few }) => {
        if (few !== true && !Number.isInteger(people)) return;
        if (few === true) line.textContent = text(line, "few");
        else line.textContent = people === 0 ? text(line, "none") : plural(line, "", people);
        line.hidden = false;
      },
      change: (state) => {
        // "on" is followed by a frame.
        if (state !== "on") line.hidden = true;
      },
    });
  }
}
