/** The preview beside the closed launcher: an answer can be given without opening. */
import { useScene } from './context';
import { Avatar, IconButton } from './parts';

export { default as css } from './screens.css?inline';

export function Peek() {
  const { chat, state, tongue } = useScene();
  const { preview: message } = state;
  if (!message || state.open) return null;
  const name = message.name ?? state.session.site.name;
  const answer = (text: string): void => {
    chat.send(text);
    chat.read();
  };
  return (
    <aside class="peek" aria-live="polite" aria-label={name}>
      <header>
        <Avatar class="on" person={{ name, photo: message.photo }} />
        <div><b><bdi>{name}</bdi></b><p>{tongue.time(message.at)}</p></div>
        <IconButton icon="x" label="hide" onClick={() => { chat.store.set({ preview: null }); chat.stage.button.focus(); }} />
      </header>
      <p dir={tongue.dirOf(message.text)} class="cut">{message.text || message.files.map((file) => file.name).join(', ')}</p>
      <div class="ch">
        {message.choices?.slice(0, 2).map((choice, at) => <button type="button" key={choice} class={`c${at ? '' : ' f'}`} onClick={() => answer(choice)}>{choice}</button>)}
        <button type="button" class={`c${message.choices?.length ? '' : ' f'}`} onClick={() => chat.setOpen(true)}>{tongue.t('reply')}</button>
      </div>
    </aside>
  );
}
