// The one script a page names. It brings in only the behaviours whose hooks are on the page,
// and every page works without it.
const behaviours = [
  ["form[data-once], form[data-keep], [data-error-summary], [data-select], [data-share], [data-all]", () => import("./forms.js")],
  ["[data-stepper], [data-undo]", () => import("./log.js")],
  ["[data-when]", () => import("./grid.js")],
  ["[data-race]", () => import("./race.js")],
  ["[data-feed-new]", () => import("./feed.js")],
  ["[data-here]", () => import("./here.js")],
];

for (const [hook, load] of behaviours) {
  if (document.querySelector(hook)) load().then((behaviour) => behaviour.start());
}
