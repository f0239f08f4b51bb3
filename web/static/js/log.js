// Logging: the stepper beside a number, and the ten seconds in which a save can be undone.

const HOLD = 450;
const REPEAT = 90;

/** Starts steppers and undo countdowns. */
export function start() {
  for (const stepper of document.querySelectorAll("[data-stepper]")) step(stepper);
  for (const offer of document.querySelectorAll("[data-undo]")) countdown(offer);
}

function step(stepper) {
  const field = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("[data-step]")) {
    const by = Number(button.dataset.step);
    let held = 0;
    let repeated = false;
    const add = () => {
      const next = (Number(field.value) || 0) + by;
      const low = field.min === "" ? -Infinity : Number(field.min);
      const high = field.max === "" ? Infinity : Number(field.max);
      field.value = Math.min(high, Math.max(low, next));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const release = () => {
      clearTimeout(held);
      held = 0;
    };
    const again = () => {
      repeated = true;
      add();
      held = setTimeout(again, REPEAT);
    };
    button.hidden = false;
    button.addEventListener("pointerdown", () => {
      repeated = false;
      held = setTimeout(again, HOLD);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, release);
    button.addEventListener("contextmenu", (event) => held && event.preventDefault());
    button.addEventListener("click", () => {
      if (!repeated) add();
      repeated = false;
    });
  }
}

/** Counts down beside the button and takes the offer away at the end; waits while one is on it. */
function countdown(offer) {
  let left = Number(offer.dataset.undo);
  const button = offer.querySelector("[data-text-left]");
  const show = () => {
    button.textContent = button.dataset.textLeft.replace("{n}", left);
  };
  offer.dataset.counting = "";
  show();
  const ticking = setInterval(() => {
    if (offer.matches(":hover, :focus-within") || offer.querySelector("[aria-busy]")) return;
    left -= 1;
    if (left > 0) show();
    else {
      clearInterval(ticking);
      offer.remove();
    }
  }, 1_000);
}
