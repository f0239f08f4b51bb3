// Draws a board into the table the server rendered: patches cells of keyed rows, adds and removes
// rows, puts them in order. Knows nothing of sockets or of when it may draw.

import { count, difference, fill, ordinal, pace, plural, text } from "./text.js";

const TRAVEL = 300;
const TINT = 1_500;
const MOST_TRAVELLERS = 6;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Ranked rows by rank, then the unranked by points. */
export function inOrder(rows) {
  return [...rows].sort((a, b) =>
    (a.rank ?? Infinity) - (b.rank ?? Infinity) || (b.pace ?? 0) - (a.pace ?? 0) || b.points - a.points || (a.region < b.region ? -1 : 1));
}

/** Whether `code` races in this row, alone or as part of a merged entry. */
export const holds = (row, code) => row.region === code || (row.regions ?? []).includes(code);

export class Tower {
  /** `table` is the `<table data-race>`; its rows carry `data-region`, its cells `data-cell`. */
  constructor(table) {
    this.table = table;
    this.body = table.querySelector("[data-race-rows]");
    this.divider = table.querySelector("[data-race-divider]");
    this.blank = document.querySelector("template[data-race-row]");
    this.lines = new Map([...this.body.querySelectorAll("tr[data-region]")].map((line) => [line.dataset.region, line]));
    this.drawn = new Map();
  }

  low = 40;
  high = 160;
  lane = 150;

  /** Widens or narrows bands and lanes to what the board shows, as the server does (races/lines.rs). */
  fit(rows) {
    let [low, high, lane] = [40, 160, 150];
    for (const { pace, pace_low, pace_high } of rows) {
      low = Math.min(low, pace_low ?? low);
      high = Math.max(high, pace_high ?? high);
      lane = Math.max(lane, pace ?? lane);
    }
    low = Math.floor(low / 20) * 20;
    high = Math.ceil(high / 20) * 20;
    this.lane = Math.ceil(lane / 25) * 25;
    if (low === this.low && high === this.high) return;
    [this.low, this.high] = [low, high];
    for (const [code, row] of this.drawn) this.band(cell(this.lines.get(code), "band"), row);
  }

  /** Patches what each row says, without moving any; `loud` tints the rows whose Pace changed. */
  patch(rows, loud) {
    for (const row of rows) {
      const line = this.lines.get(row.region);
      if (!line) continue;
      const before = this.drawn.get(row.region);
      this.drawn.set(row.region, row);
      this.write(line, row);
      const change = before && row.pace !== null && before.pace !== null ? row.pace - before.pace : 0;
      if (loud && before && before.points !== row.points && Math.abs(change) >= 0.05) this.tint(line, change);
    }
  }

  /** Whether drawing `rows` in their order would move, add or remove a line. */
  differs(rows) {
    const wanted = inOrder(rows).map((row) => row.region);
    const shown = [...this.body.querySelectorAll("tr[data-region]")].map((line) => line.dataset.region);
    return wanted.length !== shown.length || wanted.some((code, place) => code !== shown[place])
      || rows.some((row) => this.rankShown.get(row.region) !== row.rank);
  }

  rankShown = new Map();

  /** Puts the lines into the order of `rows`, with ranks, and lets them travel there. */
  arrange(rows) {
    const sorted = inOrder(rows);
    const tops = new Map([...this.lines].map(([code, line]) => [code, line.getBoundingClientRect().top]));
    const ranks = this.rankShown;
    const keep = new Set(sorted.map((row) => row.region));
    for (const [code, line] of this.lines) {
      if (keep.has(code)) continue;
      line.remove();
      this.lines.delete(code);
      this.drawn.delete(code);
    }
    const shared = new Map();
    for (const { rank } of sorted) shared.set(rank, (shared.get(rank) ?? 0) + 1);

    let cursor = this.body.firstElementChild;
    const place = (line) => {
      if (line === cursor) cursor = cursor.nextElementSibling;
      else this.body.insertBefore(line, cursor);
    };
    let divided = false;
    this.rankShown = new Map();
    for (const row of sorted) {
      if (row.rank === null && this.divider && !divided) {
        place(this.divider);
        divided = true;
      }
      const line = this.lines.get(row.region) ?? this.add(row);
      place(line);
      this.rankShown.set(row.region, row.rank);
      this.rank(line, row, shared.get(row.rank) > 1);
    }
    if (this.divider) this.divider.hidden = !divided;
    if (ranks.size > 0) this.travel(tops, ranks);
  }

