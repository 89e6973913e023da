/** One classic script: takes over the page's own queue and does nothing else before the page is idle. */
import { readConfig } from './config';
import { type Command, start } from './start';

type Api = { (...command: unknown[]): void; q?: ArrayLike<unknown>[]; on?: boolean };
const page = window as unknown as { Gateway?: Api };
const before = page.Gateway;
const script = document.currentScript as HTMLScriptElement | null;

if (script && !before?.on) {
  const { run, begin } = start(readConfig(script));
  const api: Api = (...command) => run(command as Command);
  api.on = true;
  page.Gateway = api;
  const idle = (): void => void (window.requestIdleCallback ?? setTimeout)(() => {
    void begin();
    for (const command of before?.q ?? []) run([...(command as unknown[])] as Command);
  });
  if (document.body) idle();
  else addEventListener('DOMContentLoaded', idle);
}
