// One WebSocket that speaks Socket.IO's protocol (version 5 over Engine.IO 4) as far as a room needs it: one namespace, no binary.
// A kilobyte where the library is twelve: on a village line that is a quarter of a second before the first word. Where WebSockets
// do not come through, the library is brought after all, because it can poll.

/**
 * @typedef {object} Told what the socket tells
 * @property {() => void} open the server answers at all
 * @property {() => void} connected the namespace has let us in
 * @property {(code: string) => void} refused it has not, or the line broke before: then the code is ""
 * @property {(name: string, value: any) => void} said
 * @property {() => void} gone the line broke, or the server put us out
 */
/** @typedef {{emit: (name: string, data: object, answered: (answer: any) => void) => void, close: () => void}} Socket */

const [OPEN, PING, PONG] = ["0", "2", "3"];
const [CONNECT, DISCONNECT, EVENT, ACK, REFUSED] = ["40", "41", "42", "43", "44"];

/** @param {string} server its address, "" for the page's own @param {string} space such as "/room" @param {object} auth @param {Told} told @returns {Socket} */
export function webSocket(server, space, auth, told) {
  const here = new WebSocket(`${(server || location.origin).replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
  /** @type {Map<number, (answer: any) => void>} */ const asked = new Map();
  let number = 0;
  let inside = false;
  let over = false;

  /** @param {string} kind @param {string} rest */
  const say = (kind, rest) => here.readyState === WebSocket.OPEN && here.send(`${kind}${space},${rest}`);

  here.onmessage = ({ data }) => {
    if (over || typeof data !== "string") return;
    if (data === PING) return here.send(PONG);
    if (data[0] === OPEN) {
      told.open();
      return void say(CONNECT, JSON.stringify(auth));
    }
    if (data.startsWith(space, 2)) hear(data.slice(0, 2), data.slice(data.indexOf(",", 2) + 1 || data.length));
    else if (data[0] === "1") end();
  };
  here.onclose = () => end();

  /** @param {string} kind @param {string} rest */
  function hear(kind, rest) {
    if (kind === CONNECT) {
      inside = true;
      told.connected();
    } else if (kind === EVENT) {
      const [name, value] = JSON.parse(rest);
      told.said(name, value);
    } else if (kind === ACK) {
      const at = rest.indexOf("[");
      const answered = asked.get(Number(rest.slice(0, at)));
      asked.delete(Number(rest.slice(0, at)));
      if (answered) answered(JSON.parse(rest.slice(at))[0]);
    } else if (kind === REFUSED) {
      const { data } = JSON.parse(rest);
      end((data && data.code) || "");
    } else if (kind === DISCONNECT) end();
  }

  /** @param {string} code */
  function end(code = "") {
    if (over) return;
    over = true;
    here.close();
    if (inside) told.gone();
    else told.refused(code);
  }

  return {
    emit: (name, data, answered) => {
      asked.set(number, answered);
      say(EVENT, `${number++}${JSON.stringify([name, data])}`);
    },
    close: () => {
      over = true;
      say(DISCONNECT, "");
      here.close();
    },
  };
}

/** The same by the library, which begins with HTTP requests and goes over to a WebSocket when one opens. @param {string} server @param {string} space @param {object} auth @param {Told} told @returns {Socket} */
export function pollingSocket(server, space, auth, told) {
  /** @type {import("socket.io-client").Socket | null} */ let here = null;
  let over = false;
  import("/static/vendor/socket.io.esm.min.js").then(({ io }) => over || begin(io), () => over || told.refused(""));

  /** @param {typeof import("socket.io-client").io} io */
  function begin(io) {
    here = io(server + space, { auth, transports: ["polling", "websocket"], forceNew: true, reconnection: false });
    here.io.on("open", told.open);
    here.on("connect", told.connected);
    here.on("disconnect", told.gone);
    here.on("connect_error", (fault) => told.refused(/** @type {{data?: {code?: string}}} */ (fault).data?.code || ""));
    here.onAny((name, value) => told.said(name, value));
  }

  return {
    emit: (name, data, answered) => void (here && here.emit(name, data, answered)),
    close: () => {
      over = true;
      if (here) here.disconnect();
    },
  };
}
