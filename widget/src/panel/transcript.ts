/** The dialogue as plain text, for the visitor to keep. Pure; comes with the menu. */
import type { Message } from '../wire';

export function transcript(messages: readonly Message[], me: string, moment: (at: string) => string): string {
  return messages
    .filter((message) => !message.deleted)
    .map((message) => {
      const who = message.from === 'visitor' ? me : (message.name ?? '');
      const files = message.files.map((file) => `[${file.name}]`);
      return `${moment(message.at)}  ${who}\n${[message.text, ...files].filter(Boolean).join('\n')}\n`;
    })
    .join('\n');
}
