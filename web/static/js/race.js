// The race page: decides when the tower may draw. Values follow every frame; the order changes at
// most every 2 s, and nothing at all changes while a pointer or the focus is in the list, or on pause.

import { follow } from "./live.js";
import { pace, plural, text, time, ordinal } from "./text.js";
import { Tower, holds, inOrder } from "./tower.js";

const REORDER = 2_000;
const ANNOUNCEMENTS = "muster:announcements";

/** Starts every `<table data-race>` of the page. */
export function start() {
  for (const table of document.querySelectorAll("table[data-race]")) race(table);
}

function race(table) {
  const tower = new Tower(table);
  const page = table.closest("main") ?? document;
  const find = (hook) => page.querySelector(`[data-race-${hook}]`);
  const waitingButton = find("waiting");
  const pauseButton = find("pause");
  const line = page.querySelector("[data-live-line]");

  let board = new Map();
  let fresh = new Set();
  let loud = false;
  let waiting = 0;
  let paused = false;
  let pointed = false;
  let focused = false;
  let lineState = "off";
  let heard = null;
  let arrangedAt = 0;
  let timer = 0;

  const frozen = () => paused || pointed || focused;

  function receive(frame) {
    if (frame.week !== table.dataset.week || (table.dataset.status && frame.status !== table.dataset.status)) {
      // Another week or another kind of board has other columns: the server draws it. Spread out.
      setTimeout(() => location.reload(), Math.random() * 8_000);
      return;
    }
    heard = new Date();
    if (frame.rows.length > 0 && find("nobody")) {
      // The first has joined: the page has a table now.
      location.reload();
      return;
    }
    if (frame.kind === "snapshot") {
      loud = false;
      board = new Map(frame.rows.map((row) => [row.region, row]));
      fresh = new Set(board.keys());
    } else {
      loud = true;
      for (const code of frame.removed ?? []) board.delete(code);
      for (const row of frame.rows) {
        board.set(row.region, row);
        fresh.add(row.region);
      }
      for (const move of frame.moved ?? []) tell(move.text);
    }
    if (frozen()) {
      if (frame.kind === "delta") waiting += 1;
    } else draw();
    showLine();
  }

  function draw() {
    clearTimeout(timer);
    waiting = 0;
    tower.fit(board.values());
    tower.patch([...fresh].flatMap((code) => board.get(code) ?? []), loud);
    fresh.clear();
    drawDuel();
    const rows = [...board.values()];
    if (rows.length > 0 && tower.differs(rows)) {
      const rest = arrangedAt + REORDER - Date.now();
      if (rest > 0) {
        timer = setTimeout(() => !frozen() && draw(), rest);
      } else {
        arrangedAt = Date.now();
        tower.arrange(rows);
      }
    }
    announce();
    showLine();
  }

  function thaw() {
    if (!frozen() && board.size > 0) draw();
    else showLine();
  }

  function showLine() {
    if (waitingButton) {
      waitingButton.hidden = waiting === 0;
      if (waiting > 0) waitingButton.textContent = plural(waitingButton, "", waiting);
    }
    if (!line) return;
    const shown = paused && lineState === "on" ? "paused" : lineState === "refused" ? "off" : lineState;
    line.dataset.liveState = shown;
    const words = line.querySelector("[data-live-text]");
    if (shown === "off" && !heard) return;
    const next = text(line, shown, { time: time(shown === "paused" ? pausedAt : heard ?? loaded) });
    if (words.textContent !== next) words.textContent = next;
  }

  const loaded = new Date();
  let pausedAt = loaded;

  function drawDuel() {
    const rows = [...board.values()];
    for (const lane of page.querySelectorAll("[data-lane]")) {
      const row = rows.find((entry) => holds(entry, lane.dataset.lane));
      if (!row || row.pace === null) continue;
      lane.querySelector("[data-cell=pace]").textContent = pace(row.pace);
      lane.querySelector("rect").setAttribute("width", `${(row.pace / tower.lane) * 100}%`);
      for (const end of ["x1", "x2"]) lane.querySelector("line").setAttribute(end, `${10_000 / tower.lane}%`);
    }
    const gap = page.querySelector("[data-gap-to]");
    const own = rows.find((entry) => holds(entry, table.dataset.own));
    const rival = gap && rows.find((entry) => holds(entry, gap.dataset.gapTo));
    if (!own?.rank || !rival?.rank) return;
    const ahead = own.rank < rival.rank;
    const next = rival.rank === own.rank - 1 && own.to_next !== null;
    gap.hidden = !ahead && !next;
    if (ahead) gap.textContent = text(gap, "ahead");
    else if (next) gap.textContent = plural(gap, "behind", tower.doors(own.to_next));
  }

  function tell(words) {
    const list = find("moves");
    const blank = document.querySelector("template[data-race-move]");
    if (!list || !blank) return;
    const item = blank.content.firstElementChild.cloneNode(true);
    item.querySelector("time").textContent = time(heard);
    item.querySelector("[data-move-text]").textContent = words;
    list.prepend(item);
    find("unmoved")?.remove();
    while (list.children.length > Number(list.dataset.keepLast ?? 6)) list.lastElementChild.remove();
  }

  // One quiet sentence for those who listen: their own region and the lead, at most every 30 s.
  const choice = find("say");
  const voice = find("status");
  let said = { at: 0, own: undefined, lead: undefined };

  function announce() {
    const every = Number(choice?.value ?? 30) * 1_000;
    if (!voice || every === 0 || board.size === 0) return;
    const rows = inOrder(board.values());
    const lead = rows[0]?.rank ? rows[0] : undefined;
    const own = rows.find((row) => row.rank && holds(row, table.dataset.own));
    if (said.at === 0) {
      said = { at: Date.now(), own: own?.rank, lead: lead?.region };
      return;
    }
    if (Date.now() - said.at < every) return;
    const news = [];
    if (own && own.rank !== said.own) news.push(text(voice, "own", { name: own.name, rank: ordinal(table, own.rank), pace: pace(own.pace) }));
    if (lead && lead.region !== said.lead) news.push(text(voice, "lead", { name: lead.name }));
    if (news.length === 0) return;
    voice.textContent = news.join(" ");
    said = { at: Date.now(), own: own?.rank, lead: lead?.region };
  }

  if (choice) {
    try {
      choice.value = localStorage.getItem(ANNOUNCEMENTS) ?? choice.value;
    } catch {
      // Storage refused: the choice lasts as long as the page.
    }
    choice.addEventListener("change", () => {
      try {
        localStorage.setItem(ANNOUNCEMENTS, choice.value);
      } catch {
        // As above.
      }
    });
    (find("say-label") ?? choice).hidden = false;
  }

  if (pauseButton) {
    pauseButton.hidden = false;
    pauseButton.addEventListener("click", () => {
      paused = !paused;
      pausedAt = new Date();
      pauseButton.setAttribute("aria-pressed", String(paused));
      const label = pauseButton.querySelector("[data-text-on]");
      if (label) label.textContent = text(label, paused ? "on" : "off");
      thaw();
    });
  }
  waitingButton?.addEventListener("click", () => {
    waitingButton.hidden = true;
    draw();
  });

  table.addEventListener("pointerenter", ({ pointerType }) => { pointed = pointerType === "mouse"; });
  table.addEventListener("pointerdown", () => { pointed = true; });
  for (const left of ["pointerleave", "pointercancel"]) table.addEventListener(left, () => { pointed = false; thaw(); });
  table.addEventListener("focusin", () => { focused = true; });
  table.addEventListener("focusout", ({ relatedTarget }) => {
    focused = table.contains(relatedTarget);
    thaw();
  });

  follow(table.dataset.live ?? `race/${table.dataset.race}`, {
    frame: receive,
    change: (next) => {
      lineState = next;
      showLine();
    },
    poll: table.dataset.poll ?? null,
  });
}
