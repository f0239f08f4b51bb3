// Logging: the stepper beside a number, and the ten seconds in which a save can be undone.

const HOLD = 450;
const REPEAT = 90;

/** Starts steppers and undo countdowns. */
export function start() {
  for (const stepper of document.querySelectorAll("[data-stepper]")) step(stepper);
  for (const form of document.querySelectorAll("form[data-undo]")) countdown(form);
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
function countdown(form) {
  let left = Number(form.dataset.undo);
  const button = form.querySelector("[data-text-left]");
  const show = () => {
    button.textContent = button.dataset.textLeft.replace("{n}", left);
  };
  form.dataset.counting = "";
  // The status says itself once; a changing number would be read out every second.
  form.setAttribute("aria-live", "off");
  show();
  const ticking = setInterval(() => {
    if (form.matches(":hover, :focus-within") || form.querySelector("[aria-busy]")) return;
    left -= 1;
    if (left > 0) show();
    else {
      clearInterval(ticking);
      form.remove();
    }
  }, 1_000);
}
