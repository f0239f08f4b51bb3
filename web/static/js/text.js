// Words and numbers by locale. No sentence lives in a script: the server renders each as a
// `data-text-…` attribute with {slots}, one attribute per plural category.

const locale = document.documentElement.lang || "en";
const plurals = new Intl.PluralRules(locale);
const ordinals = new Intl.PluralRules(locale, { type: "ordinal" });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
const clock = clockIn(document.documentElement.dataset.zone);

/** 31204.4 → "31,204". */
export const count = (number) => whole.format(number);
/** 108.14 → "108.1". */
export const pace = (number) => tenths.format(number);
/** 1.4 → "+1.4"; to tenths; 0.04 is "0.0". */
export const difference = (number) => signed.format(number);
/** A Date → "14:02". */
export const time = (date) => clock.format(date);

/** Times as the server writes them: in the zone of the person, not of the machine. */
function clockIn(timeZone) {
  const parts = { hour: "numeric", minute: "2-digit" };
  try {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone });
  } catch {
    // A zone that this browser does not know.
    return new Intl.DateTimeFormat(locale, parts);
  }
}

/** Puts `slots` into a pattern: fill("{n} doors", {n: 3}) → "3 doors". */
export function fill(pattern, slots) {
  return pattern.replace(/\{(\w+)\}/g, (slot, name) => slots[name] ?? slot);
}

/** The sentence `data-text-<key>` of an element with its slots filled; "" where there is none. */
export function text(element, key, slots = {}) {
  return fill(element.getAttribute(`data-text-${key}`) ?? "", slots);
}

/** Like `text`, by the plural category of `n`: `data-text-<key>-one`, `data-text-<key>-other`, … */
export function plural(element, key, n, slots = {}) {
  const stem = key ? `${key}-` : "";
  const category = element.hasAttribute(`data-text-${stem}${plurals.select(n)}`) ? plurals.select(n) : "other";
  return text(element, stem + category, { n: count(n), ...slots });
}

/** 2 → "2nd", by the element's `data-ordinal-one`, `-two`, `-few`, `-other`. */
export function ordinal(element, n) {
  const pattern = element.getAttribute(`data-ordinal-${ordinals.select(n)}`) ?? element.dataset.ordinalOther;
  return fill(pattern ?? "{n}", { n: count(n) });
}