  add(row) {
    const line = this.blank.content.firstElementChild.cloneNode(true);
    line.dataset.region = row.region;
    if (row.rank !== null) line.dataset.startRank = row.rank;
    this.lines.set(row.region, line);
    this.write(line, row);
    this.drawn.set(row.region, row);
    return line;
  }

  /** At most six lines travel; more than that, and the list cross-fades instead. */
  travel(tops, ranks) {
    const moved = [];
    for (const [code, line] of this.lines) {
      const by = (tops.get(code) ?? NaN) - line.getBoundingClientRect().top;
      if (Math.abs(by) > 1) moved.push([line, by, (ranks.get(code) ?? 0) - (this.rankShown.get(code) ?? 0), ranks.get(code)]);
    }
    if (still.matches) {
      for (const [line, , climbed, ranked] of moved) if (ranked && climbed) cell(line, "diff")?.replaceChildren(this.arrow(climbed));
    } else if (moved.length > MOST_TRAVELLERS) {
      this.body.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: TRAVEL });
    } else {
      for (const [line, by] of moved) {
        line.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: TRAVEL, easing: "cubic-bezier(.2,.7,.2,1)" });
      }
    }
  }

  tint(line, change) {
    const said = cell(line, "diff");
    if (said) {
      said.textContent = difference(change);
      said.classList.toggle("less", change < 0);
    }
    line.dataset.flash = "";
    clearTimeout(line.tinted);
    line.tinted = setTimeout(() => {
      delete line.dataset.flash;
      if (said && !still.matches) said.textContent = "";
    }, TINT);
  }

  rank(line, row, tied) {
    const { table } = this;
    put(line, "rank", row.rank === null ? table.dataset.none : tied ? text(table, "tie", { n: count(row.rank) }) : count(row.rank));
    const moved = cell(line, "moved");
    const climbed = row.rank === null || !line.dataset.startRank ? 0 : Number(line.dataset.startRank) - row.rank;
    moved?.replaceChildren(...(climbed === 0 ? [] : [this.arrow(climbed)]));
  }

  arrow(climbed) {
    const drawn = document.querySelector(`template[data-race-${climbed > 0 ? "up" : "down"}]`).content.firstElementChild.cloneNode(true);
    drawn.querySelector("[data-n]").textContent = count(Math.abs(climbed));
    return drawn;
  }

  write(line, row) {
    const { table } = this;
    const none = table.dataset.none ?? "";
    line.classList.toggle("mine", Boolean(table.dataset.own) && holds(row, table.dataset.own));
    put(line, "name", row.name);
    const name = cell(line, "name");
    if (name?.tagName === "A" && table.dataset.href) name.setAttribute("href", fill(table.dataset.href, { region: row.region }));
    line.classList.toggle("unranked", row.pace === null);
    put(line, "pace", row.pace === null ? none : pace(row.pace));
    put(line, "instead", plural(table, "points", Math.round(row.points)));
    put(line, "points", count(row.points));
    put(line, "members", count(row.members));
    put(line, "active", count(row.active));
    put(line, "range", row.rank_low === null ? "" : this.range(row));
    put(line, "to_next", row.to_next === null ? none : this.gap(row.to_next));
    const par = cell(line, "par");
    if (par) par.hidden = !row.made_par;
    this.band(cell(line, "band"), row);
  }

  range({ rank_low: low, rank_high: high }) {
    return text(this.table, low === high ? "range-sure" : "range", { low: ordinal(this.table, low), high: ordinal(this.table, high) });
  }

  /** Points as the work they stand for: at least one door, call or whatever the table counts in. */
  gap(points) {
    return plural(this.table, "next", this.doors(points));
  }

  doors(points) {
    return Math.max(1, Math.round(points / Number(this.table.dataset.pointsPerDoor || 1)));
  }

  band(drawn, row) {
    if (!drawn) return;
    drawn.toggleAttribute("hidden", row.pace === null);
    if (row.pace === null) return;
    const along = (value) => Math.min(100, Math.max(0, ((value - this.low) / (this.high - this.low)) * 100));
    for (const end of ["x1", "x2"]) drawn.querySelector(".band-par").setAttribute(end, `${along(100)}%`);
    drawn.classList.toggle("under", row.pace < 100);
    const likely = drawn.querySelector(".band-likely");
    likely.setAttribute("x", `${along(row.pace_low)}%`);
    likely.setAttribute("width", `${along(row.pace_high) - along(row.pace_low)}%`);
    drawn.querySelector(".band-pace").setAttribute("x", `${along(row.pace)}%`);
  }
}

const cell = (line, name) => line.querySelector(`[data-cell="${name}"]`);

function put(line, name, words) {
  const found = cell(line, name);
  if (found && found.textContent !== words) found.textContent = words;
}
