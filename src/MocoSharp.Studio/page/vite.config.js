import { defineConfig } from 'vite';

// No inlined assets and no inline scripts: the page's content policy allows only files of its own.
export default defineConfig({
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
});
