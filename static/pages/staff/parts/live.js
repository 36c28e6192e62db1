// News of the day over the socket's /board, and asking now and then while the socket is away.

import { io } from "/static/vendor/socket.io.esm.min.js";
import { useEffect, useRef, useState } from "/static/vendor/preact-htm.js";

const AWAY_MS = 10_000;
const HERE_MS = 60_000;
const GATHER_MS = 150;
const LEAST_MS = 1_000;

/**
 * Calls `refresh` when something moved; `waiting` when a client of this specialist has come.
 * @param {() => void} refresh @param {(news: {booking: number, client: string, at: string}) => void} [waiting]
 * @param {boolean} [follows] may this person hear the board at all?
 * @returns {boolean} is the socket here?
 */
export function useBoard(refresh, waiting, follows = true) {
  const [here, setHere] = useState(false);
  const calls = useRef({ refresh, waiting });
  calls.current = { refresh, waiting };
  useEffect(() => {
    if (!follows) return undefined;
    const board = io("/board", { transports: ["websocket", "polling"] });
    const soon = gathered(() => calls.current.refresh());
    board.on("connect", () => { setHere(true); soon(); });
    board.on("disconnect", () => setHere(false));
    board.on("connect_error", () => setHere(false));
    for (const news of ["changed", "help", "takeover"]) board.on(news, soon);
    board.on("waiting", (/** @type {any} */ news) => { calls.current.waiting?.(news); soon(); });
    return () => { board.disconnect(); };
  }, []);
  useEffect(() => {
    const timer = setInterval(() => calls.current.refresh(), here ? HERE_MS : AWAY_MS);
    return () => clearInterval(timer);
  }, [here]);
  return here;
}

/** Many changes in one moment are one question, and talks that report all the time are one a second. @param {() => void} act */
function gathered(act) {
  /** @type {number | undefined} */
  let timer;
  let asked = 0;
  return () => {
    if (timer !== undefined) return;
    timer = window.setTimeout(() => {
      timer = undefined;
      asked = Date.now();
      act();
    }, Math.max(GATHER_MS, asked + LEAST_MS - Date.now()));
  };
}
