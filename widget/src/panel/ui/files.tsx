/** Files on their way, and files that cannot go: progress, cancel, another try, another choice. A later chunk. */
import type { Upload } from '../state';
import { useScene } from './context';
import { Icon, IconButton, iconOf } from './parts';

export { default as css } from './screens.css?inline';

/** A name that runs the other way must not turn the sentence round. */
const isolated = (name: string): string => `\u2068${name}\u2069`;

function Uploading({ upload }: { upload: Upload }) {
  const { chat, tongue: { t, bytes, number } } = useScene();
  const { id, name, size, loaded, failed } = upload;
  if (failed) {
    return (
      <div class="note" role="alert">
        <Icon name="al" />
        <div><b>{t('upFail', { name: isolated(name) })}</b></div>
        <p>{t('upFailS')}</p>
        <div>
          <button type="button" class="lnk" onClick={() => chat.retryUpload(id)}>{t('retry')}</button>
          <button type="button" class="lnk" onClick={() => chat.cancelUpload(id)}>{t('remove')}</button>
        </div>
      </div>
    );
  }
  return (
    <div class="g me">
      <div class="m up">
        <i><Icon name={iconOf(upload.type)} /></i>
        <span>
          <b><bdi>{name}</bdi></b>
          <progress value={loaded} max={size || 1} aria-label={name} />
          <span class="mu">{t('upOf', { a: bytes(loaded), b: bytes(size) })} · {number(size ? loaded / size : 0, { style: 'percent' })}</span>
        </span>
        <IconButton icon="x" label="cancel" onClick={() => chat.cancelUpload(id)} />
      </div>
    </div>
  );
}

export function Files({ choose }: { choose: () => void }) {
  const { state, tongue: { t, bytes } } = useScene();
  return (
    <>
      {state.uploads.map((upload) => <Uploading key={upload.id} upload={upload} />)}
      {state.refusals.map(({ name, reason, size }) => (
        <div class="note" role="alert" key={name}>
          <Icon name="al" />
          <div><b>{t(reason === 'size' ? 'big' : 'type', { name: isolated(name) })}</b></div>
          <p>{reason === 'size' ? t('bigS', { size: bytes(size), max: bytes(state.session.limits.file_bytes) }) : t('typeS')}</p>
          <div><button type="button" class="lnk" onClick={choose}>{t('other')}</button></div>
        </div>
      ))}
    </>
  );
}
