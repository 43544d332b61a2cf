// @ts-check
/** The line to the server: it comes back by itself, and tells which frames were painted. */
import { say } from "../web/words.js";

const page = document.documentElement.dataset;
const WAIT_MS = [200, 500, 1000, 2000, 5000]; // before it is tried again

/** The address of something of the lab's, from any of its pages.
 * @param {string} path */
export function place(path) {
  return new URL((page.root ?? "") + path, location.href);
}

/** Say in the bar how the line is; "" for well.
 * @param {string} words */
function tell(words) {
  const line = document.getElementById("line");
  if (line === null) return;
  line.textContent = words;
  line.hidden = words === "";
}

/** Open the socket of this page's view.
 *
 * @param {Record<string, (message: any) => void>} handlers by the type of a message. `welcome` is called whenever the
 *   line is open, also after it was lost: the page then says what it wants, as the server knows nothing of before.
 * @returns {{send: (message: {type: string, [field: string]: any}) => boolean, close: () => void}} `send` is false while
 *   there is no line; `close` ends it for good. */
export function connect(handlers) {
  /** @type {WebSocket | null} */
  let socket = null;
  let tries = 0;
  let over = false;

  /** @type {Record<string, (message: any) => void>} */
  const all = {
    gone: (/** @type {any} */ message) => ((over = true), tell(message.reason)),
    refused: (/** @type {any} */ message) => console.warn(message.reason),
    ...handlers,
  };

  function open() {
    const address = place(`socket/${page.view}/${page.path}`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
    socket.onopen = () => socket?.send(JSON.stringify({ type: "hello", version: Number(page.version) }));
    socket.onmessage = (event) => take(JSON.parse(event.data));
    socket.onclose = (event) => {
      socket = null;
      if (over) return;
      if (event.code === 4400) {
        over = true;
        tell(event.reason);
        return;
      }
      tell(say("the lab does not answer: was it stopped?"));
      setTimeout(open, WAIT_MS[Math.min(tries++, WAIT_MS.length - 1)]);
    };
  }

  /** @param {any} message */
  function take(message) {
    if (message.type === "welcome") {
      tries = 0;
      tell("");
    }
    all[message.type]?.(message);
    if (message.number !== undefined) {
      requestAnimationFrame(() => send({ type: "seen", number: message.number }));
    }
  }

  /** @param {any} message */
  function send(message) {
    if (socket === null || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  open();
  function close() {
    over = true;
    socket?.close();
  }

  return { send, close };
}

/** The bytes of a field that holds some.
 * @param {string} text base64
 * @returns {Uint8Array<ArrayBuffer>} */
export function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** The numbers of a field that holds float32, little-endian.
 * @param {string} text base64 */
export function floats(text) {
  return new Float32Array(bytes(text).buffer);
}
