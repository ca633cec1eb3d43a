// Sends a file with the official tus client for JavaScript, unchanged: stops it in the middle, and continues by another client.
// Arguments: address of the endpoint, key, file, bytes of a piece.
import fs from 'node:fs';
import path from 'node:path';
import { FileUrlStorage, Upload } from 'tus-js-client';

const [endpoint, key, file, piece] = process.argv.slice(2);
const storage = new FileUrlStorage(path.join(path.dirname(file), 'urls.json'));

function upload(stopAfter) {
  return new Promise((resolve, reject) => {
    const accepted = [];
    const sent = new Upload(fs.createReadStream(file), {
      endpoint,
      headers: { Authorization: `Bearer ${key}` },
      chunkSize: Number(piece),
      uploadSize: fs.statSync(file).size,
      metadata: { filename: path.basename(file), filetype: 'audio/mpeg' },
      retryDelays: [0, 500],
      urlStorage: storage,
      fingerprint: async () => 'the-file',
      onChunkComplete: (size, all) => {
        accepted.push([size, all]);
        if (accepted.length === stopAfter) sent.abort().then(() => resolve({ accepted, url: sent.url }));
      },
      onSuccess: () => resolve({ accepted, url: sent.url }),
      onError: reject,
    });
    sent.findPreviousUploads().then((found) => {
      if (found.length) sent.resumeFromPreviousUpload(found[0]);
      sent.start();
    });
  });
}

const first = await upload(2);
const second = await upload(Infinity);
console.log(JSON.stringify({ first, second }));
