// Uses ElevenLabs' official package for JavaScript, unchanged, against the platform. Writes the audio to a file and tells the rest as JSON.
// Arguments: base URL, key, folder for the audio, text to speak.
import fs from 'node:fs';
import path from 'node:path';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { bytesOf } from './audio.mjs';

const [baseUrl, apiKey, folder, text] = process.argv.slice(2);
const client = new ElevenLabsClient({ baseUrl, apiKey, maxRetries: 0 });
const voice = '21m00Tcm4TlvDq8ikWAM';
const told = {};

const file = path.join(folder, 'node.mp3');
fs.writeFileSync(file, await bytesOf(await client.textToSpeech.convert(voice, { text, modelId: 'eleven_flash_v2_5' })));
const timed = await client.textToSpeech.convertWithTimestamps(voice, { text });
told.characters = timed.alignment.characters.join('');
const heard = await client.speechToText.convert({ modelId: 'scribe_v1', file: fs.createReadStream(file) });
told.heard = heard.text;
told.voices = (await client.voices.search({ search: 'rachel' })).voices.map((one) => one.voiceId);
told.models = (await client.models.list()).map((one) => one.modelId);
told.history = (await client.history.list({ pageSize: 2 })).history.length;
try {
  await bytesOf(await client.textToSpeech.convert('nobody', { text }));
} catch (error) {
  told.refusal = { status: error.statusCode, word: error.body?.detail?.status };
}
console.log(JSON.stringify(told));
