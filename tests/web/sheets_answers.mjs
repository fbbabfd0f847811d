// Answers on standard output, line by line, what the console's modules make of the files that stand on standard
// input: one JSON document a line. test_sheets_like_the_tool.py compares the answers with the Python tool's.
import { createInterface } from "node:readline";
import { NAMES } from "../../web/console/src/sheets/columns.js";
import { readText, SheetError } from "../../web/console/src/sheets/file.js";
import { findingsOf, planOf, sizeOf } from "../../web/console/src/sheets/plan.js";
import { csv, resultLines, COLUMNS, outcomeOf } from "../../web/console/src/sheets/results.js";
import { readSheet } from "../../web/console/src/sheets/rows.js";
import { readSuppressions, suppressionFile } from "../../web/console/src/sheets/suppressions.js";
import { faultSentence } from "../../web/console/src/sheets/words.js";

const answers = {
  names: () => NAMES,

  async sheet({ content, encoding, chosen, name, gateway, results, previews }) {
    const sheet = readSheet(await textOf(content, encoding), chosen);
    const plan = await planOf(sheet, name);
    const ids = [...plan.rows.keys()];
    const known = new Map(ids.map((id, at) => [id, results && outcomeOf(results[at % results.length])]).filter(([, each]) => each));
    const looked = new Map(ids.map((id, at) => [id, previews?.[at % previews.length]]));
    const findings = findingsOf(plan, sheet, looked);
    return {
      delimiter: sheet.delimiter,
      columns: [sheet.numberColumn, sheet.messageColumn],
      rows: [...plan.rows].map(([id, row]) => [row.line, row.number, row.message, id]),
      duplicates: plan.duplicates.map(([id, row]) => [row.line, id]),
      wrong: sheet.wrong.map((fault) => [fault.line, fault.column, faultSentence("en", fault)]),
      size: sizeOf(plan),
      sheetRows: [...sheet.sheetRows],
      results: csv([COLUMNS, ...resultLines(plan, known, gateway)], sheet.delimiter),
      findings: {
        ...findings,
        wrong: findings.wrong.map((each) => [
          each.line,
          each.column,
          each.problem ? each.problem.detail : faultSentence("en", each),
        ]),
      },
    };
  },

  async suppressions({ content }) {
    const { entries, wrong, repeated } = readSuppressions(await textOf(content));
    return { entries, wrong, repeated };
  },

  exported: ({ entries }) => suppressionFile(entries),
};

function textOf(content, encoding) {
  return readText(new Blob([Buffer.from(content, "base64")]), encoding);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { about, ...question } = JSON.parse(line);
  let answer;
  try {
    answer = await answers[about](question);
  } catch (error) {
    if (!(error instanceof SheetError)) throw error;
    answer = { refused: error.code, values: error.values };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
