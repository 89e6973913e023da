import { defineConfig } from 'vite';

/** Shared by the tests and by `build.mjs`, which adds what differs between the loader and the panel. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'], restoreMocks: true },
} as Parameters<typeof defineConfig>[0]);
