// Starts the emulator on 127.0.0.1 and keeps what it stores for a whole test session.
const TelegramServer = require("telegram-test-api");

new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1", storeTimeout: 3600 }).start();
