// Uses OpenAI's official package for JavaScript, unchanged, against the platform. Writes the audio to files and tells the rest as JSON.
// Arguments: base URL, key, folder for the audio, text to speak.
import fs from 'node:fs';
import path from 'node:path';
import OpenAI, { toFile } from 'openai';

const [baseURL, apiKey, folder, text] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const told = {};

async function refusal(work) {
  try {
    await work();
    return { name: 'none' };
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, param: error.param };
  }
}

// Speech in every format, with its body read as it arrives.
for (const response_format of ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']) {
  const response = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: text, response_format });
  const pieces = [];
  for await (const piece of response.body) pieces.push(piece);
  fs.writeFileSync(path.join(folder, `speech.${response_format}`), Buffer.concat(pieces));
}

// Speech as events.
const events = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'coral', input: text, response_format: 'wav', stream_format: 'sse' });
const lines = (await events.text()).split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)));
const deltas = lines.filter((event) => event.type === 'speech.audio.delta').map((event) => Buffer.from(event.audio, 'base64'));
fs.writeFileSync(path.join(folder, 'events.wav'), Buffer.concat(deltas));
told.speechEvents = { count: deltas.length, last: lines.at(-1) };

// Transcripts.
const recording = async () => toFile(fs.readFileSync(path.join(folder, 'speech.flac')), 'speech.flac');
const { data, response } = await client.audio.transcriptions.create({ model: 'whisper-1', file: await recording() }).withResponse();
told.json = data.text;
told.headers = Object.fromEntries(response.headers);
told.text = await client.audio.transcriptions.create({ model: 'whisper-1', file: await recording(), response_format: 'text' });
told.srt = await client.audio.transcriptions.create({ model: 'whisper-1', file: await recording(), response_format: 'srt' });
told.verbose = await client.audio.transcriptions.create({
  model: 'whisper-1', file: await recording(), response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'],
});
told.diarized = await client.audio.transcriptions.create({
  model: 'gpt-4o-transcribe-diarize', file: await recording(), response_format: 'diarized_json', chunking_strategy: { type: 'server_vad', threshold: 0.5 },
});
told.stream = [];
for await (const event of await client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: await recording(), stream: true })) told.stream.push(event);
told.translation = (await client.audio.translations.create({ model: 'whisper-1', file: await recording() })).text;

// Models and errors.
told.models = [];
for await (const model of client.models.list()) told.models.push(model.id);
told.alias = await client.models.retrieve('gpt-4o-mini-tts');
const stranger = new OpenAI({ baseURL, apiKey: 'sk-tts-wrong', maxRetries: 0 });
told.refusals = [
  await refusal(() => client.models.retrieve('nothing')),
  await refusal(() => stranger.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: text })),
  await refusal(() => client.audio.speech.create({ model: 'tts-1', voice: 'nobody', input: text })),
  await refusal(async () => client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: await recording(), include: ['logprobs'] })),
];
console.log(JSON.stringify(told));
