/** What every component may use: the chat's use cases, its state, the language. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Chat } from '../chat';
import type { State } from '../state';
import type { Tongue } from '../tongue';

export interface Scene { chat: Chat; state: State; tongue: Tongue }

const Context = createContext<Scene | null>(null);
export const SceneProvider = Context.Provider;

export function useScene(): Scene {
  const scene = useContext(Context);
  if (!scene) throw new Error('outside of the panel');
  return scene;
}

export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const changed = (): void => set(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, [query]);
  return matches;
}

export const FULL = '(max-width:500px),(max-height:480px)';

/** True once `on` has lasted that long. */
export function useLasting(on: boolean, milliseconds: number): boolean {
  const [lasting, set] = useState(false);
  useEffect(() => {
    if (!on) return set(false);
    const timer = setTimeout(() => set(true), milliseconds);
    return () => clearTimeout(timer);
  }, [on, milliseconds]);
  return lasting && on;
}
