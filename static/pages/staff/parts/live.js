// News of the day over the socket's /board, and asking now and then while the socket is away.

import { io } from "/static/vendor/socket.io.esm.min.js";
import { useEffect, useRef, useState } from "/static/vendor/preact-htm.js";

const AWAY_MS = 10_000;
const HERE_MS = 60_000;
const GATHER_MS = 150;

/**
 * Calls `refresh` when something moved; `waiting` when a client of this specialist has come.
 * @param {() => void} refresh @param {(news: {booking: number, client: string, at: string}) => void} [waiting]
 * @returns {boolean} is the socket here?
 */
export function useBoard(refresh, waiting) {
  const [here, setHere] = useState(false);
  const calls = useRef({ refresh, waiting });
  calls.current = { refresh, waiting };
  useEffect(() => {
    const board = io("/board", { transports: ["websocket", "polling"] });
    const soon = gathered(() => calls.current.refresh());
    board.on("connect", () => { setHere(true); soon(); });
    board.on("disconnect", () => setHere(false));
    board.on("connect_error", () => setHere(false));
    board.on("changed", soon);
    board.on("waiting", (/** @type {any} */ news) => { calls.current.waiting?.(news); soon(); });
    return () => { board.disconnect(); };
  }, []);
  useEffect(() => {
    const timer = setInterval(() => calls.current.refresh(), here ? HERE_MS : AWAY_MS);
    return () => clearInterval(timer);
  }, [here]);
  return here;
}

/** Many changes in one moment are one question. @param {() => void} act */
function gathered(act) {
  /** @type {number | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, GATHER_MS);
  };
}
