import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { messages } from './scripts/messages'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [vue(), messages(here('./src/locales'))],
  resolve: { alias: { '@': here('./src'), 'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs' } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], env: { TZ: 'Europe/London' } },
})
