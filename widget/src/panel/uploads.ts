/** Files on their way to the gateway: checked before a byte is sent, shown with progress, cancelled or tried again. */
import type { Limits, StoredFile } from '../wire';
import type { FileRefusal, Upload } from './state';

/** `image/*`, `application/pdf`; an empty list accepts everything. */
export function accepts(types: readonly string[], type: string): boolean {
  return !types.length || types.some((wanted) => wanted === type || wanted === '*/*' || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1))));
}

export function refusalOf(file: { name: string; size: number; type: string }, limits: Limits): FileRefusal | null {
  if (file.size > limits.file_bytes) return { name: file.name, reason: 'size', size: file.size };
  return accepts(limits.types, file.type) ? null : { name: file.name, reason: 'type', size: file.size };
}

export interface UploadsOptions {
  url(): string;
  token(): string;
  newId(): string;
  changed(uploads: Upload[]): void;
  stored(file: StoredFile): void;
  request?: () => XMLHttpRequest;
}

export interface Uploads {
  add(file: File): void;
  cancel(id: string): void;
  retry(id: string): void;
  stop(): void;
}

export function createUploads({ url, token, newId, changed, stored, request = () => new XMLHttpRequest() }: UploadsOptions): Uploads {
  const going = new Map<string, { upload: Upload; file: File; sending?: XMLHttpRequest }>();
  const tell = (): void => changed([...going.values()].map((each) => each.upload));
  const update = (id: string, patch: Partial<Upload>): void => {
    const each = going.get(id);
    if (!each) return;
    each.upload = { ...each.upload, ...patch };
    tell();
  };
  const cancel = (id: string): void => {
    const each = going.get(id);
    going.delete(id);
    each?.sending?.abort();
    tell();
  };
  const send = (id: string): void => {
    const each = going.get(id);
    if (!each) return;
    const sending = (each.sending = request());
    const body = new FormData();
    body.append('file', each.file, each.file.name);
    const failed = (): void => update(id, { failed: true });
    sending.open('POST', url());
    sending.setRequestHeader('authorization', `Bearer ${token()}`);
    sending.upload.onprogress = ({ loaded, total }) => update(id, { loaded: total ? Math.round((loaded / total) * each.file.size) : 0 });
    sending.onerror = sending.ontimeout = failed;
    sending.onload = () => {
      const answer = sending.status === 201 ? storedFile(sending.responseText) : null;
      if (!answer) return failed();
      going.delete(id);
      tell();
      stored(answer);
    };
    update(id, { failed: false, loaded: 0 });
    sending.send(body);
  };
  return {
    add(file) {
      const id = newId();
      going.set(id, { file, upload: { id, name: file.name, type: file.type, size: file.size, loaded: 0, failed: false } });
      send(id);
    },
    cancel,
    retry: send,
    stop: () => [...going.keys()].forEach(cancel),
  };
}

function storedFile(text: string): StoredFile | null {
  try {
    const { id, name, type, size } = JSON.parse(text) as StoredFile;
    return typeof id === 'string' ? { id, name, type, size } : null;
  } catch {
    return null;
  }
}
