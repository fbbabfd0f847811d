// A program with openapi-fetch and the types that openapi-typescript makes: it prints what it was answered.
import createClient from "openapi-fetch";
import type { paths } from "./openapi-typescript";

const [address, key, number, limited] = process.argv.slice(2);
const gateway = createClient<paths>({ baseUrl: address, headers: { "x-api-key": key } });

const send = (phoneNumber: string, message: string, sendAt?: string) =>
  gateway.POST("/messages", { body: { phoneNumber, message, sendAt } });

async function main() {
  const provider = await gateway.GET("/provider");
  const preview = await gateway.POST("/messages/preview", {
    body: { phoneNumber: number, message: "Bună ziua" },
  });
  const sent = [await send(number, "one"), await send(number, "two")];
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await gateway.GET("/messages", {
      params: { query: { phoneNumber: number, limit: 1, cursor } },
    });
    listed.push(...(page.data?.messages ?? []).map((each) => each.message));
    cursor = page.data?.cursor;
  } while (cursor);
  const batch = await gateway.POST("/messages/batch", {
    body: {
      messages: [
        { phoneNumber: number, message: "three" },
        { phoneNumber: number, message: "☃" },
      ],
    },
  });
  const later = await send(number, "four", new Date(Date.now() + 3_600_000).toISOString());
  const cancelled = await gateway.DELETE("/messages/{messageId}", {
    params: { path: { messageId: later.data?.messageId ?? "" } },
  });
  const path = { phoneNumber: number };
  await gateway.PUT("/suppressions/{phoneNumber}", { params: { path } });
  const refused = await send(number, "five");
  await gateway.DELETE("/suppressions/{phoneNumber}", { params: { path } });
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
        Number(limit.response.headers.get("Retry-After")) === limit.error?.retryAfter,
      ],
    }),
  );
}

main();
