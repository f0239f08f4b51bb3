// The live socket (contract: "Live socket"): one per page, shared by every topic on it.
// A board's frames carry `epoch` and `seq`; a gap or an unannounced epoch means subscribing again.
// While the line is down the topics that name a `poll` address are asked over HTTP.

const PING = 30_000;
const POLL = 15_000;
const LONGEST_WAIT = 30_000;
const HIDDEN_GRACE = 5_000;
const ASK_AGAIN = 5_000;

const topics = new Map();
let socket = null;
let attempts = 0;
let retry = 0;
let sleep = 0;
let over = false;
let state = "off";

/**
 * Follows a topic. `frame` gets every snapshot, delta or event in order; `change` gets the line's
 * state: "on", "lost", "signed-out" or "refused". `poll` is an address that answers the topic's board.
 * Returns a function that stops following.
 */
export function follow(topic, { frame, change = () => {}, poll = null }) {
  const entry = topics.get(topic) ?? { listeners: new Set(), epoch: null, seq: 0, asked: 0, poll };
  const listener = { frame, change };
  entry.listeners.add(listener);
  topics.set(topic, entry);
  if (socket?.readyState === WebSocket.OPEN) subscribe(topic, entry);
  else connect();
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    topics.delete(topic);
    say({ op: "unsubscribe", topic });
  };
}

function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function subscribe(topic, entry) {
  entry.epoch = null;
  entry.asked = Date.now();
  say({ op: "subscribe", topic });
}

function become(next) {
  if (next === state) return;
  state = next;
  for (const entry of topics.values()) for (const listener of entry.listeners) listener.change(next);
}

function connect() {
  clearTimeout(retry);
  if (over || socket || document.hidden || topics.size === 0) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const opened = new WebSocket(`${scheme}//${location.host}/live`, "muster.v1");
  socket = opened;
  opened.onopen = () => {
    for (const [topic, entry] of topics) subscribe(topic, entry);
    become("on");
  };
  opened.onmessage = ({ data }) => {
    attempts = 0;
    receive(JSON.parse(data));
  };
  opened.onclose = ({ code }) => {
    if (socket !== opened) return;
    socket = null;
    closed(code);
  };
}

function closed(code) {
  if (code === 4401 || code === 4403 || code === 1009) {
    over = true;
    become(code === 4401 ? "signed-out" : "refused");
    return;
  }
  if (document.hidden) return;
  become("lost");
  retry = setTimeout(connect, wait(code));
}

/** Milliseconds before the next try: spread out, so that a restart does not bring everybody back at once. */
function wait(code) {
  if (code === 1008) return 60_000 + Math.random() * 30_000;
  if (code === 1012) return 500 + Math.random() * 4_500;
  attempts += 1;
  return 250 + Math.random() * Math.min(LONGEST_WAIT, 1_000 * 2 ** attempts);
}

function receive(message) {
  const entry = topics.get(message.topic);
  if (!entry) return;
  if (message.kind === "error") {
    for (const listener of entry.listeners) listener.change("refused");
    topics.delete(message.topic);
    return;
  }
  if (message.kind === "delta") {
    const stale = message.epoch === entry.epoch && message.seq <= entry.seq;
    if (stale) return;
    if (message.epoch !== entry.epoch || message.seq !== entry.seq + 1) {
      if (Date.now() - entry.asked > ASK_AGAIN) subscribe(message.topic, entry);
      return;
    }
  }
  if (message.seq !== undefined) {
    entry.epoch = message.epoch;
    entry.seq = message.seq;
  }
  for (const listener of entry.listeners) listener.frame(message);
}

async function poll() {
  if (state !== "lost" || document.hidden) return;
  for (const [topic, entry] of topics) {
    if (!entry.poll) continue;
    try {
      const answer = await fetch(entry.poll, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(8_000) });
      if (answer.status === 401) {
        over = true;
        clearTimeout(retry);
        become("signed-out");
        return;
      }
      if (answer.ok && state === "lost") receive({ ...(await answer.json()), topic, kind: "snapshot" });
    } catch {
      // Still away: the next round asks again.
    }
  }
}

function nextPoll() {
  setTimeout(() => poll().finally(nextPoll), POLL * (0.8 + Math.random() * 0.4));
}
nextPoll();

setInterval(() => say({ op: "ping" }), PING);

function rest() {
  clearTimeout(retry);
  const ended = socket;
  socket = null;
  ended?.close(1000);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(sleep);
  if (document.hidden) sleep = setTimeout(rest, HIDDEN_GRACE);
  else connect();
});
addEventListener("pagehide", rest);
addEventListener("pageshow", ({ persisted }) => persisted && connect());
addEventListener("online", () => {
  attempts = 0;
  connect();
});
addEventListener("offline", () => {
  rest();
  if (!over) become("lost");
});
