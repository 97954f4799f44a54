// A large file is sent in parts (tus 1.0.0). What has arrived is kept when the connection is lost, when the page is loaded
// again and when the session has ended: the same file continues there, wherever it was begun.
export const partBytes = 8 * 1024 * 1024;
export const canSend = (file) => file.size > partBytes && Boolean(globalThis.crypto?.subtle); // https, or this machine
const patience = 10 * 60 * 1000;
const longestPause = 30 * 1000;
const silence = 60 * 1000; // without a byte: the connection is lost, though nobody said so
const passing = new Set([0, 502, 503, 504]);
// It goes on from its offset; the last is said by a process of the last release, during an upgrade.
const again = new Set(["upload_elsewhere", "upload_broken_off", "upload_checksum_mismatch", "not_found"]);

export class NotUploaded extends Error {
  constructor(request, words = "") {
    super(words);
    Object.assign(this, { request, words });
  }

  get isPassing() {
    return !this.words && (passing.has(this.request.status) || again.has(bodyOf(this.request).code));
  }
}

// Resolves with the file of the API; rejects with NotUploaded. `heard` is told how many bytes have arrived, and whether
// the connection was lost there.
export async function sendParts(file, { address, query, csrf, heard, signal }) {
  const ask = (method, path, headers = {}, body = null, onProgress = null) =>
    requested(method, path, { ...headers, "tus-resumable": "1.0.0", "x-csrf-token": csrf }, body, signal, onProgress);
  const begin = async () => ask("POST", `${address}?${query}`, { "upload-length": file.size, "idempotency-key": await keyOf(file, `${address}?${query}`) });
  let upload = null, isLost = false, failures = 0, since = Date.now();
  while (!upload?.file) {
    try {
      if (!upload) upload = await sameOrNew(file, await begin(), begin, (id) => ask("DELETE", `${address}/${id}`));
      else if (isLost) upload = await ask("GET", `${address}/${upload.id}`);
      isLost = false;
      if (upload.file) break;
      heard(upload.offset, failures > 0);
      const part = await read(file, upload.offset, Math.min(upload.offset + partBytes, file.size));
      const digest = base64(await crypto.subtle.digest("SHA-256", part));
      await ask(
        "PATCH",
        `${address}/${upload.id}`,
        { "content-type": "application/offset+octet-stream", "upload-offset": upload.offset, "upload-checksum": `sha256 ${digest}` },
        part,
        (loaded) => heard(upload.offset + loaded, false),
      );
      upload.offset += part.byteLength;
      isLost = upload.offset === file.size; // it is a file now, which is still to be asked for
      [failures, since] = [0, Date.now()];
    } catch (error) {
      if (!error.isPassing || signal.aborted || Date.now() - since > patience) throw error;
      failures += 1;
      isLost = true;
      heard(upload?.offset ?? 0, true);
      await paused(failures, signal);
    }
  }
  return upload.file;
}

// What has arrived is compared with the file; where it is of another one, that is begun.
async function sameOrNew(file, upload, begin, cancel) {
  let start = 0;
  for (const part of upload.parts) {
    const digest = hex(await crypto.subtle.digest("SHA-256", await read(file, start, start + part.size)));
    if (digest !== part.sha256) {
      await cancel(upload.id);
      return begin();
    }
    start += part.size;
  }
  return upload;
}

function requested(method, path, headers, body, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let timer;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, silence);
    };
    request.open(method, path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      watch();
      onProgress?.(event.loaded);
    });
    request.upload.addEventListener("load", () => clearTimeout(timer)); // the service may take its time with all of it
    request.addEventListener("loadend", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      if (request.status >= 200 && request.status < 300) resolve(request.responseText ? JSON.parse(request.responseText) : null);
      else reject(new NotUploaded(request));
    });
    signal.addEventListener("abort", stop);
    if (body) watch();
    request.send(body);
  });
}

export function bodyOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

async function read(file, start, end) {
  try {
    return await file.slice(start, end).arrayBuffer();
  } catch {
    throw new NotUploaded({ status: 0 }, "The file was changed or moved. Choose it again.");
  }
}

// A little longer each time; at once when the browser is connected again.
function paused(failures, signal) {
  const pause = Math.min(longestPause, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pause);
    for (const [target, name] of [[globalThis, "online"], [signal, "abort"]]) {
      target.addEventListener(name, () => { clearTimeout(timer); resolve(); }, { once: true });
    }
  });
}

// The same for the same file, whatever page or session it is chosen in.
async function keyOf(file, place) {
  const told = new TextEncoder().encode([place, file.name, file.size, file.lastModified].join("\n"));
  const digits = hex(await crypto.subtle.digest("SHA-256", told));
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([start, end]) => digits.slice(start, end)).join("-");
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
