// Forms: sent once, typed text kept, and the way from an error to its field.

/** Starts the behaviours of the page's forms. */
export function start() {
  for (const form of document.querySelectorAll("form[data-keep]")) keep(form);
  for (const form of document.querySelectorAll("form[data-once]")) once(form);
  for (const summary of document.querySelectorAll("[data-error-summary]")) lead(summary);
  for (const button of document.querySelectorAll("[data-share]")) share(button);
  for (const button of document.querySelectorAll("[data-all]")) all(button);
  for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());
}

/** A second press of the button does nothing while the first is on its way. */
function once(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    // Not `disabled`: a disabled button would leave its name and value out of what is sent.
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(release, 10_000);
  });
  function release() {
    sent = false;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
  addEventListener("pageshow", release);
}

/** Hands the link in a field on: through the device's own sheet where there is one, else the clipboard. */
function share(button) {
  const field = document.getElementById(button.dataset.share);
  const first = button.textContent;
  if (navigator.share) button.textContent = button.dataset.textShare;
  else if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) {
        await navigator.share({ url: field.value });
        return;
      }
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.textCopied;
      setTimeout(() => (button.textContent = first), 3_000);
    } catch {
      // Closed again, or refused: the field is there to be copied by hand.
      field.focus();
    }
  });
}

/** What was typed survives a reload or a detour, in this tab only, until it is sent. */
function keep(form) {
  const name = `muster:${form.dataset.keep}`;
  const fields = () => [...form.elements].filter((field) => field.name && !field.readOnly && !["hidden", "password", "submit", "file"].includes(field.type));
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  const stored = read(name);
  const answered = form.querySelector("[aria-invalid]") !== null;
  if (stored && !answered) {
    for (const field of fields()) {
      const key = ticks(field) ? `${field.name}=${field.value}` : field.name;
      if (!(key in stored)) continue;
      if (ticks(field)) field.checked = stored[key];
      else if (field.value === field.defaultValue || field.tagName === "SELECT") field.value = stored[key];
    }
  }
  form.addEventListener("input", () => {
    write(name, Object.fromEntries(fields().map((field) => (ticks(field) ? [`${field.name}=${field.value}`, field.checked] : [field.name, field.value]))));
  });
  form.addEventListener("submit", () => write(name, null));
}

/** One button ticks every box of its form, or none. */
function all(button) {
  const boxes = [...button.form.querySelectorAll("input[type=checkbox]")];
  const show = () => { button.textContent = button.getAttribute(boxes.every((box) => box.checked) ? "data-text-none" : "data-text-all"); };
  button.addEventListener("click", () => {
    const tick = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = tick;
    show();
  });
  button.form.addEventListener("change", show);
  button.hidden = false;
  show();
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage full or refused: the form works all the same.
  }
}

/** The summary is read first; its links put the cursor into the field. */
function lead(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const target = event.target.closest("a[href^='#']");
    const field = target && document.getElementById(target.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}
