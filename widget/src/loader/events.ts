/** Tells the page what happens: a `gateway:…` event on window, to which the callbacks of the API are tied as well. */

type Listener = (detail: unknown) => void;
export type Tied = [name: string, listener: Listener];
const ties = new WeakMap<Listener, (event: Event) => void>();

export function on(name: string, listener: Listener): void {
  // One tie for each function, so that it is never called twice and can be taken off again.
  if (!ties.has(listener)) ties.set(listener, (event) => listener((event as CustomEvent).detail));
  addEventListener(`gateway:${name}`, ties.get(listener) as EventListener);
}

export function off(name: string, listener: Listener): void {
  removeEventListener(`gateway:${name}`, ties.get(listener) as EventListener);
}

export function emit(name: string, detail?: unknown): void {
  dispatchEvent(new CustomEvent(`gateway:${name}`, { detail }));
}
