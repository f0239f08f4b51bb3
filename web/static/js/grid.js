// The availability grid: presets, and arrow keys between its cells. Space and Tab work by themselves.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Starts every `[data-when]` grid. */
export function start() {
  for (const grid of document.querySelectorAll("[data-when]")) presets(grid);
}

function presets(grid) {
  const cells = [...grid.querySelectorAll("td input[type=checkbox]")];
  const buttons = [...grid.querySelectorAll("[data-when-set]")];
  const wanted = (button) => (button.dataset.whenSet === "all" ? cells.map((cell) => cell.value) : button.dataset.whenSet.split(" ").filter(Boolean));

  const show = () => {
    const chosen = cells.filter((cell) => cell.checked).map((cell) => cell.value).sort().join();
    for (const button of buttons) {
      if (button.dataset.whenSet !== "") button.setAttribute("aria-pressed", String(wanted(button).sort().join() === chosen));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const set = new Set(wanted(button));
      for (const cell of cells) cell.checked = set.has(cell.value);
      cells[0]?.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  grid.addEventListener("input", show);
  show();
  const bar = grid.querySelector("[data-when-presets]");
  if (bar) bar.hidden = false;

  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const at = event.target.closest("td");
    if (!step || !at) return;
    const rows = [...at.closest("tbody").rows];
    const row = rows[rows.indexOf(at.parentElement) + step[0]];
    const next = row?.cells[at.cellIndex + step[1]]?.querySelector("input");
    event.preventDefault();
    next?.focus();
  });
}
