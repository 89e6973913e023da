/** Files: refused before a byte is sent, shown with progress, cancelled, tried again. */
import { expect, test, vi } from 'vitest';
import { accepts, createUploads, refusalOf } from '../src/panel/uploads';
import { session } from './cast';

const { limits } = session();

class FakeRequest {
  static all: FakeRequest[] = [];
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  status = 0; responseText = ''; headers = new Map<string, string>(); aborted = false; sent: unknown;
  onload?: () => void; onerror?: () => void; ontimeout?: () => void;
  constructor() { FakeRequest.all.push(this); }
  open(): void {}
  setRequestHeader(name: string, value: string): void { this.headers.set(name, value); }
  send(body: unknown): void { this.sent = body; }
  abort(): void { this.aborted = true; }
  answer(status: number, text: string): void { Object.assign(this, { status, responseText: text }).onload?.(); }
}

function setup() {
  FakeRequest.all = [];
  const changed = vi.fn();
  const stored = vi.fn();
  const uploads = createUploads({ url: () => '/files', token: () => 'v1.t', newId: () => `up${FakeRequest.all.length}`, changed, stored, request: () => new FakeRequest() as unknown as XMLHttpRequest });
  return { uploads, changed, stored, now: () => changed.mock.lastCall?.[0] };
}
const file = new File(['0123456789'], 'ride.png', { type: 'image/png' });

test.each([
  [{ name: 'a.png', size: 1001, type: 'image/png' }, 'size'], [{ name: 'a.exe', size: 1, type: 'application/x-msdownload' }, 'type'], [{ name: 'a.png', size: 1000, type: 'image/png' }, undefined],
])('%o is refused for its %s', (chosen, reason) => expect(refusalOf(chosen, limits)?.reason).toBe(reason));
test('a list without types accepts everything', () => expect(accepts([], 'x/y')).toBe(true));

test('progress is told, and the stored file is named in a message', () => {
  const { uploads, stored, now } = setup();
  uploads.add(file);
  const [request] = FakeRequest.all;
  expect(request?.headers.get('authorization')).toBe('Bearer v1.t');
  request?.upload.onprogress?.({ loaded: 50, total: 100 });
  expect(now()).toMatchObject([{ name: 'ride.png', loaded: 5, failed: false }]);
  request?.answer(201, '{"id":"att_1","name":"ride.png","type":"image/png","size":10}');
  expect(stored).toHaveBeenCalledWith({ id: 'att_1', name: 'ride.png', type: 'image/png', size: 10 });
  expect(now()).toEqual([]);
});

test('a failed one stays and goes again on demand', () => {
  const { uploads, stored, now } = setup();
  uploads.add(file);
  FakeRequest.all[0]?.onerror?.();
  expect(now()).toMatchObject([{ failed: true }]);
  uploads.retry('up0');
  FakeRequest.all[1]?.answer(201, '{"id":"att_2"}');
  expect(stored).toHaveBeenCalledOnce();
});

test('an answer that is not a stored file counts as failed', () => {
  const { uploads, stored, now } = setup();
  uploads.add(file);
  FakeRequest.all[0]?.answer(201, '<html>');
  expect(now()).toMatchObject([{ failed: true }]);
  expect(stored).not.toHaveBeenCalled();
});

test('a cancelled one is broken off and gone', () => {
  const { uploads, now } = setup();
  uploads.add(file);
  uploads.cancel('up0');
  expect(FakeRequest.all[0]?.aborted).toBe(true);
  expect(now()).toEqual([]);
});
