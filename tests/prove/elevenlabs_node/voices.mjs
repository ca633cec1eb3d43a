// Streams, voices, settings, account and sounds by ElevenLabs' official package for JavaScript, unchanged. Writes audio to files and prints the
// rest as JSON. Arguments: base URL, key, folder for the audio, text to speak.
import fs from 'node:fs';
import path from 'node:path';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { bytesOf } from './audio.mjs';

const [baseUrl, apiKey, folder, text] = process.argv.slice(2);
const client = new ElevenLabsClient({ baseUrl, apiKey, maxRetries: 0, timeoutInSeconds: 240 });
const [rachel, adam] = ['21m00Tcm4TlvDq8ikWAM', 'pNInz6obpgDQGcFmaJgB'];
const told = {};
const fileOf = (name) => path.join(folder, `${name}.mp3`);
const keep = async (name, stream) => fs.writeFileSync(fileOf(name), await bytesOf(stream));
const recording = (name) => fs.createReadStream(fileOf(name));

await keep('stream', await client.textToSpeech.stream(rachel, { text, modelId: 'eleven_flash_v2_5' }));
const pieces = [];
told.streamed = '';
for await (const line of await client.textToSpeech.streamWithTimestamps(rachel, { text })) {
  pieces.push(Buffer.from(line.audioBase64, 'base64'));
  told.streamed += line.alignment?.characters.join('') ?? '';
}
fs.writeFileSync(fileOf('timed'), Buffer.concat(pieces));

const inputs = [{ text: `${text} `, voiceId: rachel }, { text, voiceId: adam }];
await keep('dialogue', await client.textToDialogue.convert({ inputs }));
const timed = await client.textToDialogue.convertWithTimestamps({ inputs });
told.turns = [...new Set(timed.voiceSegments.map((one) => one.voiceId))];
await keep('changed', await client.speechToSpeech.convert(adam, { audio: recording('stream') }));
await keep('isolated', await client.audioIsolation.convert({ audio: recording('stream') }));

const added = await client.voices.ivc.create({ name: 'Ada', files: [recording('stream')], description: 'A reader' });
await client.voices.update(added.voiceId, { name: 'Lady Ada', labels: { accent: 'british' } });
await client.voices.settings.update(added.voiceId, { speed: 0.9 });
const voice = await client.voices.get(added.voiceId);
told.voice = { name: voice.name, description: voice.description, accent: voice.labels.accent, category: voice.category };
told.speed = (await client.voices.settings.get(added.voiceId)).speed;
told.defaultSpeed = (await client.voices.settings.getDefault()).speed;
await keep('own', await client.textToSpeech.convert(added.voiceId, { text }));
told.deleted = (await client.voices.delete(added.voiceId)).status;
told.left = (await client.voices.getAll()).voices.filter((one) => one.voiceId === added.voiceId).length;

const [newest] = (await client.history.list({ pageSize: 1 })).history;
await keep('played', await client.history.getAudio(newest.historyItemId));
told.newest = newest.text;
told.user = (await client.user.get()).userId;
told.limit = (await client.user.subscription.get()).characterLimit;
console.log(JSON.stringify(told));
