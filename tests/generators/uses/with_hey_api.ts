// A program with the client that hey-api makes: it prints what it was answered.
import { client } from "./hey-api/client.gen";
import {
  cancelMessage,
  getProvider,
  listMessages,
  previewMessage,
  sendBatch,
  sendMessage,
  suppressNumber,
  unsuppressNumber,
} from "./hey-api";

const [address, key, number, limited] = process.argv.slice(2);
client.setConfig({ baseUrl: address, auth: key });

const send = (phoneNumber: string, message: string, sendAt?: string) =>
  sendMessage({ body: { phoneNumber, message, sendAt } });

async function main() {
  const provider = await getProvider();
  const preview = await previewMessage({ body: { phoneNumber: number, message: "Bună ziua" } });
  const sent = [await send(number, "one"), await send(number, "two")];
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listMessages({ query: { phoneNumber: number, limit: 1, cursor } });
    listed.push(...(page.data?.messages ?? []).map((each) => each.message));
    cursor = page.data?.cursor;
  } while (cursor);
  const batch = await sendBatch({
    body: {
      messages: [
        { phoneNumber: number, message: "three" },
        { phoneNumber: number, message: "☃" },
      ],
    },
  });
  const later = await send(number, "four", new Date(Date.now() + 3_600_000).toISOString());
  const cancelled = await cancelMessage({ path: { messageId: later.data?.messageId ?? "" } });
  await suppressNumber({ path: { phoneNumber: number } });
  const refused = await send(number, "five");
  await unsuppressNumber({ path: { phoneNumber: number } });
  let limit = await send(limited, "again");
  for (let tries = 0; tries < 20 && !limit.error; tries++) {
    limit = await send(limited, `again ${tries}`);
  }
  console.log(
    JSON.stringify({
      available: provider.data?.available,
      preview: preview.data?.message,
      sent: sent.map((each) => each.data?.status !== "failed"),
      listed,
      batch: batch.data?.results.map((each) => each.problem?.type ?? each.replayed),
      cancelled: cancelled.data?.status,
      refused: [refused.error?.status, refused.error?.type, refused.error?.field],
      limited: [
        limit.error?.status,
        limit.error?.type,
        Number(limit.response?.headers.get("Retry-After")) === limit.error?.retryAfter,
      ],
    }),
  );
}

main();
