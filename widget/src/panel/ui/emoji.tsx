/** A small set of faces and signs; the system's own picker has the rest. A later chunk. */
import { useEffect, useRef } from 'preact/hooks';

export { default as css } from './screens.css?inline';

const SIGNS = '😀 😄 😂 🙂 😉 😊 😍 🤔 😅 😐 😕 😢 😮 😡 🙏 👍 👎 👋 👏 💪 🤝 👌 ✅ ❌ ❓ ❗ 💡 ⏰ 📅 📎 📷 📞 🎉 ❤️ 🌟 ☀️ 🚲 🔧 📦 🏠'.split(' ');

export function Emoji({ pick, close }: { pick: (sign: string) => void; close: () => void }) {
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => grid.current?.querySelector('button')?.focus(), []);
  const move = (event: KeyboardEvent): void => {
    const step = new Map([['ArrowRight', 1], ['ArrowLeft', -1], ['ArrowDown', 8], ['ArrowUp', -8]]).get(event.key);
    if (event.key === 'Escape') {
      event.stopPropagation();
      return close();
    }
    if (!step) return;
    event.preventDefault();
    const all = [...(grid.current?.querySelectorAll('button') ?? [])];
    all[all.indexOf(event.target as HTMLButtonElement) + step]?.focus();
  };
  return (
    <div class="emo" ref={grid} onKeyDown={move} dir="ltr">
      {SIGNS.map((sign) => <button type="button" key={sign} onClick={() => pick(sign)}>{sign}</button>)}
    </div>
  );
}
