// Reads streams of ElevenLabs' package for JavaScript.

export async function bytesOf(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
