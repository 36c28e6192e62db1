// Keeps the screen on while people talk; the browser drops the lock with the tab out of sight, so it is taken again.

/** @returns {() => void} lets the screen sleep again */
export function stayAwake() {
  const wake = /** @type {any} */ (navigator).wakeLock;
  if (!wake) return () => {};
  /** @type {any} */ let lock = null;
  const take = async () => {
    if (document.visibilityState === "visible") lock = await wake.request("screen").catch(() => null);
  };
  document.addEventListener("visibilitychange", take);
  take();
  return () => {
    document.removeEventListener("visibilitychange", take);
    if (lock) lock.release();
  };
}
