// The chat: lines of both sides, told aloud as they come, kept by the room until it closes.

import { announce, el, locale, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/wire.d.ts").ChatLine} ChatLine */

const LONGEST = 2000;

/**
 * @param {Signaling} line @param {ChatLine[]} fresh came before this was made, and nobody has seen it @param {(unread: number) => void} onUnread
 * @returns {{part: HTMLElement, opened: () => void, closed: () => void}}
 */
export function createChat(line, fresh, onUnread) {
  const list = el("ol", { class: "chat-lines", "data-test": "chat-list" });
  const log = el("div", { class: "chat-log", role: "log", "aria-label": say("room.chat"), tabIndex: 0 }, list);
  const empty = el("p", { class: "soft" }, say("room.chat_empty"));
  const field = el("textarea", { id: "chat-text", rows: 1, maxLength: LONGEST, "data-test": "chat-input", "aria-label": say("room.chat_write"), placeholder: say("room.chat_write") });
  const send = el("button", { class: "button primary", "data-test": "chat-send", "aria-label": say("room.chat_send") }, icon("send"));
  const form = el("form", { class: "chat-form" }, field, send);
  const part = el("div", { class: "chat" }, empty, log, form);
  /** @type {Set<string>} */ const known = new Set();
  let [open, unread] = [false, 0];

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    speak(field.value.trim());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit ? form.requestSubmit() : speak(field.value.trim());
  });

  /** Shown at once and marked until the room has kept it. @param {string} text */
  async function speak(text) {
    if (!text || !line.you) return;
    const id = line.name();
    field.value = "";
    field.focus();
    const item = add({ id, seat: line.you.seat, text, at: new Date().toISOString() });
    item.classList.add("sending");
    try {
      await line.ask("chat", { id, text });
      item.classList.remove("sending");
    } catch (fault) {
      item.classList.replace("sending", "unsent");
      item.append(el("small", {}, say("room.chat_unsent")));
    }
  }

  /** @param {ChatLine} said */
  function add({ id, seat, text, at }) {
    const own = Boolean(line.you && line.you.seat === seat);
    const time = new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
    const item = el("li", { class: own ? "own" : "theirs" }, el("b", { class: "visually-hidden" }, own ? say("room.you") : nameOf(seat)), el("span", {}, text), el("time", {}, time));
    known.add(`${seat} ${id}`);
    list.append(item);
    empty.hidden = true;
    log.scrollTop = log.scrollHeight;
    return item;
  }

  /** @param {number} seat */
  function nameOf(seat) {
    const found = line.view && line.view.seats.find((each) => each.seat === seat);
    return found ? found.name : "";
  }

  /** @param {ChatLine} said */
  function heard(said) {
    if (known.has(`${said.seat} ${said.id}`)) return;
    add(said);
    if (line.you && said.seat === line.you.seat) return;
    if (!open) onUnread((unread += 1));
    announce(say("room.chat_news", { name: nameOf(said.seat), text: said.text }));
  }
  line.on("chat", heard);
  const missed = new Set(fresh.map(({ seat, id }) => `${seat} ${id}`));
  line.chat.forEach((said) => (missed.has(`${said.seat} ${said.id}`) ? heard(said) : known.has(`${said.seat} ${said.id}`) || add(said)));

  return {
    part,
    opened: () => {
      open = true;
      onUnread((unread = 0));
      field.focus();
      log.scrollTop = log.scrollHeight;
    },
    closed: () => (open = false),
  };
}
