// A program with the client that openapi-generator makes (typescript-fetch): it prints what it was answered.
import {
  Configuration,
  DoNotContactListApi,
  GatewayApi,
  Message,
  MessagesApi,
  Problem,
  ProblemFromJSON,
  ResponseError,
} from "./typescript-fetch";

const [address, key, number, limited] = process.argv.slice(2);
const configuration = new Configuration({ basePath: address, apiKey: key });
const messages = new MessagesApi(configuration);
const doNotContact = new DoNotContactListApi(configuration);

async function refusal(request: Promise<unknown>): Promise<[Problem, Response] | undefined> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ResponseError) {
      return [ProblemFromJSON(await error.response.json()), error.response];
    }
    throw error;
  }
}

const send = (phoneNumber: string, message: string, sendAt?: Date) =>
  messages.sendMessage({ sendRequest: { phoneNumber, message, sendAt } });

async function main() {
  const provider = await new GatewayApi(configuration).getProvider();
  const preview = await messages.previewMessage({
    sendRequest: { phoneNumber: number, message: "Bună ziua" },
  });
  const sent: Message[] = [await send(number, "one"), await send(number, "two")];
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await messages.listMessages({ phoneNumber: number, limit: 1, cursor });
    listed.push(...page.messages.map((each) => each.message));
    cursor = page.cursor;
  } while (cursor);
  const batch = await messages.sendBatch({
    batchRequest: {
      messages: [
        { phoneNumber: number, message: "three" },
        { phoneNumber: number, message: "☃" },
      ],
    },
  });
  const later = await send(number, "four", new Date(Date.now() + 3_600_000));
  const cancelled = await messages.cancelMessage({ messageId: later.messageId });
  await doNotContact.suppressNumber({ phoneNumber: number });
  const refused = await refusal(send(number, "five"));
  await doNotContact.unsuppressNumber({ phoneNumber: number });
  let limit: [Problem, Response] | undefined;
  for (let tries = 0; tries < 20 && !limit; tries++) {
    limit = await refusal(send(limited, `again ${tries}`));
  }
  console.log(
    JSON.stringify({
      available: provider.available,
      preview: preview.message,
      sent: sent.map((each) => each.status !== "failed"),
      listed,
      batch: batch.results.map((each) => each.problem?.type ?? each.replayed),
      cancelled: cancelled.status,
      refused: refused && [refused[0].status, refused[0].type, refused[0].field],
      limited: limit && [
        limit[0].status,
        limit[0].type,
        Number(limit[1].headers.get("Retry-After")) === limit[0].retryAfter,
      ],
    }),
  );
}

main();
