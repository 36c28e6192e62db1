// Runs a joined script (server/scripts.py): each module once and not before it is needed, the next part when a module of it is.

/** @typedef {(use: (name: string) => any, later: (name: string) => Promise<any>) => object} Module what it exports, by name */
/** @typedef {Record<string, Module>} Modules */

const TRIES = 4;
const AGAIN_MS = 700;

/**
 * @param {Modules} modules those that have come @param {string[]} addresses of the parts still to come
 * @param {Record<string, string>} alone addresses of what comes by itself @param {string} entry
 */
export function run(modules, addresses, alone, entry) {
  /** @type {Record<string, object>} */ const ran = {};
  /** @type {Promise<void> | null} */ let coming = null;

  /** @param {string} name */
  function use(name) {
    return ran[name] || (ran[name] = modules[name](use, later));
  }

  /** What `import()` was before the modules were joined. @param {string} name */
  async function later(name) {
    while (!modules[name] && !alone[name] && addresses.length) await part();
    return modules[name] ? use(name) : fetched(alone[name]);
  }

  function part() {
    coming = coming || come();
    return coming;
  }

  async function come() {
    try {
      Object.assign(modules, (await fetched(addresses[0])).modules);
      addresses.shift();
    } finally {
      coming = null;
    }
  }

  use(entry);
}

/** @type {Record<string, number>} */
const failed = {};

/**
 * On a weak line a script may need more than one try. Browsers of before autumn 2026 remember a failed address as long
 * as the page stands (whatwg/html#6768), so no try, now or whenever it is wanted again, uses an address that failed.
 * @param {string} address @returns {Promise<any>}
 */
async function fetched(address) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await import(failed[address] ? `${address}?${failed[address]}` : address);
    } catch (fault) {
      failed[address] = (failed[address] || 0) + 1;
      if (tries === TRIES) throw fault;
      await new Promise((done) => setTimeout(done, AGAIN_MS * tries));
    }
  }
}
