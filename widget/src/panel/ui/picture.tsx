/**
 * Photos and pictures, fetched and drawn on a canvas: a site then needs no `img-src` for the gateway, only the
 * `connect-src` that the chat needs anyhow. What cannot be drawn is told, and the caller shows something else.
 */
import { useEffect, useRef, useState } from 'preact/hooks';

const WIDEST = 720;

async function draw(url: string, canvas: HTMLCanvasElement): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  const bitmap = await createImageBitmap(await answer.blob());
  const scale = Math.min(1, WIDEST / bitmap.width);
  canvas.width = bitmap.width * scale;
  canvas.height = bitmap.height * scale;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

export function Picture({ url, label, broken }: { url: string; label?: string; broken?: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting || !canvas.current) return;
      seen.disconnect();
      draw(url, canvas.current).then(() => setDrawn(true), broken);
    });
    if (canvas.current) seen.observe(canvas.current);
    return () => seen.disconnect();
  }, [url]);
  return <canvas ref={canvas} width={4} height={3} class={drawn ? 'got' : ''} role={label ? 'img' : undefined} aria-label={label} />;
}
